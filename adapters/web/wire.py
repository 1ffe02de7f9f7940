"""What a chat page sends, strictly read: JSON → command. Pure; a body that is no command of ours raises ``BadRequest``."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from adapters.web.errors import BadRequest
from adapters.web.words import checked_text
from bot.messages import record

MAX_BODY = 32 * 1024  # bytes: the longest text in escapes, and some room
MAX_SEQ = 2**53
PHOTOS = 9
MENTIONS = 20
_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
_NAME = re.compile(r"[A-Za-z0-9_.:-]{1,64}")


@record
class Say:
    """A message: words, photos (upload tokens), the line it answers, the accounts it calls."""

    id: str
    text: str
    reply: int | None = None
    mentions: tuple[str, ...] = ()
    photos: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class TakeBack:
    """An own line is recalled."""

    id: str
    seq: int


@dataclass(frozen=True, slots=True)
class Tap:
    """A button of a ticket, with words where it asks for some."""

    id: str
    ticket: str
    action: str
    text: str = ""
    line: int | None = None  # the bot's line that carries the button


@dataclass(frozen=True, slots=True)
class Score:
    """A rating 1–5."""

    id: str
    ticket: str
    rating: int


Command = Say | TakeBack | Tap | Score


def command_of(raw: bytes | str) -> Command:
    """Read one command."""
    body = decode(raw)
    kind = body.pop("type", None)
    fields = _Fields(body)
    match kind:
        case "say":
            command: Command = _say(fields)
        case "recall":
            command = TakeBack(fields.id(), fields.number("seq"))
        case "press":
            action = fields.name("action")
            command = Tap(fields.id(), fields.name("ticket"), action, fields.text("text"), fields.maybe_number("line"))
        case "rate":
            command = Score(fields.id(), fields.name("ticket"), fields.number("rating", 1, 5))
        case _:
            raise BadRequest("type")
    fields.end()
    return command


def _say(fields: "_Fields") -> Say:
    say = Say(
        fields.id(),
        fields.text("text"),
        fields.maybe_number("reply"),
        fields.names("mentions", MENTIONS, 64),
        fields.names("photos", PHOTOS, 300),
    )
    if not say.text and not say.photos:
        raise BadRequest("empty")
    return say


def decode(raw: bytes | str) -> dict[str, Any]:
    """A JSON object without anything that JSON leaves to luck: NaN, doubled keys, lone surrogates, bottomless nesting."""
    if len(raw) > MAX_BODY:
        raise BadRequest("size")
    try:
        text = raw.decode("utf-8") if isinstance(raw, bytes) else raw
        body = _decoded(text)
        if text is raw:
            text.encode("utf-8")  # of bytes this is known
        if "\\u" in text:
            json.dumps(body, ensure_ascii=False).encode("utf-8")  # an escaped lone surrogate fails here
    except (ValueError, RecursionError) as error:
        raise BadRequest("json") from error
    if not isinstance(body, dict):
        raise BadRequest("object")
    return body


def _decoded(text: str) -> Any:
    """One value and nothing else, as ``decode`` of the decoder: that one looks for blanks with two regular expressions."""
    text = text.strip(" \t\n\r")
    body, end = _DECODER.raw_decode(text)
    if end != len(text):
        raise ValueError("more than one value")
    return body


def _no_constant(name: str) -> None:
    raise ValueError(name)


def _no_doubles(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a key twice")
    return found


_DECODER = json.JSONDecoder(parse_constant=_no_constant, object_pairs_hook=_no_doubles)


class _Fields:
    """The fields of a body, each taken once and checked; what is left over is refused."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body

    def id(self) -> str:
        """The client's id of the command: the same one again changes nothing."""
        return self._matching("id", _ID)

    def name(self, key: str) -> str:
        """A short plain word."""
        return self._matching(key, _NAME)

    def _matching(self, key: str, pattern: re.Pattern[str]) -> str:
        value = self._body.pop(key, None)
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise BadRequest(key)
        return value

    def text(self, key: str) -> str:
        """Words of a person."""
        value = self._body.pop(key, "")
        if not isinstance(value, str):
            raise BadRequest(key)
        return checked_text(value)

    def number(self, key: str, low: int = 0, high: int = MAX_SEQ) -> int:
        """A whole number; true is none."""
        value = self._body.pop(key, None)
        if type(value) is not int or not low <= value <= high:
            raise BadRequest(key)
        return value

    def maybe_number(self, key: str) -> int | None:
        """A whole number, or nothing."""
        if self._body.get(key) is None:
            self._body.pop(key, None)
            return None
        return self.number(key)

    def names(self, key: str, most: int, length: int) -> tuple[str, ...]:
        """A short list of short words."""
        if key not in self._body:
            return ()
        value = self._body.pop(key)
        if not isinstance(value, list) or len(value) > most:
            raise BadRequest(key)
        if not all(isinstance(one, str) and 0 < len(one) <= length for one in value):
            raise BadRequest(key)
        return tuple(dict.fromkeys(value))

    def end(self) -> None:
        """Nothing else may be there."""
        if self._body:
            raise BadRequest("unknown field")
