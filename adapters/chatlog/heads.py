"""The lines with which messages begin in text exports. A file keeps to one shape and one way to write times."""

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache

from adapters.chatlog.body import told
from adapters.chatlog.entries import Person
from adapters.chatlog.moments import CLOCK, DATE, HALF, RELATIVE, STAMP

NEVER = datetime(2000, 1, 1, tzinfo=UTC)  # only whether a notice tells anything is asked, not when
SYSTEM = frozenset({"系统消息", "系统", "系统通知", "群通知", "system", "SYSTEM", "System"})
_ID = r"(?:[(（<](?P<id>wxid_[\w-]{1,40}|[A-Za-z][\w.-]{5,40}(?:@\w{1,20})?|[0-9]{5,12})[)）>])?"
_NAME = rf"(?P<name>\S.{{0,79}}?)[ \t]{{0,4}}{_ID}"
_SAID_BY = rf"(?P<name>[^\s:：][^:：]{{0,79}}?)[ \t]{{0,4}}{_ID}"
_NOTICE = re.compile(r'["“][^"“”]{1,80}["”].+')  # "张三" 拍了拍 "李四": nobody is called so
_CLOCK = re.compile(r"[0-9][:：][0-9]{2}")  # each head has one: most lines are told by this alone
_DAY = re.compile(rf"[—─–=*·\- \t]*(?P<day>{DATE})(?:[ \t]*星期.)?[—─–=*·\- \t]*")
_WORDS = re.compile(rf"{HALF}|[AP]M|[ \t\u00a0\u202f]+")


@dataclass(frozen=True, slots=True)
class Head:
    """What a line says that begins a message. No ``who``: a notice of the system."""

    stamp: str
    who: Person | None
    text: str = ""


@cache
def _pattern(around: str, stamp: str) -> re.Pattern[str]:
    return re.compile(around.replace("STAMP", f"(?P<stamp>{stamp})"))


@dataclass(frozen=True, slots=True)
class Shape:
    """One shape of heads, as a pattern around a pattern of times. ``weight``: how much a match counts."""

    around: str
    weight: float = 1.0
    clock: str = STAMP

    def match(self, line: str, stamp: str = "") -> Head | None:
        """The head that a line is, with times of this pattern."""
        found = _pattern(self.around, stamp or self.clock).fullmatch(line) if _CLOCK.search(line) else None
        if found is None:
            return None
        parts = found.groupdict()
        name = parts["name"].strip()
        if _NOTICE.fullmatch(name):
            return Head(parts["stamp"], None, name)
        who = None if name in SYSTEM else Person(name, parts["id"] or "")
        return Head(parts["stamp"], who, parts.get("text") or "")


_STAMPED = re.compile(rf"\[?(?P<stamp>{STAMP})\]?[ \t]*(?P<text>.*)")
MAILED = Shape(rf"{_NAME}[ \t\u00a0]{{1,8}}STAMP", clock=CLOCK)
# Where every head has a colon, the first shape sees them, too; a name with a colon of its own is rarer.
SHAPES = (
    Shape(rf"\[?STAMP\]?[ \t]{{1,4}}{_NAME}"),
    Shape(rf"\[?STAMP\]?[ \t]{{1,4}}{_SAID_BY}[:：][ \t]?(?P<text>.*)", 1.3),
    Shape(rf"{_NAME}[:：]?[ \t\u00a0]{{1,8}}STAMP"),
    Shape(rf"{_NAME}[ \t]?[(（]STAMP[)）][:：]?[ \t]?(?P<text>.*)"),
    MAILED,
)


def form_of(stamp: str) -> str:
    """How a time is written, without which time it is."""
    return re.sub(r"[0-9]+", "0", _WORDS.sub("", stamp))


def day_of(line: str) -> str | None:
    """The day, if a line is a ruler with a date, as in chats sent by mail."""
    found = _DAY.fullmatch(line)
    return found["day"] if found else None


def notice_of(line: str) -> Head | None:
    """A time with nobody's name: alone, or before a notice of the system."""
    found = _STAMPED.fullmatch(line) if _CLOCK.search(line) else None
    if found is None:
        return None
    text = found["text"]
    if text and text not in SYSTEM and told(0, NEVER, text) is None:
        return None
    return Head(found["stamp"], None, "" if text in SYSTEM else text)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a file writes its heads."""

    shape: Shape
    form: str

    def head(self, line: str) -> Head | None:
        """The head that a line is in this manner."""
        found = self.shape.match(line)
        return found if found and form_of(found.stamp) == self.form else None

    def undated(self, line: str) -> Head | None:
        """A head whose time names no day: 昨天, 星期三, 3月1日."""
        return None if self.shape is MAILED else self.shape.match(line, RELATIVE)


def manner_of(lines: Iterable[str]) -> Manner | None:
    """The manner that most lines are in."""
    counts: Counter[Manner] = Counter()
    ruled = False
    for line in lines:
        ruled = ruled or day_of(line) is not None
        if notice_of(line):
            continue
        for shape in SHAPES[: None if ruled else -1]:
            found = shape.match(line)
            if found:
                counts[Manner(shape, form_of(found.stamp))] += 1
    return max(counts, key=lambda one: counts[one] * one.shape.weight, default=None)


def first_undated(lines: Iterable[str]) -> int | None:
    """The number of the first line that begins a message in some shape, but on a day that it does not name."""
    for number, line in enumerate(lines, 1):
        if any(shape.match(line, RELATIVE) for shape in SHAPES[:-1]):
            return number
    return None
