"""What only Matrix has, on a real homeserver: reactions, polls, edits, redactions, rooms of two, upgrades, a long break."""

import asyncio
import io
from urllib.parse import quote

from PIL import Image

from bot.domain.states import CLOSED
from bot.domain.ticket import Ticket
from bot.messages import OutboundMessage
from bot.ports import SendResult
from tests.fakes import CLEAR
from tests.peers.house import House
from tests.peers.matrix import MatrixPeer
from tests.peers.matrix.person import POLL, Person
from tests.peers.peer import Seen


def _peer(home: House) -> MatrixPeer:
    assert isinstance(home.peer, MatrixPeer)
    return home.peer


def _person(home: House, name: str) -> Person:
    return _peer(home).people[name]


def _ticket(home: House, number: int = 1) -> Ticket | None:
    return home.read(lambda uow: uow.tickets.by_number("dongshan", number))


def _the(home: House) -> Ticket:
    found = _ticket(home)
    assert found is not None
    return found


async def _signed(home: House) -> str:
    """A ticket that 周敏 has signed with a thumb; gives the id of the bot's message."""
    await home.peer.say("zhang", CLEAR["drainage"])
    ping = await home.shown("1号件已登记")
    await _person(home, "zhou").react(home.peer.chat, ping.id, "👍🏽")
    await home.until(lambda: _the(home).state == "in_progress")
    return ping.id


async def _done(home: House) -> str:
    """The id of the message that asks how it was."""
    ping = await _signed(home)
    await home.peer.say("zhou", "办结：已经疏通了", reply_to=ping)
    return (await home.shown("办得怎么样")).id


async def test_a_thumb_signs_and_a_keycap_rates(home: House) -> None:
    asked = await _done(home)
    await _person(home, "zhang").react(home.peer.chat, asked, "4\ufe0f\u20e3")

    await home.until(lambda: _the(home).state == CLOSED)
    assert _the(home).rating == 4


async def test_a_poll_is_voted_in(home: House) -> None:
    await _done(home)
    polls: list[str] = []
    async with asyncio.timeout(10):
        while not polls:  # the words come first
            events = await _person(home, "zhang").events(home.peer.chat)
            polls = [event["event_id"] for event in events if event["type"] == f"{POLL}.start"]
    await _person(home, "zhang").vote(home.peer.chat, polls[0], "5")

    await home.until(lambda: _the(home).state == CLOSED)
    assert (len(polls), _the(home).rating) == (1, 5)


async def test_a_recalled_report_is_withdrawn_but_not_by_a_moderator(home: House) -> None:
    chat = home.peer.chat
    said = await home.peer.say("wang", CLEAR["noise"])
    await home.shown("1号件已登记")
    await _person(home, "zhang").redact(chat, said)  # who made the room may remove everything
    other = await home.peer.say("zhang", CLEAR["parking"])
    await home.shown("2号件已登记")
    assert _the(home).state == "dispatched"

    await _person(home, "zhang").redact(chat, other)
    await home.until(lambda: (two := _ticket(home, 2)) is not None and two.state == "withdrawn")


async def test_an_edit_counts_from_its_writer_alone(home: House) -> None:
    chat = home.peer.chat
    said = await home.peer.say("zhang", CLEAR["drainage"])
    await home.shown("1号件已登记")
    await _person(home, "wang").edit(chat, said, "没有的事，别来了")
    await home.peer.say("wang", CLEAR["parking"])
    await home.shown("2号件已登记")
    assert _the(home).text == CLEAR["drainage"]

    await _person(home, "zhang").edit(chat, said, CLEAR["drainage"] + "，是4单元门口")
    await home.until(lambda: _the(home).text.endswith("4单元门口"))


async def test_photos_come_in_and_go_out(home: House) -> None:
    drawn = io.BytesIO()
    Image.new("RGB", (60, 40), "red").save(drawn, "JPEG")
    await home.peer.say("zhang", CLEAR["drainage"], photo=drawn.getvalue())
    await home.shown("1号件已登记")
    ticket = _the(home).id
    words = home.read(lambda uow: uow.words.of(ticket))
    [ref] = [media.ref for word in words for media in word.media]
    assert ref

    message = OutboundMessage("k1", home.chat, "照片", "notice", attachments=(ref,))
    result = await home.peer.platform.send(message)
    assert result.state == "sent"
    seen = await home.peer.seen()
    assert seen[-1].photos == 1


async def test_a_private_word_stays_private(home: House) -> None:
    await home.peer.say("zhang", "你好", private=True)
    await home.peer.say("zhang", "我要举报，3号楼物业经理收黑钱", private=True)
    answer = await home.shown("", private="zhang")

    assert answer.text
    assert not [seen for seen in await home.peer.seen() if "举报" in seen.text]


