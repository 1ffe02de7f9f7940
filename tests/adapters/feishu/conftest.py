"""The platform's server on loopback, and the adapter in front of it."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import ClientTimeout

from adapters.feishu.api import Api
from adapters.feishu.channel import Feishu
from bot.domain.org import Organization
from bot.messages import InboundEvent
from bot.ports import UnitOfWork
from storage.open import Storage, open_storage
from tests.fakes import new_database, town
from tests.peers.feishu import FeishuPeer, settings_of, tools_of
from tests.peers.feishu_server import FeishuServer
from tests.peers.house import House, house

T = TypeVar("T")
NewFeishu = Callable[..., Feishu]


class Ear:
    """``ports.Inbound`` on a real database, without the bot: keeps what it hears, and fails as often as it is told to."""

    def __init__(self, storage: Storage) -> None:
        self.heard: list[InboundEvent] = []
        self.failures = 0
        self.storage = storage
        self.org = town()

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        if self.failures:
            self.failures -= 1
            raise RuntimeError("the disk is full")
        result = await self.storage.desk.submit(before)
        self.heard.append(event)
        return result

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        return await self.storage.desk.submit(lambda uow: job(uow, self.org, datetime.now(UTC)))

    async def reload(self) -> None:
        """Nothing to take anew."""


@pytest.fixture
async def server() -> AsyncIterator[FeishuServer]:
    """The platform at work."""
    server = FeishuServer()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def new_feishu(server: FeishuServer, tmp_path: Path) -> AsyncIterator[NewFeishu]:
    """Make an adapter with some settings changed, or little patience."""
    made: list[Feishu] = []

    def new(patience: float = 5.0, **changes: Any) -> Feishu:
        settings = settings_of(server, **changes)
        made.append(Feishu(settings, tools_of(tmp_path), Api(settings, ClientTimeout(total=patience))))
        return made[-1]

    yield new
    for feishu in made:
        await feishu.close()


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with open_storage(new_database(tmp_path / "ear.db", town()), "OFF") as storage:
        yield Ear(storage)


@pytest.fixture(params=["connection", "callback"])
async def lived(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The whole bot, by each of the two ways of hearing."""
    peer = FeishuPeer(tmp_path, request.param)
    await peer.start()
    try:
        async with house(tmp_path, peer) as built:
            yield built
    finally:
        await peer.stop()


@asynccontextmanager
async def hearing(feishu: Feishu, ear: Ear) -> AsyncIterator["asyncio.Task[None]"]:
    """The adapter at its ear, connected."""
    ready = asyncio.Event()
    task = asyncio.create_task(feishu.hear(ear, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED, timeout=5)
    try:
        yield task
    finally:
        for one in (task, waiting):
            one.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
