"""Groups: upgraded, joined, left, with topics; people by username."""

from dataclasses import replace
from functools import partial
from typing import Any, cast

import pytest

from adapters.telegram.places import Places
from bot.messages import BOT, Edit, InboundMessage, Presence, Renamed
from bot.ports import Inbound, UnitOfWork
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.test_send import TICKET, shown
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_chats import Chats

ZHANG, ZHOU = PEOPLE["zhang"], PEOPLE["zhou"]
NEW = -1009999999999


# ---------------------------------------------------------------- upgraded


async def test_an_upgraded_group_stays_the_same_chat(line: Line) -> None:
    """Messages are counted anew there: number 1 comes a second time and is another message."""
    line.chats.say(GROUP, ZHANG, "堵了")
    line.chats.upgrade(GROUP, NEW)
    line.chats.say(NEW, ZHANG, "还堵着")
    numbered = line.chats.say(NEW, ZHANG, "怎么说", reply_to=2)

    before, _after, reply = [one for one in await line.ledger.heard(3) if isinstance(one, InboundMessage)]

    assert {before.chat, reply.chat} == {str(GROUP)}
    assert (reply.id, reply.reply_to) == (f"s{numbered['message_id']}", "s2")


async def test_what_is_said_goes_to_the_new_group(line: Line) -> None:
    line.chats.upgrade(GROUP, NEW)
    said = line.chats.say(NEW, ZHANG, "还堵着")
    await line.ledger.heard()

    result = await line.send(reply_to=f"s{said['message_id']}")
    await line.send(reply_to="7")

    first, second = shown(line)
    assert (first["chat"]["id"], result.platform_id) == (NEW, f"s{first['message_id']}")
    assert first["reply_to_message"]["message_id"] == said["message_id"]
    assert "reply_to_message" not in second


async def test_an_upgrade_is_learnt_from_a_refusal(lines: Lines) -> None:
    async with lines() as line, line.heard():
        line.chats.group(NEW, "学苑业主群")
        line.chats.migrated[GROUP] = NEW

        result = await line.send()

        assert result.state == "sent"
        assert [one["chat"]["id"] for one in shown(line)] == [NEW]
        line.chats.say(NEW, ZHANG, "好")
        (event,) = await line.ledger.heard()
        assert event.chat == str(GROUP)


async def test_an_upgrade_outlives_a_restart(lines: Lines) -> None:
    async with lines() as line:
        async with line.heard():
            line.chats.upgrade(GROUP, NEW)
            line.chats.say(NEW, ZHANG, "一")
            await line.ledger.heard()
        await line.peer.restart()
        async with line.heard():
            line.chats.say(NEW, ZHANG, "二")
            assert (await line.ledger.until("二")).chat == str(GROUP)
            await line.send()
            assert shown(line)[0]["chat"]["id"] == NEW


async def test_an_organization_that_names_the_new_id_is_heard_by_it(line: Line) -> None:
    line.chats.upgrade(GROUP, NEW)
    groups = {f"telegram:{NEW}": line.ledger.org.groups[f"telegram:{GROUP}"]}
    line.ledger.org = replace(line.ledger.org, groups=groups)
    line.chats.say(NEW, ZHANG, "还堵着")

    (event,) = await line.ledger.heard()

    assert event.chat == str(NEW)


# ---------------------------------------------------------------- who is there


async def test_the_bot_comes_and_goes(line: Line) -> None:
    line.chats.member("my_chat_member", GROUP, line.chats.me, "left", "member")
    line.chats.member("my_chat_member", GROUP, line.chats.me, "member", "administrator")
    line.chats.member("my_chat_member", GROUP, line.chats.me, "administrator", "kicked")
    line.chats.member("my_chat_member", GROUP, line.chats.me, "kicked", "member")

    found = [one for one in await line.ledger.heard(3) if isinstance(one, Presence)]

    assert [(one.sender, one.joined) for one in found] == [(BOT, True), (BOT, False), (BOT, True)]


