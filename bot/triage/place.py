"""Where something is: buildings, units and rooms, gates, roads, shops and landmarks, in the speaker's words."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from bot.messages import record
from bot.triage.normalise import Said

BUILDINGS = ("building", "short", "flat")  # patterns that name a building, best first
SPOTS = ("gate", "unit", "shop", "road", "spot", "floor")  # and those that name something else
SIGNS = frozenset("楼栋幢座门路单店")
WEAK = "near"
REMEMBERED = 10_000  # nicknames


@record
class Place:
    """A place in a message. ``building`` is normalised ("3", "3-2", "3-2-501"); "" where none is named."""

    start: int
    end: int
    words: str
    building: str = ""
    weak: bool = False  # only relative to the speaker: 隔壁, 楼上


@dataclass(frozen=True, slots=True)
class Gazetteer:
    """The patterns of places, the numerals, and the names of the units around."""

    patterns: Mapping[str, re.Pattern[str]]
    hints: Mapping[str, str]
    numerals: Mapping[str, int]
    homes: dict[str, Place | None] = field(default_factory=dict, repr=False, compare=False)

    def places(self, said: Said, names: Sequence[str] = ()) -> list[Place]:
        """All places named in a message, in order, longest first where they overlap."""
        found = self._buildings(said.plain)
        letters = set(said.plain)
        for name in SPOTS:
            if not letters.isdisjoint(self.hints[name]):
                found += [Place(m.start(), m.end(), "") for m in self.patterns[name].finditer(said.plain)]
        found += [Place(at, at + len(name), "") for name in names if (at := said.plain.find(name)) >= 0]
        kept = _joined(_apart(found), said)
        return kept or self._weak(said)

    def of_name(self, name: str) -> Place | None:
        """The home that a nickname tells: 8-1-802, 3栋王姐. Remembered: the same people speak again and again."""
        if name not in self.homes:
            if len(self.homes) >= REMEMBERED:
                self.homes.clear()
            self.homes[name] = self._home(name)
        return self.homes[name]

    def _home(self, name: str) -> Place | None:
        plain = name.lower()
        found = self._buildings(plain) or [self._place(match, plain) for match in self.patterns["nick"].finditer(plain)]
        return found[0] if found else None

    def _buildings(self, plain: str) -> list[Place]:
        letters = set(plain)
        for name in BUILDINGS:
            if letters.isdisjoint(self.hints[name]):
                continue
            found = [self._place(match, plain) for match in self.patterns[name].finditer(plain)]
            if found:
                return found
        return []

    def _place(self, match: re.Match[str], plain: str) -> Place:
        groups = match.groupdict()
        building = number(groups.get("b") or "", self.numerals)
        unit, room = number(groups.get("u") or "", self.numerals), groups.get("r") or ""
        parts = [building, unit, room] if unit else [building]
        end = self._stretched(match.end(), plain)
        return Place(match.start(), end, plain[match.start() : end].strip(), "-".join(part for part in parts if part))

    def _stretched(self, end: int, plain: str) -> int:
        side = self.patterns["side"].match(plain, end)
        return side.end() if side else end

    def _weak(self, said: Said) -> list[Place]:
        match = self.patterns[WEAK].search(said.plain)
        return [Place(match.start(), match.end(), said.words(*match.span()), weak=True)] if match else []


def may_be_place(said: Said) -> bool:
    """Whether there is any sign of a place at all."""
    return any(char.isdigit() or char in SIGNS for char in said.plain)


def number(text: str, numerals: Mapping[str, int]) -> str:
    """A house number as digits: 三 → 3, 十二 → 12, 一百零三 → 103, b → B, a3 → A3."""
    if not text or text[-1].isdigit() or text.isascii():
        return text.upper().lstrip("0")
    if not any(char in "十拾百" for char in text):
        return "".join(str(numerals[char]) for char in text).lstrip("0")
    total, digit = 0, 0
    for char in text:
        value = numerals[char]
        if value >= 10:
            total, digit = total + (digit or 1) * value, 0
        else:
            digit = value
    return str(total + digit)


def conflict(one: str, other: str) -> bool:
    """Whether two buildings are different ones; what one of them leaves open does not conflict."""
    if not one or not other:
        return False
    return any(a != b for a, b in zip(one.split("-"), other.split("-"), strict=False))


def _apart(places: list[Place]) -> list[Place]:
    kept: list[Place] = []
    taken = bytearray(max((place.end for place in places), default=0))
    for place in sorted(places, key=lambda place: (not place.building, place.start - place.end, place.start)):
        if not any(taken[place.start : place.end]):
            kept.append(place)
            taken[place.start : place.end] = b"x" * (place.end - place.start)
    return sorted(kept, key=lambda place: place.start)


def _joined(places: list[Place], said: Said) -> list[Place]:
    """Places that touch each other are one: 学苑园 + 3号楼, 3号楼 + 2单元."""
    joined: list[Place] = []
    for place in places:
        last = joined[-1] if joined else None
        if last and not said.plain[last.end : place.start].strip(" 的小区"):
            start, building = last.start, last.building or place.building
            joined[-1] = Place(start, place.end, said.words(start, place.end), building)
        else:
            joined.append(Place(place.start, place.end, said.words(place.start, place.end), place.building))
    return joined
