"""Requests out of what a caller gives: everything that both clients say to the service."""

from __future__ import annotations

import dataclasses
import functools
import os
import typing
from collections.abc import Iterable, Mapping
from typing import Any, Literal, TypeVar, Union

from nightshift._generated import env_service_pb2, episode_pb2, sre_pb2, task_pb2
from nightshift.errors import FieldViolation, InvalidActionError, InvalidRequestError
from nightshift.messages import ACTIONS, Action, Declaration, FlatAction, GetTrainingStatus, RewardMode, Split, View

SplitName = Literal["train", "validation", "test"]
RewardModeName = Literal["shaped", "score"]
ViewName = Literal["typed", "flat", "text"]

AnySplit = Union[Split, SplitName]
AnyRewardMode = Union[RewardMode, RewardModeName]
AnyView = Union[View, ViewName]

_ACTION_FIELDS = {kind: name for name, kind in ACTIONS.items()}
_MESSAGE, _ENUM = 11, 14
_Number = TypeVar("_Number")


def is_free(action: Action) -> bool:
    """Whether it is answered at any moment and takes no number."""
    return isinstance(action, GetTrainingStatus)


def name_of(action: Action) -> str:
    """Its name in the contract, which is the name of the tool. Errors: InvalidActionError."""
    name = _ACTION_FIELDS.get(type(action))
    if name is None:
        raise _invalid("action", f"{action!r} is no action; it is one of {', '.join(kind.__name__ for kind in _ACTION_FIELDS)}.")
    return name


def action_of(name: str, arguments: Mapping[str, Any] | None = None) -> Action:
    """The action of a tool call: its name and its arguments as JSON has them, nested ones also flat ("stop.patience_epochs").

    None is as if the argument were left out. Errors: InvalidActionError, with the names that there are.
    """
    kind = ACTIONS.get(name)
    if kind is None:
        raise _invalid("action", f"there is no action {name!r}; there are {', '.join(ACTIONS)}.")
    if not isinstance(arguments, (Mapping, type(None))):
        raise _invalid(f"action.{name}", f"its arguments are an object, not {arguments!r}.")
    built: Action = _dataclass_of(kind, f"action.{name}", _unflattened(arguments or {}, f"action.{name}"))
    return built


def declaration_of(arguments: Mapping[str, Any]) -> Declaration | None:
    """The diagnosis of a tool call's arguments; None without any. A class alone names no service. Errors: InvalidActionError."""
    if not arguments:
        return None
    built: Declaration = _dataclass_of(Declaration, "declare", {"service_id": "", **arguments})
    return built


def step(session_id: str, action: Action, number: int | None, declare: Declaration | None) -> env_service_pb2.StepRequest:
    request = env_service_pb2.StepRequest(session_id=session_id)
    request.action.CopyFrom(action_message(action))
    if number is not None:
        request.request_number = number
    if declare is not None:
        request.declare.CopyFrom(declaration_message(declare))
    return request


def step_stream(step: env_service_pb2.StepRequest) -> env_service_pb2.StepStreamRequest:
    """The same, for the streaming call: the fields have the same numbers."""
    return env_service_pb2.StepStreamRequest.FromString(step.SerializeToString())


def action_message(action: Action) -> episode_pb2.Action:
    name = name_of(action)
    message = episode_pb2.Action()
    if isinstance(action, FlatAction):
        message.flat.levels.extend(_levels(action.levels))
        return message
    inner: Any = getattr(message, name)
    inner.SetInParent()
    _fill(inner, action, f"action.{name}")
    return message


def declaration_message(declare: Declaration) -> sre_pb2.SreDeclaration:
    message = sre_pb2.SreDeclaration()
    _fill(message, declare, "declare")
    return message


def finish(session_id: str, declare: Declaration | None) -> env_service_pb2.FinishRequest:
    request = env_service_pb2.FinishRequest(session_id=session_id)
    if declare is not None:
        request.declare.CopyFrom(declaration_message(declare))
    return request


