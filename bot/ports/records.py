"""Remembering tickets: keys of messages, tickets, their audit log and their words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.audit import Event
from bot.domain.ticket import Ticket
from bot.messages import Media
from bot.ports.reading import OpenTicket


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message that concerns a ticket, with its words. ``role``: voice, staff, note."""

    key: str
    ticket_id: str
    chat: str
    account: str
    name: str
    role: str
    text: str
    at: datetime
    media: tuple[Media, ...] = ()


class Inbox(Protocol):
    """Keys of messages seen before."""

    def claim(self, key: str, at: datetime) -> bool:
        """Take a message key; False where it was taken before (kept ≥ 8 days, as a keyed hash)."""
        ...

    def purge(self, before: datetime) -> int:
        """Forget keys older than this; gives back how many."""
        ...


class Tickets(Protocol):
    """The tickets, each saved with its recorded events in the same transaction."""

    def add(self, ticket: Ticket) -> None:
        """Store a new ticket and its events."""
        ...

    def save(self, ticket: Ticket) -> None:
        """Store a changed ticket and its events; raises ``StaleTicket`` where somebody was faster (version)."""
        ...

    def saved(self) -> Mapping[str, Sequence[Event]]:
        """The tickets added or saved in this transaction since this was last asked, in order, and what was recorded of each."""
        ...

    def get(self, ticket_id: str) -> Ticket | None:
        """The ticket with this id."""
        ...

    def fetch(self, ticket_ids: Sequence[str]) -> None:
        """Have tickets at hand that will be wanted before the end of ``together``."""
        ...

    def by_number(self, root: str, number: int) -> Ticket | None:
        """The newest ticket with this number below a root unit."""
        ...

    def by_public_id(self, public_id: str) -> Ticket | None:
        """The ticket behind a link that cannot be guessed."""
        ...

    def next_number(self, root: str, year: int) -> int:
        """The next number of a root unit and year, taken for good."""
        ...

    def open_near(self, units: Sequence[str], category: str | None, limit: int) -> list[OpenTicket]:
        """The newest open tickets (candidates and confidential ones excluded) of units; of one category unless None."""
        ...

    def closed_near(self, units: Sequence[str], category: str, since: datetime, limit: int) -> list[OpenTicket]:
        """The newest tickets of units and a category that were closed since then."""
        ...

    def confirmed_places(self, root: str) -> list[str]:
        """What the newest tickets of a root unit that somebody has signed for call their places, newest first."""
        ...

    def open_in_chat(self, chat: str, limit: int) -> list[Ticket]:
        """The newest open tickets and candidates of a chat."""
        ...

    def of_account(self, account: str, limit: int) -> list[Ticket]:
        """The newest tickets that an account reported or follows."""
        ...

    def polled_of(self, account: str, since: datetime, limit: int) -> list[Ticket]:
        """Of the newest tickets that an account reported or follows, those with a poll that are in callback or closed since."""
        ...

    def of_person(self, person: str, limit: int) -> list[Ticket]:
        """The newest working tickets of a person, as lead or helper, and the requests and candidates that wait for him."""
        ...

    def in_units(self, units: Sequence[str], states: Sequence[str], limit: int) -> list[Ticket]:
        """The newest tickets of units in some states."""
        ...

    def due_before(self, units: Sequence[str], states: Sequence[str], at: datetime, limit: int) -> list[Ticket]:
        """The tickets of units in some states whose finish limit is before an instant, the longest due first."""
        ...

    def load(self, person: str) -> int:
        """How many working tickets a person has."""
        ...

    def loads(self, units: Sequence[str], now: datetime) -> dict[str, tuple[int, int]]:
        """The working tickets of units, confidential ones excluded, by person: how many, and how many of them are overdue."""
        ...

    def all(self) -> list[Ticket]:
        """Every ticket, oldest first: for replay, export and checks."""
        ...


class Audit(Protocol):
    """The append-only, hash-chained log; rows are written by ``Tickets``."""

    def of(self, ticket_id: str) -> list[Event]:
        """The events of a ticket, oldest first."""
        ...

    def verify(self) -> list[str]:
        """What is wrong with the chains, in words; empty when all hold."""
        ...


class Words(Protocol):
    """The words of messages that concern tickets."""

    def keep(self, message: KeptMessage) -> None:
        """Store a message with its ticket; the same key and ticket again changes nothing."""
        ...

    def ticket_ids(self, key: str) -> list[str]:
        """The tickets that a message led or added to."""
        ...

    def of(self, ticket_id: str) -> list[KeptMessage]:
        """The messages of a ticket, oldest first."""
        ...

    def last_of(self, account: str, chat: str, since: datetime) -> str | None:
        """The ticket of which an account spoke last in a chat as staff, if that was since then."""
        ...

    def spoken(self, since: datetime, limit: int) -> list[KeptMessage]:
        """What residents have said of tickets since then, oldest first; only the newest ``limit`` messages are looked at."""
        ...

    def photos_after(self, row: int) -> tuple[int, list[KeptMessage]]:
        """The newest row, and the residents' messages with media that were kept after a row, oldest first."""
        ...

    def edit(self, key: str, text: str) -> None:
        """Replace the words of a message; with "" they are erased."""
        ...

    def erase(self, ticket_id: str) -> None:
        """Erase the words and media of a ticket's messages; the rows stay as a skeleton."""
        ...

    def erase_said(self, ticket_id: str, account: str) -> None:
        """Erase what one account said in a ticket."""
        ...

    def erase_account(self, account: str) -> int:
        """Erase the words of an account and its name on tickets; gives back how many rows (删除我的数据)."""
        ...

    def count(self) -> int:
        """How many messages left any text."""
        ...
