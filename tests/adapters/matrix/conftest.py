"""The bot in a room of a real homeserver."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.house import House, house
from tests.peers.matrix import MatrixPeer


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[MatrixPeer]:
    """A homeserver with the group and its people; the bot is not heard yet."""
    made = MatrixPeer(tmp_path)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


@pytest.fixture
async def home(tmp_path: Path, peer: MatrixPeer) -> AsyncIterator[House]:
    """The bot, up, in the group."""
    async with house(tmp_path, peer) as built:
        await peer.entered(peer.room)
        yield built
