#!/usr/bin/env python3
"""Writes what the client takes from the contract, into src/nightshift.

    python generate.py            # messages.py, _convert.py, _actions.py from proto/generated/descriptors.binpb
    python generate.py --check    # only compares; exits with 1 when a file is stale
    python generate.py --stubs    # first _generated/ from proto/, which needs `pip install grpcio-tools==1.62.3`

The stubs come from an old compiler on purpose: what it writes loads under every protobuf runtime that the client allows. They are put
into a descriptor pool of the client's own, so that they never meet another package's copy of google.rpc.
"""

from __future__ import annotations

import argparse
import keyword
import re
import sys
import tempfile
import textwrap
from pathlib import Path

from google.protobuf import descriptor_pb2

HERE = Path(__file__).resolve().parent
PROTO = HERE.parent.parent / "proto"
TARGET = HERE / "src" / "nightshift"
COMPILER = "1.62.3"

FILES = [
    "google/rpc/error_details.proto",
    "google/rpc/status.proto",
    "grpc/health/v1/health.proto",
    "nightshift/v1/sre.proto",
    "nightshift/v1/training.proto",
    "nightshift/v1/episode.proto",
    "nightshift/v1/task.proto",
    "nightshift/v1/session.proto",
    "nightshift/v1/env_service.proto",
]

# What the client hands out; what these hold comes with them.
ANSWERS = ["Task", "Session", "Observation", "StepResponse", "FinishResponse", "Progress", "SessionEvent", "RunPolicyResponse"]
# What the client takes.
ASKED = ["SreDeclaration"]
RENAMED = {"Session": "SessionInfo", "SreDeclaration": "Declaration"}

Field = descriptor_pb2.FieldDescriptorProto
INTEGERS = {Field.TYPE_UINT32, Field.TYPE_UINT64, Field.TYPE_INT32, Field.TYPE_INT64}
SCALARS = {
    Field.TYPE_DOUBLE: "float",
    Field.TYPE_FLOAT: "float",
    Field.TYPE_BOOL: "bool",
    Field.TYPE_STRING: "str",
    Field.TYPE_BYTES: "bytes",
}
DURATION, TIMESTAMP = ".google.protobuf.Duration", ".google.protobuf.Timestamp"


class Contract:
    """Messages and enums of nightshift.v1 by name, with their comments."""

    def __init__(self) -> None:
        files = descriptor_pb2.FileDescriptorSet.FromString((PROTO / "generated" / "descriptors.binpb").read_bytes())
        self.messages: dict[str, descriptor_pb2.DescriptorProto] = {}
        self.enums: dict[str, descriptor_pb2.EnumDescriptorProto] = {}
        self.file_of: dict[str, str] = {}
        self.comments: dict[tuple[str, str], str] = {}
        for file in files.file:
            if file.package != "nightshift.v1":
                continue
            said = {tuple(place.path): " ".join(place.leading_comments.split()) for place in file.source_code_info.location}
            for index, message in enumerate(file.message_type):
                self.messages[message.name] = message
                self.file_of[message.name] = Path(file.name).stem
                self.comments[message.name, ""] = said.get((4, index), "")
                for place, field in enumerate(message.field):
                    self.comments[message.name, field.name] = said.get((4, index, 2, place), "")
            for index, enum in enumerate(file.enum_type):
                self.enums[enum.name] = enum
                self.comments[enum.name, ""] = said.get((5, index), "")
                for place, value in enumerate(enum.value):
                    self.comments[enum.name, value.name] = said.get((5, index, 2, place), "")

    def reachable(self, roots: list[str]) -> list[str]:
        """The messages below these, each after those that it holds."""
        order: list[str] = []

        def visit(name: str) -> None:
            if name in order:
                return
            for field in self.messages[name].field:
                if field.type == Field.TYPE_MESSAGE and field.type_name not in (DURATION, TIMESTAMP):
                    visit(last(field.type_name))
            order.append(name)

        for root in roots:
            visit(root)
        return order

    def actions(self) -> list[Field]:
        return list(self.messages["Action"].field)

    def enums_of(self, messages: list[str]) -> list[str]:
        found = {last(f.type_name) for name in messages for f in self.messages[name].field if f.type == Field.TYPE_ENUM}
        return [name for name in self.enums if name in found]


