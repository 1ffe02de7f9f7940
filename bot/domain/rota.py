"""Who is away and who stands in (请假、代班), and whose turn it is: the lines of a rota (值班表).

Times away are instants; turns go by the clock of the unit, so that whoever asks a line gives it local time.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from hashlib import blake2b

from bot.domain.hours import ALL_DAY, DAY_MINUTES, OfficeHours, Span

TURNS = ("day", "week", "half")  # after what the next one has his turn; half: at noon too
ALWAYS = OfficeHours((ALL_DAY,) * 7)
MONDAY = date(2024, 1, 1)  # from where turns are counted if nothing is said
HALF_DAY = 12  # o'clock


@dataclass(frozen=True, slots=True)
class Away:
    """Somebody is not at work from ``start`` until ``end``, aware instants, the end not included.

    ``standin`` is the person who answers in his place; the reason is nobody's business but his and his superiors'.
    """

    person: str
    start: datetime
    end: datetime
    standin: str | None = None
    reason: str = ""

    def covers(self, now: datetime) -> bool:
        """Whether he is away at an instant."""
        return self.start <= now < self.end


@dataclass(frozen=True, slots=True)
class Shift:
    """A line of the rota: in these hours one of the people has the duty of a role at a unit, by turns.

    Of two lines for the same hours the one that ends some day (a holiday's) goes before the one that does not.
    """

    unit: str
    people: tuple[str, ...]
    hours: OfficeHours = ALWAYS
    role: str = "steward"
    turn: str = "day"
    first: date = MONDAY  # the day of the first one's first turn, in the unit's zone
    last: date | None = None  # the last day, None for ever

    @property
    def key(self) -> str:
        """What the line is called: two lines that say the same have the same."""
        parts = (self.unit, self.role, str(self.hours), self.turn, self.first, self.last, *self.people)
        return blake2b("\n".join(map(str, parts)).encode("utf-8", "replace"), digest_size=8).hexdigest()

    def on(self, local: datetime) -> str | None:
        """Whose turn it is at a local time; None outside the hours or the days of the line."""
        day = self.day_of(local)
        if day is None or not self.people or day < self.first or (self.last is not None and day > self.last):
            return None
        return self.people[self._turns(day, local) % len(self.people)]

    def day_of(self, local: datetime) -> date | None:
        """The day on which the duty that runs now began: a night belongs to its evening. None outside the hours."""
        minute = local.hour * 60 + local.minute
        for span in self.hours.spans(local.weekday()):
            if span[0] <= minute < span[1]:
                return local.date() - timedelta(days=1) if self._goes_on(local.weekday(), span) else local.date()
        return None

    def _goes_on(self, weekday: int, span: Span) -> bool:
        """Whether a span is the rest of a night that began the day before."""
        before = self.hours.spans((weekday - 1) % 7)
        return span[0] == 0 and span[1] < DAY_MINUTES and bool(before) and before[-1][1] == DAY_MINUTES

    def begins(self, weekday: int) -> bool:
        """Whether a duty begins on a weekday, Monday is 0."""
        return any(not self._goes_on(weekday, span) for span in self.hours.spans(weekday))

    def _turns(self, day: date, local: datetime) -> int:
        """How many turns were before this one. Only days with a duty count: a weekend's two people take turns, too."""
        if self.turn == "week":
            return (_monday(day) - _monday(self.first)).days // 7
        weeks, rest = divmod((day - self.first).days, 7)
        starts = [self.begins((self.first.weekday() + step) % 7) for step in range(7)]
        days = weeks * sum(starts) + sum(starts[:rest])
        later = day < local.date() or local.hour >= HALF_DAY
        return 2 * days + later if self.turn == "half" else days


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())
