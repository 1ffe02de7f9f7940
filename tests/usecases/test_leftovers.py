"""What an operator is shown of messages that may not have arrived, and what his decisions do."""

from collections.abc import Callable
from datetime import datetime
from functools import partial

import pytest

from bot.messages import OutboundMessage
from bot.ports import UnitOfWork
from bot.usecases import leftovers
from bot.usecases.leftovers import NotLeft, SetAside, Unsent
from tests.fakes import CLEAR, MORNING, SHANGHAI, TownBot, town
from tests.usecases.alive import Live
from tests.usecases.hands import BUDGET, GROUP, Outbox, note

Step = Callable[[UnitOfWork, datetime, str], None]
NIGHT = datetime(2026, 5, 6, 23, 30, tzinfo=SHANGHAI)


def look(bot: TownBot) -> tuple[list[Unsent], list[SetAside]]:
    """What is listed."""
    return bot.read(lambda uow: leftovers.look(uow, town()))


def decide(bot: TownBot, step: Step, id_: str) -> None:
    """An operator decides."""
    bot.read(lambda uow: step(uow, bot.clock.now(), id_))


def lost(outbox: Outbox, text: str, chat: str = GROUP) -> str:
    """A message of which nobody knows whether it arrived; its id."""
    notice = outbox.tell(text, chat)
    (parcel,) = outbox.claim()
    outbox.settle(parcel, "uncertain")
    return notice.id


def test_a_message_is_listed_without_its_words(bot: TownBot, outbox: Outbox) -> None:
    id_ = lost(outbox, "明天来修")

    ((message,), events) = look(bot)

    assert message == Unsent(id_, MORNING, GROUP, "学苑业主群", "progress", None, "uncertain", 1, "")
    assert "明天" not in repr(message)
    assert events == []


async def test_what_is_sent_again_goes_out_once_under_its_old_key(live: Live) -> None:
    live.channel.fails = lambda _message: True
    notice = live.tell("明天来修")
    await live.bot.work_off()
    assert live.states() == ["uncertain"]
    live.channel.fails = lambda _message: False

    assert notice is not None
    decide(live.town, leftovers.resend, notice.id)
    await live.bot.work_off()
    await live.bot.work_off()

    assert [(message.key, message.text) for message in live.channel.sent] == [(notice.id, note("明天来修"))]
    assert live.states() == ["sent"]
    assert look(live.town) == ([], [])


def test_merged_notices_are_decided_on_together(bot: TownBot, outbox: Outbox) -> None:
    for number in range(BUDGET + 2):
        outbox.tell(str(number))
    parcels = outbox.claim()
    for parcel in parcels:
        outbox.settle(parcel, "uncertain" if len(parcel.notices) > 1 else "sent")
    merged: OutboundMessage = parcels[-1].message

    ((message,), _) = look(bot)
    assert (message.id, message.kind) == (merged.key, "digest")
    decide(bot, leftovers.resend, message.id)

    assert [parcel.message for parcel in outbox.claim()] == [merged]


def test_what_is_sent_again_at_night_waits_like_anything_else(bot: TownBot, outbox: Outbox) -> None:
    id_ = lost(outbox, "明天来修")
    outbox.at(NIGHT)
    decide(bot, leftovers.resend, id_)

    assert outbox.send_all() == []
    outbox.at(datetime(2026, 5, 7, 7, 0, tzinfo=SHANGHAI))
    assert outbox.send_all() == [note("明天来修")]


def test_what_is_dropped_is_gone_from_the_list_and_never_sent(bot: TownBot, outbox: Outbox) -> None:
    id_ = lost(outbox, "明天来修")
    decide(bot, leftovers.drop, id_)

    assert look(bot) == ([], [])
    assert outbox.claim() == []
    with pytest.raises(NotLeft):
        decide(bot, leftovers.resend, id_)


@pytest.mark.parametrize(("step", "noted"), [(leftovers.resend, "resent"), (leftovers.drop, "dropped")])
def test_a_decision_about_a_tickets_message_stands_in_its_audit(
    bot: TownBot, outbox: Outbox, step: Step, noted: str
) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.press("zhou", "sign", 1)
    (sent, *_) = bot.read(lambda uow: uow.outbox.in_state("sent", 9))
    sent.state = "dead"
    bot.read(lambda uow: uow.outbox.update(sent))

    decide(bot, step, sent.id)

    event = bot.events(1)[-1]
    assert (event.kind, event.by, event.note, event.at) == ("noted", "operator", noted, MORNING)
    assert bot.read(lambda uow: uow.audit.verify()) == []


def test_words_that_were_erased_are_not_sent(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    (receipt,) = bot.read(lambda uow: uow.outbox.in_state("sent", 9))
    receipt.state = "uncertain"
    bot.read(lambda uow: uow.outbox.update(receipt))
    ticket = bot.ticket(1)
    bot.read(lambda uow: uow.words.erase(ticket.id))

    with pytest.raises(NotLeft, match="erased"):
        decide(bot, leftovers.resend, receipt.id)
    decide(bot, leftovers.drop, receipt.id)


def test_whom_a_confidential_message_was_for_is_not_told(bot: TownBot) -> None:
    bot.say("zhang", "我要举报，学苑小区物业经理收了装修队的好处费", private=True)
    assert bot.ticket(1).confidential
    for notice in bot.read(lambda uow: uow.outbox.in_state("sent", 9)):
        notice.state = "dead"
        bot.read(partial(_update, notice=notice))

    messages, _ = look(bot)

    assert messages
    assert {(one.chat, one.name) for one in messages if one.number} == {("", "")}


def _update(uow: UnitOfWork, notice: object) -> None:
    uow.outbox.update(notice)  # type: ignore[arg-type]


def test_duty_holders_are_named_so_that_they_can_be_called(bot: TownBot, outbox: Outbox) -> None:
    lost(outbox, "请看一下", "web:dm:zhou")
    lost(outbox, "请看一下", "web:dm:zhang")

    messages, _ = look(bot)

    assert [(one.chat, one.name) for one in messages] == [("web:dm:zhou", "周敏"), ("web:dm:zhang", "")]


def test_what_could_not_be_put_into_words_is_listed_once_with_its_reason(bot: TownBot, outbox: Outbox) -> None:
    notice = outbox.tell("x")
    notice.state = "dead"
    bot.read(lambda uow: uow.outbox.update(notice))
    bot.read(lambda uow: uow.reserve.put(f"notice:{notice.id}", MORNING, "KeyError: 'title'"))

    ((message,), events) = look(bot)
    assert (message.reason, events) == ("KeyError: 'title'", [])
    decide(bot, leftovers.drop, notice.id)
    assert look(bot) == ([], [])


def test_an_event_set_aside_is_listed_and_cleared(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    keys = ["web:xueyuan:m9", f"timer:{bot.ticket(1).id}:sign"]
    for key in keys:
        bot.read(partial(_put, key=key))

    assert look(bot) == ([], [SetAside(key, 1, "ValueError: 电话138****5678") for key in sorted(keys)])
    for key in keys:
        decide(bot, leftovers.clear, key)

    assert look(bot) == ([], [])
    assert [event.note for event in bot.events(1) if event.by == "operator"] == ["cleared"]
    with pytest.raises(NotLeft):
        decide(bot, leftovers.clear, keys[0])


def _put(uow: UnitOfWork, key: str) -> None:
    uow.reserve.put(key, MORNING, "ValueError: 电话13812345678")
