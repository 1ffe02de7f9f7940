"""Which days are worked: weekends, public holidays and the 调休 make-up days that move a weekend day into the week.

The data are a JSON text, official for the years whose State Council notice is out (``calendars/CN.json``)::

    {"fixed": ["01-01"], "years": {"2026": {"source": "…", "provisional": false, "holidays": ["2026-01-01"],
     "makeup_workdays": ["2026-01-04"]}}}

``holidays`` are all days off of a year's notice, weekend days among them. A year that is not in the data has the
``fixed`` days and the weekends only, and is provisional: what falls into it is computed anew when the notice arrives.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType

WORKDAY, WEEKEND, HOLIDAY, MAKEUP = "workday", "weekend", "holiday", "makeup"
SATURDAY = 5
_YEAR_KEYS = {"source", "provisional", "holidays", "makeup_workdays"}


@dataclass(frozen=True, slots=True)
class CalendarYear:
    """One year's days off and make-up days, where they come from, and whether they may still change."""

    holidays: frozenset[date] = frozenset()
    makeup_workdays: frozenset[date] = frozenset()
    source: str = ""
    provisional: bool = False


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """The working days of a country. ``fixed`` are (month, day) off in a year without data."""

    years: Mapping[int, CalendarYear] = field(default_factory=lambda: MappingProxyType({}))
    fixed: frozenset[tuple[int, int]] = frozenset()

    def kind(self, day: date) -> str:
        """``workday``, ``weekend``, ``holiday`` or ``makeup``."""
        year = self.years.get(day.year)
        if day in year.holidays if year else (day.month, day.day) in self.fixed:
            return HOLIDAY
        if year and day in year.makeup_workdays:
            return MAKEUP
        return WEEKEND if day.weekday() >= SATURDAY else WORKDAY

    def is_workday(self, day: date) -> bool:
        """Whether offices work on a day, make-up days included."""
        return self.kind(day) in {WORKDAY, MAKEUP}

    def is_provisional(self, year: int) -> bool:
        """Whether a year's days may still change: no data, or data before the notice."""
        found = self.years.get(year)
        return found is None or found.provisional

    def updated(self, newer: "WorkCalendar") -> "WorkCalendar":
        """This calendar with the years of a newer one: how an operator's file takes precedence."""
        return WorkCalendar(MappingProxyType({**self.years, **newer.years}), newer.fixed or self.fixed)


def from_json(text: str) -> WorkCalendar:
    """Read calendar data. ValueError lists every fault, one a line."""
    try:
        data = json.loads(text)
    except json.JSONDecodeError as error:
        raise ValueError(f"calendar: line {error.lineno}: {error.msg}") from error
    if not isinstance(data, dict) or not isinstance(data.get("years"), dict):
        raise ValueError("calendar: expected an object with 'years'")
    faults = [f"calendar: unknown key {key!r}" for key in data.keys() - {"fixed", "years"}]
    years = {int(name): _year(name, row, faults) for name, row in data["years"].items() if _is_year(name, faults)}
    fixed = _fixed(data.get("fixed", []), faults)
    if faults:
        raise ValueError("\n".join(faults))
    return WorkCalendar(MappingProxyType(years), fixed)


def _is_year(name: str, faults: list[str]) -> bool:
    good = re.fullmatch(r"[0-9]{4}", name)
    if not good:
        faults.append(f"calendar: {name!r} is not a year")
    return bool(good)


def _year(name: str, row: object, faults: list[str]) -> CalendarYear:
    if not isinstance(row, dict):
        faults.append(f"calendar {name}: expected an object")
        return CalendarYear()
    faults += [f"calendar {name}: unknown key {key!r}" for key in sorted(row.keys() - _YEAR_KEYS)]
    holidays = _dates(name, "holidays", row.get("holidays"), faults)
    makeup = _dates(name, "makeup_workdays", row.get("makeup_workdays"), faults)
    source, provisional = row.get("source", ""), row.get("provisional", False)
    if not isinstance(source, str) or not isinstance(provisional, bool):
        faults.append(f"calendar {name}: 'source' must be a text and 'provisional' true or false")
        return CalendarYear()
    faults += [f"calendar {name}: {day} is both holiday and make-up day" for day in sorted(holidays & makeup)]
    return CalendarYear(holidays, makeup, source, provisional)


def _dates(year: str, key: str, given: object, faults: list[str]) -> frozenset[date]:
    if not isinstance(given, list):
        faults.append(f"calendar {year}: '{key}' must be a list of dates")
        return frozenset()
    days = frozenset(_parsed(given, f"calendar {year}: {key}", faults))
    faults += [f"calendar {year}: {key}: {day} is in another year" for day in sorted(days) if day.year != int(year)]
    return days


def _fixed(given: object, faults: list[str]) -> frozenset[tuple[int, int]]:
    if not isinstance(given, list):
        faults.append("calendar: 'fixed' must be a list of MM-DD")
        return frozenset()
    leap = (f"2000-{day}" for day in given)  # a leap year, so that 02-29 can be named
    return frozenset((day.month, day.day) for day in _parsed(leap, "calendar: fixed", faults))


def _parsed(given: Iterable[object], where: str, faults: list[str]) -> list[date]:
    days = []
    for item in given:
        try:
            days.append(date.fromisoformat(str(item)))
        except ValueError:
            faults.append(f"{where}: {item!r} is not a date")
    return days
