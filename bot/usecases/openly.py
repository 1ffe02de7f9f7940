"""What a unit shows to everybody, where it has chosen to: counts, how long things take, and what was solved (幸福账单).

Nothing here comes from people's words: of a solved matter only its kind, its unit and its time are told, no house, no person.
Reports, and what was said in private, are not part of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median

from bot.domain.halfdays import begin_of, half_day
from bot.domain.org import Organization, Unit
from bot.domain.rates.measure import Measure
from bot.domain.rates.scoring import Scoring
from bot.domain.summed import Sums, codes_of
from bot.ports import Ended, UnitOfWork

HALF_DAYS = 180  # that the page looks back: 90 days
LOOKED_AT = 1000  # closed tickets, for the median
NEAR = (2, 16)  # days that are looked at first
SHOWN = 20  # solved ones on the board


@dataclass(frozen=True, slots=True)
class Board:
    """A unit and all below it, over the last 90 days. ``took`` is the median from registered to closed, None for none."""

    unit: Unit
    since: datetime
    registered: int
    closed: int
    solved: Measure
    satisfied: Measure
    took: timedelta | None
    effects: tuple[Ended, ...]


def board(uow: UnitOfWork, org: Organization, unit: Unit, now: datetime, scoring: Scoring) -> Board:
    """The page's numbers; what has changed since the last counting is not in them, as nobody may make the bot count."""
    present = half_day(now, unit.zone)
    first = present - HALF_DAYS
    counts = Sums(uow.facts.sums(unit.id, first, present + 1, codes=["registered", "closed"]))
    due = Sums(uow.facts.sums(unit.id, first, present, codes=codes_of(["solved", "satisfied"])))
    results = due.results(scoring.satisfaction)
    since = begin_of(first, unit.zone)
    ended = _ended(uow, org.below(unit.id), since, now)
    return Board(
        unit, since, counts.count("registered"), counts.count("closed"), results["solved"].measure,
        results["satisfied"].measure, _median([one.took for one in ended]),
        tuple(one for one in ended if one.solved)[:SHOWN],
    )  # fmt: skip


def _ended(uow: UnitOfWork, units: Sequence[str], since: datetime, now: datetime) -> list[Ended]:
    """The newest closed ones. A large unit has enough of them in the last days: the months before need not be read."""
    for days in NEAR:
        found = uow.loads.ended(units, now - timedelta(days=days), LOOKED_AT)
        if len(found) == LOOKED_AT:
            return found
    return uow.loads.ended(units, since, LOOKED_AT)


def _median(spans: list[timedelta]) -> timedelta | None:
    return timedelta(seconds=median(span.total_seconds() for span in spans)) if spans else None
