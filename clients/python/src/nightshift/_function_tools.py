"""A task's actions as functions that a language model calls, for hosts that read signatures and Google-style docstrings."""

from __future__ import annotations

import inspect
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Literal

from nightshift._toolbox import Toolbox
from nightshift.errors import InvalidActionError, NightshiftError
from nightshift.messages import Action, ActionSpec, ArgumentSpec, ArgumentType, Declaration, Task

_TYPES: dict[ArgumentType, type] = {
    ArgumentType.NUMBER: float,
    ArgumentType.INTEGER: int,
    ArgumentType.BOOLEAN: bool,
    ArgumentType.NAME: str,
}


@dataclass(frozen=True)
class FunctionTool:
    """One action. Parameters are its arguments, with "_" for the dot of nested ones (stop_patience_epochs)."""

    toolbox: Toolbox
    action: ActionSpec

    @property
    def arguments(self) -> tuple[ArgumentSpec, ...]:
        """The action's own and, in an incident, those of a diagnosis beside it: their names begin with "declare."."""
        return self.toolbox.arguments[self.name]

    @property
    def name(self) -> str:
        """The action's."""
        return self.action.name

    @cached_property
    def signature(self) -> inspect.Signature:
        """Without self; returns a text."""
        keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD
        # What must be given comes first, else no default could be had.
        ordered = sorted(self.arguments, key=lambda argument: not argument.required)
        parameters = [
            inspect.Parameter(
                _parameter(argument),
                keyword,
                annotation=_hint(argument),
                default=inspect.Parameter.empty if argument.required else None,
            )
            for argument in ordered
        ]
        return inspect.Signature(parameters, return_annotation=str)

    @cached_property
    def annotations(self) -> dict[str, Any]:
        """The signature's types, as a function has them."""
        return {name: one.annotation for name, one in self.signature.parameters.items()} | {"return": str}

    @cached_property
    def docstring(self) -> str:
        """Google-style; with bounds, which a signature has no room for."""
        lines = [self.action.description]
        if self.arguments:
            lines += ["", "Args:", *(f"    {_parameter(argument)}: {_told(argument)}" for argument in self.arguments)]
        return "\n".join([*lines, "", "Returns:", "    What you see afterwards."])

    def read(self, *positional: Any, **given: Any) -> tuple[Action, Declaration | None]:
        """What a call means. Numbers and booleans in quotes are meant; ranges and names are the server's to judge.

        Errors: InvalidActionError.
        """
        try:
            values = self.signature.bind(*positional, **given).arguments
        except TypeError as error:
            takes = ", ".join(f"{name}{'' if one.default is None else ' (required)'}" for name, one in self.signature.parameters.items())
            raise InvalidActionError(f"{self.name}: {error}; it takes {takes or 'no arguments'}.") from None
        return self.toolbox.read(self.name, {argument.name: values.get(_parameter(argument)) for argument in self.arguments})

    def told(self, error: NightshiftError) -> str:
        """An error's sentence, with the parameters' names for the fields'."""
        sentence = error.message
        for argument in self.arguments:
            sentence = sentence.replace(f"action.{self.name}.{argument.name}", _parameter(argument))
            if "." in argument.name:
                sentence = sentence.replace(argument.name, _parameter(argument))
        return sentence


def tools_of(task: Task) -> tuple[FunctionTool, ...]:
    """All actions of a task, in its order."""
    toolbox = Toolbox(task)
    return tuple(FunctionTool(toolbox, action) for action in task.actions)


def _parameter(argument: ArgumentSpec) -> str:
    return argument.name.replace(".", "_")


def _hint(argument: ArgumentSpec) -> Any:
    literal: Any = Literal
    hint = literal[argument.choices] if argument.type is ArgumentType.CHOICE else _TYPES.get(argument.type, str)
    return hint if argument.required else hint | None


def _told(argument: ArgumentSpec) -> str:
    parts = [argument.description]
    if argument.type is ArgumentType.INTEGER and argument.choices:
        parts.append(f"One of {', '.join(argument.choices)}.")
    elif argument.minimum is not None and argument.maximum is not None:
        parts.append(f"From {argument.minimum:g} to {argument.maximum:g}.")
    if argument.default_value:
        parts.append(f"Left out: {argument.default_value}.")
    return " ".join(parts)
