"""From one trouble to a class of troubles: what is proposed to whom, what a yes opens, and when it is over."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.org import Duty
from bot.domain.ticket import Ticket
from bot.messages import OutboundMessage, Press
from bot.ports import UnitOfWork
from bot.settings import Settings
from bot.usecases import sweeps
from bot.usecases.foresight import owned_units
from bot.usecases.sweeps import Standing
from tests.fakes import MORNING, TownBot, new_engine, texts

UNIT = "xinhe"  # 陈卫东 is its owner; below it are the grids of 周敏 and 吴刚


def drains(bot: TownBot, count: int = 6, first: int = 1) -> None:
    """So many blocked drains, a building and a household each, in both grids."""
    for n in range(first, first + count):
        chat = "xueyuan" if n % 2 else "lvyuan"
        bot.say(f"r{n}", f"{n}号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看", chat)
        bot.wait(hours=1)


def at_night(bot: TownBot) -> list[OutboundMessage]:
    """The next night at three: the hour in which tickets are compared."""
    local = bot.clock.now().replace(hour=3, minute=5)
    while local <= bot.clock.now():
        local += timedelta(days=1)
    bot.wait(seconds=(local - bot.clock.now()).total_seconds())
    said = bot.let(lambda uow, now: bot.engine.foresee(uow, now, UNIT))
    return said + [
        message for message in bot.wait(hours=5) if message.buttons and message.buttons[0].action == "register"
    ]


def standing(bot: TownBot, person: str = "chen") -> list[Standing]:
    """The classes of trouble as somebody sees them, newest first."""
    org = bot.engine.org
    return bot.read(
        lambda uow: sweeps.standings(uow, org, org.people[person], (UNIT,), bot.clock.now() - timedelta(days=90))
    )


def tasks(bot: TownBot) -> dict[str, Ticket]:
    """The tasks of the newest class, by grid."""
    return {task.unit: task for task in standing(bot)[0].tasks}


def yes(bot: TownBot) -> list[OutboundMessage]:
    """The owner says yes, in a word."""
    return bot.say("chen", "登记", "dm:chen", private=True)


def in_groups(messages: list[OutboundMessage]) -> list[OutboundMessage]:
    return [message for message in messages if ":dm:" not in message.chat]


def test_the_owner_is_asked_once_with_the_reason(bot: TownBot) -> None:
    drains(bot)
    [asked] = at_night(bot)

    assert asked.chat == "web:dm:chen"
    assert "举一反三：排水管网（下水）" in asked.text
    assert "30天内同类6件，涉及6栋，比上期多6件" in asked.text
    assert [button.action for button in asked.buttons] == ["register", "reject"]
    assert at_night(bot) == []


def test_few_troubles_are_no_class(bot: TownBot) -> None:
    drains(bot, 4)

    assert at_night(bot) == []
    assert standing(bot) == []


def test_nobody_is_asked_by_day(bot: TownBot) -> None:
    drains(bot)

    assert bot.let(lambda uow, now: bot.engine.foresee(uow, now, UNIT)) == []


def test_a_yes_opens_a_task_for_the_steward_of_each_grid(bot: TownBot) -> None:
    drains(bot)
    at_night(bot)
    said = yes(bot)

    found = tasks(bot)
    assert {unit: task.assignee for unit, task in found.items()} == {"xueyuan": "zhou", "lvyuan": "wu"}
    for task in found.values():
        assert (task.nature, task.category, task.source, task.state) == ("hazard", "drainage", "sweep", "dispatched")
        assert "请把本网格都查一遍" in task.text
        assert task.due_at is not None
    assert sorted(message.chat for message in said) == ["web:dm:chen", "web:dm:wu", "web:dm:zhou"]
    [told] = [message.text for message in said if message.chat == "web:dm:chen"]
    assert "已派2个网格去查" in told


def test_tasks_are_closed_one_by_one_and_then_the_class(bot: TownBot) -> None:
    drains(bot)
    at_night(bot)
    yes(bot)
    number = standing(bot)[0].ticket.number
    for done, (unit, steward) in enumerate((("xueyuan", "zhou"), ("lvyuan", "wu")), start=1):
        task = tasks(bot)[unit].number or 0
        bot.press(steward, "done", task, "查完了")
        bot.rate("chen", task, 5)
        assert (standing(bot)[0].done, standing(bot)[0].ticket.state) == (done, "in_progress")
        told = bot.let(lambda uow, now: bot.engine.foresee(uow, now, UNIT))
        assert [f"{number}号件查完了" in text for text in texts(told)] == [True] * (done - 1)

    assert standing(bot)[0].ticket.state == "closed"
    assert bot.let(lambda uow, now: bot.engine.foresee(uow, now, UNIT)) == []


def test_a_class_is_not_done_by_hand_while_tasks_are_open(bot: TownBot) -> None:
    drains(bot)
    at_night(bot)
    yes(bot)
    number = standing(bot)[0].ticket.number

    said = bot.say("chen", f"{number}号件 办结", "dm:chen", private=True)
    assert texts(said) == ["各网格还没有查完，查完了我会告诉您。"]
    assert standing(bot)[0].ticket.state == "in_progress"


def test_a_refused_class_does_not_come_back_within_90_days(bot: TownBot) -> None:
    drains(bot)
    at_night(bot)
    bot.say("chen", "不是", "dm:chen", private=True)
    assert standing(bot) == []

    bot.wait(days=60)
    drains(bot, 8, first=20)
    assert at_night(bot) == []

    bot.wait(days=31)
    drains(bot, 5, first=40)
    assert len(at_night(bot)) == 1


def test_unanswered_it_lapses_and_its_words_go(bot: TownBot) -> None:
    drains(bot)
    at_night(bot)
    asked = standing(bot)[0].ticket.id
    bot.wait(days=15)

    assert standing(bot) == []
    gone = next(ticket for ticket in bot.tickets() if ticket.id == asked)
    assert (gone.state, gone.title, gone.text, gone.number) == ("withdrawn", "", "", None)
    drains(bot, 6, first=30)
    assert at_night(bot) == []


def test_a_restart_forgets_nothing_and_asks_nothing_twice(bot: TownBot) -> None:
    drains(bot)
    at_night(bot)
    bot.engine = new_engine(Settings(), bot.engine.org, seed=9)

    assert at_night(bot) == []
    yes(bot)
    bot.engine = new_engine(Settings(), bot.engine.org, seed=10)
    yes(bot)
    assert len(tasks(bot)) == 2
    assert at_night(bot) == []


@pytest.mark.parametrize(("person", "may"), [("zhou", False), ("liu", False), ("gao", True), ("zhang", False)])
def test_only_who_commands_the_unit_sees_and_decides(bot: TownBot, person: str, may: bool) -> None:
    org = bot.engine.org
    bot.engine.org = replace(org, duties=(*org.duties, Duty("zhou", UNIT, "steward")))
    drains(bot)
    at_night(bot)
    asked = standing(bot)[0].ticket
    for _ in range(2):
        bot.do(press(person, asked, "register"))

    assert len(standing(bot)[0].tasks) == (2 if may else 0)
    if person in bot.engine.org.people:
        assert bool(standing(bot, person)) is may


def press(person: str, ticket: Ticket, action: str) -> Press:
    return Press("web", f"dm:{person}", person, f"{person}-{action}", MORNING, action, ticket.id)


@pytest.mark.parametrize(("part", "value"), [("confidential", True), ("source", "sweep"), ("nature", "inquiry")])
def test_what_was_told_in_confidence_or_is_no_trouble_makes_no_class(bot: TownBot, part: str, value: object) -> None:
    drains(bot)

    def change(uow: UnitOfWork) -> None:
        for ticket in uow.tickets.all()[:2]:
            setattr(ticket, part, value)
            uow.tickets.save(ticket)

    bot.read(change)
    assert at_night(bot) == []


def test_the_same_tickets_are_not_put_again_under_another_name(bot: TownBot) -> None:
    def dance(first: int, count: int, what: str) -> None:
        for n in range(first, first + count):
            bot.say(f"r{n}", f"{n}号楼下面{what}太吵了，吵得睡不着，请管一管")
            bot.wait(hours=1)

    dance(1, 6, "广场舞的大喇叭")
    [asked] = at_night(bot)
    assert "大喇叭" in asked.text
    bot.say("chen", "不是", "dm:chen", private=True)
    bot.wait(days=8)
    dance(10, 2, "跳广场舞")

    assert at_night(bot) == []


def test_residents_hear_nothing_and_their_troubles_stay_their_own(bot: TownBot) -> None:
    drains(bot)
    before = len(bot.sent)
    at_night(bot)
    yes(bot)
    since = [
        sent.message for sent in bot.sent[before:] if sent.message.kind in {"question", "receipt", "ping", "answer"}
    ]
    assert in_groups(since) == []

    bot.say("new", "11号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看")
    newest = bot.tickets()[-1]
    assert (newest.reporter, newest.source, newest.repeat_of) == ("web:new", "group", None)
    assert all(task.followers == [] for task in tasks(bot).values())


def test_only_units_with_an_owner_of_their_own_are_asked(bot: TownBot) -> None:
    assert owned_units(bot.engine.org) == [UNIT]
