"""What becomes of a sending: sent, uncertain, dead, tried again; after a crash; while a channel is away."""

from dataclasses import replace

import pytest

from bot.usecases.outbox import ATTEMPTS, AWAY
from tests.fakes import MORNING, WIRE, able
from tests.usecases.hands import BUDGET, PRIVATE, Outbox, note

KEYLESS = replace(WIRE, keyed=False)


def test_nothing_is_claimed_twice(outbox: Outbox) -> None:
    outbox.tell("once")

    assert len(outbox.claim()) == 1
    assert outbox.claim() == []


@pytest.mark.parametrize("state", ["sent", "uncertain", "dead"])
def test_a_verdict_is_final(outbox: Outbox, state: str) -> None:
    notice = outbox.tell("hello")
    outbox.settle(outbox.claim()[0], state)
    outbox.bot.clock.advance(days=2)

    stored = outbox.stored(notice)
    assert stored.state == state
    assert outbox.claim() == []
    assert outbox.bot.read(outbox.bot.engine.next_due) is None
    assert (stored.platform_id is not None) is (state == "sent")


def test_a_refusal_is_tried_again_later_under_the_same_key(outbox: Outbox) -> None:
    notice = outbox.tell("busy")
    first = outbox.claim()[0]
    outbox.settle(first, "retry", retry_after=30)

    assert outbox.claim() == []
    outbox.bot.clock.advance(seconds=29)
    assert outbox.claim() == []
    outbox.bot.clock.advance(seconds=1)
    again = outbox.claim()[0]
    assert (again.message.key, again.message.text) == (first.message.key, first.message.text)
    assert again.message.key == notice.id


def test_tries_come_ever_later_and_end(outbox: Outbox) -> None:
    notice = outbox.tell("refused")
    waits = []
    for _ in range(ATTEMPTS):
        outbox.settle(outbox.claim()[0], "retry")
        stored = outbox.stored(notice)
        assert stored.not_before is not None
        waits.append((stored.not_before - outbox.bot.clock.now()).total_seconds())
        outbox.at(stored.not_before)

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512]
    assert outbox.stored(notice).state == "dead"
    assert outbox.claim() == []


def test_a_refused_message_does_not_weigh_on_the_budget(outbox: Outbox) -> None:
    for number in range(BUDGET):
        outbox.tell(str(number))
    for parcel in outbox.claim():
        outbox.settle(parcel, "dead")
    outbox.tell("next")

    assert outbox.send_all() == [note("next")]


def test_after_a_crash_a_platform_with_keys_gets_the_same_key_again(outbox: Outbox) -> None:
    notice = outbox.tell("caught in the middle")
    outbox.claim()

    assert outbox.bot.read(lambda uow: outbox.bot.engine.recover(uow, MORNING, able())) == 1
    assert [parcel.message.key for parcel in outbox.claim()] == [notice.id]


def test_after_a_crash_a_platform_without_keys_gets_nothing_and_a_person_is_shown(outbox: Outbox) -> None:
    notice = outbox.tell("caught in the middle")
    outbox.claim()

    outbox.bot.read(lambda uow: outbox.bot.engine.recover(uow, MORNING, able(KEYLESS)))

    assert outbox.claim() == []
    assert [shown.id for shown in outbox.bot.read(lambda uow: uow.outbox.in_state("uncertain", 9))] == [notice.id]


@pytest.mark.parametrize("interruption", ["crash", "retry"])
def test_a_merged_message_stays_the_same_message(outbox: Outbox, interruption: str) -> None:
    for number in range(BUDGET + 3):
        outbox.tell(str(number))
    first = [parcel.message for parcel in outbox.claim()]
    if interruption == "crash":
        outbox.bot.read(lambda uow: outbox.bot.engine.recover(uow, MORNING, able()))
    else:
        outbox.at(MORNING)
        outbox.bot.read(lambda uow: outbox.bot.engine.recover(uow, MORNING, able()))
        for parcel in outbox.claim():
            outbox.settle(parcel, "retry")
        outbox.bot.clock.advance(minutes=5)

    again = [parcel.message for parcel in outbox.claim()]

    assert [(m.key, m.text) for m in again] == [(m.key, m.text) for m in first]


def test_more_than_a_batch_is_recovered(outbox: Outbox) -> None:
    for number in range(130):
        outbox.tell(str(number), f"web:dm:{number}")
    assert len(outbox.claim()) + len(outbox.claim()) == 130

    outbox.bot.read(lambda uow: outbox.bot.engine.recover(uow, MORNING, able()))

    assert outbox.bot.read(lambda uow: uow.outbox.in_state("sending", 999)) == []


# ---------------------------------------------------------------- channels


def test_what_is_meant_for_a_channel_that_is_away_waits_and_wakes_nobody(outbox: Outbox) -> None:
    outbox.tell("later")

    assert outbox.claim(None) == []
    assert outbox.bot.read(outbox.bot.engine.next_due) == outbox.bot.clock.now() + AWAY
    outbox.bot.clock.advance(minutes=1)
    assert len(outbox.claim()) == 1


def test_a_channel_that_is_away_does_not_hold_up_the_others(outbox: Outbox) -> None:
    for number in range(150):
        outbox.tell(str(number), f"elsewhere:dm:{number}")
    outbox.tell("here", PRIVATE)
    engine, now = outbox.bot.engine, outbox.bot.clock.now()

    found = outbox.bot.read(lambda uow: engine.claim(uow, now, lambda name: WIRE if name == "web" else None))

    assert [parcel.message.chat for parcel in found] == [PRIVATE]
