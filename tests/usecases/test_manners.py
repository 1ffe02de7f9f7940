"""A group whose owner has chosen otherwise: what is chosen holds there and nowhere else."""

from datetime import datetime, timedelta

import pytest

from bot.domain.manners import SAYS
from bot.ports import UnitOfWork
from tests.fakes import CLEAR, MORNING, SHANGHAI, TownBot
from tests.usecases.hands import GROUP, OTHER, PRIVATE, Outbox, note


def choose(bot: TownBot, chat: str = GROUP, **values: str) -> None:
    """Choose for a group, as the dashboard does; it holds from the next moment on."""

    def job(uow: UnitOfWork) -> None:
        for name, value in values.items():
            uow.choices.set_manner(chat, name, value)
        bot.engine.reload(uow)

    bot.read(job)


def test_a_group_has_a_budget_of_its_own(outbox: Outbox) -> None:
    choose(outbox.bot, budget="2")
    for number in range(2):
        outbox.tell(str(number))
        assert outbox.send_all() == [note(str(number))]
    late = outbox.tell("3")
    outbox.tell("4", OTHER)

    assert outbox.send_all() == [note("4")]
    assert outbox.stored(late).not_before == MORNING + timedelta(hours=1)
    choose(outbox.bot, budget="")
    outbox.at(MORNING + timedelta(minutes=5))
    outbox.tell("5")
    assert outbox.send_all() == [note("5")]


@pytest.mark.parametrize(
    ("hours", "clock", "is_quiet"),
    [
        (("20:00", "08:00"), (20, 0), True),
        (("20:00", "08:00"), (7, 59), True),
        (("20:00", "08:00"), (19, 59), False),
        (("12:30", "14:00"), (13, 0), True),
        (("12:30", "14:00"), (23, 0), False),
        (("00:00", "00:00"), (3, 0), False),
    ],
)
def test_a_group_has_quiet_hours_of_its_own(
    outbox: Outbox, hours: tuple[str, str], clock: tuple[int, int], is_quiet: bool
) -> None:
    choose(outbox.bot, quiet_from=hours[0], quiet_until=hours[1])
    outbox.at(datetime(2026, 5, 6, *clock, tzinfo=SHANGHAI))
    outbox.tell("明天来修")

    assert (outbox.send_all() == []) is is_quiet


def test_the_chats_beside_it_sleep_as_everywhere(outbox: Outbox) -> None:
    choose(outbox.bot, quiet_from="00:00", quiet_until="00:00")
    outbox.at(datetime(2026, 5, 6, 23, 0, tzinfo=SHANGHAI))
    for chat in (GROUP, OTHER, PRIVATE):
        outbox.tell(chat, chat)

    assert outbox.send_all() == [note(GROUP)]


def due(bot: TownBot, number: int) -> timedelta:
    """How long a ticket has until it must be done."""
    ticket = bot.ticket(number)
    assert ticket.due_at is not None
    return ticket.due_at - ticket.created_at


def test_a_group_has_limits_of_its_own(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["facilities"])
    choose(bot, preset="beijing")
    bot.say("qian", CLEAR["sanitation"])
    bot.say("sun", CLEAR["sanitation"], "lvyuan")

    week, usual = timedelta(days=7), due(bot, 1)
    assert due(bot, 2) == week != usual
    assert due(bot, 3) == usual
    assert due(bot, 1) == usual, "what is at work stays as it is"


def test_what_is_told_privately_has_the_limits_of_its_unit(bot: TownBot) -> None:
    choose(bot, preset="beijing")
    bot.say("zhang", "早上好")
    bot.say("zhang", f"报事 学苑{CLEAR['sanitation']}", private=True)

    assert due(bot, 1) == timedelta(days=7)


def test_a_preset_that_is_gone_is_as_everywhere(bot: TownBot) -> None:
    choose(bot, preset="nowhere")
    bot.say("zhang", CLEAR["sanitation"])

    assert due(bot, 1) > timedelta(days=4)


def test_a_sentence_of_its_own_is_said_in_the_group_and_nowhere_else(outbox: Outbox) -> None:
    choose(outbox.bot, **{f"{SAYS}progress": "{number}号件，乡亲们看：{note}"})
    for chat in (GROUP, OTHER, PRIVATE):
        outbox.tell("明天来修", chat)

    assert outbox.send_all() == ["1号件，乡亲们看：明天来修", note("明天来修"), note("明天来修")]


def test_words_whose_slots_a_newer_catalog_has_not_are_not_said(outbox: Outbox) -> None:
    choose(outbox.bot, **{f"{SAYS}progress": "{number}号件：{weather}"})
    outbox.tell("明天来修")

    assert outbox.send_all() == [note("明天来修")]
