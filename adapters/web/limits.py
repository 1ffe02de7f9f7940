"""How much one visitor may send: a sliding window for each account, in memory."""

from collections import deque
from datetime import datetime, timedelta


class RateLimit:
    """So many events within a span; what is refused does not count. Idle keys are forgotten."""

    def __init__(self, events: int, span: timedelta) -> None:
        self._events = events
        self._span = span
        self._seen: dict[str, deque[datetime]] = {}

    def allows(self, key: str, now: datetime) -> bool:
        """Count an event of this key, or refuse it."""
        times = self._seen.setdefault(key, deque())
        while times and now - times[0] >= self._span:
            times.popleft()
        if len(times) >= self._events:
            return False
        times.append(now)
        if len(times) == 1:
            self._forget_idle(now)
        return True

    def wait(self, key: str, now: datetime) -> timedelta:
        """How long until the next event of this key is let through."""
        times = self._seen.get(key)
        if times is None or len(times) < self._events:
            return timedelta()
        return max(timedelta(), times[0] + self._span - now)

    def _forget_idle(self, now: datetime) -> None:
        """The oldest keys stand first, near enough: each newcomer sweeps away two idle ones."""
        for key in list(self._seen)[:2]:
            if not self._seen[key] or now - self._seen[key][-1] >= self._span:
                del self._seen[key]
