"""Troubles that come with the calendar: which, when and where. Data in ``calendars/seasons.toml``; words in the catalogs.

A season holds for some regions; a unit without a region has none. Lunar days are a table of dates: no astronomy here.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from types import MappingProxyType

from bot.domain.states import CATEGORIES

AHEAD = timedelta(days=14)  # a season is proposed so long before it begins
REGIONS = ("north", "south", "north_village", "south_village")
Span = tuple[date, date]  # first and last day
_LEAP = 2000  # a year in which every day of a year can be named
_KEYS = {"category", "regions", "from", "to", "dates", "source"}


@dataclass(frozen=True, slots=True)
class Season:
    """One season. ``fixed`` is its span in every year, in days of the year 2000; ``spans`` are those of single years."""

    id: str
    category: str
    regions: frozenset[str]
    source: str
    fixed: Span | None = None
    spans: Mapping[int, Span] = field(default_factory=lambda: MappingProxyType({}))

    def span(self, year: int) -> Span | None:
        """First and last day in a year; None for a year without data."""
        if self.fixed is None:
            return self.spans.get(year)
        first, last = self.fixed
        return first.replace(year=year), last.replace(year=year)

    def proposed(self, today: date) -> Span | None:
        """The span that is to be proposed today: from two weeks before it begins, late rather than never until its end."""
        spans = (self.span(year) for year in (today.year, today.year + 1))
        return next((span for span in spans if span and span[0] - AHEAD <= today <= span[1]), None)

    def met(self, first: date, last: date) -> Span | None:
        """The span that shares a day with these days; None where none does."""
        spans = (self.span(year) for year in sorted({first.year, last.year}))
        return next((span for span in spans if span and span[0] <= last and first <= span[1]), None)

    def a_year_before(self, first: date, last: date) -> Span | None:
        """The season of the year before the one that these days meet, with as much around it as they go beyond it.

        Counted from the season's first day, because a lunar one moves. None where none is met, or without data of that year.
        """
        span = self.met(first, last)
        then = self.span(span[0].year - 1) if span else None
        if span is None or then is None:
            return None
        back = span[0] - then[0]
        return min(then[0], first - back), max(then[1], last - back)


def parse_seasons(data: Mapping[str, object]) -> tuple[Season, ...]:
    """Read seasons as TOML gives them, a table each. ValueError lists every fault, one a line.

    ``from`` and ``to`` are MM-DD of every year; ``dates`` instead has ``YYYY = [first, last]``, dates of TOML.
    """
    faults: list[str] = []
    seasons = tuple(_season(name, row, faults) for name, row in data.items())
    if faults:
        raise ValueError("\n".join(faults))
    return seasons


def _season(name: str, row: object, faults: list[str]) -> Season:
    if not isinstance(row, Mapping):
        faults.append(f"{name}: expected a table")
        return Season(name, "other", frozenset(), "")
    faults += [f"{name}: {key}: unknown" for key in sorted(row.keys() - _KEYS)]
    category, regions, source = row.get("category"), row.get("regions"), row.get("source")
    if category not in CATEGORIES:
        faults.append(f"{name}: category: {category!r} is none")
    if not isinstance(regions, list) or not regions or not set(regions) <= set(REGIONS):
        faults.append(f"{name}: regions: expected some of {', '.join(REGIONS)}")
        regions = []
    if not isinstance(source, str) or not source:
        faults.append(f"{name}: source: expected where this comes from")
    fixed = None if "dates" in row else _fixed(name, row, faults)
    spans = dict(_spans(name, row.get("dates", {}), faults))
    return Season(name, str(category), frozenset(regions), str(source), fixed, MappingProxyType(spans))


def _fixed(name: str, row: Mapping[str, object], faults: list[str]) -> Span | None:
    try:
        first, last = (date.fromisoformat(f"{_LEAP}-{row[key]}") for key in ("from", "to"))
    except (KeyError, ValueError):
        faults.append(f"{name}: expected from and to as MM-DD, or dates")
        return None
    return _ordered(name, first, last, faults)


def _spans(name: str, given: object, faults: list[str]) -> Iterator[tuple[int, Span]]:
    for year, days in given.items() if isinstance(given, Mapping) else ():
        match days:
            case [date() as first, date() as last] if str(first.year) == str(last.year) == year:
                if span := _ordered(f"{name}: {year}", first, last, faults):
                    yield first.year, span
            case _:
                faults.append(f"{name}: dates: {year}: expected two dates of that year")


def _ordered(name: str, first: date, last: date, faults: list[str]) -> Span | None:
    if first <= last and (last.month, last.day) != (2, 29) != (first.month, first.day):
        return first, last
    faults.append(f"{name}: the first day is not before the last, or is no day of every year")
    return None