def create(
    task_id: str,
    *,
    seed: int | None,
    split: AnySplit | None,
    reward_mode: AnyRewardMode | None,
    views: Iterable[AnyView] | None,
    lease: float | None,
    owner_key: str | None,
    idempotency_key: str | None,
) -> env_service_pb2.CreateSessionRequest:
    request = env_service_pb2.CreateSessionRequest(
        task_id=task_id,
        owner_key=owner_key or "",
        # Minted where none is given, so that the call can be repeated.
        idempotency_key=idempotency_key or os.urandom(16).hex(),
    )
    request.options.SetInParent()
    _set_start(request, seed, split)
    if reward_mode is not None:
        request.options.reward_mode = _reward_mode(reward_mode)
    if views is not None:
        # One name is meant as one view, not as its letters.
        given: Iterable[str] = [views] if isinstance(views, str) else views
        request.options.views.extend(_view(one) for one in given)
    if lease is not None:
        _set_seconds(request.options.lease, "options.lease", lease)
    return request


def reset(session_id: str, number: int, *, seed: int | None, split: AnySplit | None, task_id: str | None) -> env_service_pb2.ResetRequest:
    request = env_service_pb2.ResetRequest(session_id=session_id, request_number=number, task_id=task_id or "")
    _set_start(request, seed, split)
    return request


def renew(session_id: str, lease: float | None) -> env_service_pb2.RenewSessionRequest:
    request = env_service_pb2.RenewSessionRequest(session_id=session_id)
    if lease is not None:
        _set_seconds(request.lease, "lease", lease)
    return request


def run_policy(task_id: str, policy: str, *, episodes: int, first_seed: int, split: AnySplit) -> env_service_pb2.RunPolicyRequest:
    request = env_service_pb2.RunPolicyRequest(task_id=task_id, policy=policy, split=_split(split))
    _set(request, "first_seed", first_seed, "first_seed")
    _set(request, "episodes", episodes, "episodes")
    return request


def watch(session_id: str, from_offset: int | None) -> env_service_pb2.WatchRequest:
    request = env_service_pb2.WatchRequest(session_id=session_id)
    if from_offset is not None:
        _set(request, "from_offset", from_offset, "from_offset")
    return request


def list_sessions(owner_key: str, page_token: str) -> env_service_pb2.ListSessionsRequest:
    return env_service_pb2.ListSessionsRequest(owner_key=owner_key, page_token=page_token)


def _set_start(
    request: env_service_pb2.CreateSessionRequest | env_service_pb2.ResetRequest, seed: int | None, split: AnySplit | None
) -> None:
    if seed is not None:
        _set(request, "seed", seed, "seed")
    if split is not None:
        request.split = _split(split)


def _set(message: Any, name: str, value: object, path: str) -> None:
    try:
        setattr(message, name, value)
    except (TypeError, ValueError) as error:
        raise InvalidRequestError(f"{path}: {error}", violations=[FieldViolation(path, str(error))]) from error


def _set_seconds(duration: Any, path: str, seconds: float) -> None:
    try:
        duration.seconds = int(seconds)
        duration.nanos = round((seconds - int(seconds)) * 1e9)
    except (TypeError, ValueError, OverflowError) as error:
        said = f"{seconds!r} is no number of seconds."
        raise InvalidRequestError(f"{path}: {said}", violations=[FieldViolation(path, said)]) from error


def _split(split: AnySplit) -> task_pb2.Split:
    numbers = {"train": task_pb2.SPLIT_TRAIN, "validation": task_pb2.SPLIT_VALIDATION, "test": task_pb2.SPLIT_TEST}
    return _chosen("split", split, numbers)


def _reward_mode(mode: AnyRewardMode) -> task_pb2.RewardMode:
    return _chosen("options.reward_mode", mode, {"shaped": task_pb2.REWARD_MODE_SHAPED, "score": task_pb2.REWARD_MODE_SCORE})