async def test_the_bot_opens_a_room_for_two_and_leaves_it_when_a_third_comes(home: House) -> None:
    wang, zhang = _person(home, "wang"), _person(home, "zhang")
    chat = f"matrix:dm:{wang.id}"
    send = home.peer.platform.send
    for key in ("d1", "d2"):
        assert (await send(OutboundMessage(key, chat, f"只给您看 {key}", "notice"))).state == "sent"
    await home.shown("只给您看 d2", private="wang")
    rooms = set(await wang.rooms()) - {home.peer.chat}
    assert len(rooms) == 1

    [room] = rooms
    await wang.call("POST", f"rooms/{quote(room)}/invite", {"user_id": zhang.id})
    await send(OutboundMessage("d3", chat, "只给您看 d3", "notice"))
    await zhang.join(room)
    assert [seen.text for seen in await home.peer.seen(private="wang")] == ["只给您看 d3"]
    assert not [event for event in await zhang.events(room) if "只给您看" in str(event["content"])]


async def test_the_same_key_stands_there_once(home: House) -> None:
    message = OutboundMessage("once", home.chat, "只说一遍", "notice", mentions=(f"matrix:{_person(home, 'wang').id}",))
    first, second = [await home.peer.platform.send(message) for _ in range(2)]

    found = [seen for seen in await home.peer.seen() if seen.text == "只说一遍"]
    assert first == second
    assert [seen.mentions for seen in found] == [(_person(home, "wang").id,)]


async def test_markup_of_people_stays_text(home: House) -> None:
    text = "<b>x</b> [a](http://example.org) @room *y*"
    result = await home.peer.platform.send(OutboundMessage("m", home.chat, text, "notice"))
    events = await _person(home, "zhang").events(home.peer.chat)
    [content] = [event["content"] for event in events if event["event_id"] == result.platform_id]

    assert content == {"msgtype": "m.text", "body": text, "m.mentions": {"user_ids": []}}


async def test_whom_the_room_does_not_know_gets_no_word(home: House) -> None:
    stranger = OutboundMessage("s", "matrix:!nowhere:test.local", "?", "notice")

    assert (await home.peer.platform.send(stranger)).state == "dead"


async def test_an_encrypted_room_is_told_once_that_it_is_not_understood(home: House) -> None:
    zhang, bot = _person(home, "zhang"), _person(home, "bot")
    sealed = {"type": "m.room.encryption", "state_key": "", "content": {"algorithm": "m.megolm.v1.aes-sha2"}}
    room = await zhang.create([bot.id], initial_state=[sealed])
    await _peer(home).entered(room)
    secret = {"algorithm": "m.megolm.v1.aes-sha2", "ciphertext": "x", "session_id": "s", "device_id": "d"}
    for _ in range(2):
        await zhang.send(room, {**secret, "sender_key": "k"}, "m.room.encrypted")
    await home.peer.say("zhang", CLEAR["drainage"])
    await home.shown("1号件已登记")

    said = [event for event in await zhang.events(room) if event["type"] == "m.room.message"]
    assert ["加密" in event["content"]["body"] for event in said] == [True]
    assert [fault for fault in await home.peer.platform.probe() if room in fault]


async def test_a_group_lives_on_after_its_room_was_upgraded(home: House) -> None:
    zhang, zhou, bot = (_person(home, name) for name in ("zhang", "zhou", "bot"))
    old = home.peer.chat
    await home.peer.say("zhang", CLEAR["noise"])
    await home.shown("1号件已登记")
    new = (await zhang.call("POST", f"rooms/{quote(old)}/upgrade", {"new_version": "11"}))["replacement_room"]
    for person in (zhou, bot):
        await zhang.call("POST", f"rooms/{quote(new)}/invite", {"user_id": person.id})
    await zhou.join(new)
    await _peer(home).entered(new)

    await zhang.send(new, {"msgtype": "m.text", "body": CLEAR["parking"]})
    await home.until(lambda: _ticket(home, 2))
    async with asyncio.timeout(10):
        while not [e for e in await zhang.events(new) if "2号件" in str(e["content"].get("body"))]:  # noqa: ASYNC110
            await asyncio.sleep(0.05)


async def test_what_was_said_during_a_long_break_is_read_afterwards(home: House) -> None:
    """More than one answer of the server holds; nothing twice."""
    await home.end()
    await home.peer.say("zhang", CLEAR["drainage"])
    for n in range(120):
        await home.peer.say("wang", f"晚上吃{n}个饺子")

    await home.peer.restart()
    await home.open()
    await home.shown("1号件已登记")
    assert _ticket(home, 2) is None
    assert _the(home).reporter_name == "张三"


