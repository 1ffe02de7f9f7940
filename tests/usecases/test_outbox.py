"""What waits to be said: quiet hours, the budget of a group, merging."""

from datetime import datetime, timedelta

import pytest

from tests.fakes import MORNING, SHANGHAI
from tests.usecases.hands import BUDGET, GROUP, OTHER, PRIVATE, Outbox, note

NIGHT = datetime(2026, 5, 6, 23, 30, tzinfo=SHANGHAI)


# ---------------------------------------------------------------- quiet hours


def test_at_night_what_nobody_asked_for_waits_until_seven(outbox: Outbox) -> None:
    outbox.at(NIGHT)
    waits = outbox.tell("明天来修")

    assert outbox.send_all() == []
    assert outbox.stored(waits).not_before == datetime(2026, 5, 7, 7, 0, tzinfo=SHANGHAI)
    outbox.at(datetime(2026, 5, 7, 6, 59, 59, tzinfo=SHANGHAI))
    assert outbox.send_all() == []
    outbox.at(datetime(2026, 5, 7, 7, 0, tzinfo=SHANGHAI))
    assert outbox.send_all() == [note("明天来修")]


QUIET = [((21, 59), False), ((22, 0), True), ((0, 0), True), ((6, 59), True), ((7, 0), False)]


@pytest.mark.parametrize(("clock", "is_quiet"), QUIET)
def test_quiet_hours_begin_at_ten_and_end_at_seven(outbox: Outbox, clock: tuple[int, int], is_quiet: bool) -> None:
    outbox.at(datetime(2026, 5, 6, *clock, tzinfo=SHANGHAI))
    outbox.tell("收到")

    assert (outbox.send_all() == []) is is_quiet


def test_at_night_what_is_urgent_goes_out(outbox: Outbox) -> None:
    outbox.at(NIGHT)
    outbox.tell("马上到", urgent=True)

    assert outbox.send_all() == [note("马上到")]


def test_private_words_sleep_too(outbox: Outbox) -> None:
    outbox.at(NIGHT)
    outbox.tell("快到期了", PRIVATE)

    assert outbox.send_all() == []


# ---------------------------------------------------------------- the budget


def test_six_an_hour_go_out_and_the_seventh_when_the_first_is_an_hour_old(outbox: Outbox) -> None:
    for number in range(BUDGET):
        outbox.tell(str(number))
        assert outbox.send_all() == [note(str(number))]
        outbox.bot.clock.advance(minutes=1)
    late = outbox.tell("7")

    assert outbox.send_all() == []
    assert outbox.stored(late).not_before == MORNING + timedelta(hours=1)
    outbox.at(MORNING + timedelta(hours=1))
    assert outbox.send_all() == [note("7")]


def test_what_is_too_much_becomes_one_message(outbox: Outbox) -> None:
    for number in range(BUDGET + 3):
        outbox.tell(str(number))

    parcels = outbox.claim()

    assert len(parcels) == BUDGET
    assert [parcel.message.kind for parcel in parcels] == ["progress"] * 5 + ["digest"]
    assert parcels[-1].message.text == "\n".join(note(str(number)) for number in range(5, 9))
    assert parcels[-1].message.key == parcels[-1].notices[0].id


def test_a_merged_message_counts_once(outbox: Outbox) -> None:
    for number in range(BUDGET + 3):
        outbox.tell(str(number))
    outbox.send_all()
    outbox.at(MORNING + timedelta(hours=1))
    for number in range(BUDGET):
        outbox.tell(f"again {number}")

    assert len(outbox.send_all()) == BUDGET


def test_what_is_free_goes_out_above_the_budget_and_does_not_count(outbox: Outbox) -> None:
    for number in range(BUDGET):
        outbox.tell(f"free {number}", free=True)
    outbox.send_all()
    for number in range(BUDGET):
        outbox.tell(str(number))

    assert len(outbox.send_all()) == BUDGET
    outbox.tell("counted")
    outbox.tell("fire", free=True)
    assert outbox.send_all() == [note("fire")]


def test_each_group_has_its_own_budget_and_private_chats_have_none(outbox: Outbox) -> None:
    for number in range(BUDGET + 1):
        outbox.tell(str(number))
        outbox.tell(str(number), PRIVATE)
    outbox.tell("other group", OTHER)

    sent = [parcel.message.chat for parcel in outbox.claim()]

    assert (sent.count(GROUP), sent.count(PRIVATE), sent.count(OTHER)) == (BUDGET, BUDGET + 1, 1)


def test_what_is_being_sent_counts_already(outbox: Outbox) -> None:
    for number in range(BUDGET):
        outbox.tell(str(number))
    outbox.claim()
    outbox.tell("one more")

    assert outbox.claim() == []


def test_parcels_leave_in_the_order_of_their_making(outbox: Outbox) -> None:
    made = [outbox.tell(str(number), free=number % 2 == 0).id for number in range(BUDGET)]

    assert [parcel.message.key for parcel in outbox.claim()] == made
