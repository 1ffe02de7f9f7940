"""A channel that hears a ledger, and the fake Bot API on its other side."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot import supervision
from bot.app import SystemClock
from bot.messages import OutboundMessage
from bot.ports import Connection, Platform, SendResult
from bot.supervision import Supervisor
from tests.adapters.telegram.ledger import Ledger, ledger
from tests.peers.house import organization
from tests.peers.telegram import GROUP, TelegramPeer
from tests.peers.telegram_chats import Chats
from tests.peers.telegram_server import BotApi


@dataclass
class Line:
    """Both ends."""

    peer: TelegramPeer
    ledger: Ledger

    @property
    def api(self) -> BotApi:
        return self.peer.api

    @property
    def chats(self) -> Chats:
        return self.peer.api.chats

    async def send(self, text: str = "1号件已登记", **fields: Any) -> SendResult:
        """The bot says something in the group."""
        given: dict[str, Any] = {"key": "k1", "chat": f"telegram:{GROUP}", "kind": "reply", **fields}
        return await self.peer.platform.send(OutboundMessage(text=text, **given))

    @asynccontextmanager
    async def heard(self, platform: Platform | None = None) -> AsyncIterator[None]:
        """The channel is heard for a while, as the bot does it."""
        before = Connection("telegram", "down", SystemClock().now())
        self.ledger.storage.desk.run(lambda uow: uow.connections.put(before))
        task = asyncio.create_task(self._hear(platform or self.peer.platform))
        try:
            async with asyncio.timeout(10):
                while not self._is_up():  # noqa: ASYNC110 - the supervisor rings no bell
                    await asyncio.sleep(0.005)
            yield
        finally:
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    async def confirmed(self) -> None:
        """Wait until Telegram knows that all was heard; what it does not know it tells again after a restart."""
        async with asyncio.timeout(10):
            while self.api.updates:  # noqa: ASYNC110 - the fake rings no bell
                await asyncio.sleep(0.005)

    async def _hear(self, platform: Platform) -> None:
        await Supervisor(platform, self.ledger, SystemClock(), random.Random(1)).run()

    def _is_up(self) -> bool:
        return self.state() == "up"

    def state(self) -> str:
        """How it stands with the platform."""
        found = self.ledger.storage.desk.run(lambda uow: uow.connections.all())
        return found[0].state if found else ""


Lines = Callable[..., AbstractAsyncContextManager[Line]]


@pytest.fixture
def lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Lines:
    """Makes lines; the arguments are those of the peer."""
    monkeypatch.setattr(supervision, "FIRST", 0.02)

    @asynccontextmanager
    async def make(**changes: Any) -> AsyncIterator[Line]:
        peer = TelegramPeer(tmp_path, **changes)
        await peer.start()
        try:
            with ledger(tmp_path / "ledger.db", organization(peer)) as kept:
                yield Line(peer, kept)
        finally:
            await peer.platform.close()
            await peer.stop()

    return make


@pytest.fixture
async def line(lines: Lines) -> AsyncIterator[Line]:
    """A line that is heard by polling."""
    async with lines() as made, made.heard():
        yield made
