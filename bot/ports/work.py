"""One transaction over everything that is remembered, and the desk that runs it."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Protocol, TypeVar

from bot.ports.choices import Choices
from bot.ports.connections import Connections
from bot.ports.delivery import Outbox, Polls, Timers
from bot.ports.digests import Digests
from bot.ports.facts import Facts
from bot.ports.hooks import Hooks
from bot.ports.keys import Keys
from bot.ports.learning import Learning
from bot.ports.lists import Lists
from bot.ports.load import Loads
from bot.ports.people import OrgStore, People, Reserve
from bot.ports.records import Audit, Inbox, Tickets, Words
from bot.ports.rooms import Rooms
from bot.ports.rota import Rota
from bot.ports.sweeps import Sweeps

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
    connections: Connections
    facts: Facts
    lists: Lists
    digests: Digests
    choices: Choices
    sweeps: Sweeps
    loads: Loads
    hooks: Hooks
    keys: Keys
    rota: Rota

    def stirred(self) -> bool:
        """Whether a timer or a notice was written since this was last asked; also where that was taken back."""
        ...

    def together(self) -> AbstractContextManager[None]:
        """Much of the same follows, as when many timers fall due: it may be read and written together."""
        ...


class Desk(Protocol):
    """The one queue in front of the database: jobs that arrive together share a commit, each falls alone."""

    failure: BaseException | None  # why the last transaction as a whole failed; None when all is well

    async def submit(self, job: Callable[[UnitOfWork], T]) -> T:
        """Run a job in a transaction; returns after the commit, raises what the job raised."""
        ...
