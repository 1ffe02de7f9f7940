"""What the official gateway sent over its mock, byte for byte (wechaty-puppet-service 1.19.9, 2026-11)."""

import json
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from adapters.wechaty.translate import Letter, read_letter
from adapters.wechaty.wire import fields, message_class

NOW = datetime(2026, 11, 23, 9, 0, tzinfo=UTC)
DASHES = "- - - - - - - - - - - - - - -"


@cache
def recorded() -> dict[str, dict[str, str]]:
    """By name the bytes of an event and, where it tells of a message, of that."""
    found: dict[str, dict[str, str]] = json.loads(Path(__file__).with_name("recorded.json").read_text())
    return found


def event(name: str) -> Any:
    """A recorded event."""
    return message_class("EventResponse").FromString(bytes.fromhex(recorded()[name]["event"]))


def payload(name: str) -> dict[str, object]:
    """A recorded message as plain values."""
    return fields(message_class("MessagePayloadResponse").FromString(bytes.fromhex(recorded()[name]["message"])))


def letter(name: str = "called", **changes: object) -> Letter:
    """A recorded message, with some of its fields changed."""
    read = read_letter(payload(name) | changes, NOW)
    assert read is not None
    return read
