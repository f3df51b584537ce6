"""What is committed is what the contract says, and it meets no other package's."""

from __future__ import annotations

import importlib
import importlib.metadata
import importlib.resources
import re
import subprocess
import sys
from pathlib import Path

import pytest
from google.protobuf import descriptor_pb2

from nightshift import _convert, _wire, messages
from nightshift._generated import env_service_pb2, task_pb2
from nightshift._generated.pool import POOL
from nightshift.errors import _BY_REASON

CLIENT = Path(__file__).resolve().parent.parent
CONTRACT = descriptor_pb2.FileDescriptorSet.FromString((CLIENT.parent.parent / "proto/generated/descriptors.binpb").read_bytes())


def test_the_stubs_are_those_of_the_contract() -> None:
    """`python generate.py --stubs` makes them so."""
    stubs = sorted((CLIENT / "src/nightshift/_generated").glob("*_pb2.py"))
    for stub in stubs:
        importlib.import_module(f"nightshift._generated.{stub.stem}")
    compared = []
    for file in CONTRACT.file:
        if f"{Path(file.name).stem}_pb2" not in [stub.stem for stub in stubs]:
            continue
        committed = descriptor_pb2.FileDescriptorProto()
        POOL.FindFileByName(file.name).CopyToProto(committed)
        for one in (file, committed):
            one.ClearField("source_code_info")
            clear_json_names(one.message_type)
        assert committed == file, file.name
        compared.append(file.name)
    assert len(compared) == len(stubs)


def clear_json_names(found) -> None:
    for message in found:
        for field in message.field:
            field.ClearField("json_name")
        clear_json_names(message.nested_type)


def test_the_generated_modules_are_those_of_the_contract() -> None:
    done = subprocess.run([sys.executable, str(CLIENT / "generate.py"), "--check"], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_every_reason_of_the_contract_has_an_error() -> None:
    [errors] = [file for file in CONTRACT.file if file.name == "nightshift/v1/errors.proto"]
    reasons = {value.name.removeprefix("ERROR_REASON_") for value in errors.enum_type[0].value}
    # The operator's own calls are not made by this client.
    assert set(_BY_REASON) == reasons - {"UNSPECIFIED", "OPERATOR_ONLY", "OPERATOR_OFF"}


def test_every_call_that_is_made_is_one_of_the_service() -> None:
    service = env_service_pb2.DESCRIPTOR.services_by_name["EnvService"]
    for method in vars(_wire).values():
        if isinstance(method, _wire.Method) and "EnvService" in method.path:
            assert method.path.rsplit("/", 1)[-1] in service.methods_by_name


def test_a_value_of_a_newer_contract_is_as_if_it_were_not_told() -> None:
    told = task_pb2.Task(id="x", splits=[1, 77])
    assert _convert.task(told).splits == (messages.Split.TRAIN, messages.Split.UNSPECIFIED)


def test_names_are_strings() -> None:
    assert messages.Optimizer.ADAMW == "adamw"
    assert f"{messages.Optimizer.ADAMW}, {messages.Optimizer.ADAMW!s:>6}" == "adamw,  adamw"
    assert messages.Optimizer("sgd") is messages.Optimizer.SGD
    assert not messages.RunStop.UNSPECIFIED


@pytest.mark.parametrize("order", ["import nightshift, google.rpc.status_pb2", "import google.rpc.status_pb2, nightshift"])
def test_another_package_may_hold_the_same_names(order: str) -> None:
    pytest.importorskip("grpc_status")
    program = f"""{order}
import google.rpc.error_details_pb2, grpc_status.rpc_status
from google.protobuf import descriptor_pool
from nightshift._generated import status_pb2
assert google.rpc.status_pb2.Status is not status_pb2.Status
google.rpc.status_pb2.Status.FromString(status_pb2.Status(code=3).SerializeToString())
# Another copy of the contract, under other contents, does not meet this one either.
from google.protobuf import descriptor_pb2
other = descriptor_pb2.FileDescriptorProto(name="nightshift/v1/task.proto", package="nightshift.v1")
other.message_type.add(name="Task")
descriptor_pool.Default().AddSerializedFile(other.SerializeToString())
"""
    done = subprocess.run([sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_the_package_says_that_it_is_typed_and_needs_three_others() -> None:
    assert (importlib.resources.files("nightshift") / "py.typed").is_file()
    needed = [one for one in importlib.metadata.requires("nightshift-client") or [] if "extra ==" not in one]
    assert sorted(re.split(r"[<>=;]", one)[0] for one in needed) == ["grpcio", "numpy", "protobuf"]


def test_hosts_are_imported_when_they_are_asked_for() -> None:
    program = (
        "import sys, nightshift, nightshift.aio; assert not {'gymnasium', 'inspect_ai', 'grpc_tools', 'google.rpc'} & set(sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")


def test_without_gymnasium_its_module_says_what_to_install() -> None:
    program = "import sys; sys.modules['gymnasium'] = None; import nightshift.gymnasium"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'pip install "nightshift-client[gymnasium]"' in done.stderr


def test_without_inspect_its_module_says_what_to_install() -> None:
    program = "import sys; sys.modules['inspect_ai'] = None; import nightshift.inspect"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert 'pip install "nightshift-client[inspect]"' in done.stderr
