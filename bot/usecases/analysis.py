"""What a unit's owner asks of the numbers: rates, funnel and trend from the sums; where and who, from few tickets.

What came in is counted up to now. What fell due is counted up to the last half day that is over, as a limit that is still
ahead is neither kept nor missed; the sums cut nothing finer (``bot.domain.halfdays``). Only reads, but for catching up.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from bot.domain.halfdays import EPOCH, begin_of, half_day
from bot.domain.org import LEVELS, Organization, Unit
from bot.domain.periods import ASSESSMENT_MONTH, MONTH, Period, period, period_at
from bot.domain.rates.composite import Composite, Score
from bot.domain.rates.funnel import Funnel
from bot.domain.rates.registry import Result
from bot.domain.rates.scoring import Scoring
from bot.domain.summed import Sums, most_first
from bot.ports import Burden, UnitOfWork
from bot.render.catalog import Catalog

CAUGHT_UP = 100  # changed tickets that one page counts in at most; the hourly housekeeping counts all
OLDEST = date(2000, 1, 1)
DAYS, WEEKS = 30, 12  # of a trend
HOUSES = 20  # rows of the heat table: what is beyond stands in one more
SHADES = 4
SMALL = LEVELS[: LEVELS.index("community") + 1]  # units whose houses and stewards are few enough to be listed


@dataclass(frozen=True, slots=True)
class Span:
    """A period in half days: ``due`` is where what fell due is cut, ``came`` where what came in is."""

    period: Period
    since: int
    due: int
    came: int

    @property
    def cut(self) -> datetime:
        """Up to when what fell due is counted."""
        return begin_of(self.due, self.period.zone)

    @property
    def is_running(self) -> bool:
        """Whether more of it is to come."""
        return self.cut < self.period.end


@dataclass(frozen=True, slots=True)
class Figures:
    """A unit's numbers of a period. ``categories`` and ``natures`` are in the funnel."""

    span: Span
    results: Mapping[str, Result]
    funnel: Funnel

    def score(self, composite: Composite) -> Score:
        """The composite of these rates."""
        return composite.score({code: result.measure for code, result in self.results.items()})


@dataclass(frozen=True, slots=True)
class Point:
    """A day or week of the trend, by its first day: tickets registered and closed."""

    day: date
    registered: int
    closed: int


@dataclass(frozen=True, slots=True)
class HeatRow:
    """Tickets by category, in the order of the columns, of a house of a unit or of the unit. Neither: of all others."""

    unit: str
    building: str
    counts: tuple[int, ...]

    @property
    def total(self) -> int:
        """All tickets of the row."""
        return sum(self.counts)


