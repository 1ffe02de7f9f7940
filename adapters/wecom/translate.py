"""A body of the platform → one event of the bot. Pure; whatever else comes is None, nothing raises.

The same bodies come over the long connection and in callbacks. Only what is addressed to the robot comes at all, so each
message of a group mentions the bot; who else is mentioned stands only in the words.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from adapters.wecom.cards import tap_of
from adapters.wecom.wording import fingerprint, number_in
from bot.messages import BOT, InboundEvent, InboundMessage, Media, Press, Rate

CHANNEL = "wecom"
LONGEST_ID = 256
PHOTOS = 9  # of one message
LATE, EARLY = timedelta(days=8), timedelta(minutes=5)  # how far the platform's clock is believed
OTHER_MEDIA = {"file", "video"}
_OTHER_NAME = re.compile(r"^@\S+(?:\s+|$)")


@dataclass(frozen=True, slots=True)
class Picture:
    """Where a photo lies, and the key that it is encrypted with; "" where the callbacks' own key is meant."""

    url: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Origin:
    """Who did something, where, when; ``chat`` is "dm:…" in private."""

    sender: str
    chat: str
    id: str
    at: datetime
    private: bool


def translate(body: object, now: datetime, name: str, media: tuple[Media, ...] = ()) -> InboundEvent | None:
    """The event in a body; ``name`` is the robot's own, ``media`` the photos of the body that were stored."""
    fields = _fields(body)
    origin = origin_of(fields, now)
    if origin is None:
        return None
    if fields.get("msgtype") == "event":
        return _tapped(fields, origin)
    return _said(fields, origin, name, media)


def origin_of(body: Mapping[str, Any], now: datetime) -> Origin | None:
    """Whose doing a body is; None for what is nobody's, and for a robot's own."""
    sender, id_ = _id(_fields(body.get("from")).get("userid")), _id(body.get("msgid"))
    chat = _id(body.get("chatid"))
    private = body.get("chattype") == "single" or (not chat and "chattype" not in body)
    if not sender or not id_ or sender == body.get("aibotid") or not (private or chat):
        return None
    return Origin(sender, f"dm:{sender}" if private else chat, id_, _time(body.get("create_time"), now), private)


def event_name(body: object) -> str:
    """Which event a body is; "" for a message."""
    name = _fields(_fields(body).get("event")).get("eventtype")
    return name if isinstance(name, str) else ""


def tapped_card(body: object) -> tuple[str, str, str] | None:
    """Which card was tapped, by its task, on which button, by whom."""
    card = _card_of(_fields(body))
    found = card.get("task_id"), card.get("event_key"), _fields(_fields(body).get("from")).get("userid")
    task, key, sender = (one if isinstance(one, str) else "" for one in found)
    return (task, key, sender) if task and key and sender else None


def pictures(body: object) -> tuple[Picture, ...]:
    """The photos of a body, without those of what it quotes."""
    fields = _fields(body)
    kind = fields.get("msgtype")
    parts = [fields] if kind == "image" else _parts(fields) if kind == "mixed" else []
    found = (_picture(_fields(part.get("image"))) for part in parts)
    return tuple(picture for picture in found if picture is not None)[:PHOTOS]


def _said(body: Mapping[str, Any], origin: Origin, name: str, media: tuple[Media, ...]) -> InboundMessage | None:
    text = _without_name(_words(body), name, origin.private)
    kind = body.get("msgtype")
    if isinstance(kind, str) and kind in OTHER_MEDIA:
        media = (*media, Media(kind))
    if not text and not media:
        return None
    quoted = _words(_fields(body.get("quote")))
    return InboundMessage(
        CHANNEL, origin.chat, origin.sender, origin.id, origin.at, text,
        private=origin.private,
        reply_to=fingerprint(quoted),
        reply_number=number_in(quoted),
        mentions=() if origin.private else (BOT,),
        media=media,
    )  # fmt: skip


def _tapped(body: Mapping[str, Any], origin: Origin) -> Press | Rate | None:
    """A tap on a button, or the choice of a vote."""
    card = _card_of(body)
    tap = tap_of(_chosen(card)) or tap_of(card.get("event_key"))
    if tap is None:
        return None
    if tap.action != "rate":
        return Press(CHANNEL, origin.chat, origin.sender, origin.id, origin.at, tap.action, tap.ticket_id)
    if tap.value not in {"1", "2", "3", "4", "5"}:
        return None
    return Rate(CHANNEL, origin.chat, origin.sender, origin.id, origin.at, int(tap.value), tap.ticket_id)


def _card_of(body: Mapping[str, Any]) -> Mapping[str, Any]:
    """What is told of a tapped card: older documents put its fields one level higher."""
    event = _fields(body.get("event"))
    if event.get("eventtype") != "template_card_event":
        return {}
    return _fields(event.get("template_card_event")) or event


def _chosen(card: Mapping[str, Any]) -> object:
    """The first chosen option of a vote."""
    items = _list(_fields(card.get("selected_items")).get("selected_item"))
    options = _list(_fields(_fields(items[0]).get("option_ids")).get("option_id")) if items else []
    return options[0] if options else None


def _words(body: Mapping[str, Any]) -> str:
    """What a message, or a quoted one, says: text, what was spoken, the text of mixed parts, of a card."""
    kind = body.get("msgtype")
    if kind == "mixed":
        return "\n".join(filter(None, (_words(part) for part in _parts(body) if part.get("msgtype") == "text")))
    if kind == "template_card":
        return _text(_fields(body.get("template_card")).get("sub_title_text"))
    if isinstance(kind, str) and kind in {"text", "voice", "markdown", "stream"}:
        return _text(_fields(body.get(kind)).get("content"))
    return ""


def _without_name(text: str, name: str, private: bool) -> str:
    """The words without the robot's name at their ends; a robot that is called differently over there stands in front."""
    called, words = f"@{name}", text.strip()
    if called not in words:
        return words if private else _OTHER_NAME.sub("", words).strip()
    return words.removeprefix(called).strip().removesuffix(called).strip()


def _picture(image: Mapping[str, Any]) -> Picture | None:
    url, key = image.get("url"), image.get("aeskey", "")
    if not isinstance(url, str) or not isinstance(key, str) or not url.startswith(("https://", "http://")):
        return None
    return Picture(url, key)


def _parts(body: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [_fields(part) for part in _list(_fields(body.get("mixed")).get("msg_item"))]


def object_in(raw: str | bytes) -> dict[str, Any]:
    """The object in a JSON text; nonsense is an empty one."""
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _fields(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _text(value: object) -> str:
    """A text that can be stored: half a character is none."""
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else ""


def _id(value: object) -> str:
    """An id, or "": one that is cut or mended would be another one."""
    if not isinstance(value, str) or len(value) > LONGEST_ID or not value.isprintable():
        return ""
    return value


def _time(value: object, now: datetime) -> datetime:
    """The platform's time where it gives one that can be, else ours."""
    if not isinstance(value, int):
        return now
    try:
        at = datetime.fromtimestamp(value, UTC)
    except (ValueError, OverflowError, OSError):
        return now
    return at if now - LATE <= at <= now + EARLY else now
