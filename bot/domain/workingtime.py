"""Arithmetic in working time: a calendar's working days and a unit's office hours, in the unit's zone.

Everything goes in and comes out as aware UTC; days and times of day are those of the zone. Office hours become
intervals between instants, so that a change of the clocks makes an interval longer or shorter and nothing else.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.hours import ALL_DAY, DAY_MINUTES, OfficeHours, Span
from bot.domain.workcalendar import HOLIDAY, MAKEUP, WorkCalendar

DAY = timedelta(days=1)
MINUTE = timedelta(minutes=1)
Interval = tuple[datetime, datetime]  # UTC, end exclusive


@dataclass(frozen=True, slots=True)
class WorkingTime:
    """A unit's working time. ValueError where the hours are never open."""

    calendar: WorkCalendar
    hours: OfficeHours
    zone: ZoneInfo
    _days: dict[date, tuple[Interval, ...]] = field(default_factory=dict, repr=False, compare=False)  # looked up before

    def __post_init__(self) -> None:
        if not any(self.hours.week):
            raise ValueError("working time needs office hours that open at least once a week")

    def spans(self, day: date) -> tuple[Span, ...]:
        """The open minutes of a day: none on a holiday, the ordinary ones on a make-up day."""
        if self.hours.always:
            return ALL_DAY
        kind = self.calendar.kind(day)
        if kind == HOLIDAY:
            return ()
        return self.hours.ordinary if kind == MAKEUP else self.hours.spans(day.weekday())

    def next_opening(self, at: datetime) -> datetime:
        """This instant where the office is open, else the next at which it opens."""
        start, _ = next(self._intervals(at))
        return max(start, at.astimezone(UTC))

    def add_days(self, at: datetime, n: int) -> datetime:
        """The same time of day on the nth working day after; outside the hours the clock starts at the next opening."""
        return self.shift(self.next_opening(at), n)

    def subtract_days(self, at: datetime, n: int) -> datetime:
        """The same time of day on the nth working day before."""
        return self.shift(at, -n)

    def shift(self, at: datetime, n: int) -> datetime:
        """The same time of day on the nth working day after (before for n < 0), open at that time or not."""
        local = at.astimezone(self.zone)
        day, left = local.date(), abs(n)
        while left:
            day += DAY if n > 0 else -DAY
            left -= bool(self._open_on(day))
        return self._instant(day, local.time()) if n else local.astimezone(UTC)

    def add_calendar_days(self, at: datetime, n: int) -> datetime:
        """The same time of day n days later, worked or not."""
        local = at.astimezone(self.zone)
        return self._instant(local.date() + n * DAY, local.time())

    def add_hours(self, at: datetime, hours: float) -> datetime:
        """The instant by which so many working hours have passed; none passed = the next opening."""
        return self._add(at, timedelta(hours=hours))

    def between(self, a: datetime, b: datetime) -> timedelta:
        """The working time between two instants; zero where b is not after a."""
        total = timedelta()
        for start, end in self._intervals(a):
            if max(start, a) >= b:
                break
            total += min(end, b) - max(start, a)
        return total

    def minutes_between(self, a: datetime, b: datetime) -> int:
        """The whole working minutes between two instants; 0 where b is not after a."""
        return self.between(a, b) // MINUTE

    def part_way(self, a: datetime, b: datetime, share: float) -> datetime:
        """The instant at which a share of the working time between a and b has passed; of all time where none is."""
        working = self.between(a, b)
        return self._add(a, working * share) if working else a + (b - a) * share

    def provisional(self, a: datetime, b: datetime) -> bool:
        """Whether a year that both instants span may still change its days."""
        years = range(a.astimezone(self.zone).year, b.astimezone(self.zone).year + 1)
        return any(self.calendar.is_provisional(year) for year in years)

    def _add(self, at: datetime, left: timedelta) -> datetime:
        for start, end in self._intervals(at):
            begin = max(start, at)
            if left <= end - begin:
                return begin + left
            left -= end - begin
        raise AssertionError("intervals never end")

    def _intervals(self, at: datetime) -> Iterator[Interval]:
        """The open intervals that end after an instant, in order, without end."""
        day = at.astimezone(self.zone).date() - DAY  # where clocks change at midnight, the day before may still be open
        while True:
            for start, end in self._open_on(day):
                if max(start, at) < end:
                    yield start, end
            day += DAY

    def _open_on(self, day: date) -> tuple[Interval, ...]:
        found = self._days.get(day)
        if found is None:
            found = tuple((self._minute(day, first), self._minute(day, last)) for first, last in self.spans(day))
            self._days[day] = found
        return found

    def _minute(self, day: date, minute: int) -> datetime:
        if minute == DAY_MINUTES:
            return self._instant(day + DAY, time())
        return self._instant(day, time(minute // 60, minute % 60))

    def _instant(self, day: date, clock: time) -> datetime:
        """A local time as UTC: the first of two where clocks go back, the end of the gap where they go forward."""
        local = datetime.combine(day, clock.replace(fold=0), self.zone)
        found = local.astimezone(UTC)
        while found.astimezone(self.zone).replace(tzinfo=None) != local.replace(tzinfo=None):
            local = local.replace(second=0, microsecond=0) + MINUTE
            found = local.astimezone(UTC)
        return found
