"""The clock: APScheduler wakes the bot when something falls due, and for the daily housekeeping. It holds no truth.

What is due when stands in the database. The ticker asks for the earliest instant and sleeps until it; a restart, a moved
timer or a jump of the clock costs nothing but one more question (traps: a late job must not be dropped, so there is no
grace time; a pickled job store would be a second truth, so there is none).
"""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta

from apscheduler.schedulers.asyncio import AsyncIOScheduler

DEFAULTS = {"misfire_grace_time": None, "coalesce": True, "max_instances": 1}
LOOK = timedelta(seconds=30)  # at least this often it looks by itself: the machine's clock may have jumped
DUE, LOOKING = "due", "look"


class Ticker:
    """Wakes ``wake`` at the earliest due instant, ``look_up`` (the calendar) once a minute, ``keep_house`` once an hour."""

    def __init__(
        self,
        wake: Callable[[], Awaitable[None]],
        keep_house: Callable[[], Awaitable[None]],
        look_up: Callable[[], Awaitable[None]],
    ) -> None:
        self._wake = wake
        self._keep_house = keep_house
        self._look_up = look_up
        self._scheduler = AsyncIOScheduler(timezone=UTC, job_defaults=DEFAULTS)
        self._next: datetime | None = None

    def start(self) -> None:
        """Begin, in the running event loop."""
        self._scheduler.add_job(self._wake, "interval", seconds=LOOK.total_seconds(), id=LOOKING)
        self._scheduler.add_job(self._look_up, "interval", minutes=1, id="calendar")
        self._scheduler.add_job(self._keep_house, "interval", hours=1, id="house")
        self._scheduler.start()

    def sleep_until(self, at: datetime | None) -> None:
        """Wake next at this instant; None when nothing is due."""
        if at == self._next:
            return
        self._next = at
        if at is not None:
            self._scheduler.add_job(self._ring, "date", run_date=at, id=DUE, replace_existing=True)
        elif self._scheduler.get_job(DUE):
            self._scheduler.remove_job(DUE)

    async def _ring(self) -> None:
        self._next = None
        await self._wake()

    def stop(self) -> None:
        """End; what is due stays in the database."""
        if self._scheduler.running:
            self._scheduler.shutdown(wait=False)
