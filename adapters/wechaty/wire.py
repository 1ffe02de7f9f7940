"""The messages of the puppet-service protocol, declared by hand: only the fields that are used.

Only paths and field numbers travel, so the package and the message names are our own. A pool of our own keeps them apart
from whatever else declares the same protocol. Numbers: npm wechaty-grpc 1.5.2 (Apache-2.0).
"""

from collections.abc import Mapping
from functools import cache
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory

PACKAGE = "gridsteward.wechaty"
# name: fields as number, name and type; * is repeated, a capital letter one of the messages here
DECLARED = {
    "Time": "1 seconds int64, 2 nanos int32",
    "EventRequest": "",
    "EventResponse": "1 type int32, 2 payload string",
    "MessagePayloadRequest": "1 id string",
    "MessagePayloadResponse": "1 id string, 2 filename string, 3 text string, 5 type int32, 6 talker_id string, "
    "7 room_id string, 8 listener_id string, 9 mention_ids string*, 10 receive_time Time",
    "RoomMemberPayloadRequest": "1 id string, 2 member_id string",
    "RoomMemberPayloadResponse": "2 room_alias string, 5 name string",
    "ContactPayloadRequest": "1 id string",
    "ContactPayloadResponse": "4 name string",
    "MessageSendTextRequest": "1 conversation_id string, 2 text string, 3 mentional_ids string*",
    "MessageSendTextResponse": "2 id string",
    "MessageSendFileRequest": "1 conversation_id string, 2 file_box string",
    "MessageSendFileResponse": "",
    "MessageImageRequest": "1 id string, 2 type int32",
    "MessageImageResponse": "1 file_box string",
    "MessageFileRequest": "1 id string",
    "MessageFileResponse": "1 file_box string",
    "DownloadRequest": "1 id string",
    "DownloadResponse": "1 chunk bytes",
    "UploadRequest": "1 chunk bytes",
    "UploadResponse": "1 id string",
}
_TYPES = {"string": 9, "bytes": 12, "int32": 5, "int64": 3}  # of FieldDescriptorProto
_MESSAGE, _OPTIONAL, _REPEATED = 11, 1, 3


def message_class(name: str) -> Any:
    """The class of a declared message."""
    return _classes()[name]


def fields(message: Any) -> dict[str, object]:
    """A message as plain values, all fields present."""
    return {field.name: _plain(getattr(message, field.name)) for field in message.DESCRIPTOR.fields}


def _plain(value: Any) -> object:
    if hasattr(value, "DESCRIPTOR"):
        return fields(value)
    return value if isinstance(value, str | bytes | int) else list(value)


@cache
def _classes() -> Mapping[str, Any]:
    """Built at first use: a start without this platform pays nothing."""
    pool = descriptor_pool.DescriptorPool()
    pool.Add(_file())
    found = {name: pool.FindMessageTypeByName(f"{PACKAGE}.{name}") for name in DECLARED}
    return {name: message_factory.GetMessageClass(descriptor) for name, descriptor in found.items()}


def _file() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="gridsteward/wechaty.proto", package=PACKAGE, syntax="proto3")
    for name, declared in DECLARED.items():
        message = file.message_type.add(name=name)
        for field in filter(None, declared.split(", ")):
            _declare(message, *field.split())
    return file


def _declare(message: Any, number: str, name: str, kind: str) -> None:
    field = message.field.add(name=name, number=int(number), label=_REPEATED if kind.endswith("*") else _OPTIONAL)
    kind = kind.removesuffix("*")
    if kind in _TYPES:
        field.type = _TYPES[kind]
    else:
        field.type, field.type_name = _MESSAGE, f".{PACKAGE}.{kind}"
