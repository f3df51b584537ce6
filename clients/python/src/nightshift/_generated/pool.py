"""The pool in which the stubs are built."""

from __future__ import annotations

from typing import Any

from google.protobuf import any_pb2, descriptor_pool, duration_pb2, message_factory, timestamp_pb2
from google.protobuf.internal import enum_type_wrapper

# The client's own, not the process's: another package may hold another copy of google.rpc, or of this contract, under the same names.
POOL = descriptor_pool.DescriptorPool()
for _known in (any_pb2, duration_pb2, timestamp_pb2):
    POOL.AddSerializedFile(_known.DESCRIPTOR.serialized_pb)


def build(names: dict[str, Any], file: str, serialized: bytes) -> None:
    """Puts a file's messages, enums and enum values into a module's names."""
    POOL.AddSerializedFile(serialized)
    descriptor = POOL.FindFileByName(file)
    names["DESCRIPTOR"] = descriptor
    for name, message in descriptor.message_types_by_name.items():
        names[name] = message_factory.GetMessageClass(message)
    for name, enum in descriptor.enum_types_by_name.items():
        names[name] = enum_type_wrapper.EnumTypeWrapper(enum)
        for value in enum.values:
            names[value.name] = value.number