def last(type_name: str) -> str:
    return type_name.rsplit(".", 1)[-1]


def python_name(name: str) -> str:
    return RENAMED.get(name, name)


def function_name(name: str) -> str:
    return re.sub(r"(?<!^)(?=[A-Z])", "_", python_name(name)).lower()


def member_name(enum: descriptor_pb2.EnumDescriptorProto, value: str) -> str:
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", enum.name).upper() + "_"
    return value.removeprefix(prefix)


def is_optional(field: Field) -> bool:
    """Marked so, or one of several."""
    return field.proto3_optional or field.HasField("oneof_index")


def documented(text: str, indent: str) -> list[str]:
    """A docstring."""
    text = text.replace("\\", "\\\\").replace('"', "'")
    if len(indent) + len(text) + 6 <= 140:
        return [f'{indent}"""{text}"""']
    lines = textwrap.wrap(text, 140 - len(indent) - 3, break_long_words=False, break_on_hyphens=False)
    return [f'{indent}"""{lines[0]}', *(indent + line for line in lines[1:]), f'{indent}"""']


def base_type(field: Field, *, asked: bool) -> str:
    if field.type in INTEGERS:
        return "int"
    if field.type == Field.TYPE_ENUM:
        name = last(field.type_name)
        return f"{name} | {name}Name" if asked else name
    if field.type == Field.TYPE_MESSAGE:
        if field.type_name == DURATION:
            return "float"
        if field.type_name == TIMESTAMP:
            return "datetime"
        return python_name(last(field.type_name))
    return SCALARS[field.type]


def is_array(message: str, field: Field) -> bool:
    return message == "FlatObservation" and field.label == Field.LABEL_REPEATED


def field_type(message: str, field: Field, *, asked: bool) -> str:
    if is_array(message, field):
        return "npt.NDArray[np.float32]" if field.type == Field.TYPE_FLOAT else "npt.NDArray[np.bool_]"
    base = base_type(field, asked=asked)
    if field.label == Field.LABEL_REPEATED:
        return f"Sequence[{base}]" if asked else f"tuple[{base}, ...]"
    # An action of a newer contract is none that is known here.
    return f"{base} | None" if is_optional(field) or base == "Action" else base


HEADER = "# Generated by generate.py from the contract; do not edit.\n"


