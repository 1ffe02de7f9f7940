"""The fake platform, and the whole bot on a database of its own beside it."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom.channel import WecomChannel
from bot.app import SystemClock, build_engine
from bot.live import Bot
from bot.settings import WecomSettings
from storage.open import Storage, open_storage
from tests.adapters.wecom.site import New, Site, served
from tests.fakes import new_database, town
from tests.peers.house import AWAKE, tools
from tests.peers.wecom_server import BOT_ID, SECRET, FakeWecom


@pytest.fixture
async def server() -> AsyncIterator[FakeWecom]:
    """The fake platform at work."""
    server = FakeWecom()
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    """An empty town."""
    with open_storage(new_database(tmp_path / "empty.db", town()), "OFF") as storage:
        yield storage


@pytest.fixture
def bot(storage: Storage) -> Bot:
    """The bot that takes events in; it is not told to send."""
    return Bot(build_engine(AWAKE, town()), storage.desk, SystemClock())


@pytest.fixture
async def site(server: FakeWecom, tmp_path: Path) -> AsyncIterator[Site]:
    """The adapter's callbacks, served."""
    async with served(server, tmp_path) as site:
        yield site


@pytest.fixture
async def new(server: FakeWecom, bot: Bot, tmp_path: Path) -> AsyncIterator[New]:
    """Make a channel that is heard and wait until it stands."""
    made: list[tuple[WecomChannel, asyncio.Task[None]]] = []

    async def connected(patience: float = 5.0, **changes: Any) -> WecomChannel:
        given = {
            "bot_id": BOT_ID,
            "secret": SECRET,
            "url": server.url(scheme="ws"),
            "webhook_url": server.url("/webhook"),
        }
        channel = WecomChannel(WecomSettings(**(given | changes)), tools(tmp_path), patience=patience)
        ready = asyncio.Event()
        task = asyncio.create_task(channel.hear(bot, ready.set))
        made.append((channel, task))
        await asyncio.wait_for(ready.wait(), 5)
        return channel

    yield connected
    for channel, task in made:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        await channel.close()
