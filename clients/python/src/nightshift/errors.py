"""What a call can fail with.

Three kinds, never mixed: `AgentFault` is the agent's (its text is fit to be shown to a model, and the episode goes on),
`EpisodeEndedError` is the end, all others are the service's or the caller's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import grpc

from nightshift._generated import error_details_pb2, status_pb2


@dataclass(frozen=True, slots=True)
class FieldViolation:
    """A field of a request that was not taken."""

    field: str
    """Its path, for example "action.run_epochs.num_epochs"."""
    description: str
    """What is wrong, and what is allowed."""


class NightshiftError(Exception):
    """Base of all errors of this package; each is raised as one of its subclasses where there is a fitting one."""

    def __init__(
        self,
        message: str,
        *,
        code: str = "",
        reason: str = "",
        violations: Sequence[FieldViolation] = (),
        retry_after: float | None = None,
        metadata: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        """Name of the gRPC code, for example "FAILED_PRECONDITION"; empty where no call was made."""
        self.reason = reason
        """The contract's ErrorReason without its prefix, for example "EPISODE_ENDED"; empty where the service did not answer."""
        self.violations = tuple(violations)
        """The fields at fault."""
        self.retry_after = retry_after
        """After how many seconds it is worth asking again; None where it is not."""
        self.metadata = dict(metadata or {})
        """What the service tells beside, for example "oldest_offset"."""

    def __reduce__(self) -> tuple[Any, ...]:
        return _restore, (type(self), self.message, self.code, self.reason, self.violations, self.retry_after, self.metadata)


def _restore(
    kind: type[NightshiftError],
    message: str,
    code: str,
    reason: str,
    violations: Sequence[FieldViolation],
    retry_after: float | None,
    metadata: Mapping[str, str],
) -> NightshiftError:
    return kind(message, code=code, reason=reason, violations=violations, retry_after=retry_after, metadata=metadata)


class AgentFault(NightshiftError):
    """The agent's own fault: nothing changed, nothing was charged, and the episode goes on."""


class InvalidActionError(AgentFault):
    """The action is malformed, out of its range, or of another environment; `violations` names the fields."""


class ActionNotPossibleError(AgentFault):
    """The action is well formed and cannot be taken now: the budget is spent, nothing is configured yet."""


class EpisodeEndedError(NightshiftError):
    """The episode has ended: `reset` starts the next one, `finish` gives the result again."""


class InvalidRequestError(NightshiftError):
    """A field of a call, not of an action, is out of its range; `violations` names it."""


class UnknownTaskError(InvalidRequestError):
    """No task has this id; the message lists those that there are."""


class RequestNumberError(NightshiftError):
    """A request number or idempotency key was used before with other contents, or numbers have passed it."""


class SessionEndedError(NightshiftError):
    """The session was closed, or its lease ran out."""


class SessionLostError(NightshiftError):
    """The server does not know the session: it was restarted, the id was never given out, or the result is no longer kept."""


class SessionBusyError(NightshiftError):
    """Another action of the session is running; it can be repeated after `retry_after`."""


class CapacityError(NightshiftError):
    """The server is full: of sessions, queued actions, streams or memory. It can be repeated after `retry_after`, where that is set."""


class UnavailableError(NightshiftError):
    """The server cannot be reached, is shutting down, or lost a worker."""


class DeadlineError(NightshiftError):
    """The time that the call was given ran out. A numbered step can be asked again under its number."""


class CallCancelledError(NightshiftError):
    """The call was cancelled."""


class EventsDroppedError(NightshiftError):
    """The watch offset lies before the oldest kept event; `metadata["oldest_offset"]` is where to go on."""


class DataUnavailableError(NightshiftError):
    """A data set that the task needs cannot be read."""


class NotYetImplementedError(NightshiftError):
    """The contract names this call and this server does not have it."""


class InternalError(NightshiftError):
    """A defect of the server; its log has the cause under `metadata["incident"]`."""


class ClientClosedError(NightshiftError):
    """The client was closed."""


class StreamOpenError(NightshiftError):
    """This thread has a streamed step of the session open: read it to its end, or close it, before the next call."""