def render_messages(contract: Contract) -> str:
    actions = [last(field.type_name) for field in contract.actions()]
    asked = contract.reachable([*actions, *ASKED])
    answers = [name for name in contract.reachable(ANSWERS) if name not in asked and name != "Action"]
    enums = contract.enums_of([*asked, *answers])
    out = [
        HEADER
        + '"""What the service takes and tells, as frozen dataclasses: the messages of nightshift.v1, field by field, with their comments.',
        "",
        "What is absent is None. Enums are strings: the value's name without its prefix, in lower case.",
        '"""',
        "",
        "from __future__ import annotations",
        "",
        "from collections.abc import Sequence",
        "from dataclasses import dataclass",
        "from datetime import datetime",
        "from enum import Enum",
        "from typing import Literal, Union",
        "",
        "import numpy as np",
        "import numpy.typing as npt",
        "",
        "",
        "class Name(str, Enum):",
        '    """A name out of a fixed set; equal to, printed and formatted as, its string."""',
        "",
        "    __str__ = str.__str__",
        "",
        "    def __format__(self, format_spec: str) -> str:",
        "        return str.__format__(self.value, format_spec)",
        "",
    ]
    for name in enums:
        enum = contract.enums[name]
        out += ["", f"class {name}(Name):", *documented(contract.comments[name, ""], "    "), ""]
        for value in enum.value:
            member = member_name(enum, value.name)
            out.append(f'    {member} = "{"" if value.number == 0 else member.lower()}"')
            comment = contract.comments[name, value.name]
            if value.number == 0:
                comment = "Not told, or of a newer contract."
            out += documented(comment, "    ")
        out.append("")
    for name in contract.enums_of(asked):
        enum = contract.enums[name]
        values = ", ".join(f'"{member_name(enum, v.name).lower()}"' for v in enum.value if v.number)
        line = f"{name}Name = Literal[{values}]"
        if len(line) > 140:
            line = f"{name}Name = Literal[\n" + "".join(f"    {value},\n" for value in values.split(", ")) + "]"
        out += ["", line]
    out.append("")
    for name in [*asked, *answers]:
        message = contract.messages[name]
        is_asked = name in asked and name != "TrainingConfiguration"
        arrays = any(is_array(name, field) for field in message.field)
        options = "frozen=True, slots=True" + ("" if is_asked else ", kw_only=True") + (", eq=False" if arrays else "")
        out += ["", f"@dataclass({options})", f"class {python_name(name)}:", *documented(contract.comments[name, ""], "    ")]
        if message.field:
            out.append("")
        # What must be given comes first, else no default could be had.
        fields = sorted(message.field, key=lambda field: is_asked and is_optional(field))
        for field in fields:
            default = " = None" if is_asked and is_optional(field) else ""
            out.append(f"    {field.name}: {field_type(name, field, asked=is_asked)}{default}")
            out += documented(contract.comments[name, field.name], "    ")
            assert not keyword.iskeyword(field.name)
        if arrays:
            names = [field.name for field in message.field]
            equal = " and ".join(f"np.array_equal(self.{n}, other.{n})" for n in names)
            out += [
                "",
                "    def __eq__(self, other: object) -> bool:",
                f"        if not isinstance(other, {name}):",
                "            return NotImplemented",
                f"        return {equal}",
                "",
                "    __hash__ = None  # type: ignore[assignment]",
            ]
        out.append("")
    out += ["", "Action = Union["]
    out += [f"    {name}," for name in actions]
    out += ["]", '"""What an agent does. FlatAction is for learners by numbers."""', ""]
    out += ["", "ACTIONS: dict[str, type[Action]] = {"]
    out += [f'    "{field.name}": {last(field.type_name)},' for field in contract.actions()]
    out += ["}", '"""Actions by their names, which are the names of tools."""', ""]
    return "\n".join(out)


def render_convert(contract: Contract) -> str:
    answers = contract.reachable(ANSWERS)
    enums = contract.enums_of(answers)
    modules = sorted({contract.file_of[name] for name in answers})
    out = [
        HEADER + '"""From protobuf messages to dataclasses."""',
        "",
        "from __future__ import annotations",
        "",
        "from datetime import datetime, timedelta, timezone",
        "from typing import TypeVar",
        "",
        "import numpy as np",
        "",
        "from nightshift import messages",
        "from nightshift._generated import " + ", ".join(f"{module}_pb2" for module in modules),
        "",
        "_EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)",
        '_E = TypeVar("_E", bound=messages.Name)',
        "",
        "",
        "def _name(table: dict[int, _E], number: int) -> _E:",
        '    """A number of a newer contract is as if it were not told."""',
        "    return table.get(number, table[0])",
        "",
        "",
        "def _time(seconds: int, nanos: int) -> datetime:",
        "    return _EPOCH + timedelta(seconds=seconds, microseconds=nanos // 1000)",
        "",
    ]
    for name in enums:
        enum = contract.enums[name]
        out += ["", f"{function_name(name).upper()} = {{"]
        out += [f"    {v.number}: messages.{name}.{member_name(enum, v.name)}," for v in enum.value]
        out += ["}"]
    out.append("")
    for name in answers:
        message = contract.messages[name]
        result = "messages.Action | None" if name == "Action" else f"messages.{python_name(name)}"
        out += ["", f"def {function_name(name)}(m: {contract.file_of[name]}_pb2.{name}) -> {result}:"]
        if name == "Action":
            out += ['    which = m.WhichOneof("action")']
            for field in contract.actions():
                out += [f'    if which == "{field.name}":', f"        return {function_name(last(field.type_name))}(m.{field.name})"]
            out += ["    return None", ""]
            continue
        if not message.field:
            out += [f"    return messages.{python_name(name)}()", ""]
            continue
        out.append(f"    return messages.{python_name(name)}(")
        for field in message.field:
            out.append(f"        {field.name}={value_of(name, field)},")
        out += ["    )", ""]
    return "\n".join(out)


