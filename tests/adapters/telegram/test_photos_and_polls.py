"""Photos in, and native polls."""

import pytest

from bot.messages import Button, InboundMessage, Rate
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import picture
from tests.adapters.telegram.test_send import RATES, TICKET
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_server import Fault

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


async def test_fewer_ratings_than_five_are_buttons(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        await line.send("清楚了吗？", buttons=(Button("5", "rate", TICKET, "5"),))

        assert not line.chats.polls
