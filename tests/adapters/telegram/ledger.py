"""The bot's ear as the channel knows it, on a real database: it writes down what it is told, and can be told to fail."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TypeVar

from bot.domain.org import Organization
from bot.messages import InboundEvent, InboundMessage
from bot.ports import UnitOfWork
from storage.open import Storage, open_storage
from tests.fakes import new_database

T = TypeVar("T")


class Ledger:
    """Implements ``ports.Inbound``. What is told twice is written down twice: telling once is the channel's part here."""

    def __init__(self, storage: Storage, org: Organization) -> None:
        self.storage = storage
        self.org = org
        self.events: list[InboundEvent] = []
        self.failures = 0  # so many of the next events break the database
        self.open = asyncio.Event()  # closed: nothing is committed
        self.open.set()

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        await self.open.wait()
        if self.failures:
            self.failures -= 1
            raise OSError("the disk is full")
        result = await self.storage.desk.submit(before)
        self.events.append(event)
        return result

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        return await self.storage.desk.submit(lambda uow: job(uow, self.org, datetime.now(UTC)))

    async def reload(self) -> None:
        """The organization stays as it is."""

    async def heard(self, number: int = 1) -> list[InboundEvent]:
        """Wait for so many events."""
        async with asyncio.timeout(10):
            while len(self.events) < number:  # noqa: ASYNC110 - the channel rings no bell
                await asyncio.sleep(0.005)
        return self.events

    async def until(self, text: str) -> InboundMessage:
        """Wait for a message; others, told again after a restart, may come before it."""
        async with asyncio.timeout(10):
            while text not in self.texts:  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.005)
        return next(one for one in self.events if isinstance(one, InboundMessage) and one.text == text)

    @property
    def texts(self) -> list[str]:
        return [event.text for event in self.events if isinstance(event, InboundMessage)]


@contextmanager
def ledger(path: Path, org: Organization) -> Iterator[Ledger]:
    """A ledger on a new database."""
    with open_storage(new_database(path, org), "OFF") as storage:
        yield Ledger(storage, org)
