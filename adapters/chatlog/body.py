"""The inside of a message as chat programs write it out: system lines, quotations, [图片] and the like."""

import re
from collections.abc import Iterator, Sequence
from datetime import datetime

from adapters.chatlog.entries import Attachment, Found, Moved, Note, Person, Quote, Recalled, Said

MEDIA = {
    "图片": "image", "照片": "image", "image": "image", "photo": "image", "picture": "image",
    "语音": "voice", "语音消息": "voice", "voice": "voice", "audio": "voice",
    "视频": "video", "小视频": "video", "video": "video",
    "文件": "file", "file": "file",
    "位置": "location", "地理位置": "location", "location": "location",
}  # fmt: skip
SELF = "我"  # whoever made the export; system lines call him 你

_MARKER = re.compile(r"\[([^\[\]\s:：]{2,8})(?:[ :：]([^\[\]]{0,200}))?\][ \t]*(.*)")
_FILE_NAME = re.compile(r"[（(]?(\S{1,200}\.[A-Za-z0-9]{2,5})[)）]?")
_QUOTE = re.compile(r"「([^：:\n]{1,60})[：:][ ]?(.*?)」\n[ \t]*(?:[-—–_] ?){3,}[ \t]*\n(.*)", re.DOTALL)

_NAME = r'(?:["“]([^"“”]{1,200})["”]|([你您]))'
_WHERE = r"(?:了)?(?:本)?群聊?(?:[，,。].{0,200})?"
_TELLS = re.compile("撤回|加入|退出|移出")
_RECALL = re.compile(rf"{_NAME}\s?撤回了一条消息(?:\s?重新编辑)?")
_RECALL_OTHER = re.compile(rf"{_NAME}\s?撤回了成员\s?{_NAME}\s?的一条消息")
_INVITED = re.compile(rf"{_NAME}\s?邀请\s?(?:([你您])(?:和|、)?)?{_NAME}?\s?加入{_WHERE}")
_SCANNED = re.compile(rf"{_NAME}\s?通过.{{0,260}}加入{_WHERE}")
_JOINED = re.compile(rf"{_NAME}\s?(?:已)?加入{_WHERE}")
_LEFT = re.compile(rf"{_NAME}\s?(?:已)?退出{_WHERE}")
_REMOVED = re.compile(rf"{_NAME}\s?(?:已)?(?:将|把)\s?{_NAME}\s?移出{_WHERE}")


def told(line: int, at: datetime, text: str) -> list[Found] | None:
    """What a system line tells; None where it is none that means anything here."""
    text = text.strip()
    if not _TELLS.search(text):
        return None
    if match := _RECALL_OTHER.fullmatch(text):
        return [Recalled(line, at, _person(match[3] or match[4]))]
    if match := _RECALL.fullmatch(text):
        return [Recalled(line, at, _person(match[1] or match[2]))]
    for pattern, groups, joined in (
        (_INVITED, (3, 4, 5), True), (_SCANNED, (1, 2), True), (_JOINED, (1, 2), True),
        (_LEFT, (1, 2), False), (_REMOVED, (3, 4), False),
    ):  # fmt: skip
        match = pattern.fullmatch(text)
        if match and any(match[group] for group in groups):
            return [Moved(line, at, who, joined) for group in groups for who in _people(match[group])]
    return None


def _person(name: str) -> Person:
    return Person(SELF if name in {"你", "您"} else name.strip())


def _people(names: str | None) -> list[Person]:
    return [_person(name) for name in (names or "").split("、") if name.strip()]


def heard(line: int, at: datetime, who: Person | None, lines: Sequence[tuple[int, str]]) -> Iterator[Found]:
    """What the numbered lines under one head tell: a message of that person, system lines among them."""
    words: list[tuple[int, str]] = []
    events: list[Found] = []
    for number, text in lines:
        found = told(number, at, text)
        if found is None:
            words.append((number, text))
        else:
            events += found
    filled = [number for number, text in words if text.strip()]
    if who is not None and (filled or not events):
        yield message(line, at, who, "\n".join(text for _, text in words))
    elif who is None:
        yield from (Note(number, "没有发送人，不是认识的系统消息，没有导入") for number in filled)
    yield from events


def message(line: int, at: datetime, who: Person, text: str, kind: str = "") -> Said:
    """A message from the words that an export has for it; ``kind`` is the medium where a column of its own tells."""
    whole = text.strip()
    match = _QUOTE.fullmatch(whole)
    quote = Quote(match[1].strip(), match[2], whole) if match else None
    raw = match[3].strip() if match else whole
    kept, media = _apart(raw)
    if kind and not media:
        kept, media = ("" if _is_markup(kept) else kept), (Attachment(kind),)
    return Said(line, at, who, kept, quote=quote, media=media, raw=raw)


def _is_markup(text: str) -> bool:
    return text.startswith(("<?xml", "<msg", "<img"))


def _apart(text: str) -> tuple[str, tuple[Attachment, ...]]:
    """The words of a message, and what it carries."""
    words, media = [], []
    for line in text.split("\n"):
        match = _MARKER.fullmatch(line.strip())
        kind = MEDIA.get(match[1].lower()) if match else None
        if match is None or kind is None:
            words.append(line)
            continue
        name, rest = _named(kind, match[3])
        media.append(Attachment(kind, name or (match[2] or "").strip()))
        words += [rest] if rest else []
    return "\n".join(words).strip(), tuple(media)


def _named(kind: str, rest: str) -> tuple[str, str]:
    """What follows a marker: a name of the thing, or words."""
    found = _FILE_NAME.fullmatch(rest.strip())
    if found:
        return found[1], ""
    return (rest.strip(), "") if kind in {"file", "location"} else ("", rest.strip())
