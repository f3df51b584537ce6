"""Nightshift's environments from Python: real trainings and on-call incidents, over gRPC.

    from nightshift import Client

    with Client("127.0.0.1:50051") as client, client.create_session("sre/easy", seed=7) as session:
        answer = session.restart("order_service")
        print(answer.reward, session.sre.budgets.restart, session.finish().result.score)

`nightshift.aio` has the same for asyncio, `nightshift.messages` what is told, `nightshift.errors` what can go wrong.
"""

from nightshift import _fork as _fork  # before gRPC is imported
from nightshift import errors, messages
from nightshift.client import Client
from nightshift.errors import AgentFault, EpisodeEndedError, InvalidActionError, NightshiftError
from nightshift.messages import (
    Action,
    AdjustLearningRate,
    CircuitBreak,
    ConfigureTraining,
    Declaration,
    FaultClass,
    FlatAction,
    GetTrainingStatus,
    Observation,
    Restart,
    Rollback,
    RunEpochs,
    ScaleUp,
    StepResponse,
    StopConditions,
    SubmitModel,
    Task,
    ToggleAugmentation,
    Wait,
)
from nightshift.play import LanesResult, PlayStream
from nightshift.session import Session, StepStream

__version__ = "0.1.0"

__all__ = [
    "Action",
    "AdjustLearningRate",
    "AgentFault",
    "CircuitBreak",
    "Client",
    "ConfigureTraining",
    "Declaration",
    "EpisodeEndedError",
    "FaultClass",
    "FlatAction",
    "GetTrainingStatus",
    "InvalidActionError",
    "LanesResult",
    "NightshiftError",
    "Observation",
    "PlayStream",
    "Restart",
    "Rollback",
    "RunEpochs",
    "ScaleUp",
    "Session",
    "StepResponse",
    "StepStream",
    "StopConditions",
    "SubmitModel",
    "Task",
    "ToggleAugmentation",
    "Wait",
    "__version__",
    "errors",
    "messages",
]
