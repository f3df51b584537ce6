"""A task's actions as tools that a language model calls, for hosts that take JSON schemas. All comes from ListTasks and the contract."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from nightshift import _requests
from nightshift.errors import FieldViolation, InvalidActionError
from nightshift.messages import Action, ArgumentSpec, ArgumentType, Declaration, FaultClass, Task

Schema = dict[str, Any]
"""A JSON schema: type, description, and what else its type needs."""

_DECLARE = "declare"
_MAX_UINT32 = 2**32 - 1

FAULT_CLASSES: dict[FaultClass, str] = {
    FaultClass.NONE: "Nothing is wrong: noise, or a telemetry artefact.",
    FaultClass.SINGLE_OOM: "A service ran out of memory.",
    FaultClass.MEMORY_LEAK: "Memory grows with each minute since a release.",
    FaultClass.BAD_DEPLOY: "A release made a service slower and wrong.",
    FaultClass.DB_CONNECTION_LEAK: "A store's connections are used up one by one.",
    FaultClass.TRAFFIC_SURGE: "More traffic than capacity, for a while.",
    FaultClass.RETRY_STORM: "Retries keep an overload alive after its cause is gone.",
    FaultClass.FLAPPING_NETWORK: "A network link comes and goes.",
    FaultClass.NOISY_NEIGHBOUR: "A neighbour on the same host takes the processor.",
    FaultClass.PROVIDER_BROWNOUT: "An external provider is slow and wrong; it heals by itself.",
    FaultClass.CRASH_LOOP: "A service crashes again and again since a change of configuration.",
    FaultClass.LOCK_CONTENTION: "A store's transactions wait for each other.",
    FaultClass.CACHE_COLD: "A cache lost its contents and warms up.",
}
"""What the classes mean, in the contract's words; a test holds them to it."""


@dataclass(frozen=True)
class Tool:
    """A function that a model can call."""

    name: str
    description: str
    parameters: Schema
    """Of type "object"."""


class Toolbox:
    """The tools of a task, and the way back from a call to an action."""

    tools: tuple[Tool, ...]
    arguments: Mapping[str, tuple[ArgumentSpec, ...]]
    """Of each tool: its action's own and, in an incident, those of a diagnosis beside it, whose names begin with "declare."."""

    def __init__(self, task: Task, names: Sequence[str] = ()) -> None:
        """`names`: what arguments that are names may be, where that is known."""
        beside = _DIAGNOSIS if task.environment == "sre" else ()
        self.arguments = {action.name: (*action.arguments, *beside) for action in task.actions}
        self.tools = tuple(
            Tool(action.name, action.description, _object_schema(self.arguments[action.name], names)) for action in task.actions
        )

    def read(self, name: str, given: object) -> tuple[Action, Declaration | None]:
        """The action and the diagnosis that a tool called with arguments means. Numbers and booleans in quotes are meant; ranges and names
        are the server's to judge. Errors: InvalidActionError, with a sentence for the model that says what is allowed.
        """
        known = self.arguments.get(name)
        if known is None:
            raise _wrong(name, f'There is no tool "{_shorten(name)}"; call one of {", ".join(self.arguments)}.')
        if not isinstance(given, Mapping):
            raise _wrong(name, f"The arguments of {name} must be one JSON object; {_takes(known)}.")
        values = dict(_flattened(given, known))
        paths = [argument.name for argument in known]
        if others := [f'"{_shorten(path)}"' for path in values if path not in paths]:
            raise _wrong(name, f"{name} has no argument {', '.join(others)}; {_takes(known)}.")
        if missing := [one.name for one in known if one.required and one.name not in values]:
            raise _wrong(name, f"{name} needs {', '.join(missing)}; {_takes(known)}.")
        action: dict[str, Any] = {}
        diagnosis: dict[str, Any] = {}
        for argument in known:
            if argument.name in values:
                outer, _, inner = argument.name.partition(".")
                value = _accepted(name, argument, values[argument.name])
                if outer == _DECLARE:
                    diagnosis[inner] = value
                else:
                    action[argument.name] = value
        return _requests.action_of(name, action), _requests.declaration_of(diagnosis)


ANSWER = "Answer with one tool call; several are carried out one after the other. An answer without a call leaves the episode."


def instructions(task: Task, answer: str = ANSWER) -> str:
    """What a model is told before it begins: the task, the rules, what several tools' arguments mean, and how to answer."""
    unit, cost = ("steps", "takes no time") if task.environment == "sre" else ("epochs", "costs no epochs")
    lines = [
        "You run a system on your own, one action at a time, and are graded at the end with a score from 0 to 1.",
        f"Task {task.id}: {task.description}",
        f"Goal: {task.goal}",
        f"Budget: {task.budget} {unit}. An action that is refused changes nothing and {cost}.",
    ]
    if task.environment == "sre":
        meanings = " ".join(f"{name.value}: {meaning}" for name, meaning in FAULT_CLASSES.items())
        lines += [
            "Telemetry is noisy, late and sometimes lost: compare minutes before you act, do not act on one bad sample, and wait when "
            "nothing more is to be done. With any action you may declare your diagnosis; it takes no time.",
            f"Classes of faults: {meanings}",
        ]
    else:
        lines.append(
            "You see accuracies on validation images; the score is measured on hidden test images. Submit when more training would not "
            "help."
        )
    return "\n".join([*lines, answer])


