"""The latest observation of a session in the form that was asked for, without None to rule out."""

from __future__ import annotations

from typing import TypeVar

from nightshift.errors import ViewMissingError
from nightshift.messages import FlatObservation, Observation, SreObservation, TrainingObservation

_V = TypeVar("_V")


class Views:
    """What both clients' sessions show of their observation."""

    observation: Observation

    @property
    def training(self) -> TrainingObservation:
        """The latest typed observation of a training. Errors: ViewMissingError."""
        return _there(self.observation.training, "typed observation of a training; ask for views=('typed',) on a training task")

    @property
    def sre(self) -> SreObservation:
        """The latest typed observation of an incident. Errors: ViewMissingError."""
        return _there(self.observation.sre, "typed observation of an incident; ask for views=('typed',) on an sre task")

    @property
    def flat(self) -> FlatObservation:
        """The latest observation by numbers. Errors: ViewMissingError."""
        return _there(self.observation.flat, "flat observation; ask for views=('flat',)")

    @property
    def text(self) -> str:
        """The latest observation as a text under 4 kB. Errors: ViewMissingError."""
        return _there(self.observation.text, "text observation; ask for views=('text',)")


def _there(view: _V | None, what: str) -> _V:
    if view is None:
        raise ViewMissingError(f"The session has no {what}.")
    return view
