"""CHAT.jsonl → events (contracts/replay.md). Bad input is named by file, line and field."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from bot.messages import Edit, InboundEvent, InboundMessage, Media, Presence, Press, Rate, Recall

MEDIA_TYPES = ("image", "voice", "video", "file", "location")
ACTIONS = ("sign", "done", "return", "register", "reject")
FIELDS = frozenset({
    "at", "chat", "from", "text", "id", "name", "reply_to", "mentions", "media", "private", "press", "rate", "edit",
    "recall", "join", "leave",
})  # fmt: skip


class TranscriptError(Exception):
    """A line that can't be read: file, line, field and reason in one sentence."""


@dataclass(frozen=True, slots=True)
class Step:
    """One line: an instant, and what happened at it. ``quoted`` is the number of the ticket that a message quotes."""

    at: datetime
    event: InboundEvent | None
    quoted: int | None = None
    is_message: bool = False


class _Line:
    """The fields of one line, checked."""

    def __init__(self, data: Mapping[str, Any], where: str, number: int, channels: Mapping[str, str]) -> None:
        self.data, self.where, self.number, self._channels = data, where, number, channels
        for name in data:
            if name not in FIELDS:
                raise self.error(name, "unknown field")

    def error(self, field: str, reason: str) -> TranscriptError:
        return TranscriptError(f"{self.where}:{self.number}: {field}: {reason}")

    def text(self, field: str, default: str | None = None) -> str:
        value = self.data.get(field, default)
        if not isinstance(value, str) or (default is None and not value):
            raise self.error(field, "a text is needed")
        return value.encode("utf-8", "replace").decode("utf-8")

    def number_in(self, field: str, name: str) -> int:
        value = self.data[field].get(name) if isinstance(self.data.get(field), dict) else None
        if not isinstance(value, int) or isinstance(value, bool):
            raise self.error(field, f"{name}: a whole number is needed")
        return value

    @property
    def at(self) -> datetime:
        try:
            at = datetime.fromisoformat(self.text("at"))
            if at.tzinfo is None:
                raise self.error("at", "the time has no offset")
            return at.astimezone(UTC)
        except (ValueError, OverflowError):
            raise self.error("at", "not an ISO 8601 time") from None

    @property
    def channel(self) -> str:
        return self._channels.get(self.text("chat"), next(iter(self._channels.values()), "web"))


def read_transcript(path: Path, channels: Mapping[str, str]) -> Iterator[Step]:
    """The steps of a transcript in order; ``channels`` maps a chat id to its channel. Raises ``TranscriptError``."""
    before: datetime | None = None
    with path.open("rb") as file:
        for number, raw in enumerate(file, 1):
            if not raw.strip():
                continue
            line = _Line(_decoded(raw, path, number), str(path), number, channels)
            step = _step(line)
            if before is not None and step.at < before:
                raise line.error("at", "earlier than the line before")
            before = step.at
            yield step


def _decoded(raw: bytes, path: Path, number: int) -> dict[str, Any]:
    try:
        data = json.loads(raw.decode("utf-8-sig" if number == 1 else "utf-8"))
    except UnicodeDecodeError:
        raise TranscriptError(f"{path}:{number}: text: not UTF-8") from None
    except (ValueError, RecursionError) as error:
        raise TranscriptError(f"{path}:{number}: line: not JSON ({error})"[:300]) from None
    if not isinstance(data, dict):
        raise TranscriptError(f"{path}:{number}: line: not an object")
    return data


def _step(line: _Line) -> Step:
    data = line.data
    for field, make in (("press", _press), ("rate", _rate), ("edit", _edit), ("recall", _recall)):
        if field in data:
            return Step(line.at, make(line))
    if "join" in data or "leave" in data:
        return Step(line.at, _presence(line))
    if set(data) == {"at"}:
        return Step(line.at, None)
    quoted = line.number_in("reply_to", "ticket") if isinstance(data.get("reply_to"), dict) else None
    return Step(line.at, _message(line), quoted, is_message=True)


def _message(line: _Line) -> InboundMessage:
    data = line.data
    reply_to = data.get("reply_to")
    if reply_to is not None and not isinstance(reply_to, str | dict):
        raise line.error("reply_to", 'a message id or {"ticket": number} is needed')
    mentions = data.get("mentions", [])
    if not isinstance(mentions, list) or not all(isinstance(m, str) for m in mentions):
        raise line.error("mentions", "a list of account ids is needed")
    private = data.get("private", False)
    if not isinstance(private, bool):
        raise line.error("private", "true or false is needed")
    sender = line.text("from")
    return InboundMessage(
        channel=line.channel,
        chat=f"dm:{sender}" if private else line.text("chat"),
        sender=sender,
        id=line.text("id") if "id" in data else f"line-{line.number}",
        at=line.at,
        text=line.text("text", ""),
        name=line.text("name", ""),
        private=private,
        reply_to=reply_to if isinstance(reply_to, str) else None,
        mentions=tuple(mentions),
        media=tuple(_media(line, item) for item in _list(line, "media")),
    )


def _list(line: _Line, field: str) -> list[Any]:
    value = line.data.get(field, [])
    if not isinstance(value, list):
        raise line.error(field, "a list is needed")
    return value


def _media(line: _Line, item: object) -> Media:
    if not isinstance(item, dict) or item.get("type") not in MEDIA_TYPES:
        raise line.error("media", f"type: one of {', '.join(MEDIA_TYPES)} is needed")
    return Media(item["type"], str(item.get("name", "")), None, item.get("lat"), item.get("lng"))


def _press(line: _Line) -> Press:
    action = line.data["press"].get("action") if isinstance(line.data["press"], dict) else None
    if action not in ACTIONS:
        raise line.error("press", f"action: one of {', '.join(ACTIONS)} is needed")
    number = line.number_in("press", "ticket") if line.data["press"].get("ticket") is not None else None
    text = line.text("text", "")
    return Press(
        line.channel, line.text("chat"), line.text("from"), f"line-{line.number}", line.at, action, None, number, text
    )


def _rate(line: _Line) -> Rate:
    rating = line.number_in("rate", "rating")
    if not 1 <= rating <= 5:
        raise line.error("rate", "rating: 1 to 5 is needed")
    number = line.number_in("rate", "ticket")
    return Rate(
        line.channel, line.text("chat"), line.text("from"), f"line-{line.number}", line.at, rating, None, number
    )


def _edit(line: _Line) -> Edit:
    sender = line.text("from", "")
    return Edit(line.channel, line.text("chat"), sender, line.text("edit"), line.at, line.text("text"))


def _recall(line: _Line) -> Recall:
    return Recall(line.channel, line.text("chat"), line.text("from", ""), line.text("recall"), line.at)


def _presence(line: _Line) -> Presence:
    joined = "join" in line.data
    return Presence(
        line.channel,
        line.text("chat"),
        line.text("join" if joined else "leave"),
        line.at,
        joined,
        line.text("name", ""),
    )
