"""When a digest falls due, and of which period: the newest whole one whose hour has come, in the unit's zone."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from bot.domain.periods import WEEK, Period, period_at


def due_at(covered: Period, hour: int, weekday: int) -> datetime:
    """The first full ``hour`` (0–23, local) after a period has ended; of a week on a ``weekday`` (0 = Monday)."""
    end = covered.end.astimezone(covered.zone)
    day = end.date()
    if covered.kind == WEEK:
        day += timedelta(days=(weekday - day.weekday()) % 7)
    at = _instant(covered.zone, datetime.combine(day, time(hour)))
    return at if at >= covered.end else _instant(covered.zone, datetime.combine(day + timedelta(days=1), time(hour)))


def newest_due(kind: str, now: datetime, zone: ZoneInfo, hour: int, weekday: int) -> Period:
    """The newest period of a kind whose digest is due. Older ones have been overtaken: they are not said any more."""
    covered = period_at(kind, now, zone).before()
    while due_at(covered, hour, weekday) > now:
        covered = covered.before()
    return covered


def _instant(zone: ZoneInfo, local: datetime) -> datetime:
    return local.replace(tzinfo=zone).astimezone(UTC)
