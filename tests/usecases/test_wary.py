"""A message that kills the process is set aside after three deaths; in peace, and for others, nothing changes."""

from collections.abc import Callable

import pytest

from bot.live import STRIKES, Bot
from bot.messages import InboundMessage
from bot.ports import UnitOfWork
from bot.usecases import hearing, intake
from bot.wary import WARY, Wary
from tests.fakes import CLEAR, make_message
from tests.usecases.alive import Live

DEADLY = "毒"


class Death(BaseException):
    """The process is gone: nothing is committed, nobody is answered, nothing more runs."""


@pytest.fixture
def deadly(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Handling the poison is death; gives the texts that were tried."""
    tried: list[str] = []
    hear = hearing.hear

    def hear_and_die(ctx: object, message: InboundMessage, *rest: object) -> None:
        tried.append(message.text)
        hear(ctx, message, *rest)  # type: ignore[arg-type]
        if DEADLY in message.text:
            raise Death

    monkeypatch.setattr(hearing, "hear", hear_and_die)
    return tried


def reborn(live: Live) -> Wary:
    """The next process, which knows that the one before has died."""
    return Wary(live.bot, live.town.storage.desk, live.town.clock)


def record_of(id_: str) -> Callable[[UnitOfWork], str]:
    """The channel's own record of a message."""

    def record(uow: UnitOfWork) -> str:
        uow.people.set_flag("web:recorder", id_, "recorded")
        return id_

    return record


async def deliver(inbound: Wary | Bot, text: str, id_: str) -> str:
    """A platform delivers a message."""
    return await inbound.receive(make_message(text, id=id_), record_of(id_))


def aside(live: Live) -> list[tuple[str, int]]:
    """What stands in the reserve."""
    return live.town.read(lambda uow: [(key, strikes) for key, strikes, _ in uow.reserve.all()])


async def test_after_three_deaths_a_message_is_set_aside(live: Live, deadly: list[str]) -> None:
    text = CLEAR["drainage"] + DEADLY
    with pytest.raises(Death):
        await deliver(live.bot, text, "m1")
    assert aside(live) == [], "in peace nothing is noted"
    for _ in range(STRIKES - 1):
        with pytest.raises(Death):
            await deliver(reborn(live), text, "m1")

    assert await deliver(reborn(live), text, "m1") == "m1"

    assert len(deadly) == STRIKES
    assert aside(live) == [("died:web:xueyuan:m1", STRIKES)]
    assert live.town.read(lambda uow: uow.people.flag("web:recorder", "m1")) == "recorded"
    assert live.town.tickets() == []


async def test_a_message_set_aside_stays_untouched_however_often_it_comes(live: Live, deadly: list[str]) -> None:
    for _ in range(STRIKES):
        live.town.read(lambda uow: uow.reserve.put("died:web:xueyuan:m1", live.town.clock.now(), "before"))
    for inbound in (reborn(live), reborn(live), live.bot):
        assert await deliver(inbound, DEADLY, "m1") == "m1"

    assert deadly == []


async def test_others_are_handled_and_leave_no_note(live: Live, deadly: list[str]) -> None:
    wary = reborn(live)
    with pytest.raises(Death):
        await deliver(wary, DEADLY, "m1")
    wary = reborn(live)
    for _ in range(2):
        assert await deliver(wary, CLEAR["drainage"], "m2") == "m2"

    assert [ticket.number for ticket in live.town.tickets()] == [1]
    assert aside(live) == [("died:web:xueyuan:m1", 1)]


async def test_an_innocent_message_that_was_in_hand_is_handled_when_it_comes_again(live: Live) -> None:
    live.town.read(lambda uow: uow.reserve.put("died:web:xueyuan:m1", live.town.clock.now(), "a power cut"))

    await deliver(reborn(live), CLEAR["drainage"], "m1")

    assert [ticket.number for ticket in live.town.tickets()] == [1]
    assert aside(live) == []


async def test_poison_of_the_ordinary_kind_is_set_aside_as_ever(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "on_message", lambda _ctx, _message: 1 // 0)

    assert await deliver(reborn(live), "x", "m1") == "m1"

    assert aside(live) == [("web:xueyuan:m1", STRIKES)]


async def test_it_does_not_last(live: Live, deadly: list[str]) -> None:
    wary = reborn(live)
    live.town.clock.at += WARY

    with pytest.raises(Death):
        await deliver(wary, DEADLY, "m1")
    assert aside(live) == []


async def test_the_rest_is_passed_on(live: Live) -> None:
    wary = reborn(live)

    assert await wary.query(lambda _uow, org, now: (len(org.units), now)) == (4, live.town.clock.now())
    await wary.reload()
