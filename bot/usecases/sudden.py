"""What came suddenly, seasons taken into account: which of them meet a period, and what they brought the year before."""

from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.digest import SHOWN, Hot, spiked
from bot.domain.halfdays import half_day
from bot.domain.org import Organization
from bot.domain.periods import Period
from bot.domain.seasons import Season, Span
from bot.domain.spikes import LEAST_PAST, PAST, Spell, spikes
from bot.ports import UnitOfWork
from bot.usecases.analysis import Span as HalfDays
from bot.usecases.foresight import region_of
from bot.usecases.outlook import Outlook
from bot.usecases.troubles import Parts, by_category, known_since

Counted = Callable[[str, datetime, datetime], int]  # how many of a category, of all for "", were accepted in a span
ONE_DAY = timedelta(days=1)


def seasons_of(uow: UnitOfWork, org: Organization, outlook: Outlook | None, unit: str) -> tuple[Season, ...]:
    """The seasons that a unit has, by the region that was chosen for it."""
    region = region_of(uow, *org.chain(unit))
    return tuple(season for season in outlook.seasons if region in season.regions) if outlook else ()


def spells(seasons: Sequence[Season], covered: Period, count: Counted) -> dict[str, Spell]:
    """The seasons that meet a period, by category; of two of one category the first in the calendar."""
    first = covered.start.astimezone(covered.zone).date()
    last = (covered.end - timedelta(microseconds=1)).astimezone(covered.zone).date()
    met = (season for season in reversed(seasons) if season.met(first, last))
    return {one.category: _spell(one, one.a_year_before(first, last), covered.zone, count) for one in met}


def _spell(season: Season, then: Span | None, zone: ZoneInfo, count: Counted) -> Spell:
    """With the year before, if the bot was at work there by then: in the two weeks ahead of it somebody was heard."""
    if then is None:
        return Spell(season.id)
    start, end = _begin(then[0], zone), _begin(then[1] + ONE_DAY, zone)
    if not count("", start - LEAST_PAST, start):
        return Spell(season.id)
    return Spell(season.id, count(season.category, start, end), end - start)


def _begin(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), zone)


# ---------------------------------------------------------------- from the sums


def sudden(uow: UnitOfWork, unit: str, span: HalfDays, seasons: Sequence[Season]) -> tuple[Hot, ...]:
    """The categories of a unit and all below it that came more often than usual in a period, up to now; from the sums."""
    since, came, parts = span.since, span.came, {unit: 1}
    known = since - known_since(uow, parts, since)
    counts = by_category(uow, parts, since, came)
    before = by_category(uow, parts, since - 2 * PAST.days, since)
    met = spells(seasons, span.period, counted(uow, parts, span.period.zone))
    found = spikes(counts, before, (came - since) * ONE_DAY / 2, known * ONE_DAY / 2, met)
    return tuple(spiked(Hot(one.what, "", "", one.count, 0), one) for one in found[:SHOWN])


def counted(uow: UnitOfWork, parts: Parts, zone: ZoneInfo) -> Counted:
    """How seasons are counted from the sums."""

    def count(category: str, start: datetime, end: datetime) -> int:
        found = by_category(uow, parts, half_day(start, zone), half_day(end, zone))
        return found[category] if category else found.total()

    return count
