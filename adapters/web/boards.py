"""Open boards: each learns that something on it has changed, never what; it asks for itself again, with the rights of then.

The tickets that have changed are read once for all boards. A ticket that has left a board's units shows there until the
board looks by itself, which it does every minute.
"""

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.domain.org import Organization
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork

T = TypeVar("T")
OPEN_BOARDS = 4  # of one account that are told: a browser has six connections to a server, and needs some for pages


class Query(Protocol):
    """``ports.Inbound.query``."""

    def __call__(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> Awaitable[T]:
        """Run a reading in a transaction of its own."""
        ...


@dataclass(eq=False, slots=True)
class Watcher:
    """One open board. ``minds`` says, by the organization of now, whether tickets that have changed are its business; None
    where it has no business any more. ``is_there``: whether somebody still holds the other end.
    """

    account: str
    minds: Callable[[Organization, Sequence[Ticket]], bool | None]
    is_there: Callable[[], bool] = lambda: True
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def dismiss(self) -> None:
        """The board is to close."""
        self.gone.set()
        self.bell.set()


class Boards:
    """The open boards of one event loop."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._watchers: set[Watcher] = set()
        self._changed: set[str] = set()
        self._reading: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("web")

    def join(self, watcher: Watcher) -> bool:
        """A board opens; False where its account has enough of them open, and this one has to look by itself."""
        for left in [other for other in self._watchers if not other.is_there()]:
            left.dismiss()
            self.leave(left)
        if sum(other.account == watcher.account for other in self._watchers) >= OPEN_BOARDS:
            return False
        self._watchers.add(watcher)
        return True

    def leave(self, watcher: Watcher) -> None:
        """A board closes."""
        self._watchers.discard(watcher)

    def changed(self, tickets: Collection[str]) -> None:
        """These tickets may look different now."""
        if not self._watchers:
            return
        self._changed.update(tickets)
        if self._reading is None or self._reading.done():
            self._reading = asyncio.create_task(self._look(), name="boards")

    def dismiss(self, account: str | None = None) -> None:
        """Close the boards of an account, or all."""
        for watcher in self._watchers:
            if account is None or watcher.account == account:
                watcher.dismiss()

    async def _look(self) -> None:
        while self._changed:
            wanted, self._changed = self._changed, set()
            try:
                org, tickets = await self._query(partial(_read, ids=wanted))
            except Exception as error:  # the boards look by themselves before long
                self._log.error("boards not read", reason=f"{type(error).__name__}: {error}"[:300])
                return
            for watcher in self._watchers:
                match watcher.minds(org, tickets):
                    case None:
                        watcher.dismiss()
                    case True:
                        watcher.bell.set()


def _read(
    uow: UnitOfWork, org: Organization, _now: datetime, *, ids: Collection[str]
) -> tuple[Organization, list[Ticket]]:
    return org, [ticket for ticket in map(uow.tickets.get, ids) if ticket is not None]
