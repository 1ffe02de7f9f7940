"""Office hours of a unit or a duty: which minutes of which weekdays are open, in the unit's own zone.

Written ``Mon-Fri 08:30-12:00,14:30-17:30; Sat 09:00-12:00`` or ``周一至周五 8:30-17:30``. A part without days takes the
days of the part before it; days alone join the days of the next part; a span past midnight runs into the next day.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

Span = tuple[int, int]  # minutes of the day, start inclusive, end exclusive, 0..1440

DAY_MINUTES = 24 * 60
DAY_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_FULL_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
ALL_DAY: tuple[Span, ...] = ((0, DAY_MINUTES),)

_SPOKEN = {"全天": "00:00-24:00", "24小时": "00:00-24:00", "每天": "Mon-Sun", "每日": "Mon-Sun", "工作日": "Mon-Fri"}
_CHINESE_DAYS = "一二三四五六日"
_DASH = re.compile(r"\s*(?:[-–—−~〜]+|至|到)\s*")
_CHINESE_DAY = re.compile(r"(?:周|星期|礼拜)?([一二三四五六日天])")
_TIMES = re.compile(r"(\d{1,2}):([0-5]\d)-(\d{1,2}):([0-5]\d)$")
_DAYS = re.compile(r"([A-Za-z]{2,9})\.?(?:-([A-Za-z]{2,9})\.?)?$")


@dataclass(frozen=True, slots=True)
class OfficeHours:
    """The open spans of each weekday, Monday first; sorted, merged, never past midnight."""

    week: tuple[tuple[Span, ...], ...]

    @classmethod
    def parse(cls, text: str) -> "OfficeHours":
        """Read hours as people write them. ValueError says which part is wrong."""
        spans: list[list[Span]] = [[] for _ in DAY_NAMES]
        days: tuple[int, ...] = ()
        fresh = True  # whether the next day name starts a new list of days
        for part in _parts(text):
            named, times = _split(part)
            if named:
                days = named if fresh else days + named
                fresh = False
            if times:
                _put(spans, days, _span(times), part)
                fresh = True
        if not any(spans) or not fresh:
            raise ValueError(f"office hours {text!r}: no times given, expected e.g. 'Mon-Fri 08:30-17:30'")
        return cls(tuple(_merged(day) for day in spans))

    def spans(self, weekday: int) -> tuple[Span, ...]:
        """The open spans of a weekday (Monday is 0) in minutes from midnight; empty where it is closed."""
        return self.week[weekday]

    def includes(self, local: datetime) -> bool:
        """Whether a local time is inside the hours; a span's end is outside."""
        minute = local.hour * 60 + local.minute
        return any(start <= minute < end for start, end in self.week[local.weekday()])

    @property
    def always(self) -> bool:
        """Whether the hours cover all seven days around the clock."""
        return all(day == ALL_DAY for day in self.week)

    @property
    def ordinary(self) -> tuple[Span, ...]:
        """The spans of an ordinary working day: the most frequent of Monday to Friday, else of the whole week."""
        open_days = [day for day in self.week[:5] if day] or [day for day in self.week if day]
        return Counter(open_days).most_common(1)[0][0]

    def __str__(self) -> str:
        """The canonical form, which parses back to the same hours."""
        return "; ".join(_written(first, last, self.week[first]) for first, last in self._runs())

    def _runs(self) -> Iterator[tuple[int, int]]:
        first = 0
        for day in range(1, len(self.week) + 1):
            if day == len(self.week) or self.week[day] != self.week[first]:
                if self.week[first]:
                    yield first, day - 1
                first = day


def _parts(text: str) -> Iterator[str]:
    plain = unicodedata.normalize("NFKC", text)
    for spoken, written in _SPOKEN.items():
        plain = plain.replace(spoken, f" {written} ")
    plain = _CHINESE_DAY.sub(_english_day, _DASH.sub("-", plain))
    for part in re.split(r"[,;、\n]", plain):
        if part.strip():
            yield re.sub(r"\s+", " ", part.strip())


def _english_day(found: re.Match[str]) -> str:
    return DAY_NAMES[_CHINESE_DAYS.index(found[1].replace("天", "日"))]


def _split(part: str) -> tuple[tuple[int, ...], str]:
    """A part as days and times; either may be missing."""
    start = next((place for place, sign in enumerate(part) if sign.isdigit()), len(part))
    days = part[:start].replace(":", " ").split()
    return tuple(day for word in days for day in _day_range(word)), part[start:]


def _day_range(word: str) -> Iterator[int]:
    found = _DAYS.match(word)
    if not found:
        raise ValueError(f"office hours: {word!r} is not a day or a range of days")
    first = _day(found[1])
    last = _day(found[2]) if found[2] else first
    for step in range((last - first) % 7 + 1):
        yield (first + step) % 7


def _day(name: str) -> int:
    for day, full in enumerate(_FULL_NAMES):
        if full.startswith(name.lower()):
            return day
    raise ValueError(f"office hours: {name!r} is not a day of the week")


def _span(times: str) -> Span:
    found = _TIMES.match(times.replace(" ", ""))
    if not found:
        raise ValueError(f"office hours: {times!r} is not a span like 08:30-17:30")
    start_hour, start_minute, end_hour, end_minute = (int(number) for number in found.groups())
    start, end = start_hour * 60 + start_minute, end_hour * 60 + end_minute
    if start >= DAY_MINUTES or end > DAY_MINUTES:
        raise ValueError(f"office hours: {times!r} is not a time of day")
    if start == end:
        raise ValueError(f"office hours: {times!r} is empty; around the clock is 00:00-24:00")
    return start, end


def _put(spans: list[list[Span]], days: tuple[int, ...], span: Span, part: str) -> None:
    if not days and span == ALL_DAY[0]:
        days = tuple(range(7))
    if not days:
        raise ValueError(f"office hours: {part!r} names no days, expected e.g. 'Mon-Fri {part}'")
    start, end = span
    for day in days:
        if start < end:
            spans[day].append(span)
        else:
            spans[day].append((start, DAY_MINUTES))
            spans[(day + 1) % 7].extend([(0, end)] if end else [])


def _merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def _written(first: int, last: int, spans: tuple[Span, ...]) -> str:
    days = DAY_NAMES[first] if first == last else f"{DAY_NAMES[first]}-{DAY_NAMES[last]}"
    return f"{days} " + ",".join(f"{_clock(start)}-{_clock(end)}" for start, end in spans)


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"


DEFAULT_HOURS = OfficeHours((((8 * 60 + 30, 17 * 60 + 30),),) * 5 + ((), ()))
