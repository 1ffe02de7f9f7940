"""The whole bot on the fake DingTalk."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.peers.dingtalk import DingtalkPeer
from tests.peers.dingtalk_server import FakeDingtalk
from tests.peers.house import House, house


@pytest.fixture
async def peer(tmp_path: Path) -> AsyncIterator[DingtalkPeer]:
    """DingTalk, up; quick to lose patience and to notice silence."""
    peer = DingtalkPeer(tmp_path, heartbeat=0.8, patience=1.2)
    await peer.start()
    yield peer
    await peer.stop()


@pytest.fixture
def fake(peer: DingtalkPeer) -> FakeDingtalk:
    return peer.fake


@pytest.fixture
async def lived(tmp_path: Path, peer: DingtalkPeer) -> AsyncIterator[House]:
    """The bot, connected."""
    async with house(tmp_path, peer) as built:
        yield built
