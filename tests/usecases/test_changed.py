"""Whoever shows tickets learns which have changed, after the commit and whatever changed them."""

from collections.abc import Collection

import pytest

from bot.live import Bot
from tests.fakes import CLEAR
from tests.usecases.alive import FakeChannel, Live

DOUBTFUL = "水有点不对"


@pytest.fixture
def shown(live: Live) -> list[str]:
    """The tickets that the live bot told of, in order; each must be there already when it is told of."""
    told: list[str] = []

    def changed(tickets: Collection[str]) -> None:
        assert set(tickets) <= {ticket.id for ticket in live.town.tickets()}
        told.extend(tickets)

    live.bot = Bot(live.town.engine, live.town.storage.desk, live.town.clock)
    live.bot.connect([FakeChannel()], live.alarm, changed)
    return told


async def test_a_new_ticket_a_word_of_staff_and_a_clock_are_told_of(live: Live, shown: list[str]) -> None:
    await live.receive(CLEAR["drainage"], id="m1")
    (ticket,) = live.town.tickets()
    assert shown == [ticket.id]

    await live.receive("1号件 收到", "zhou", id="m2")
    assert shown == [ticket.id] * 2

    live.town.clock.advance(days=30)
    await live.bot.work_off()
    assert set(shown) == {ticket.id}
    assert len(shown) == 3


async def test_small_talk_is_not(live: Live, shown: list[str]) -> None:
    await live.receive("早上好", id="m1")

    assert shown == []


async def test_a_doubtful_message_is_told_of_when_it_becomes_a_candidate(live: Live, shown: list[str]) -> None:
    await live.receive(DOUBTFUL, id="m1")
    waits = live.town.engine.services.memory.next_due()
    assert waits is not None, "triage is in no doubt about this any more: take other words"
    live.town.clock.at = waits
    await live.bot.work_off()

    assert [ticket.state for ticket in live.town.tickets()] == ["candidate"]
    assert shown == [ticket.id for ticket in live.town.tickets()]
