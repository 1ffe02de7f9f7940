"""Groups: upgraded, joined, left, with topics; people by username; photos; native polls."""

from dataclasses import replace

import pytest

from bot.messages import BOT, Button, Edit, InboundMessage, Presence, Rate
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import picture
from tests.adapters.telegram.test_send import RATES, TICKET, shown
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_chats import Chats
from tests.peers.telegram_server import Fault

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


async def test_an_operator_reads_the_ids_in_the_log(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    line.chats.group(-5, "别的群")
    line.chats.member("my_chat_member", -5, line.chats.me, "left", "member")
    line.chats.say(ZHOU, ZHOU, "/start")
    await line.ledger.heard(2)

    told = capsys.readouterr().out
    assert "chat=-5" in told
    assert f"account={ZHOU}" in told


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


async def test_an_edit(line: Line) -> None:
    said = line.chats.say(GROUP, ZHANG, "3号楼堵了")
    line.api.push("edited_message", {**said, "text": "4号楼堵了", "edit_date": said["date"] + 1})

    edit = (await line.ledger.heard(2))[-1]

    assert isinstance(edit, Edit)
    assert (edit.id, edit.text) == (str(said["message_id"]), "4号楼堵了")


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
        await line.peer.restart()
        async with line.heard():
            await line.send(ticket_id=TICKET)
            await line.send()

        assert [one["message_thread_id"] for one in shown(line)] == [7, 7, 7, 8]


async def test_a_topic_that_is_gone(line: Line) -> None:
    with_topics(line.chats)
    line.chats.say(GROUP, ZHANG, "堵了", topic=7)
    await line.ledger.heard()
    line.chats.topics[GROUP].clear()

    assert (await line.send()).state == "sent"
    assert "message_thread_id" not in shown(line)[0]


# ---------------------------------------------------------------- photos


async def test_a_photo_is_fetched_and_kept(line: Line) -> None:
    line.chats.say(GROUP, ZHANG, "就是这里", photo=picture())

    (event,) = await line.ledger.heard()

    assert isinstance(event, InboundMessage)
    (media,) = event.media
    assert event.text == "就是这里"
    assert media.type == "image"
    assert line.peer.media.open(media.ref or "") is not None


@pytest.mark.parametrize("content", [b"no picture", b"", b"x" * 15_000_001, b"x" * 20_000_001], ids=len)
async def test_a_photo_that_is_none(line: Line, content: bytes) -> None:
    line.chats.say(GROUP, ZHANG, "就是这里", photo=content)

    (event,) = await line.ledger.heard()

    assert isinstance(event, InboundMessage)
    assert [one.ref for one in event.media] == [None]


@pytest.mark.parametrize("faults", [[Fault()], [Fault(502, "<html>")] * 2, [Fault(404, "")] * 3])
async def test_a_photo_that_is_hard_to_get(line: Line, faults: list[Fault]) -> None:
    line.api.faults["file"] = list(faults)
    line.chats.say(GROUP, ZHANG, "就是这里", photo=picture())

    (event,) = await line.ledger.heard()

    assert isinstance(event, InboundMessage)
    assert [one.ref is None for one in event.media] == [len(faults) == 3]


async def test_photos_of_strange_groups_are_left_alone(line: Line) -> None:
    line.chats.group(-5, "别的群")
    line.chats.say(-5, ZHANG, photo=picture())

    await line.ledger.heard()

    assert not line.api.sent("getFile")


# ---------------------------------------------------------------- native polls


async def test_votes_in_a_native_poll(lines: Lines) -> None:
    """One vote a person, changed at will; taking it back says nothing. It outlives a restart."""
    async with lines(native_polls=True) as line:
        async with line.heard():
            await line.send("办得怎么样？", ticket_id=TICKET, buttons=RATES)
            (poll,) = line.chats.polls
            line.chats.vote(ZHANG, poll, 4)
            line.chats.vote(ZHANG, poll)
            await line.ledger.heard()
        await line.peer.restart()
        async with line.heard():
            line.chats.vote(ZHANG, poll, 0)
            found = [one for one in await line.ledger.heard(2) if isinstance(one, Rate)]

        assert [(one.rating, one.ticket_id, one.chat, one.sender) for one in found] == [
            (1, TICKET, str(GROUP), str(ZHANG)),
            (5, TICKET, str(GROUP), str(ZHANG)),
        ]
        assert found[0].id != found[1].id


async def test_votes_in_polls_of_others_mean_nothing(line: Line) -> None:
    answer = {"poll_id": "77", "user": line.chats.users[ZHANG], "option_ids": [0], "option_persistent_ids": ["a"]}
    line.api.push("poll_answer", answer)
    line.chats.say(GROUP, ZHANG, "好")

    (event,) = await line.ledger.heard()

    assert isinstance(event, InboundMessage)


async def test_fewer_ratings_than_five_are_buttons(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        await line.send("清楚了吗？", buttons=(Button("5", "rate", TICKET, "5"),))

        assert not line.chats.polls
