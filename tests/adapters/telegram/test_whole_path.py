"""The whole bot on Telegram: doubles, restarts and a group that is upgraded in the middle of a ticket."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from bot.domain.org import Organization
from bot.domain.states import CLOSED
from bot.domain.ticket import Ticket
from tests.adapters.telegram.payloads import picture
from tests.fakes import CLEAR
from tests.peers.house import House, house
from tests.peers.telegram import GROUP, PEOPLE, TelegramPeer

ZHANG, WANG, ZHOU = PEOPLE["zhang"], PEOPLE["wang"], PEOPLE["zhou"]
NEW = -1009999999999


@asynccontextmanager
async def lived(tmp_path: Path, **changes: Any) -> AsyncIterator[House]:
    peer = TelegramPeer(tmp_path, **changes)
    await peer.start()
    try:
        async with house(tmp_path, peer) as built:
            yield built
    finally:
        await peer.stop()


def the(house: House) -> Ticket:
    found = house.read(lambda uow: uow.tickets.by_number("dongshan", 1))
    assert found is not None
    return found


def api(house: House) -> Any:
    assert isinstance(house.peer, TelegramPeer)
    return house.peer.api


def registered(house: House) -> Callable[[], bool]:
    return lambda: house.read(lambda uow: uow.tickets.by_number("dongshan", 1)) is not None


async def test_doubles_change_nothing(tmp_path: Path) -> None:
    """Every update comes three times, as after breaks and restarts."""
    async with lived(tmp_path) as built:
        push = api(built).chats.push

        def thrice(kind: str, content: dict[str, Any]) -> dict[str, Any]:
            push(kind, content)
            push(kind, content)
            told: dict[str, Any] = push(kind, content)
            return told

        api(built).chats.push = thrice
        await built.peer.say("zhang", CLEAR["drainage"])
        ping = await built.shown("1号件已登记")
        await built.peer.say("wang", "我家也是，臭死了")
        await built.until(lambda: len(the(built).followers) == 1)
        await built.peer.press("zhou", ping.id, "收到")
        await built.until(lambda: the(built).state == "in_progress")
        await built.peer.say("zhou", "办结：已经疏通了", reply_to=ping.id)
        asked = await built.shown("办得怎么样")
        for who in ("zhang", "wang"):
            await built.peer.press(who, asked.id, "5 很满意")
        await built.until(lambda: the(built).state == CLOSED)

        texts = [one.text for one in await built.peer.seen()]
        assert len(texts) == len(set(texts))
        assert built.read(lambda uow: uow.tickets.by_number("dongshan", 2)) is None
        assert len(the(built).followers) == 1


async def test_a_restart_in_mid_ticket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said while the bot was down is heard, what it had heard is not heard again."""
    peer = TelegramPeer(tmp_path)
    await peer.start()
    try:
        async with house(tmp_path, peer) as built:
            await peer.say("zhang", CLEAR["drainage"])
            ping = await built.shown("1号件已登记")
        await peer.say("wang", "我家也是，臭死了", reply_to=ping.id)
        await peer.press("zhou", ping.id, "收到")
        await peer.restart()
        monkeypatch.setattr("tests.peers.house.new_database", lambda path, _org: path)  # the old one goes on
        async with house(tmp_path, peer) as built:
            await built.until(lambda: the(built).state == "in_progress" and len(the(built).followers) == 1)
            assert built.read(lambda uow: uow.tickets.by_number("dongshan", 2)) is None
    finally:
        await peer.stop()


async def test_an_upgrade_in_mid_ticket(tmp_path: Path) -> None:
    async with lived(tmp_path) as built:
        chats = api(built).chats
        await built.peer.say("zhang", CLEAR["drainage"])
        ping = await built.shown("1号件已登记")
        chats.upgrade(GROUP, NEW)
        chats.say(NEW, WANG, "我家也是，臭死了")
        await built.until(lambda: len(the(built).followers) == 1)
        chats.tap(GROUP, ZHOU, int(ping.id), "收到")
        await built.until(lambda: the(built).state == "in_progress")
        chats.say(NEW, ZHOU, "1号件 办结：已经疏通了")

        await built.until(lambda: _asked(chats))


