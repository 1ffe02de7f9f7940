"""What the sums do not hold, of units small enough to be read by ticket: where troubles lie, and who has how much work."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Spot:
    """How many tickets of a category came from a building of a unit; ``building`` is "" where it is not known."""

    unit: str
    building: str
    category: str
    count: int


@dataclass(frozen=True, slots=True)
class Burden:
    """The tickets of one person: those he works on now, those of them past their limit, and those closed in a span."""

    person: str
    open: int
    overdue: int
    closed: int


@dataclass(frozen=True, slots=True)
class Ended:
    """A closed ticket without its words and people. ``rating`` is the reporter's, None without one."""

    unit: str
    category: str
    closed_at: datetime
    took: timedelta
    solved: bool
    rating: int | None


class Loads(Protocol):
    """Counts of tickets at exactly these units. Confidential ones are left out: a count of one would tell of a report."""

    def spots(self, units: Sequence[str], since: datetime, until: datetime) -> list[Spot]:
        """The accepted tickets heard from ``since`` up to, not with, ``until``, by house number (``3`` of ``3-2-501``)."""
        ...

    def houses(self, units: Sequence[str], since: datetime, until: datetime) -> list[Spot]:
        """The troubles accepted in a span, of all categories, by house number; those without one are left out.

        No trouble is praise, was taken back, or is what a unit has given itself to do.
        """
        ...

    def burdens(self, units: Sequence[str], since: datetime, until: datetime, now: datetime) -> list[Burden]:
        """Who is assignee of what, by person; closed from ``since`` up to, not with, ``until``."""
        ...

    def ended(self, units: Sequence[str], since: datetime, limit: int) -> list[Ended]:
        """What was closed since then, the newest first; neither praise nor what was said in private."""
        ...

    def solved(self, units: Sequence[str], chat: str, since: datetime, until: datetime) -> list[str]:
        """The ids of what was heard in a chat and is closed as solved since then, up to, not with, ``until``: newest first.

        Of these units alone; neither praise nor what a unit has given itself to do.
        """
        ...
