"""Telegram Desktop's export of one chat (result.json) → entries. Messages are read one by one from the text."""

import json
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, tzinfo
from typing import Any

from adapters.chatlog.entries import Attachment, ChatLogError, Found, Moved, Note, Person, Said
from adapters.chatlog.moments import NoMoment, moment

JOINED = frozenset({"invite_members", "join_group_by_link", "join_group_by_request"})
LEFT = frozenset({"remove_members"})
KINDS = {
    "voice_message": "voice", "audio_file": "file", "video_file": "video", "video_message": "video",
    "animation": "video",
}  # fmt: skip
_MESSAGES = re.compile(r'"messages"\s{0,40}:\s{0,40}\[')
_BETWEEN = re.compile(r"[\s,]*")


def read(lines: Iterable[str], zone: tzinfo) -> Iterator[Found]:
    """The entries of an export in its order. Raises ChatLogError for what is no export of one chat."""
    text = "".join(lines)
    starts = list(_MESSAGES.finditer(text))
    if not starts:
        raise ChatLogError("不是 Telegram Desktop 导出的 JSON：没有 messages")
    if len(starts) > 1:
        raise ChatLogError("里面有好几个群；请在 Telegram Desktop 里单独导出一个群")
    for line, item in _objects(text, starts[0].end()):
        if isinstance(item, Note):
            yield item
        elif isinstance(item, dict):
            yield from _entries(line, item, zone)
        else:
            yield Note(line, "不是一条消息，没有导入")


def _objects(text: str, position: int) -> Iterator[tuple[int, object]]:
    """The elements of the list that begins at a position, each with its line."""
    decoder = json.JSONDecoder()
    line, counted = 1, 0
    while True:
        position = _next(text, position)
        line, counted = line + text.count("\n", counted, position), position
        if text[position : position + 1] == "]":
            return
        try:
            item, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError):
            yield line, Note(line, "从这里起不是 JSON，或者文件不完整，后面的没有导入")
            return
        yield line, item


def _next(text: str, position: int) -> int:
    """Where the next element begins, or the list ends."""
    between = _BETWEEN.match(text, position)
    return between.end() if between else position


def _entries(line: int, item: Mapping[str, Any], zone: tzinfo) -> Iterator[Found]:
    try:
        at = moment(_text(item.get("date_unixtime")) or _text(item.get("date")), zone)
    except NoMoment as error:
        yield Note(line, f"{error}，没有导入")
        return
    if item.get("type") == "service":
        yield from _service(line, at, item)
        return
    yield _said(line, at, item)


def _service(line: int, at: datetime, item: Mapping[str, Any]) -> Iterator[Found]:
    """Who came and went; whatever else is announced has no words of anybody."""
    action = item.get("action")
    if action not in (JOINED | LEFT if isinstance(action, str) else ()):
        return
    actor = _person(item.get("actor"), item.get("actor_id"))
    members = item.get("members")
    people = [_person(one, None) for one in members if one] if isinstance(members, list) else []
    for who in people or [actor]:
        known = actor if who.name == actor.name else who
        yield Moved(line, at, known, action in JOINED)


def _said(line: int, at: datetime, item: Mapping[str, Any]) -> Said:
    """An edited message stands as it was last: the export does not have what it was before."""
    words, mentions = _words(item.get("text"))
    text = words or _text(item.get("sticker_emoji")) or _poll(item.get("poll"))
    who = _person(item.get("from"), item.get("from_id"))
    id_, reply_to = _text(item.get("id")), _text(item.get("reply_to_message_id"))
    return Said(line, at, who, text, id_, reply_to, None, tuple(_media(item)), mentions, text)


def _person(name: object, id_: object) -> Person:
    """Persons go by their number, as they do where the bot hears Telegram itself; channels keep their word."""
    number = _text(id_)
    return Person(_text(name).strip()[:100], number.removeprefix("user"))


def _text(value: object) -> str:
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value) if abs(value) < 10**40 else ""
    return value if isinstance(value, str) else ""


def _words(value: object) -> tuple[str, tuple[str, ...]]:
    """Text and the accounts that it mentions; a text is one string or a list of plain and marked pieces."""
    pieces = value if isinstance(value, list) else [value]
    texts, mentions = [], []
    for piece in pieces:
        if not isinstance(piece, dict):
            texts.append(_text(piece))
            continue
        texts.append(_text(piece.get("text")))
        if piece.get("type") == "mention_name" and _text(piece.get("user_id")):
            mentions.append(_text(piece.get("user_id")))
    return "".join(texts), tuple(mentions)


def _poll(value: object) -> str:
    return _text(value.get("question")) if isinstance(value, dict) else ""


def _media(item: Mapping[str, Any]) -> Iterator[Attachment]:
    if item.get("photo"):
        yield Attachment("image", _base(item.get("photo")))
    kind, mime = item.get("media_type"), _text(item.get("mime_type"))
    if isinstance(kind, str) and kind in KINDS:
        yield Attachment(KINDS[kind], _base(item.get("file_name") or item.get("file")))
    elif item.get("file") and kind != "sticker":
        yield Attachment("image" if mime.startswith("image/") else "file", _base(item.get("file_name") or item["file"]))
    place = item.get("location_information")
    if isinstance(place, dict):
        yield Attachment(
            "location", _text(item.get("place_name")), _degrees(place, "latitude"), _degrees(place, "longitude")
        )


def _base(value: object) -> str:
    """The name of a file, without folders; none where the export left it out and says so in brackets."""
    name = _text(value)
    return "" if name.startswith("(") else name.replace("\\", "/").rpartition("/")[2][:200]


def _degrees(place: Mapping[str, Any], key: str) -> float | None:
    value = place.get(key)
    if not isinstance(value, int | float) or isinstance(value, bool) or not abs(value) <= 180:
        return None
    return float(value) if math.isfinite(value) else None