def _view(view: str) -> task_pb2.View:
    return _chosen("options.views", view, {"typed": task_pb2.VIEW_TYPED, "flat": task_pb2.VIEW_FLAT, "text": task_pb2.VIEW_TEXT})


def _chosen(path: str, name: str, numbers: Mapping[str, _Number]) -> _Number:
    if name not in numbers:
        said = f"{name!r} is not one of {', '.join(numbers)}."
        raise InvalidRequestError(f"{path}: {said}", violations=[FieldViolation(path, said)])
    return numbers[name]


def _levels(levels: Iterable[int]) -> list[int]:
    found: list[int] = []
    for place, level in enumerate(levels):
        try:
            number = int(level)
        except (TypeError, ValueError):
            number = -1
        if not 0 <= number < 2**32 or number != level:
            raise _invalid(f"action.flat.levels[{place}]", f"{level!r} is no index of a level, a whole number from 0.")
        found.append(number)
    return found


def _fill(message: Any, value: Any, path: str) -> None:
    """Sets a message's fields to a dataclass's, but for those that are None."""
    for field in message.DESCRIPTOR.fields:
        given = getattr(value, field.name)
        here = f"{path}.{field.name}"
        if given is None:
            continue
        if field.type == _MESSAGE:
            inner = getattr(message, field.name)
            inner.SetInParent()
            if not dataclasses.is_dataclass(given):
                raise _invalid(here, f"{given!r} is no {field.message_type.name}.")
            _fill(inner, given, here)
            continue
        if field.type == _ENUM:
            given = _enum_number(field.enum_type, given, here)
        try:
            setattr(message, field.name, given)
        except (TypeError, ValueError) as error:
            raise _invalid(here, f"{given!r} does not fit: {error}.") from error


def _enum_number(enum: Any, name: object, path: str) -> int:
    prefix = enum.values_by_number[0].name.removesuffix("UNSPECIFIED")
    names = {value.name.removeprefix(prefix).lower(): value.number for value in enum.values if value.number != 0}
    number = names.get(name) if isinstance(name, str) else None
    if number is None:
        raise _invalid(path, f"{str(name)!r} is not one of {', '.join(names)}.")
    return int(number)


def _unflattened(arguments: Mapping[str, Any], path: str) -> dict[str, Any]:
    nested: dict[str, Any] = {}
    for name, value in arguments.items():
        if value is None:
            continue
        outer, dot, inner = name.partition(".")
        if not dot:
            nested[outer] = value
            continue
        below = nested.setdefault(outer, {})
        if not isinstance(below, dict):
            raise _invalid(f"{path}.{outer}", "it is given twice.")
        below[inner] = value
    return nested


def _dataclass_of(kind: Any, path: str, arguments: Mapping[str, Any]) -> Any:
    fields = {field.name: field for field in dataclasses.fields(kind)}
    violations = [
        FieldViolation(f"{path}.{name}", f"there is no such argument; there are: {', '.join(fields) or 'none'}.")
        for name in arguments
        if name not in fields
    ]
    violations += [
        FieldViolation(f"{path}.{name}", "it must be given.")
        for name, field in fields.items()
        if field.default is dataclasses.MISSING and name not in arguments
    ]
    if violations:
        raise InvalidActionError(" ".join(f"{one.field}: {one.description}" for one in violations), violations=violations)
    nested = _nested(kind)
    return kind(
        **{
            name: _dataclass_of(nested[name], f"{path}.{name}", value) if name in nested and isinstance(value, Mapping) else value
            for name, value in arguments.items()
        }
    )


@functools.cache
def _nested(kind: Any) -> dict[str, Any]:
    """A dataclass's fields that are dataclasses."""
    hints = typing.get_type_hints(kind)
    return {name: part for name, hint in hints.items() for part in typing.get_args(hint) if dataclasses.is_dataclass(part)}


def _invalid(path: str, description: str) -> InvalidActionError:
    return InvalidActionError(f"{path}: {description}", violations=[FieldViolation(path, description)])
