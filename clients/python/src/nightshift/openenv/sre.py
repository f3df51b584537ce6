"""The sre environment: on call for a failing microservice system."""

from __future__ import annotations

from typing import Any, Literal

from openenv.core.env_server.types import Action, Observation
from pydantic import ConfigDict, Field

from nightshift.openenv.env import NightshiftEnv


class SREAction(Action):
    """An action at a service, or "wait", which has none; with a diagnosis where there is one."""

    action: Literal["restart", "scale_up", "circuit_break", "rollback", "wait"]
    service_id: str | None = None
    declare: dict[str, str] | None = None
    """Diagnosis: `service_id` (left out: nothing is wrong) and `fault_class`."""


class SREObservation(Observation):
    """What is seen of the system. What was not measured is None."""

    model_config = ConfigDict(extra="allow")

    metrics: dict[str, dict[str, Any]] = Field(default_factory=dict)
    dependency_graph: dict[str, list[str]] = Field(default_factory=dict)
    action_history: list[dict[str, Any]] = Field(default_factory=list)
    sla_status: dict[str, bool | None] = Field(default_factory=dict)
    reward_hint: float = 0.0
    reward_breakdown: dict[str, float] = Field(default_factory=dict)


class SREEnv(NightshiftEnv[SREObservation]):
    """Incidents. `reset(task_tier="easy" | "medium" | "hard", seed=...)`; actions are `SREAction`s, or dicts of their fields."""

    environment = "sre"
    observation_type = SREObservation