async def test_an_operator_reads_a_new_groups_id_in_the_log(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    line.chats.group(-5, "别的群")
    line.chats.member("my_chat_member", -5, line.chats.me, "left", "member")
    await line.ledger.heard()

    assert "chat=telegram:-5" in capsys.readouterr().out


async def test_people_come_and_go(line: Line) -> None:
    line.chats.member("chat_member", GROUP, line.chats.users[ZHANG], "left", "member")
    line.chats.member("chat_member", GROUP, line.chats.users[ZHANG], "member", "left")

    found = [one for one in await line.ledger.heard(2) if isinstance(one, Presence)]

    assert [(one.sender, one.joined) for one in found] == [(str(ZHANG), True), (str(ZHANG), False)]


async def test_a_duty_holder_is_found_by_username(lines: Lines) -> None:
    """Only of who has a duty is the username kept, and it outlives a restart."""
    async with lines() as line:
        async with line.heard():
            line.chats.say(GROUP, ZHOU, "收到")
            line.chats.say(GROUP, ZHANG, "好")
            await line.ledger.heard(2)
        await line.peer.restart()
        async with line.heard():
            text, place = "转派 @zhou_user @zhang_user", 3
            marks = [
                {"type": "mention", "offset": place, "length": 10},
                {"type": "mention", "offset": 14, "length": 11},
            ]
            line.chats.say(GROUP, ZHANG, text, entities=marks)

            found = await line.ledger.until(text)

        assert found.mentions == (str(ZHOU), "@zhang_user")


async def test_a_username_that_changed_hands(line: Line) -> None:
    """The steward took another name, and a resident took his old one: nobody is meant by mistake."""
    mark = [{"type": "mention", "offset": 3, "length": 10}]
    line.chats.say(GROUP, ZHOU, "收到")
    line.chats.say(GROUP, ZHANG, "转派 @zhou_user 一", entities=mark)
    line.chats.person(ZHOU, "周敏", "zhou_minn")
    line.chats.person(ZHANG, "张老师", "zhou_user")
    line.chats.say(GROUP, ZHANG, "我改名了")
    line.chats.say(GROUP, ZHANG, "转派 @zhou_user 二", entities=mark)
    line.chats.say(GROUP, ZHOU, "我也是")
    line.chats.say(GROUP, ZHANG, "转派 @zhou_minn 三", entities=mark)

    last = await line.ledger.until("转派 @zhou_minn 三")

    first, second = [await line.ledger.until(f"转派 @zhou_user {one}") for one in ("一", "二")]
    assert [one.mentions for one in (first, second, last)] == [(str(ZHOU),), ("@zhou_user",), (str(ZHOU),)]


async def test_an_edit(line: Line) -> None:
    said = line.chats.say(GROUP, ZHANG, "3号楼堵了")
    line.api.push("edited_message", {**said, "text": "4号楼堵了", "edit_date": said["date"] + 1})

    edit = (await line.ledger.heard(2))[-1]

    assert isinstance(edit, Edit)
    assert (edit.id, edit.text) == (str(said["message_id"]), "4号楼堵了")


async def test_an_upgraded_group_is_renamed_under_its_old_id(line: Line) -> None:
    line.chats.upgrade(GROUP, NEW)
    line.chats.rename(NEW, ZHANG, "学苑邻里群")

    (event,) = await line.ledger.heard()

    assert isinstance(event, Renamed)
    assert (event.chat, event.sender, event.title) == (str(GROUP), str(ZHANG), "学苑邻里群")


async def test_a_username_that_could_not_be_noted_is_learnt_later() -> None:
    class Broken:
        async def query(self, job: Any) -> Any:
            raise OSError("the disk is full")

    places = Places()
    with pytest.raises(OSError, match="full"):
        await places.learn(cast("Inbound", Broken()), str(ZHOU), "zhou_user")

    assert not places.knows(str(ZHOU), "zhou_user")


# ---------------------------------------------------------------- topics


def with_topics(chats: Chats) -> None:
    chats.group(GROUP, "学苑业主群", topics=(7, 8))


async def test_an_answer_goes_to_the_topic(line: Line) -> None:
    with_topics(line.chats)
    line.chats.say(GROUP, ZHANG, "堵了", topic=7)
    await line.ledger.heard()

    await line.send()

    assert shown(line)[0]["message_thread_id"] == 7


async def test_a_ticket_stays_in_its_topic(lines: Lines) -> None:
    async with lines() as line:
        async with line.heard():
            with_topics(line.chats)
            line.chats.say(GROUP, ZHANG, "堵了", topic=7)
            await line.ledger.heard()
            await line.send(ticket_id=TICKET)
            line.chats.say(GROUP, ZHANG, "别的事", topic=8)
            await line.ledger.heard(2)
            await line.send(ticket_id=TICKET)
            await line.confirmed()
        await line.peer.restart()
        async with line.heard():
            await line.send(ticket_id=TICKET)
            await line.send()

        assert [one["message_thread_id"] for one in shown(line)] == [7, 7, 7, 8]


async def test_the_main_topic_is_one_too(lines: Lines) -> None:
    async with lines() as line:
        with_topics(line.chats)
        async with line.heard():
            line.chats.say(GROUP, ZHANG, "一", topic=7)
            await line.ledger.until("一")
        await line.peer.restart()
        async with line.heard():
            line.chats.say(GROUP, ZHANG, "二")
            await line.ledger.until("二")
            await line.send()

        assert "message_thread_id" not in shown(line)[0]


async def test_a_topic_that_is_gone(line: Line) -> None:
    with_topics(line.chats)
    line.chats.say(GROUP, ZHANG, "堵了", topic=7)
    await line.ledger.heard()
    line.chats.topics[GROUP].clear()

    assert (await line.send()).state == "sent"
    assert "message_thread_id" not in shown(line)[0]


async def test_nothing_is_noted_of_who_writes_privately(line: Line) -> None:
    line.chats.say(ZHANG, ZHANG, "你好")
    line.chats.say(GROUP, ZHANG, "堵了")
    await line.ledger.heard(2)

    noted = [line.ledger.storage.desk.run(partial(_topic, chat=chat)) for chat in (f"dm:{ZHANG}", str(GROUP))]
    assert noted == [None, ""]


def _topic(uow: UnitOfWork, *, chat: str) -> str | None:
    return uow.connections.noted("telegram", f"topic:{chat}")
