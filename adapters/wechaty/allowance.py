"""So many messages a day, then silence: what a person would not do gets the account banned."""

from datetime import UTC, datetime, time, timedelta

from adapters.wechaty.translate import NAME
from bot.domain.org import Organization
from bot.ports import Inbound, UnitOfWork

NOTE = "sent today"


async def take(inbound: Inbound, count: int, per_day: int) -> float:
    """Take so many messages of today's allowance, across restarts; gives the seconds until there is one again, or 0."""

    def job(uow: UnitOfWork, _org: Organization, now: datetime) -> float:
        today = f"{now.astimezone(UTC).date()}"
        day, _, noted = (uow.connections.noted(NAME, NOTE) or "").partition(" ")
        sent = int(noted) if day == today and noted.isdecimal() else 0
        # More photos than a day allows still go out, as the first thing of a day.
        if sent + count > per_day and (sent or not per_day):
            return until_midnight(now)
        uow.connections.note(NAME, NOTE, f"{today} {sent + count}", now)
        return 0.0

    return await inbound.query(job)


def until_midnight(now: datetime) -> float:
    """Seconds until the next day of UTC begins."""
    tomorrow = now.astimezone(UTC).date() + timedelta(days=1)
    return (datetime.combine(tomorrow, time(), UTC) - now).total_seconds()
