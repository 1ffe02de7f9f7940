"""What came suddenly, seasons taken into account: which of them meet a period, and what they brought the year before."""

from collections import Counter
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

Counted = Callable[[str, datetime, datetime], int]  # how many of a category, of all for "", were accepted in a span
ONE_DAY = timedelta(days=1)
YEAR = timedelta(days=366)


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
    since, came, zone = span.since, span.came, span.period.zone
    started = since - 2 * PAST.days
    known = since - _known_since(uow, unit, started, since)
    counts, before = (_by_category(uow, unit, *slots) for slots in ((since, came), (started, since)))

    def count(category: str, start: datetime, end: datetime) -> int:
        found = _by_category(uow, unit, half_day(start, zone), half_day(end, zone))
        return found[category] if category else found.total()

    met = spells(seasons, span.period, count)
    found = spikes(counts, before, (came - since) * ONE_DAY / 2, known * ONE_DAY / 2, met)
    return tuple(spiked(Hot(one.what, "", "", one.count, 0), one) for one in found[:SHOWN])


def _known_since(uow: UnitOfWork, unit: str, started: int, since: int) -> int:
    """From when on, between two half days, anything is known of a unit: who was heard in the year before, is known."""
    if _by_category(uow, unit, started - 2 * YEAR.days, started):
        return started
    return min(
        (one.slot for one in uow.facts.sums(unit, started, since, "slot", ["troubles"]) if one.whole), default=since
    )


def _by_category(uow: UnitOfWork, unit: str, since: int, until: int) -> Counter[str]:
    found = uow.facts.sums(unit, since, until, "category", ["troubles"])
    return Counter({one.category: one.whole for one in found if one.whole})
