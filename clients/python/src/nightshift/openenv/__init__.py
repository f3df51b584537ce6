"""Nightshift's environments as OpenEnv environments: OpenEnv's own client over its WebSocket, with our types.

    from nightshift.openenv import MLTrainerEnv, SREAction, SREEnv

    with MLTrainerEnv(base_url="http://localhost:8000") as env:
        env.reset(task_id="easy_mnist")
        env.call_tool("configure_training", optimizer="adam", learning_rate=0.001)

Needs `pip install "nightshift-client[openenv]"` and a server with HTTP. Any other client of OpenEnv plays it too.
"""

try:
    import openenv  # noqa: F401
except ImportError as error:
    raise ImportError('nightshift.openenv needs OpenEnv: pip install "nightshift-client[openenv]"') from error

from nightshift.openenv.env import NightshiftEnv, NightshiftState
from nightshift.openenv.sre import SREAction, SREEnv, SREObservation
from nightshift.openenv.training import MLTrainerEnv, MLTrainerObservation

__all__ = [
    "MLTrainerEnv",
    "MLTrainerObservation",
    "NightshiftEnv",
    "NightshiftState",
    "SREAction",
    "SREEnv",
    "SREObservation",
]
