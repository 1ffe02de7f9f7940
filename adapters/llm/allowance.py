"""How many questions may still be asked: so many a day, and none while the endpoint wants to be left alone."""

from datetime import date, datetime, timedelta

from bot.ports import Clock

PAUSE = 60.0  # seconds, where the endpoint does not say how long
LONGEST_PAUSE = 3600.0


class Allowance:
    """Counts questions, by days of UTC."""

    def __init__(self, per_day: int, clock: Clock) -> None:
        self._per_day = per_day
        self._clock = clock
        self._day: date | None = None
        self._asked = 0
        self._quiet_until: datetime | None = None

    def take(self) -> bool:
        """Take one question from the day's."""
        now = self._clock.now()
        if self._quiet_until is not None and now < self._quiet_until:
            return False
        if now.date() != self._day:
            self._day, self._asked = now.date(), 0
        if self._asked >= self._per_day:
            return False
        self._asked += 1
        return True

    def pause(self, retry_after: str) -> None:
        """The endpoint has had enough: ``Retry-After`` in seconds, where it says so in a number."""
        seconds = float(retry_after) if retry_after.isascii() and retry_after.isdigit() else PAUSE
        self._quiet_until = self._clock.now() + timedelta(seconds=min(seconds, LONGEST_PAUSE))
