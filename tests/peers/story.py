"""One ticket's whole life, played through a platform: it has to come out as it does everywhere else."""

import io
import os

from PIL import Image

from bot.domain.states import CLOSED
from bot.domain.ticket import Ticket
from tests.fakes import CLEAR
from tests.peers.house import House


async def live_through(house: House) -> Ticket:
    """A request, a voice more, signed, done, voted on, closed; gives the ticket back as it ended."""
    await begin(house)
    return await finish(house)


async def begin(house: House) -> None:
    """A request, a voice more, signed."""
    await ask(house)
    await follow(house)
    await sign(house)


async def ask(house: House) -> str:
    """A request, answered with its number; gives the id of the message."""
    said = await house.peer.say("zhang", CLEAR["drainage"], address=addresses(house))
    await house.shown("1号件已登记")
    return said


async def follow(house: House) -> None:
    """A neighbour has the same trouble."""
    await house.peer.say("wang", "我家也是，臭死了", address=addresses(house))
    await house.until(lambda: len(_the(house).followers) == 1)


async def sign(house: House) -> None:
    """The steward takes it."""
    await _tell(house, "zhou", "收到")
    await house.until(lambda: _the(house).state == "in_progress")


async def finish(house: House) -> Ticket:
    """Done, voted on, closed."""
    await _tell(house, "zhou", "办结：已经疏通了")
    asked = await house.shown("办得怎么样")
    await _rate(house, asked.id)
    return await house.until(lambda: _ended(house))


def addresses(house: House) -> bool:
    """Whether people have to mention the bot."""
    return not house.peer.platform.capabilities.hears_all


def _ended(house: House) -> Ticket | None:
    """The ticket when it is closed and both votes are in: the second one may come after the end."""
    ticket = _the(house)
    votes = house.read(lambda uow: uow.polls.votes(ticket.id, ticket.poll_round))
    return ticket if ticket.state == CLOSED and len(votes) == 2 else None


def _the(house: House) -> Ticket:
    found = house.read(lambda uow: uow.tickets.by_number("dongshan", 1))
    assert found is not None
    return found


async def _tell(house: House, who: str, words: str) -> None:
    """A steward answers the bot's message about the ticket: with a button where there is one, else in words."""
    ping = await house.shown("1号件已登记")
    if words in ping.buttons:
        await house.peer.press(who, ping.id, words)
    else:
        await house.peer.say(who, words, reply_to=ping.id, address=addresses(house))


async def _rate(house: House, asked: str) -> None:
    """Both who complained are content."""
    peer = house.peer
    for who in ("zhang", "wang"):
        seen = next(one for one in await peer.seen() if one.id == asked)
        label = next((button for button in seen.buttons if button.startswith(("5", "很满意"))), None)
        if label is not None:
            await peer.press(who, asked, label)
        else:
            await peer.say(who, "5", reply_to=asked, address=addresses(house))


def photo(side: int = 330) -> bytes:
    """A photo that cannot be made smaller: noise."""
    content = io.BytesIO()
    Image.frombytes("RGB", (side, side), os.urandom(side * side * 3)).save(content, "PNG")
    return content.getvalue()
