"""The training environment: real trainings of small networks."""

from __future__ import annotations

from openenv.core.env_server.types import Observation
from pydantic import ConfigDict, Field

from nightshift.openenv.env import NightshiftEnv


class MLTrainerObservation(Observation):
    """What is seen of the training. Figures that there are not yet are None."""

    model_config = ConfigDict(extra="allow")

    current_epoch: int = 0
    max_epochs: int = 0
    remaining_budget: int = 0
    train_loss: float | None = None
    val_loss: float | None = None
    train_accuracy: float | None = None
    val_accuracy: float | None = None
    best_val_accuracy: float | None = None
    best_val_epoch: int | None = None
    loss_history_last_10: list[float] = Field(default_factory=list)
    val_loss_history_last_10: list[float] = Field(default_factory=list)
    convergence_signal: str | None = None
    is_diverged: bool = False


class MLTrainerEnv(NightshiftEnv[MLTrainerObservation]):
    """Trainings. `reset(task_id="easy_mnist" | "medium_fashion" | "hard_cifar", seed=...)`; actions are calls of tools, or dicts such as
    {"action": "run_epochs", "num_epochs": 10}."""

    environment = "training"
    observation_type = MLTrainerObservation
