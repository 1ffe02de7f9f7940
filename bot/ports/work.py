"""One transaction over everything that is remembered, and the desk that runs it."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from bot.ports.delivery import Outbox, Polls, Timers
from bot.ports.learning import Learning
from bot.ports.people import OrgStore, People, Reserve
from bot.ports.records import Audit, Inbox, Tickets, Words
from bot.ports.rooms import Rooms

T = TypeVar("T")


class UnitOfWork(Protocol):
    """One transaction over everything that the core remembers. Made by storage, committed by whoever runs the use case."""

    inbox: Inbox
    tickets: Tickets
    audit: Audit
    words: Words
    timers: Timers
    outbox: Outbox
    polls: Polls
    people: People
    org: OrgStore
    reserve: Reserve
    rooms: Rooms
    learning: Learning


class Desk(Protocol):
    """The one queue in front of the database: jobs that arrive together share a commit, each falls alone."""

    failure: BaseException | None  # why the last transaction as a whole failed; None when all is well

    async def submit(self, job: Callable[[UnitOfWork], T]) -> T:
        """Run a job in a transaction; returns after the commit, raises what the job raised."""
        ...
