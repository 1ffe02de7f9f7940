"""Half days: the grain of every count over time. Reporting days begin at midnight or at noon, so no page cuts a half day.

A half day's number is that of the local one at the ticket's own place: on the page of a unit above, 6 May is 6 May everywhere.
Whole fortnights are numbered below zero, so that sums over years are read in few rows; they stand beside the half days.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
NOON = 12
FORTNIGHT = 28  # half days


def half_day(at: datetime, zone: ZoneInfo) -> int:
    """The number of the local half day of an instant."""
    local = at.astimezone(zone)
    return (local.toordinal() - EPOCH.toordinal()) * 2 + (local.hour >= NOON)


def begin_of(slot: int, zone: tzinfo) -> datetime:
    """When a half day begins, UTC."""
    day = EPOCH + timedelta(days=slot // 2)
    return datetime.combine(day, time(NOON if slot % 2 else 0), zone).astimezone(UTC)


def fortnight(slot: int) -> int:
    """The number of the fortnight that a half day lies in."""
    return -(slot // FORTNIGHT) - 1


def cover(since: int, until: int) -> Iterator[int]:
    """The fewest numbers that hold the half days from ``since`` up to, not with, ``until``: whole fortnights, and the rest."""
    first, last = -(-since // FORTNIGHT), until // FORTNIGHT
    if first >= last:
        yield from range(since, until)
        return
    yield from range(since, first * FORTNIGHT)
    yield from (fortnight(number * FORTNIGHT) for number in range(first, last))
    yield from range(last * FORTNIGHT, until)