@dataclass(frozen=True, slots=True)
class Heat:
    """Where which troubles come from; the most first, both ways."""

    categories: tuple[str, ...]
    rows: tuple[HeatRow, ...]

    def shade(self, count: int) -> int:
        """0 for none, then 1 to SHADES in equal steps up to the largest of the listed cells."""
        most = max((n for row in self.rows if row.unit for n in row.counts), default=0)
        return min(SHADES, -(-count * SHADES // most)) if count and most else 0


# ---------------------------------------------------------------- periods


def choose_period(kind: str, day: date | None, now: datetime, unit: Unit) -> Period:
    """The period that is asked for; the present one without a day, and for days to come or long gone."""
    present = period_at(kind, now, unit.zone)
    if day is None or not OLDEST <= day <= present.day:
        return present
    return period(kind, day, unit.zone)


def span_of(chosen: Period, now: datetime) -> Span:
    """A period as far as it is over."""
    since, end, present = (half_day(at, chosen.zone) for at in (chosen.start, chosen.end, now))
    return Span(chosen, since, max(since, min(end, present)), max(since, min(end, present + 1)))


# ---------------------------------------------------------------- sums


def catch_up(uow: UnitOfWork) -> bool:
    """Count in what has changed; False where there is more than one page may do, and the numbers are still behind."""
    return uow.facts.catch_up(CAUGHT_UP) < CAUGHT_UP


def figures(uow: UnitOfWork, unit: str, span: Span, scoring: Scoring) -> Figures:
    """The numbers of a unit and all below it."""
    due = Sums(uow.facts.sums(unit, span.since, span.due))
    return Figures(span, due.results(scoring.satisfaction), _funnel(uow, unit, span))


def _funnel(uow: UnitOfWork, unit: str, span: Span) -> Funnel:
    """Heard is what was taken for a matter, candidates that came to nothing included: small talk is counted nowhere."""
    came = Sums(uow.facts.sums(unit, span.since, span.came))
    by_category = uow.facts.sums(unit, span.since, span.came, "category", ["funnel.accepted"])
    return came.funnel(came.count("created"), ((one.category, one.whole) for one in by_category))


def trend(uow: UnitOfWork, unit: str, span: Span) -> tuple[Point, ...]:
    """The days up to the end of the period, or the weeks where it is a month; those without tickets, too."""
    step = 7 if span.period.kind in {MONTH, ASSESSMENT_MONTH} else 1
    last = EPOCH + timedelta(days=(max(span.came, span.since + 1) - 1) // 2)
    last -= timedelta(days=last.weekday() if step == 7 else 0)
    days = [last - timedelta(days=step * back) for back in range(WEEKS if step == 7 else DAYS)][::-1]
    slots = [(day - EPOCH).days * 2 for day in (days[0], days[-1] + timedelta(days=step))]
    counts: Counter[tuple[str, date]] = Counter()
    for one in uow.facts.sums(unit, slots[0], slots[1], "slot", ["registered", "closed"]):
        day = EPOCH + timedelta(days=one.slot // 2)
        counts[one.code, days[(day - days[0]).days // step]] += one.whole
    return tuple(Point(day, counts["registered", day], counts["closed", day]) for day in days)


# ---------------------------------------------------------------- where and who


def heat(uow: UnitOfWork, org: Organization, unit: Unit, span: Span) -> Heat:
    """The houses of a small unit, or the units right below a large one, by category: what came in in the period."""
    cells: dict[tuple[str, str], Counter[str]] = {}
    if unit.level in SMALL:
        zone = span.period.zone
        for spot in uow.loads.spots(org.below(unit.id), span.period.start, begin_of(span.came, zone)):
            cells.setdefault((spot.unit, spot.building), Counter())[spot.category] += spot.count
    else:
        for child in children_of(org, unit.id):
            found = uow.facts.sums(child.id, span.since, span.came, "category", ["funnel.accepted"])
            cells[child.id, ""] = Counter({one.category: one.whole for one in found})
    return _heat({place: counts for place, counts in cells.items() if counts.total()})


def _heat(cells: Mapping[tuple[str, str], Counter[str]]) -> Heat:
    totals: Counter[str] = sum(cells.values(), Counter())
    categories = tuple(category for category, _ in most_first(totals.items()))
    places = sorted(cells, key=lambda place: (-cells[place].total(), place))
    rows = [HeatRow(*place, _counts(cells[place], categories)) for place in places[:HOUSES]]
    if rest := places[HOUSES:]:
        others: Counter[str] = sum((cells[place] for place in rest), Counter())
        rows.append(HeatRow("", "", _counts(others, categories)))
    return Heat(categories, tuple(rows))


def _counts(counts: Mapping[str, int], categories: Sequence[str]) -> tuple[int, ...]:
    return tuple(counts.get(category, 0) for category in categories)


def children_of(org: Organization, unit: str) -> list[Unit]:
    """The units right below one, in the order of the organization."""
    return [one for one in org.units.values() if one.parent == unit]


def spot_of(catalog: Catalog, row: HeatRow, org: Organization, unit: Unit) -> str:
    """What a row of the heat table is called; its unit only where it is not the one that is looked at."""
    if not row.unit:
        return catalog.text("web", "rates.others")
    found = org.units.get(row.unit)
    name = "" if row.unit == unit.id else (found.name if found else row.unit)
    if unit.level not in SMALL:
        return name
    house = catalog.text("web", "rates.house").format(n=row.building) if row.building else ""
    return f"{name} {house or catalog.text('web', 'rates.nowhere')}".strip()


def burdens(uow: UnitOfWork, org: Organization, unit: Unit, span: Span, now: datetime) -> list[Burden]:
    """Who has how much work with a small unit, the most first; its stewards even where they have none.

    Only people with a duty there: whoever commands the unit commands them, and nobody above it is listed.
    """
    if unit.level not in SMALL:
        return []
    units = org.below(unit.id)
    duties = [duty for one in units for duty in org.duties_at(one)]
    until = begin_of(span.came, span.period.zone)
    found = {one.person: one for one in uow.loads.burdens(units, span.period.start, until, now)}
    idle = {duty.person: Burden(duty.person, 0, 0, 0) for duty in duties if duty.role == "steward"}
    own = {duty.person for duty in duties}
    listed = [burden for person, burden in {**idle, **found}.items() if person in own]
    return sorted(listed, key=lambda one: (-one.open, -one.overdue, -one.closed, one.person))
