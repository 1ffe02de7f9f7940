"""Who may be compared with whom, and where they stand (domain.md 6.2, product.md §7). For staff, never for residents.

Units are compared inside one class (street, community, property firm, department …) and one band of workload, from n ≥ 10
on; others are listed without a rank. The same value has the same rank, and the next one is as many places further down.
"""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction

LEAST = 10  # fewer say too little to compare anybody by


@dataclass(frozen=True, slots=True)
class Fairness:
    """``least``: the smallest n that has a rank; ``bands``: the workloads at which a new band begins, growing."""

    least: int = LEAST
    bands: tuple[int, ...] = ()

    def band(self, workload: int) -> int:
        """The number of a workload's band, from 0; an edge belongs to the band above it."""
        return bisect_right(self.bands, workload)


@dataclass(frozen=True, slots=True)
class Entry:
    """A unit's figure. ``workload`` is its tickets of the period; ``n`` is what the value rests on."""

    unit: str
    unit_class: str
    workload: int
    value: Fraction | None
    n: int


@dataclass(frozen=True, slots=True)
class Place:
    """A unit and its rank, 1 for the best; None where it has none."""

    entry: Entry
    rank: int | None


@dataclass(frozen=True, slots=True)
class League:
    """Units that may be compared: the ranked from the best on, then the unranked."""

    unit_class: str
    band: int
    places: tuple[Place, ...]


def leagues(entries: Iterable[Entry], fairness: Fairness, *, higher_is_better: bool = True) -> tuple[League, ...]:
    """All units in their leagues, by class and band. Those that share a rank, or have none, stay in the order given."""
    groups: dict[tuple[str, int], list[Entry]] = {}
    for entry in entries:
        groups.setdefault((entry.unit_class, fairness.band(entry.workload)), []).append(entry)
    return tuple(
        League(unit_class, band, _places(groups[unit_class, band], fairness.least, higher_is_better))
        for unit_class, band in sorted(groups)
    )


def _places(entries: Sequence[Entry], least: int, higher_is_better: bool) -> tuple[Place, ...]:
    """Ranks by the exact value: what only looks the same in print is told apart by part and n beside it."""
    fit = [(entry, entry.value) for entry in entries if entry.value is not None and entry.n >= least]
    unfit = [entry for entry in entries if entry.value is None or entry.n < least]
    fit.sort(key=lambda pair: -pair[1] if higher_is_better else pair[1])
    ranks: dict[Fraction, int] = {}
    for rank, (_, value) in enumerate(fit, 1):
        ranks.setdefault(value, rank)
    return (*(Place(entry, ranks[value]) for entry, value in fit), *(Place(entry, None) for entry in unfit))
