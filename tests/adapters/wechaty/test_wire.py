"""The messages that we declare are those that the official gateway sends."""

import json

from adapters.wechaty.wire import DECLARED, fields, message_class
from tests.adapters.wechaty.recordings import event, payload, recorded


def test_recorded_events_are_read() -> None:
    kinds = {name: event(name).type for name in recorded()}

    assert kinds["heartbeat"] == 1
    assert kinds["called"] == kinds["photo"] == 2
    assert (kinds["join"], kinds["leave"], kinds["topic"], kinds["scan"]) == (19, 20, 21, 22)
    assert (kinds["login"], kinds["logout"]) == (25, 26)
    assert json.loads(event("login").payload) == {"contactId": "bot"}


def test_a_recorded_message_is_read_and_written_alike() -> None:
    told = payload("called")

    assert (told["talker_id"], told["room_id"], told["mention_ids"]) == ("zhang", "r1@chatroom", ["bot"])
    assert told["text"] == "@网格管家\u20053号楼门口的化粪池又堵了"
    assert told["receive_time"] == {"seconds": 1795447789, "nanos": 84000000}
    assert told["type"] == 7  # wechaty-puppet's text; the .proto would say 6
    again = message_class("MessagePayloadResponse")(**told)
    assert fields(message_class("MessagePayloadResponse").FromString(again.SerializeToString())) == told


def test_fields_unknown_to_us_are_skipped() -> None:
    content = bytes.fromhex(recorded()["called"]["message"]) + b"\xfa\x01\x03new"

    assert message_class("MessagePayloadResponse").FromString(content).id == payload("called")["id"]


def test_every_message_can_be_made() -> None:
    assert all(message_class(name)().SerializeToString() == b"" for name in DECLARED)
