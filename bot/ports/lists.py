"""The lists over many tickets: which are wanted, and the page after a place in them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.ticket import Ticket


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which tickets of exactly these units, in these states. "" and None mean all; the span [since, until) is of telling.

    ``overdue_at``: only those with work left whose finish limit lies before this instant. ``given``: only those that were
    given to somebody. Confidential ones never, praise only where it is asked for.
    """

    units: tuple[str, ...]
    states: tuple[str, ...]
    since: datetime | None = None
    until: datetime | None = None
    nature: str = ""
    category: str = ""
    steward: str = ""
    overdue_at: datetime | None = None
    given: bool = False


@dataclass(frozen=True, slots=True)
class Position:
    """A place in a list that runs from the newest to the oldest: the ticket there, by when it was told and its id."""

    at: datetime
    id: str


class Lists(Protocol):
    """Reading page by page: what comes in meanwhile stands before the first page and moves nothing."""

    def page(self, wanted: Wanted, after: Position | None, limit: int) -> list[Ticket]:
        """The newest tickets that are wanted, older than a position; at most so many."""
        ...

    def counts(self, units: Sequence[str], category: str, now: datetime) -> dict[str, tuple[int, int]]:
        """How many open tickets of exactly these units there are by state, and how many of them are past their limit.

        ``category`` "" means all. Confidential ones are left out; praise is counted, too.
        """
        ...

    def overdue(self, units: Sequence[str], now: datetime, limit: int) -> list[Ticket]:
        """Of those that ``counts`` finds past their limit, the longest due; at most so many."""
        ...

    def merged(self, ticket_id: str) -> list[Ticket]:
        """The tickets that were merged into this one, oldest first; confidential ones never."""
        ...

    def numbered(self, root: str, year: int, number: int) -> Ticket | None:
        """The ticket of a root unit with this number of a year."""
        ...
