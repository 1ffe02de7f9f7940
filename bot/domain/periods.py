"""Reporting periods: days, weeks and months of a zone, as half-open spans [start, end) of aware UTC.

Two kinds follow the assessment practice of domain.md 6.1: the report day runs from noon to noon, the assessment month from
the 19th to the 18th. Both carry the name of the day or month in which they end, because that is when they are reported.
"""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

DAY, REPORT_DAY, WEEK, MONTH, ASSESSMENT_MONTH = "day", "report_day", "week", "month", "assessment_month"
KINDS = (DAY, REPORT_DAY, WEEK, MONTH, ASSESSMENT_MONTH)
CUT_DAY = 19  # an assessment month begins on this day of the month before
MIDNIGHT, NOON = time(0), time(12)
ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """A span of time to report on. ``day`` names it: the day itself, a week's Monday, a month's first."""

    kind: str
    day: date
    zone: ZoneInfo
    start: datetime
    end: datetime

    def __contains__(self, instant: datetime | None) -> bool:
        """Whether an instant falls into it; what never happened falls into no period."""
        return instant is not None and self.start <= instant < self.end

    def before(self) -> "Period":
        """The whole period of the same kind that ends where this one starts."""
        return period(self.kind, self.day - ONE_DAY, self.zone)

    def after(self) -> "Period":
        """The period of the same kind that starts where this one, when whole, ends."""
        length = {DAY: 1, REPORT_DAY: 1, WEEK: 7}.get(self.kind, 31)  # the 1st + 31 days is in the next month
        return period(self.kind, self.day + timedelta(days=length), self.zone)

    def year_before(self) -> "Period":
        """The same period of last year (同期), whole.

        A week goes back 52 weeks: the same weekdays, at most two days off, and every week has exactly one; by ISO number a
        week 53 would have none. 29 February is compared with the 28th.
        """
        if self.kind == WEEK:
            return period(WEEK, self.day - timedelta(weeks=52), self.zone)
        leap = (self.day.month, self.day.day) == (2, 29)
        day = self.day.replace(year=self.day.year - 1, day=28 if leap else self.day.day)
        return period(self.kind, day, self.zone)

    def so_far(self, now: datetime) -> "Period":
        """A period that still runs, cut at ``now``: a limit that is still ahead is neither kept nor missed."""
        return replace(self, end=max(self.start, min(self.end, now)))


def period(kind: str, day: date, zone: ZoneInfo) -> Period:
    """The period of a kind that is named by a local day, or by the week or month of that day."""
    match kind:
        case "day":
            return _span(kind, day, zone, day, day + ONE_DAY)
        case "report_day":
            return _span(kind, day, zone, day - ONE_DAY, day, NOON)
        case "week":
            monday = day - timedelta(days=day.weekday())
            return _span(kind, monday, zone, monday, monday + 7 * ONE_DAY)
        case "month":
            first = day.replace(day=1)
            return _span(kind, first, zone, first, _next_month(first))
        case "assessment_month":
            first = day.replace(day=1)
            cut = (first - ONE_DAY).replace(day=CUT_DAY)
            return _span(kind, first, zone, cut, first.replace(day=CUT_DAY))
    raise ValueError(f"{kind!r} is no period; expected one of {', '.join(KINDS)}")


def period_at(kind: str, instant: datetime, zone: ZoneInfo) -> Period:
    """The period of a kind in which an aware instant falls.

    The local date finds it, but for the hours after a cut, and where clocks set back over midnight repeat a date: then it
    is the next one.
    """
    found = period(kind, instant.astimezone(zone).date(), zone)
    return found if instant < found.end else found.after()


def _next_month(first: date) -> date:
    return (first + timedelta(days=31)).replace(day=1)


def _span(kind: str, name: date, zone: ZoneInfo, first: date, end: date, at: time = MIDNIGHT) -> Period:
    return Period(kind, name, zone, _instant(first, at, zone), _instant(end, at, zone))


def _instant(day: date, at: time, zone: ZoneInfo) -> datetime:
    """A local time as UTC. A midnight that the clocks leap over is the instant of the leap: no gap, no overlap."""
    return datetime.combine(day, at, zone).astimezone(UTC)
