"""One gateway for the whole run, and an ear that keeps what it is told. A gateway serves one client at a time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest

from adapters.wechaty.channel import Patience, WechatyPlatform
from bot.app import SystemClock
from bot.domain.org import Organization
from bot.messages import InboundEvent, InboundMessage, OutboundMessage
from bot.ports import Tools, UnitOfWork
from bot.settings import WechatySettings
from storage.open import Storage, open_storage
from tests.fakes import new_database
from tests.peers.house import tools as house_tools
from tests.peers.wechaty import ROOM, TOKEN, GatewayProcess

T = TypeVar("T")
GROUP = f"wechaty:{ROOM}"
PATIENCE = 15.0


class Ear:
    """Implements ``ports.Inbound`` on a database: keeps each event, commits its record.

    ``broken`` receives and ``broken_queries`` queries fail; ``before_query`` happens before the next one.
    """

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.events: list[InboundEvent] = []
        self.broken = 0
        self.broken_queries = 0
        self.before_query: Callable[[], Awaitable[None]] | None = None

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        if self.broken:
            self.broken -= 1
            raise OSError("the disk is full")
        result = await self.storage.desk.submit(before)
        self.events.append(event)
        return result

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        if self.broken_queries:
            self.broken_queries -= 1
            raise OSError("the disk is full")
        if self.before_query is not None:
            happening, self.before_query = self.before_query, None
            await happening()
        return await self.storage.desk.submit(lambda uow: job(uow, Organization(), SystemClock().now()))

    async def reload(self) -> None:
        """Nothing is kept."""

    def texts(self) -> list[str]:
        """What was said, in order."""
        return [event.text for event in self.events if isinstance(event, InboundMessage)]

    async def heard(self, count: int) -> list[InboundEvent]:
        """Wait for so many events."""
        async with asyncio.timeout(PATIENCE):
            while len(self.events) < count:  # noqa: ASYNC110 - the other side rings no bell
                await asyncio.sleep(0.01)
        return self.events


@asynccontextmanager
async def listening(platform: WechatyPlatform, ear: Ear) -> AsyncIterator["asyncio.Task[None]"]:
    """The platform, connected; its ``hear`` as a task."""
    stands = asyncio.Event()
    task = asyncio.create_task(platform.hear(ear, stands.set))
    waiting = asyncio.create_task(stands.wait())
    try:
        await asyncio.wait({task, waiting}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if not stands.is_set():
            await task  # raises what went wrong
        yield task
    finally:
        for one in (task, waiting):
            one.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        await platform.close()


@pytest.fixture(scope="session")
def shared_gateway() -> Iterator[GatewayProcess]:
    process = GatewayProcess()
    try:
        process.start()
        yield process
    finally:
        process.kill()


@pytest.fixture
async def gateway(shared_gateway: GatewayProcess) -> GatewayProcess:
    """The gateway of the run, as new."""
    await shared_gateway.do("reset")
    return shared_gateway


@pytest.fixture
def ear(tmp_path: Path) -> Iterator[Ear]:
    with open_storage(new_database(tmp_path / "town.db"), "OFF") as storage:
        yield Ear(storage)


@pytest.fixture
def tools(tmp_path: Path) -> Tools:
    return house_tools(tmp_path)


def chosen(endpoint: str, **changes: object) -> WechatySettings:
    """Settings for a gateway of a test: nothing waits, all is heard."""
    quick = {"endpoint": endpoint, "token": TOKEN, "tls": "off", "jitter_seconds": 0, "hears_all": True}
    return WechatySettings.model_validate(quick | changes)


def platform_at(gateway: GatewayProcess, tools: Tools, **changes: Any) -> WechatyPlatform:
    return WechatyPlatform(
        chosen(gateway.endpoint, **changes), tools, Patience(silence=2.0, answer=5.0, away=0.2, echo=1.0)
    )


def outgoing(text: str, chat: str = GROUP, **changes: Any) -> OutboundMessage:
    return replace(OutboundMessage("k", chat, text, "progress"), **changes)


async def say(gateway: GatewayProcess, who: str, text: str, *mentions: str, room: str | None = ROOM) -> str:
    told = await gateway.do(
        "say", **{"from": who}, text=text, mentions=list(mentions), **({"room": room} if room else {})
    )
    return str(told["id"])


async def outbox(gateway: GatewayProcess) -> list[dict[str, Any]]:
    return list(await gateway.do("outbox"))