async def test_an_edit_takes_the_place_of_the_words_and_calls_nobody_again(home: House) -> None:
    wang = _person(home, "wang")
    meant = (f"matrix:{wang.id}",)
    first = await home.peer.platform.send(OutboundMessage("e1", home.chat, "1号件已登记", "receipt", meant, "t1"))
    assert first.platform_id is not None
    changed = OutboundMessage("e2", home.chat, "1号件：周敏在办", "receipt", meant, "t1", replaces=first.platform_id)
    await home.restart()
    for _ in range(2):  # by another adapter, and once more after an answer that was lost
        assert await home.peer.platform.send(changed) == SendResult("sent", first.platform_id)

    seen = [one for one in await home.peer.seen() if "1号件" in one.text]
    assert seen == [Seen(first.platform_id, "1号件：周敏在办", (wang.id,))]
    edits = [one["content"] for one in await wang.events(home.peer.chat) if "m.new_content" in one["content"]]
    assert [content["m.mentions"] for content in edits] == [{}]


async def test_a_card_follows_its_ticket_without_buttons(home: House) -> None:
    card = await _signed(home)
    shown = await home.shown("周敏〕")
    assert (shown.id, shown.buttons) == (card, ())
    assert "1号件已登记" in shown.text

    await home.peer.say("zhou", "办结：已经疏通了", reply_to=card)  # the old message still leads to its ticket
    await home.shown("办得怎么样")


async def test_what_cannot_be_edited_stays_as_it_was(home: House) -> None:
    unknown = OutboundMessage("e3", home.chat, "?", "receipt", replaces="$never")
    assert await home.peer.platform.send(unknown) == SendResult("sent", "$never")
    nobody = OutboundMessage("e4", f"matrix:dm:{_person(home, 'wang').id}", "?", "receipt", replaces="$never")
    assert (await home.peer.platform.send(nobody)).state == "sent"

    assert not [seen for seen in await home.peer.seen() if seen.text == "?"]
    assert set(await _person(home, "wang").rooms()) == {home.peer.chat}, "an edit opens no room"


async def test_the_same_key_stands_there_once_also_after_a_restart(home: House) -> None:
    message = OutboundMessage("twice", home.chat, "重启也只说一遍", "notice")
    first = await home.peer.platform.send(message)
    await home.restart()

    assert await home.peer.platform.send(message) == first
    assert len([seen for seen in await home.peer.seen() if seen.text == message.text]) == 1


async def test_who_has_left_the_private_room_is_asked_into_it_again(home: House) -> None:
    wang, send = _person(home, "wang"), home.peer.platform.send
    chat = f"matrix:dm:{wang.id}"
    await send(OutboundMessage("p1", chat, "一", "notice"))
    [room] = set(await wang.rooms()) - {home.peer.chat}
    await wang.call("POST", f"rooms/{quote(room)}/leave", {})
    for key in ("p2", "p3"):
        assert (await send(OutboundMessage(key, chat, key, "notice"))).state == "sent"

    assert set(await wang.rooms()) == {home.peer.chat, room}
    await home.shown("p3", private="wang")


async def test_a_server_that_dies_in_the_middle_of_a_ticket_loses_and_doubles_nothing(home: House) -> None:
    ping = await _signed(home)
    await home.peer.cut()
    await home.peer.say("zhou", "办结：已经疏通了", reply_to=ping)
    asked = (await home.shown("办得怎么样")).id
    await home.peer.cut()
    await home.peer.say("zhang", "5", reply_to=asked)

    await home.until(lambda: _the(home).state == CLOSED)
    said = [seen.text for seen in await home.peer.seen()]
    assert len(said) == len(set(said))


async def test_a_bot_that_was_removed_and_asked_back_goes_on(home: House) -> None:
    zhang, bot, chat = _person(home, "zhang"), _person(home, "bot"), home.peer.chat
    await home.peer.say("zhang", CLEAR["drainage"])
    await home.shown("1号件已登记")
    await zhang.call("POST", f"rooms/{quote(chat)}/kick", {"user_id": bot.id})
    assert (await home.peer.platform.send(OutboundMessage("gone", home.chat, "?", "notice"))).state == "dead"

    await zhang.send(chat, {"msgtype": "m.text", "body": CLEAR["parking"]})
    await zhang.call("POST", f"rooms/{quote(chat)}/invite", {"user_id": bot.id})
    await _peer(home).entered(chat)
    await home.peer.say("wang", CLEAR["noise"])
    await home.shown("2号件已登记")
    assert _ticket(home, 3) is None, "what was said while it was out is not its to read"


async def test_a_ticket_knows_its_reporter_by_name(home: House) -> None:
    await home.peer.say("wang", CLEAR["noise"])
    await home.shown("1号件已登记")

    assert _the(home).reporter_name == "王阿姨"
