"""Photos in and out, and native polls."""

from dataclasses import replace
from typing import Any

import pytest

from adapters.telegram import ear
from bot.messages import Button, InboundMessage, Rate
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import picture
from tests.adapters.telegram.test_send import RATES, TICKET, shown
from tests.peers.telegram import GROUP, PEOPLE, QUICK
from tests.peers.telegram_server import Fault, refusal

ZHANG = PEOPLE["zhang"]


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


async def test_a_photo_that_does_not_come_holds_nobody_up(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ear, "PATIENCE", 0.1)
    async with lines(rhythm=replace(QUICK, answer=60.0)) as line, line.heard():
        line.api.faults["file"] = [Fault(hangs=True)]
        line.chats.say(GROUP, ZHANG, "就是这里", photo=picture())

        (event,) = await line.ledger.heard()

    assert isinstance(event, InboundMessage)
    assert (event.text, [one.ref for one in event.media]) == ("就是这里", [None])


# ---------------------------------------------------------------- photos out


def kept(line: Line, number: int = 1) -> tuple[str, ...]:
    """Photos of the store."""
    return tuple(line.peer.media.put(picture(), "x.jpg").ref or "" for _ in range(number))


def photos(line: Line) -> list[dict[str, Any]]:
    """Those that the bot has shown."""
    return [one for one in shown(line) if "photo" in one]


async def test_a_photo_follows_the_words(line: Line) -> None:
    """One that is gone from the store is left out."""
    result = await line.send("修好了", attachments=(*kept(line), "0" * 32))

    words, sent = shown(line)
    assert (result.platform_id, sent["reply_to_message"]["message_id"]) == ("1", words["message_id"])
    assert sent["photo"]


async def test_photos_that_are_gone_are_no_fault(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    assert (await line.send("修好了", attachments=("0" * 32,))).state == "sent"

    assert len(shown(line)) == 1
    assert "annex" not in capsys.readouterr().out


async def test_several_photos_are_an_album(line: Line) -> None:
    await line.send("修好了", attachments=kept(line, 3))

    assert len(line.api.sent("sendMediaGroup")) == 1
    assert len({one["media_group_id"] for one in photos(line)}) == 1
    assert [one["reply_to_message"]["message_id"] for one in photos(line)] == [1, 1, 1]


async def test_an_album_has_ten_photos(line: Line) -> None:
    await line.send("修好了", attachments=kept(line, 11))

    assert [len(one["media"]) for one in line.api.sent("sendMediaGroup")] == [10]
    assert len(line.api.sent("sendPhoto")) == 1


async def test_photos_stay_in_the_topic(line: Line) -> None:
    line.chats.group(GROUP, "学苑业主群", topics=(7,))
    line.chats.say(GROUP, ZHANG, "堵了", topic=7)
    await line.ledger.heard()
    await line.send("修好了", attachments=kept(line, 2))

    assert [one["message_thread_id"] for one in photos(line)] == [7, 7]


async def test_one_photo_does_not_keep_the_others_out(line: Line) -> None:
    line.api.faults["sendMediaGroup"] = [refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")]
    line.api.faults["sendPhoto"] = [refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")]

    assert (await line.send("修好了", attachments=kept(line, 3))).state == "sent"
    assert len(photos(line)) == 2


@pytest.mark.parametrize(("seconds", "shows"), [(1, 1), (7, 0)])
async def test_a_photo_waits_a_moment_where_it_has_to(line: Line, seconds: int, shows: int) -> None:
    line.api.faults["sendPhoto"] = [refusal(429, "Too Many Requests", retry_after=seconds)]

    assert (await line.send("修好了", attachments=kept(line))).state == "sent"
    assert len(photos(line)) == shows
    assert len(line.api.sent("sendMessage")) == 1


@pytest.mark.parametrize("fault", [Fault(), Fault(obeyed=True), Fault(502, "<html>"), refusal(400, "Bad Request: x")])
@pytest.mark.parametrize("number", [1, 2])
async def test_a_photo_that_fails_does_not_say_the_words_again(line: Line, number: int, fault: Fault) -> None:
    line.api.faults["sendPhoto"] = [fault]
    line.api.faults["sendMediaGroup"] = [fault]

    assert (await line.send("修好了", attachments=kept(line, number))).state == "sent"
    assert len(line.api.sent("sendMessage")) == 1
    assert len(photos(line)) <= number


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
            await line.confirmed()
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


async def test_polls_where_they_are_wanted(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        result = await line.send("1号件已办结，办得怎么样？", ticket_id=TICKET, buttons=RATES)

        words, poll = shown(line)
        assert result.platform_id == str(words["message_id"])
        assert "reply_markup" not in words
        assert [option["text"] for option in poll["poll"]["options"]] == [button.label for button in RATES]
        assert poll["poll"]["is_anonymous"] is False


async def test_a_photo_that_fails_takes_no_poll_away(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        line.api.faults["sendPhoto"] = [refusal(400, "Bad Request: PHOTO_INVALID_DIMENSIONS")]
        await line.send("办得怎么样？", ticket_id=TICKET, buttons=RATES, attachments=kept(line))

        assert len(line.chats.polls) == 1


async def test_where_polls_are_forbidden_ratings_are_buttons(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        line.api.faults["sendPoll"] = [refusal(400, "Bad Request: not enough rights to send polls to the chat")]
        await line.send("办得怎么样？", ticket_id=TICKET, buttons=RATES)

        (words,) = shown(line)
        assert len(words["reply_markup"]["inline_keyboard"]) == 5


async def test_no_polls_in_private(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        await line.send("办得怎么样？", chat="telegram:dm:501", buttons=RATES)

        assert len(shown(line)[0]["reply_markup"]["inline_keyboard"]) == 5


async def test_fewer_ratings_than_five_are_buttons(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        await line.send("清楚了吗？", buttons=(Button("5", "rate", TICKET, "5"),))

        assert not line.chats.polls
