"""Where the same trouble comes up again and again: tickets of one category that name the same thing, by windows of time.

A plain count, so that whoever asks why can count himself: no model, no weights, the same tickets always give the same clusters.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

WINDOWS = ((30, 5), (90, 10))  # days, and how many tickets in them are a class of trouble


@dataclass(frozen=True, slots=True)
class Trouble:
    """A ticket as far as it can be like others. ``names``: the things, else the place, that it speaks of; none is like nothing."""

    id: str
    unit: str
    category: str
    building: str
    at: datetime
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class Cluster:
    """Tickets of one kind in the last ``days``; ``before`` is how many there were in as many days before that."""

    category: str
    name: str
    days: int
    members: tuple[str, ...]
    buildings: int
    units: int
    before: int

    @property
    def more(self) -> int:
        """How many more than in the period before; below zero if fewer."""
        return len(self.members) - self.before


def clusters(troubles: Iterable[Trouble], now: datetime) -> list[Cluster]:
    """The clusters among tickets, the largest first. A ticket counts in one of them only, the short windows come first."""
    every, taken, found = list(troubles), set[str](), list[Cluster]()
    for days, least in WINDOWS:
        span = timedelta(days=days)
        current = [one for one in every if now - span <= one.at <= now and one.id not in taken]
        before = [one for one in every if now - 2 * span <= one.at < now - span]
        for name, alike in _gathered(current, least):
            taken.update(one.id for one in alike)
            found.append(_cluster(name, days, alike, before))
    return sorted(found, key=lambda cluster: (-len(cluster.members), cluster.category, cluster.name))


def _gathered(troubles: Sequence[Trouble], least: int) -> Iterable[tuple[str, list[Trouble]]]:
    """What is named most takes its tickets, then the next, while there are enough of them."""
    for category in sorted({one.category for one in troubles}):
        left = [one for one in troubles if one.category == category]
        while name := _most_named(left):
            alike = [one for one in left if is_named(name, one)]
            if len(alike) < least:
                break
            yield name, alike
            left = [one for one in left if not is_named(name, one)]


def _most_named(troubles: Sequence[Trouble]) -> str:
    counts = Counter(name for one in troubles for name in one.names)
    return min(counts, key=lambda name: (-counts[name], name), default="")


def is_named(name: str, trouble: Trouble) -> bool:
    """Whether a ticket speaks of a thing: 喇叭 is in 大喇叭."""
    return any(name in other or other in name for other in trouble.names)


def _cluster(name: str, days: int, alike: Sequence[Trouble], before: Sequence[Trouble]) -> Cluster:
    category = alike[0].category
    return Cluster(
        category,
        name,
        days,
        tuple(sorted(one.id for one in alike)),
        len({(one.unit, one.building.partition("-")[0]) for one in alike if one.building}),
        len({one.unit for one in alike}),
        sum(one.category == category and is_named(name, one) for one in before),
    )
