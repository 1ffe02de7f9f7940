"""How good a reading of conversations is: measures that add up over conversations, so that they can be drawn again (bootstrap)."""

import random
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

ACTIONABLE = frozenset({"new", "metoo", "followup", "urge"})
TALK = frozenset({"chat", "thanks"})
LABELS = ("nature", "category", "urgency")
DRAWS = 400  # of conversations, for an interval
INSIDE = 0.95

Counts = Counter[str]


@dataclass(frozen=True, slots=True)
class Line:
    """A message as labelled, or as read. ``ticket`` is a name within its conversation; "" and () where nothing is told."""

    act: str
    nature: str = ""
    category: str = ""
    urgency: str = ""
    places: tuple[str, ...] = ()
    ticket: str = ""

    @property
    def asks(self) -> bool:
        """Whether staff have to do something."""
        return self.act in ACTIONABLE


@dataclass(frozen=True, slots=True)
class Judged:
    """One conversation: what is right of each message, and what was read."""

    gold: tuple[Line, ...]
    read: tuple[Line, ...]

    def pairs(self) -> Iterator[tuple[Line, Line]]:
        """Each message's gold and reading."""
        return zip(self.gold, self.read, strict=True)


def counts_of(one: Judged, has_places: bool = True) -> Counts:
    """What the measures of a conversation are made of."""
    counts: Counts = Counter()
    for gold, read in one.pairs():
        counts.update(_of_request(gold, read))
        if gold.act == "new" and read.asks:
            counts.update(_of_labels(gold, read))
        if has_places and gold.asks and gold.places:
            counts.update(_of_place(gold, read))
    counts.update(_of_tickets(one))
    return counts


def _of_request(gold: Line, read: Line) -> Iterator[str]:
    yield f"said {gold.act}"
    if read.asks:
        yield f"asks {gold.act}"
    if read.act == gold.act:
        yield f"act {gold.act}"
    if gold.asks or read.asks:
        yield "both" if gold.asks and read.asks else ("missed" if gold.asks else "false")
    if gold.act in TALK:
        yield "talk"
        if read.asks:
            yield "alarm"


def _of_labels(gold: Line, read: Line) -> Iterator[str]:
    yield "found new"
    for label in LABELS:
        right, got = getattr(gold, label), getattr(read, label)
        yield f"{label} gold {right}"
        yield f"{label} read {got}"
        if right == got:
            yield from (label, f"{label} right {right}")


def _of_place(gold: Line, read: Line) -> Iterator[str]:
    yield "placed"
    if any(one in gold.places for one in read.places):
        yield "place"
    if any(overlap(one, other) for one in read.places for other in gold.places):
        yield "near place"


def overlap(one: str, other: str) -> bool:
    """Whether two places have a pair of characters in common, or the shorter stands in the longer."""
    return one in other or other in one or any(one[at : at + 2] in other for at in range(len(one) - 1))


def _of_tickets(one: Judged) -> Iterator[str]:
    """Whether later messages go to the ticket that the first one opened, and new tickets are kept apart from those before."""
    opened: dict[str, str] = {}
    for gold, read in one.pairs():
        if not gold.ticket:
            continue
        if gold.act == "new" and gold.ticket not in opened:
            yield "opens"
            if read.ticket and read.ticket not in opened.values():
                yield "kept new"
            opened[gold.ticket] = read.ticket
        else:
            yield "later"
            if read.ticket and read.ticket == opened.get(gold.ticket):
                yield "attached"


def b_cubed(one: Judged) -> tuple[float, float, int]:
    """B³: the sums of precision and recall over the messages that belong to a ticket, and how many these are.

    A message that was given no ticket stands alone; a ticket of a message that belongs to none counts for nothing here.
    """
    rows = [(gold.ticket, read.ticket or f"\n{at}") for at, (gold, read) in enumerate(one.pairs()) if gold.ticket]
    golds, reads, both = (Counter(key) for key in ((g for g, _ in rows), (r for _, r in rows), rows))
    precision = sum(both[row] / reads[row[1]] for row in rows)
    return precision, sum(both[row] / golds[row[0]] for row in rows), len(rows)


@dataclass(frozen=True)
class Tally:
    """A conversation's share of every measure."""

    counts: Counts
    b3: tuple[float, float, int]


def tally(one: Judged) -> Tally:
    """Count one conversation."""
    return Tally(counts_of(one), b_cubed(one))


def total(tallies: Sequence[Tally]) -> Tally:
    """All of them together."""
    counts: Counts = Counter()
    for one in tallies:
        counts.update(one.counts)
    precision, recall, rows = (sum(values) for values in zip(*((0, 0, 0), *(one.b3 for one in tallies)), strict=True))
    return Tally(counts, (precision, recall, int(rows)))


def share(part: float, whole: float) -> float | None:
    """A ratio; None where there is nothing to divide by."""
    return part / whole if whole else None


def f1(precision: float | None, recall: float | None) -> float | None:
    """The harmonic mean."""
    if precision is None or recall is None:
        return None
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def headline(found: Tally) -> dict[str, float | None]:
    """The measures by name, in the order in which they are shown."""
    counts, (b3_precision, b3_recall, rows) = found.counts, found.b3
    precision = share(counts["both"], counts["both"] + counts["false"])
    recall = share(counts["both"], counts["both"] + counts["missed"])
    alarms = share(100 * counts["alarm"], counts["talk"])
    ends = share(b3_precision, rows), share(b3_recall, rows)
    return {
        "request precision": precision,
        "request recall": recall,
        "request F1": f1(precision, recall),
        "recall on new": share(counts["asks new"], counts["said new"]),
        "false alarms per 100 chat": alarms,
        **{f"{label}, new": share(counts[label], counts["found new"]) for label in LABELS},
        "place exact": share(counts["place"], counts["placed"]),
        "place overlapping": share(counts["near place"], counts["placed"]),
        "tickets B³ precision": ends[0],
        "tickets B³ recall": ends[1],
        "tickets B³ F": f1(*ends),
        "later messages attached": share(counts["attached"], counts["later"]),
        "new tickets kept new": share(counts["kept new"], counts["opens"]),
    }


@dataclass(frozen=True, slots=True)
class Interval:
    """Between which values a measure lies in 95 of 100 draws of conversations."""

    low: float
    high: float


def intervals(tallies: Sequence[Tally], draws: int = DRAWS, seed: int = 1) -> dict[str, Interval]:
    """An interval for each measure: conversations are drawn with replacement, never single messages."""
    chance, found = random.Random(seed), defaultdict[str, list[float]](list)  # noqa: S311 - a report repeats itself
    for _ in range(draws):
        for name, value in headline(total(chance.choices(tallies, k=len(tallies)))).items():
            if value is not None:
                found[name].append(value)
    return {name: _between(sorted(values)) for name, values in found.items()}


def _between(values: Sequence[float]) -> Interval:
    tail = (1 - INSIDE) / 2
    return Interval(values[int(tail * len(values))], values[min(int((1 - tail) * len(values)), len(values) - 1)])


@dataclass(frozen=True, slots=True)
class PerClass:
    """How one class of a head fares."""

    name: str
    precision: float | None
    recall: float | None
    rows: int


def per_class(counts: Counts, label: str, classes: Sequence[str]) -> list[PerClass]:
    """Precision and recall of each class of a label, on new requests that were found."""
    return [
        PerClass(
            name,
            share(counts[f"{label} right {name}"], counts[f"{label} read {name}"]),
            share(counts[f"{label} right {name}"], counts[f"{label} gold {name}"]),
            counts[f"{label} gold {name}"],
        )
        for name in classes
    ]