def value_of(message: str, field: Field) -> str:
    at = f"m.{field.name}"
    if is_array(message, field):
        return f"np.array({at}, dtype=np.{'float32' if field.type == Field.TYPE_FLOAT else 'bool_'})"

    def one(it: str) -> str:
        if field.type == Field.TYPE_ENUM:
            return f"_name({function_name(last(field.type_name)).upper()}, {it})"
        if field.type == Field.TYPE_MESSAGE:
            if field.type_name == DURATION:
                return f"{it}.seconds + {it}.nanos / 1e9"
            if field.type_name == TIMESTAMP:
                return f"_time({it}.seconds, {it}.nanos)"
            return f"{function_name(last(field.type_name))}({it})"
        return it

    if field.label == Field.LABEL_REPEATED:
        value = one("x")
        return f"tuple({at})" if value == "x" else f"tuple({value} for x in {at})"
    if is_optional(field):
        return f'{one(at)} if m.HasField("{field.name}") else None'
    return one(at)


def render_actions(contract: Contract) -> str:
    fields = contract.actions()
    out = [
        HEADER + '"""A method for each action, for the sessions of both clients."""',
        "",
        "from __future__ import annotations",
        "",
        "from typing import Protocol",
        "",
        "from nightshift import messages",
        "from nightshift._retry import STEP_SECONDS",
        "from nightshift.messages import Declaration, StepResponse",
        "",
        "",
        "class _Steps(Protocol):",
        "    def step(",
        "        self, action: messages.Action, *, declare: Declaration | None = None, timeout: float | None = STEP_SECONDS",
        "    ) -> StepResponse: ...",
        "",
        "",
        "class _AsyncSteps(Protocol):",
        "    async def step(",
        "        self, action: messages.Action, *, declare: Declaration | None = None, timeout: float | None = STEP_SECONDS",
        "    ) -> StepResponse: ...",
        "",
    ]
    for is_async in (False, True):
        prefix, wait = ("async ", "await ") if is_async else ("", "")
        owner = "_AsyncSteps" if is_async else "_Steps"
        out += ["", f"class {'AsyncActions' if is_async else 'Actions'}:"]
        out += ['    """What an agent does, one method an action. `timeout`: seconds; None waits for ever."""', ""]
        for field in fields:
            name = last(field.type_name)
            if name == "FlatAction":  # It has no arguments that mean anything to a reader, and `flat` is the observation.
                continue
            message = contract.messages[name]
            parameters = [f"self: {owner}"]
            given = []
            required = [f for f in message.field if not is_optional(f)]
            optional = [f for f in message.field if is_optional(f)]
            parameters += [f"{f.name}: {qualified(field_type(name, f, asked=True))}" for f in required]
            parameters.append("*")
            parameters += [f"{f.name}: {qualified(field_type(name, f, asked=True))} = None" for f in optional]
            given = [f"{f.name}={f.name}" for f in [*required, *optional]]
            is_sre = contract.file_of[name] == "sre"
            passed = ["timeout=timeout"]
            if is_sre:
                parameters.append("declare: Declaration | None = None")
                passed.insert(0, "declare=declare")
            parameters.append("timeout: float | None = STEP_SECONDS")
            out.append(f"    {prefix}def {field.name}(")
            out += [f"        {parameter}," for parameter in parameters]
            out.append("    ) -> StepResponse:")
            said = contract.comments[name, ""]
            details = [f"{f.name}: {contract.comments[name, f.name]}" for f in message.field]
            out += paragraphs([said, *details], "        ")
            out.append(f"        action = messages.{name}({', '.join(given)})" if len(given) < 6 else f"        action = messages.{name}(")
            if len(given) >= 6:
                out += [f"            {one}," for one in given] + ["        )"]
            out.append(f"        return {wait}self.step(action, {', '.join(passed)})")
            out.append("")
    return "\n".join(out)


