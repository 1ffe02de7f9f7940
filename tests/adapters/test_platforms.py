"""All platforms keep one contract: the same story gives the same ticket on each of them.

A platform whose peer needs a program that is not installed is skipped with the reason, except in CI.
"""

from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest

from bot.render.catalog import load_catalog
from tests.peers.dingtalk import DingtalkPeer
from tests.peers.feishu import FeishuPeer
from tests.peers.house import House, house
from tests.peers.matrix import MatrixPeer
from tests.peers.peer import Peer
from tests.peers.replayed import SAME, replay, words_of
from tests.peers.story import live_through
from tests.peers.stub import StubPeer
from tests.peers.telegram import TelegramPeer
from tests.peers.wechaty import WechatyPeer
from tests.peers.wecom import WecomCallbackPeer, WecomPeer

GREETING = [load_catalog("zh_CN").text("notice", key) for key in ("privacy", "addressed.how")]
PEERS: dict[str, Callable[[Path], Peer]] = {
    "stub": lambda _tmp_path: StubPeer(),
    "dingtalk": DingtalkPeer,
    "wechaty": WechatyPeer,
    "matrix": MatrixPeer,
    "feishu": FeishuPeer,
    "feishu-callback": lambda tmp_path: FeishuPeer(tmp_path, "callback", hears_all=False),
    "wecom": WecomPeer,
    "wecom-callbacks": WecomCallbackPeer,
    "telegram": TelegramPeer,
    "telegram-webhook": lambda tmp_path: TelegramPeer(tmp_path, hears_all=False, mode="webhook"),
}


@pytest.fixture(params=PEERS)
async def lived(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[House]:
    """The bot on a platform."""
    peer = PEERS[request.param](tmp_path)
    await peer.start()
    try:
        async with house(tmp_path, peer) as built:
            yield built
    finally:
        await peer.stop()


async def test_the_story_comes_out_as_in_a_replay(lived: House, tmp_path: Path) -> None:
    await live_through(lived)
    [wanted] = (expected := replay(tmp_path, lived.peer))["tickets"]
    [found] = lived.told()

    assert {name: found[name] for name in SAME} == {name: wanted[name] for name in SAME}
    assert [event["kind"] for event in found["events"]] == [event["kind"] for event in wanted["events"]]
    said = [sent["text"] for sent in expected["sent"] if sent["chat"] == lived.peer.chat]
    heard = [seen.text for seen in await lived.peer.seen()]
    assert words_of(text for text in heard if text not in GREETING) == words_of(said)
    if not lived.peer.platform.capabilities.hears_all:  # the first word counts as joining
        assert heard[: len(GREETING)] == GREETING


async def test_a_ticket_lives_its_whole_life(lived: House) -> None:
    ticket = await live_through(lived)

    channel, accounts = lived.peer.platform.name, lived.peer.accounts
    assert (ticket.nature, ticket.category, ticket.building) == ("help", "drainage", "3")
    assert (ticket.reporter, ticket.followers) == (f"{channel}:{accounts['zhang']}", [f"{channel}:{accounts['wang']}"])
    assert (ticket.assignee, ticket.close_reason, ticket.rating, ticket.solved) == ("zhou", "resolved", 5, True)


async def test_a_broken_connection_comes_back(lived: House) -> None:
    await lived.peer.cut()
    await live_through(lived)


async def test_small_talk_stays_unanswered(lived: House) -> None:
    await lived.peer.say("zhang", "晚上包饺子，有空都来", address=not lived.peer.platform.capabilities.hears_all)
    await live_through(lived)

    assert "饺子" not in "".join(seen.text for seen in await lived.peer.seen())
