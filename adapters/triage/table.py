"""A table's cells → rows to hear, and answers → the objects of ``gridsteward triage read`` (contracts/triage.md)."""

import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from adapters.triage.stream import Answer, Row
from bot.ports import Matter, Reading
from bot.triage.normalise import hear
from bot.usecases.door import TEXT, words

ASKED = 0.45  # from this score on a message is taken to ask for something
JOINS = frozenset({"metoo", "followup", "urge"})
LABELS = ("nature", "category", "urgency")
MINUTES = 10_000_000.0  # some twenty years: no conversation is longer
ID = 100  # characters of a group's or a user's name
ALONE = "all"  # the group of a table without groups


class TableError(Exception):
    """A cell that can't be used: the row's number, and why."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A row to hear, under an id that is certain to be its own, and the name that the table has for it."""

    name: str
    row: Row


def asked(table: Iterable[tuple[int, Mapping[str, str]]]) -> Iterator[Asked]:
    """The rows of a table in its order; raises TableError. A row without a time comes when the one before it came."""
    times: dict[str, float] = {}
    named: dict[tuple[str, str], str] = {}  # group and name of a row → its own id
    for count, (number, cells) in enumerate(table, 1):
        group, name = words(cells.get("group", ""), ID) or ALONE, cells.get("id", "") or str(count)
        before = times.get(group)
        minute = _minute(number, cells.get("minute", ""), before, "minute" in cells)
        times[group] = minute if before is None else max(minute, before)
        quoted = named.get((group, cells.get("reply_to", "")), "")
        user, text = words(cells.get("user", ""), ID), words(cells["text"], TEXT)
        yield Asked(name, Row(str(count), group, times[group], user, text, quoted))
        named[group, name] = str(count)


def _minute(number: int, text: str, before: float | None, told: bool) -> float:
    """The time of a row; where the table tells none, rows are a minute apart."""
    if not text:
        return 0.0 if before is None else before + (not told)
    try:
        minute = float(text)
    except ValueError:
        minute = math.nan
    if not abs(minute) <= MINUTES:
        raise TableError(f"{number}: minute: {text[:40]!r} is no number of minutes")
    return minute


@dataclass
class Names:
    """Opaque names of tickets, counted in each group: ``A#1``."""

    _known: dict[tuple[str, str], str] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))

    def of(self, group: str, ticket: str) -> str:
        """The name of a ticket, the same each time."""
        if (group, ticket) not in self._known:
            self._counts[group] += 1
            self._known[group, ticket] = f"{group}#{self._counts[group]}"
        return self._known[group, ticket]


def answered(name: str, answer: Answer, names: Names, engine: str, fold: Mapping[int, int]) -> dict[str, object]:
    """What the bot made of a row, as contracted."""
    reading = decided(answer.reading)
    told = _labels(reading, answer) if reading.actionable else dict.fromkeys(LABELS)
    ticket = _ticket(reading, answer)
    return {
        "id": name,
        "actionable": reading.actionable,
        "score": round(reading.score, 3),
        "act": reading.act,
        **told,
        "place": place_in(answer.row.text, reading.matters, fold) if reading.actionable else None,
        "ticket": names.of(answer.row.group, ticket) if ticket else None,
        "matters": len(reading.matters) if reading.actionable else 0,
        "reason": list(dict.fromkeys(reading.reason)),
        "engine": engine,
    }


def decided(reading: Reading) -> Reading:
    """The reading; what is hardly likely to ask for anything is chat."""
    return replace(reading, act="chat") if reading.actionable and reading.score < ASKED else reading


def _labels(reading: Reading, answer: Answer) -> dict[str, str | None]:
    """Those of the ticket that a message adds to, else of the first matter that it tells."""
    matter = next(iter(reading.matters), None)
    source = answer.filed if reading.act in JOINS and answer.filed else matter
    return {label: getattr(source, label, None) for label in LABELS}


def _ticket(reading: Reading, answer: Answer) -> str | None:
    """The ticket of a row. What opens none in a group, as a report, is still a matter of its own."""
    if reading.act in {"chat", "notice", "thanks"}:
        return None
    return answer.ticket or (f"row {answer.row.id}" if reading.act == "new" else None)


def place_in(text: str, matters: Sequence[Matter], fold: Mapping[int, int]) -> str | None:
    """The words that say where, if they stand in this very text: neither a guess nor what was said before."""
    shown = hear(text, fold).shown
    found = (one.place for one in matters if one.place and not one.guessed_place)
    return next((place for place in found if place in shown), None)
