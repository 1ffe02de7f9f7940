"""What waits to be said: quiet hours, the budget of a group, merging, and what becomes of a sending."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.messages import Capabilities
from bot.ports import Notice, SendResult
from bot.usecases import telling
from bot.usecases.outbox import ATTEMPTS, AWAY, Parcel
from tests.fakes import MORNING, SHANGHAI, WIRE, TownBot, able

GROUP, OTHER, PRIVATE = "web:xueyuan", "web:lvyuan", "web:dm:zhou"
NIGHT = datetime(2026, 5, 6, 23, 30, tzinfo=SHANGHAI)
BUDGET = 6
KEYLESS = replace(WIRE, keyed=False)


class Outbox:
    """The outbox by hand: notices in, parcels out."""

    def __init__(self, bot: TownBot) -> None:
        self.bot = bot

    def tell(self, text: str, chat: str = GROUP, *, urgent: bool = False, free: bool = False) -> Notice:
        """Queue a sentence of which only the note counts."""
        words = {"note": text, "number": 1}

        def job(uow: object) -> Notice:
            ctx = self.bot.engine.context(self.bot.storage.uow, self.bot.clock.now())
            return telling.tell(ctx, chat, "progress", "progress", urgent=urgent, free=free, words=words)

        return self.bot.read(job)

    def claim(self, can: Capabilities | None = WIRE) -> list[Parcel]:
        """What may go out now."""
        return self.bot.read(lambda uow: self.bot.engine.claim(uow, self.bot.clock.now(), able(can)))

    def settle(self, parcel: Parcel, state: str = "sent", retry_after: float = 0.0) -> None:
        """A platform's verdict."""
        result = SendResult(state, "platform-1" if state == "sent" else None, retry_after)
        self.bot.read(lambda uow: self.bot.engine.settle(uow, self.bot.clock.now(), parcel, result))

    def send_all(self) -> list[str]:
        """Send what may go out; gives back the words."""
        parcels = self.claim()
        for parcel in parcels:
            self.settle(parcel)
        return [parcel.message.text for parcel in parcels]

    def stored(self, notice: Notice) -> Notice:
        """The notice as it stands in the database."""
        found = self.bot.read(lambda uow: uow.outbox.get(notice.id))
        assert found is not None
        return found

    def at(self, moment: datetime) -> None:
        """Another instant."""
        self.bot.clock.at = moment


@pytest.fixture
def outbox(bot: TownBot) -> Iterator[Outbox]:
    return Outbox(bot)


def note(text: str) -> str:
    return f"1号件进展：{text}"


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


# ---------------------------------------------------------------- verdicts


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

    assert waits == [2, 4, 8, 16, 32]
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