def _asked(chats: Any) -> bool:
    said = [one for (chat, _), one in chats.messages.items() if chat == NEW and one["from"]["is_bot"]]
    return any("办得怎么样" in one.get("text", "") for one in said)


async def test_an_album_belongs_to_the_words(tmp_path: Path) -> None:
    async with lived(tmp_path) as built:
        for number in range(3):
            words = CLEAR["drainage"] if number == 0 else ""
            api(built).chats.say(GROUP, ZHANG, words, photo=picture(), media_group_id="9")
        await built.until(registered(built))
        await built.until(lambda: _photos(built) == 3)

        assert built.read(lambda uow: uow.tickets.by_number("dongshan", 2)) is None


def _photos(house: House) -> int:
    ticket = the(house).id
    words = house.read(lambda uow: uow.words.of(ticket))
    return sum(len([media for media in word.media if media.ref]) for word in words)


async def test_votes_in_a_poll_close_a_ticket(tmp_path: Path) -> None:
    async with lived(tmp_path, native_polls=True) as built:
        chats = api(built).chats
        await built.peer.say("zhang", CLEAR["drainage"])
        ping = await built.shown("1号件已登记")
        await built.peer.press("zhou", ping.id, "收到")
        await built.peer.say("zhou", "办结：已经疏通了", reply_to=ping.id)
        await built.until(lambda: bool(chats.polls))
        (poll,) = chats.polls
        best = next(place for place, one in enumerate(chats.polls[poll]["options"]) if one["text"].startswith("5"))
        chats.vote(WANG, poll, best)  # reported nothing: has no vote
        chats.vote(ZHANG, poll, best)

        await built.until(lambda: the(built).state == CLOSED)
        assert the(built).rating == 5


async def test_another_one_may_not_rate(tmp_path: Path) -> None:
    """A changed client can send any button's data; rights are those of the account."""
    async with lived(tmp_path) as built:
        chats = api(built).chats
        await built.peer.say("zhang", CLEAR["drainage"])
        ping = await built.shown("1号件已登记")
        ticket = the(built).id
        for data in (f"rate:{ticket}:5", f"done:{ticket}", f"sign:{ticket}", f"merge:{ticket}", f"erase_me:{ticket}"):
            chats.tap_with(GROUP, WANG, int(ping.id), data)
        await built.until(lambda: len(chats.answered) == 5)

        assert (the(built).assignee, the(built).rating, the(built).signed_at) == (the(built).assignee, None, None)


async def test_chats_that_nobody_named_are_not_read(tmp_path: Path) -> None:
    async with lived(tmp_path) as built:
        chats = api(built).chats
        chats.group(-77, "别的群")
        chats.say(-77, ZHANG, CLEAR["drainage"])
        await built.peer.say("zhang", "报事")
        await asyncio.sleep(0.2)

        assert not registered(built)()
        assert not [one for (chat, _), one in chats.messages.items() if chat == -77 and one["from"]["is_bot"]]


async def test_in_private(tmp_path: Path) -> None:
    async with lived(tmp_path) as built:
        await built.peer.say("zhang", "/privacy", private=True)

        assert "闲聊不保存" in (await built.shown("网格管家", str(ZHANG))).text


async def test_a_steward_binds_his_account(tmp_path: Path) -> None:
    """A one-time code, written privately: no number has to be looked up."""
    async with lived(tmp_path) as built:
        digest, until = sha256(b"a-code").hexdigest(), datetime.now(UTC) + timedelta(days=1)
        built.read(lambda uow: uow.org.issue_code("chen", digest, until))
        await built.peer.say("wang", "绑定 a-code", private=True)

        await built.until(lambda: built.read(lambda uow: _is_bound(uow.org.load())))


def _is_bound(org: Organization) -> bool:
    person = org.person_of(f"telegram:{WANG}")
    return person is not None and person.id == "chen"


@pytest.mark.parametrize("mode", ["polling", "webhook"])
async def test_a_storm_is_kept_in_order(tmp_path: Path, mode: str) -> None:
    async with lived(tmp_path, mode=mode) as built:
        await built.peer.say("zhang", CLEAR["drainage"])
        for number in range(60):
            await built.peer.say("wang", f"闲聊第{number}句")
        await built.peer.cut()
        await built.peer.say("zhang", "催一下")

        await built.until(lambda: not api(built).updates or None)
        await built.shown("1号件")