def qualified(text: str) -> str:
    """Types of the generated module by its name; builtins as they are."""
    return re.sub(r"\b(?!None\b)([A-Z]\w+)", lambda m: m[1] if m[1] == "Sequence" else f"messages.{m[1]}", text)


def paragraphs(texts: list[str], indent: str) -> list[str]:
    if len(texts) == 1:
        return documented(texts[0], indent)
    safe = [text.replace("\\", "\\\\").replace('"', "'") for text in texts]
    first, *rest = safe
    lines = textwrap.wrap(first, 140 - len(indent) - 3, break_long_words=False)
    out = [f'{indent}"""{lines[0]}', *(indent + line for line in lines[1:]), ""]
    for text in rest:
        wrapped = textwrap.wrap(text, 140 - len(indent) - 4, break_long_words=False)
        out += [indent + wrapped[0], *(indent + "    " + line for line in wrapped[1:])]
    return [*out, f'{indent}"""']


def write_stubs() -> None:
    from importlib.metadata import version

    from grpc_tools import protoc

    if version("grpcio-tools") != COMPILER:
        sys.exit(
            f"The stubs are written by grpcio-tools {COMPILER}, and this is {version('grpcio-tools')}: pip install grpcio-tools=={COMPILER}"
        )
    target = TARGET / "_generated"
    for stale in target.glob("*_pb2.py*"):
        stale.unlink()
    with tempfile.TemporaryDirectory() as folder:
        include = Path(protoc.__file__).parent / "_proto"
        arguments = ["protoc", f"-I{PROTO}", f"-I{include}", f"--python_out={folder}", f"--pyi_out={folder}", *FILES]
        if protoc.main(arguments) != 0:
            sys.exit("The compiler failed.")
        for file in FILES:
            stem = file.removesuffix(".proto")
            module = Path(stem).name + "_pb2"
            (target / f"{module}.py").write_text(stub(file, Path(folder, f"{stem}_pb2.py").read_text()))
            (target / f"{module}.pyi").write_text(HEADER + typed_stub(Path(folder, f"{stem}_pb2.pyi").read_text()))


def typed_stub(typed: str) -> str:
    """The compiler's, with imports as the package has them and no generic without its types."""
    typed = re.sub(r"^from (?:google\.rpc|nightshift\.v1) import", "from nightshift._generated import", typed, flags=re.M)
    typed = re.sub(r"\b_Mapping\]", "_Mapping[str, _Any]]", typed)
    return typed if "_Any" not in typed else "from typing import Any as _Any\n" + typed


def stub(file: str, compiled: str) -> str:
    """A module with the compiler's descriptor in the client's pool."""
    found = re.search(r"AddSerializedFile\((b'(?:[^'\\]|\\.)*')\)", compiled)
    assert found, file
    imported = re.findall(r"^from (?:google\.rpc|nightshift\.v1) import (\w+_pb2)", compiled, flags=re.M)
    lines = [HEADER + f'"""{file}, compiled by grpcio-tools {COMPILER}."""', ""]
    if imported:
        lines += [f"from nightshift._generated import {', '.join(sorted(imported))}  # noqa: F401"]
    lines += ["from nightshift._generated.pool import build", "", f'build(globals(), "{file}", {found[1]})', ""]
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", action="store_true", help="only compare")
    parser.add_argument("--stubs", action="store_true", help="write _generated/ too")
    options = parser.parse_args()
    if options.stubs:
        write_stubs()
    contract = Contract()
    rendered = {"messages.py": render_messages(contract), "_convert.py": render_convert(contract), "_actions.py": render_actions(contract)}
    stale = [name for name, text in rendered.items() if not (TARGET / name).exists() or (TARGET / name).read_text() != text]
    if options.check:
        if stale:
            print(f"{', '.join(stale)}: stale; run `python clients/python/generate.py` and commit the result.", file=sys.stderr)
        return 1 if stale else 0
    for name in stale:
        (TARGET / name).write_text(rendered[name])
    return 0


if __name__ == "__main__":
    sys.exit(main())