def _optional(name: str, description: str, kind: ArgumentType, choices: tuple[str, ...] = ()) -> ArgumentSpec:
    return ArgumentSpec(
        name=f"{_DECLARE}.{name}",
        description=description,
        type=kind,
        required=False,
        minimum=None,
        maximum=None,
        choices=choices,
        default_value="",
        levels=(),
    )


# A diagnosis, as arguments beside those of every action of an incident.
_DIAGNOSIS = (
    _optional("service_id", "Your diagnosis: the service at the root; left out where nothing is wrong.", ArgumentType.NAME),
    _optional(
        "fault_class",
        "Your diagnosis: the class of the fault.",
        ArgumentType.CHOICE,
        tuple(one.value for one in FAULT_CLASSES),
    ),
)


def _object_schema(arguments: Sequence[ArgumentSpec], names: Sequence[str]) -> Schema:
    properties: Schema = {}
    required: list[str] = []
    for argument in arguments:
        outer, dot, _ = argument.name.partition(".")
        if not dot:
            properties[outer] = _argument_schema(argument, names)
        elif outer not in properties:
            inner = [replace(one, name=one.name.partition(".")[2]) for one in arguments if one.name.startswith(f"{outer}.")]
            properties[outer] = _object_schema(inner, names)
        if argument.required and outer not in required:
            required.append(outer)
    return {"type": "object", "properties": properties} | ({"required": required} if required else {})


def _argument_schema(argument: ArgumentSpec, names: Sequence[str]) -> Schema:
    """Whole numbers to choose from stand in the description: some endpoints take enums of strings alone."""
    told = [argument.description]
    if argument.type is ArgumentType.INTEGER and argument.choices:
        told.append(f"One of {', '.join(argument.choices)}.")
    if argument.default_value:
        told.append(f"Left out: {argument.default_value}.")
    kinds = {ArgumentType.NUMBER: "number", ArgumentType.INTEGER: "integer", ArgumentType.BOOLEAN: "boolean"}
    schema: Schema = {"type": kinds.get(argument.type, "string"), "description": " ".join(told)}
    if argument.type in (ArgumentType.NUMBER, ArgumentType.INTEGER):
        for key, bound in (("minimum", argument.minimum), ("maximum", argument.maximum)):
            if bound is not None:
                schema[key] = int(bound) if bound.is_integer() else bound
    elif argument.type is ArgumentType.CHOICE:
        schema["enum"] = list(argument.choices)
    elif argument.type is ArgumentType.NAME and names:
        schema["enum"] = list(names)
    return schema


def _flattened(given: Mapping[Any, Any], known: Sequence[ArgumentSpec], within: str = "") -> Iterator[tuple[str, Any]]:
    """Values by dotted name; null counts as left out. Objects are opened only where an argument lies inside."""
    for name, value in given.items():
        path = f"{within}{name}"
        if value is None:
            continue
        if isinstance(value, Mapping) and any(argument.name.startswith(f"{path}.") for argument in known):
            yield from _flattened(value, known, f"{path}.")
        else:
            yield path, value


def _accepted(tool: str, argument: ArgumentSpec, given: Any) -> Any:
    """A value as its field takes it; what the wire cannot carry unchanged is refused here."""
    value: Any = None
    if argument.type in (ArgumentType.NUMBER, ArgumentType.INTEGER):
        value = _number(given)
        if argument.type is ArgumentType.INTEGER and value is not None:
            value = int(value) if value.is_integer() and 0 <= value <= _MAX_UINT32 else None
    elif argument.type is ArgumentType.BOOLEAN:
        value = {"true": True, "false": False}.get(given.strip().lower()) if isinstance(given, str) else given
        value = value if isinstance(value, bool) else None
    elif argument.type is ArgumentType.CHOICE:
        choice = given.strip().lower() if isinstance(given, str) else None
        value = choice if choice in argument.choices else None
    elif isinstance(given, str):
        value = given
    if value is None:
        shown = json.dumps(given, default=str, ensure_ascii=False)
        raise _wrong(f"{tool}.{argument.name}", f"{tool}: {argument.name} cannot be {_shorten(shown)}; {_allowed(argument)}.")
    return value


def _number(given: object) -> float | None:
    if isinstance(given, bool) or not isinstance(given, (int, float, str)):
        return None
    try:
        value = float(given)
    except (ValueError, OverflowError):
        return None
    return value if math.isfinite(value) else None


def _takes(known: Sequence[ArgumentSpec]) -> str:
    told = ", ".join(f"{one.name} ({_allowed(one)}{', required' if one.required else ''})" for one in known)
    return f"it takes {told or 'none'}"


def _allowed(argument: ArgumentSpec) -> str:
    bounds = f"from {argument.minimum:g} to {argument.maximum:g}" if argument.minimum is not None and argument.maximum is not None else ""
    if argument.type is ArgumentType.NUMBER:
        return f"a number {bounds}".rstrip()
    if argument.choices:
        return f"one of {', '.join(argument.choices)}"
    if argument.type is ArgumentType.INTEGER:
        return f"a whole number {bounds}".rstrip()
    if argument.type is ArgumentType.BOOLEAN:
        return "true or false"
    return "a name that the observation tells"


def _wrong(field: str, sentence: str) -> InvalidActionError:
    return InvalidActionError(sentence, violations=[FieldViolation(f"action.{_shorten(field)}", sentence)])


def _shorten(text: str) -> str:
    return str(text)[:100]
