"""All platforms keep one contract: the same story gives the same ticket on each of them.

A platform whose peer needs a program that is not installed is skipped with the reason, except in CI.
"""

from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bot.ports import Notice
from bot.render.catalog import load_catalog
from tests.fakes import CLEAR
from tests.peers.dingtalk import DingtalkPeer
from tests.peers.feishu import FeishuPeer
from tests.peers.house import House, house
from tests.peers.matrix import MatrixPeer
from tests.peers.peer import Fault, Peer
from tests.peers.replayed import SAME, replay, words_of
from tests.peers.story import addresses, ask, begin, finish, follow, live_through, photo, sign
from tests.peers.stub import StubPeer
from tests.peers.telegram import TelegramPeer
from tests.peers.wechaty import WechatyPeer
from tests.peers.wecom import WecomCallbackPeer, WecomPeer

GREETING = [load_catalog("zh_CN").text("notice", key) for key in ("privacy", "addressed.how")]
PEERS: dict[str, Callable[[Path], Peer]] = {
    "stub": StubPeer,
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


# What a platform, or its peer here, cannot do, and why; it is not asked of it.
UNABLE: dict[str, dict[str, str]] = {
    "again": {},
    "late": {"matrix": "A homeserver stamps each event with its own time when it arrives."},
    "rename": {
        "wecom": "WeCom tells a robot nothing of its group, its title included.",
        "wecom-callbacks": "WeCom tells a robot nothing of its group, its title included.",
    },
    "photo in": {},
    "photo out": {},
    "edit": {
        "dingtalk": "What a robot has said can be taken back, but not changed: only cards made in the console can.",
        "wechaty": "The gateway's protocol has no call for it; WeChat shows no edits.",
        "wecom": "WeCom lets a robot change a card only within five seconds of a tap on it.",
        "wecom-callbacks": "WeCom lets a robot change a card only within five seconds of a tap on it.",
    },
    "limited": {},
    "broken": {},
    "lost": {},
}


def able(what: str) -> pytest.MarkDecorator:
    """The test is for the platforms that can do this."""
    return pytest.mark.parametrize("lived", [name for name in PEERS if name not in UNABLE[what]], indirect=True)


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


# ---------------------------------------------------------------- the story


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


# ---------------------------------------------------------------- what comes in


@able("again")
async def test_told_ten_times_is_heard_once(lived: House) -> None:
    """Also across a restart and in mid-ticket."""
    said = await ask(lived)
    for _ in range(5):
        await lived.peer.again(said)
    await lived.restart()
    for _ in range(4):
        await lived.peer.again(said)
    await follow(lived)
    await sign(lived)
    await lived.peer.again(said)
    ticket = await finish(lived)

    assert [ticket.id] == [one.id for one in lived.tickets()]
    assert len([seen for seen in await lived.peer.seen() if "1号件已登记" in seen.text]) == 1


@able("late")
async def test_what_comes_late_counts_from_when_it_was_said(lived: House) -> None:
    """A day late, and behind something that was said after it."""
    now = datetime.now(UTC)
    yesterday, before = now - timedelta(days=1), now - timedelta(hours=25)
    await lived.peer.say("zhang", CLEAR["drainage"], address=addresses(lived), at=yesterday)
    await lived.shown("1号件已登记")
    await lived.peer.say("wang", CLEAR["facilities"], address=addresses(lived), at=before)
    await lived.shown("2号件已登记")

    said = [(one.reporter.partition(":")[2], one.created_at) for one in lived.tickets()]
    assert [who for who, _ in said] == [lived.peer.accounts["zhang"], lived.peer.accounts["wang"]]
    assert [abs(at - told) < timedelta(seconds=1) for (_, at), told in zip(said, (yesterday, before), strict=True)]


async def test_a_restart_in_mid_ticket(lived: House) -> None:
    await begin(lived)
    await lived.restart()
    await finish(lived)


async def test_a_connection_that_ends_as_if_all_were_well_comes_back(lived: House) -> None:
    await lived.peer.cut(clean=True)
    await live_through(lived)


@able("rename")
async def test_a_group_is_called_by_its_new_title(lived: House) -> None:
    await lived.peer.rename("学苑邻里群")
    await lived.until(lambda: lived.read(lambda uow: uow.org.load()).groups[lived.chat].title == "学苑邻里群")


@able("photo in")
async def test_a_photo_belongs_to_the_ticket(lived: House) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"], address=addresses(lived), photo=photo())
    await lived.shown("1号件已登记")
    (ticket,) = lived.tickets()
    words = lived.read(lambda uow: uow.words.of(ticket.id))

    assert [one.type for word in words for one in word.media if one.ref] == ["image"]


# ---------------------------------------------------------------- what goes out


@able("photo out")
async def test_a_photo_of_the_result_is_shown_to_those_who_wait(lived: House) -> None:
    await ask(lived)
    await lived.peer.say("zhou", "", private=True, photo=photo())
    await lived.peer.say("zhou", "1号件 办结：疏通了", private=True)
    asked = await lived.shown("办得怎么样")
    await lived.until(lambda: not waiting(lived))

    later = [seen for seen in await lived.peer.seen() if seen.id == asked.id or seen.photos]
    assert sum(seen.photos for seen in later) == 1


@able("edit")
async def test_a_card_follows_its_ticket(lived: House) -> None:
    """What is signed can't be signed again, and everybody sees who works on it."""
    await begin(lived)
    card = await lived.shown("周敏〕")

    assert "1号件已登记" in card.text
    assert card.buttons == (("办结…", "退回…") if lived.peer.platform.capabilities.buttons else ())
    await finish(lived)
    card = await lived.shown("1号件已登记")
    assert card.buttons == ()


async def _meets(lived: House, fault: Fault) -> None:
    await lived.peer.trouble(fault)
    await lived.peer.say("zhang", CLEAR["drainage"], address=addresses(lived))
    await lived.until(lambda: lived.tickets() and not waiting(lived))

    texts = [seen.text for seen in await lived.peer.seen()]
    states = {notice.state for notice in notices(lived)}
    assert len(texts) == len(set(texts))
    assert states <= {"sent", "uncertain"}
    if states == {"sent"}:
        assert len(texts) == len(notices(lived))
    if lived.peer.platform.capabilities.keyed:
        assert states == {"sent"}


@able("limited")
async def test_too_many_messages_are_said_a_little_later(lived: House) -> None:
    await _meets(lived, "limited")
    assert {notice.state for notice in notices(lived)} == {"sent"}


@able("broken")
async def test_what_the_server_did_not_take_is_not_called_said(lived: House) -> None:
    await _meets(lived, "broken")


@able("lost")
async def test_what_was_taken_without_an_answer_is_not_said_twice(lived: House) -> None:
    await _meets(lived, "lost")


def notices(lived: House) -> list[Notice]:
    """All that the bot wanted to say."""
    states = ("pending", "sending", "sent", "uncertain", "dead")
    return lived.read(lambda uow: [one for state in states for one in uow.outbox.in_state(state, 100)])


def waiting(lived: House) -> list[Notice]:
    """What is not through."""
    return [one for one in notices(lived) if one.state in {"pending", "sending"}]
