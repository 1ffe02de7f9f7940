"""What a message says, out of its ``content``: a JSON string whose shape hangs on the message's type. Pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bot.messages import Media


@dataclass(frozen=True, slots=True)
class Said:
    """Words with the keys of mentions in them (``@_user_1``), and attachments; a photo's name is its key."""

    text: str = ""
    media: tuple[Media, ...] = ()


def said_in(kind: object, raw: object) -> Said | None:
    """The content of a message; None where there is nothing to hear: stickers, red packets, forwarded chats, cards."""
    reader = _READERS.get(kind) if isinstance(kind, str) else None
    return reader(fields_of(raw)) if reader is not None else None


def fields_of(raw: object) -> dict[str, Any]:
    """A JSON object in a string, or as it is; empty where it is none."""
    try:
        found = json.loads(raw) if isinstance(raw, str) else raw
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def compact(content: Mapping[str, Any]) -> str:
    """Fields as JSON without a byte too many: the platform counts those of a card."""
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def word(fields: object, *path: str) -> str:
    """The string at the end of a path of names; empty where there is none."""
    for name in path:
        fields = fields.get(name) if isinstance(fields, Mapping) else None
    return fields if isinstance(fields, str) else ""


def _location(fields: dict[str, Any]) -> Said:
    lat, lng = _degrees(fields.get("latitude"), 90), _degrees(fields.get("longitude"), 180)
    return Said(media=(Media("location", word(fields, "name"), lat=lat, lng=lng),))


def _degrees(given: object, most: int) -> float | None:
    try:
        value = float(given) if isinstance(given, str | float | int) else None
    except (ValueError, OverflowError):
        return None
    return value if value is not None and -most <= value <= most else None


def _post(fields: dict[str, Any]) -> Said:
    """Rich text: lines of elements. It stands under a language in some messages."""
    if "content" not in fields:
        fields = next((inner for inner in fields.values() if isinstance(inner, dict)), {})
    media: list[Media] = []
    lines = ["".join(_words(line, media)) for line in _list(fields.get("content"))]
    return Said("\n".join(line for line in [word(fields, "title"), *lines] if line), tuple(media))


def _words(line: object, media: list[Media]) -> Iterator[str]:
    for element in _list(line):
        match word(element, "tag"):
            case "text" | "code_block" | "md":
                yield word(element, "text")
            case "a":
                yield f"{word(element, 'text')} {word(element, 'href')}".strip()
            case "at":
                key = word(element, "user_id")
                yield key if key.startswith("@") else f"@{word(element, 'user_name')}"
            case "img":
                media.append(Media("image", word(element, "image_key")))
            case "media":
                media.append(Media("video"))


def _list(found: object) -> list[Any]:
    return found if isinstance(found, list) else []


_READERS: Mapping[str, Callable[[dict[str, Any]], Said]] = {
    "text": lambda fields: Said(word(fields, "text")),
    "post": _post,
    "image": lambda fields: Said(media=(Media("image", word(fields, "image_key")),)),
    "audio": lambda _fields: Said(media=(Media("voice"),)),
    "media": lambda fields: Said(media=(Media("video", word(fields, "file_name")),)),
    "file": lambda fields: Said(media=(Media("file", word(fields, "file_name")),)),
    "location": _location,
}
