"""The bot takes events in: poison falls alone, and a failed commit acknowledges nothing."""

import asyncio
import sqlite3

import pytest

from bot.live import STRIKES
from bot.usecases import intake
from tests.fakes import CLEAR, MORNING, make_photo
from tests.usecases.alive import Live

POISON = "毒"


@pytest.fixture
def poisoned(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Whatever holds the poison breaks the bot; gives the texts that were tried."""
    tried: list[str] = []
    handle = intake.on_message

    def on_message(ctx: object, message: object) -> None:
        text = message.text  # type: ignore[attr-defined]
        tried.append(text)
        handle(ctx, message)  # type: ignore[arg-type]
        if POISON in text:
            raise ZeroDivisionError(text)

    monkeypatch.setattr(intake, "on_message", on_message)
    return tried


async def test_a_message_is_done_when_receive_returns(live: Live) -> None:
    assert await live.receive(CLEAR["drainage"], id="m1") == "m1"

    assert [ticket.number for ticket in live.town.tickets()] == [1]


async def test_the_same_message_again_has_no_effect(live: Live) -> None:
    for _ in range(3):
        await live.receive(CLEAR["drainage"], id="m1")

    assert len(live.town.tickets()) == 1
    assert len(live.states()) == 1


async def test_poison_falls_alone_and_is_set_aside_after_three_strikes(live: Live, poisoned: list[str]) -> None:
    texts = [CLEAR["drainage"], CLEAR["noise"] + POISON, CLEAR["facilities"]]

    answers = await asyncio.gather(*(live.receive(text, f"r{n}", id=f"m{n}") for n, text in enumerate(texts)))

    assert answers == ["m0", "m1", "m2"]
    assert sorted(ticket.category for ticket in live.town.tickets()) == ["drainage", "facilities"]
    assert poisoned.count(texts[1]) == STRIKES
    ((key, strikes, reason),) = live.town.read(lambda uow: uow.reserve.all())
    assert (key, strikes) == ("web:xueyuan:m1", STRIKES)
    assert reason.startswith("ZeroDivisionError")


async def test_poison_leaves_its_channels_record_and_nothing_else(live: Live, poisoned: list[str]) -> None:
    await live.receive(CLEAR["drainage"] + POISON, id="m1")

    assert live.recorded.count("m1") == STRIKES + 1  # three were taken back
    assert live.town.read(lambda uow: uow.people.is_member("web:recorder", "web:m1"))
    assert live.town.tickets() == []
    assert live.states() == []
    assert live.town.read(lambda uow: uow.words.count()) == 0


async def test_poison_that_comes_again_is_not_tried_again(live: Live, poisoned: list[str]) -> None:
    await live.receive(POISON, id="m1")
    await live.receive(POISON, id="m1")

    assert len(live.town.read(lambda uow: uow.reserve.all())) == 1


async def test_strikes_of_an_earlier_life_count(live: Live, poisoned: list[str]) -> None:
    for _ in range(STRIKES - 1):
        live.town.read(lambda uow: uow.reserve.put("web:xueyuan:m1", MORNING, "before the restart"))

    await live.receive(POISON, id="m1")

    assert len(poisoned) == 1


async def test_a_doubtful_message_is_not_lost_to_somebody_elses_poison(live: Live, poisoned: list[str]) -> None:
    """Its window runs out during the transaction of a message that falls."""
    await live.receive("水有点不对", "li", id="doubt")
    waits = live.town.engine.services.memory.next_due()
    assert waits is not None, "triage is in no doubt about this any more: take other words"
    live.town.clock.at = waits

    await live.receive(POISON, "he", id="m1")
    await live.bot.work_off()

    assert [ticket.state for ticket in live.town.tickets()] == ["candidate"]


async def test_nothing_is_acknowledged_when_the_commit_fails(live: Live, monkeypatch: pytest.MonkeyPatch) -> None:
    uow = live.town.storage.uow
    monkeypatch.setattr(uow, "commit", disk_full)

    with pytest.raises(sqlite3.OperationalError):
        await live.receive(CLEAR["drainage"], id="m1")

    monkeypatch.undo()
    assert live.town.tickets() == []
    assert live.town.read(lambda uow: uow.reserve.all()) == []  # the database's fault is no strike against the message


async def test_after_a_failed_commit_the_platform_comes_again_and_it_is_one_ticket(
    live: Live, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live.town.storage.uow, "commit", disk_full)
    for _ in range(2):
        with pytest.raises(sqlite3.OperationalError):
            await live.receive(CLEAR["drainage"], id="m1", media=(make_photo(),))
    monkeypatch.undo()

    await live.receive(CLEAR["drainage"], id="m1", media=(make_photo(),))

    (ticket,) = live.town.tickets()
    assert (ticket.number, ticket.media, ticket.text) == (1, 1, CLEAR["drainage"])
    assert live.town.read(lambda uow: uow.audit.verify()) == []


def disk_full() -> None:
    """What SQLite says."""
    raise sqlite3.OperationalError("database or disk is full")


async def test_a_client_that_cancels_itself_leaves_it_in_doubt_and_stops_nothing(live: Live) -> None:
    """Some libraries cancel their own calls when a connection goes, and let it out."""
    live.channel.error, live.channel.fails = asyncio.CancelledError(), lambda _message: True
    await live.receive(CLEAR["drainage"], id="m1")
    await live.bot.work_off()
    live.channel.fails = lambda _message: False
    await live.receive(CLEAR["noise"], "li", id="m2")
    await live.bot.work_off()

    assert [one.state for one in live.town.read(lambda uow: uow.outbox.in_state("uncertain", 10))] == ["uncertain"]
    assert len(live.channel.sent) == 1