class ViewMissingError(NightshiftError):
    """The session was not asked for this form of observation, or is of the other environment."""


_BY_REASON: dict[str, type[NightshiftError]] = {
    "INVALID_FIELD": InvalidRequestError,
    "UNKNOWN_TASK": UnknownTaskError,
    "WRONG_ACTION": InvalidActionError,
    "REQUEST_MISMATCH": RequestNumberError,
    "REQUEST_NUMBER_PASSED": RequestNumberError,
    "ACTION_NOT_POSSIBLE": ActionNotPossibleError,
    "EPISODE_ENDED": EpisodeEndedError,
    "SESSION_ENDED": SessionEndedError,
    "SESSION_LOST": SessionLostError,
    "RESULT_EXPIRED": SessionLostError,
    "SESSION_BUSY": SessionBusyError,
    "TOO_MANY_SESSIONS": CapacityError,
    "QUEUE_FULL": CapacityError,
    "TOO_MANY_STREAMS": CapacityError,
    "OUT_OF_MEMORY": CapacityError,
    "EVENTS_DROPPED": EventsDroppedError,
    "CALL_CANCELLED": CallCancelledError,
    "WORKER_LOST": UnavailableError,
    "SERVER_DRAINING": UnavailableError,
    "DATA_UNAVAILABLE": DataUnavailableError,
    "NOT_YET_IMPLEMENTED": NotYetImplementedError,
    "INTERNAL": InternalError,
}

_BY_CODE: dict[str, type[NightshiftError]] = {
    "UNAVAILABLE": UnavailableError,
    "DEADLINE_EXCEEDED": DeadlineError,
    "CANCELLED": CallCancelledError,
    "UNIMPLEMENTED": NotYetImplementedError,
    "RESOURCE_EXHAUSTED": CapacityError,
    "INTERNAL": InternalError,
}

_DETAILS = "grpc-status-details-bin"

_CODES: dict[int, str] = {code.value[0]: code.name for code in grpc.StatusCode}


def error_of(call: grpc.RpcError | grpc.Call) -> NightshiftError:
    """What a call failed with, as the fitting error of this module."""
    status: Any = call
    code = status.code().name if status.code() is not None else "UNKNOWN"
    told = status_pb2.Status()
    for key, value in status.trailing_metadata() or ():
        if key == _DETAILS:
            told.MergeFromString(value)
    return _error(code, status.details() or code, told)


def error_of_status(status: status_pb2.Status) -> NightshiftError:
    """The same for an error that a stream tells in-band."""
    code = _CODES.get(status.code, "UNKNOWN")
    return _error(code, status.message or code, status)


def _error(code: str, message: str, status: status_pb2.Status) -> NightshiftError:
    info, violations, retry_after = _read_details(status)
    kind = _BY_REASON.get(info.reason) or _BY_CODE.get(code, NightshiftError)
    if kind is InvalidRequestError and any(one.field.split(".")[0] in ("action", "declare") for one in violations):
        kind = InvalidActionError
    return kind(message, code=code, reason=info.reason, violations=violations, retry_after=retry_after, metadata=dict(info.metadata))


def _read_details(status: status_pb2.Status) -> tuple[error_details_pb2.ErrorInfo, list[FieldViolation], float | None]:
    info = error_details_pb2.ErrorInfo()
    violations: list[FieldViolation] = []
    retry_after: float | None = None
    for detail in status.details:
        kind = detail.type_url.rsplit("/", 1)[-1]
        if kind == "google.rpc.ErrorInfo":
            info = error_details_pb2.ErrorInfo.FromString(detail.value)
        elif kind == "google.rpc.BadRequest":
            bad = error_details_pb2.BadRequest.FromString(detail.value)
            violations += [FieldViolation(one.field, one.description) for one in bad.field_violations]
        elif kind == "google.rpc.RetryInfo":
            delay = error_details_pb2.RetryInfo.FromString(detail.value).retry_delay
            retry_after = delay.seconds + delay.nanos / 1e9
    return info, violations, retry_after
