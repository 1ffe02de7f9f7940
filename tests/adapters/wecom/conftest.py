"""The fake platform, and the whole bot on a database of its own beside it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from bot.app import SystemClock, build_engine
from bot.live import Bot
from storage.open import Storage, open_storage
from tests.adapters.wecom.site import Site, served
from tests.fakes import new_database, town
from tests.peers.house import AWAKE
from tests.peers.wecom_server import FakeWecom


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
