"""待办: a duty-holder's own list, short, the longest overdue first, with whose move it is; always privately."""

from datetime import timedelta

import pytest

from bot.domain.states import DISPATCHED, IN_PROGRESS, ON_HOLD, REVIEW
from bot.messages import OutboundMessage
from bot.ports import UnitOfWork
from tests.fakes import CLEAR, TownBot, texts
from tests.storage.making import a_ticket


def add(bot: TownBot, id_: str, **fields: object) -> None:
    """A ticket of 周敏's grid."""
    given = {"root": "dongshan", "unit": "xueyuan", "assignee": "zhou", "state": IN_PROGRESS, **fields}
    bot.read(lambda uow: uow.tickets.add(a_ticket(id_, **given)))


def todo(bot: TownBot, who: str = "zhou", chat: str = "xueyuan", private: bool = True) -> list[OutboundMessage]:
    return [one for one in bot.say(who, "待办", chat, private=private) if "待办" in one.text]


def test_the_longest_overdue_comes_first_with_its_days(bot: TownBot) -> None:
    now = bot.clock.now()
    add(bot, "t1", number=1, title="灯坏了", due_at=now + timedelta(days=1))
    add(bot, "t2", number=2, title="水管漏了", due_at=now - timedelta(days=2, hours=1), state=DISPATCHED)
    add(bot, "t3", number=3, title="门坏了", due_at=None)

    (said,) = todo(bot)

    assert said.chat == "web:dm:zhou"
    assert said.text.splitlines() == [
        "您有3件待办，先说最急的：",
        "2号件 排水管网 水管漏了：请您签收，超3天",
        "1号件 排水管网 灯坏了：请您办",
        "3号件 排水管网 门坏了：请您办",
    ]


@pytest.mark.parametrize("chat", ["xueyuan", "work"])
def test_asked_for_in_a_group_it_comes_privately(bot: TownBot, chat: str) -> None:
    add(bot, "t1", number=1, title="灯坏了")

    assert [one.chat for one in todo(bot, chat=chat, private=False)] == ["web:dm:zhou"]


def test_it_is_short_and_the_oldest_are_not_lost_behind_new_ones(bot: TownBot) -> None:
    now = bot.clock.now()
    for n in range(30):
        add(bot, f"t{n:02}", number=n + 1, title="长" * 90, due_at=now - timedelta(days=30 - n))

    (said,) = todo(bot)

    assert said.text.startswith("您有30件待办")
    assert said.text.splitlines()[1].startswith("1号件")
    assert len(said.text.splitlines()) == 11
    assert len(said.text) < 600


@pytest.mark.parametrize(
    ("fields", "who", "move"),
    [
        ({"state": ON_HOLD}, "zhou", "挂账中"),
        ({"asked": "extended", "asked_by": "zhou"}, "zhou", "等上级批"),
        ({"asked": "extended", "asked_by": "zhou"}, "chen", "等您批"),
        ({"state": REVIEW}, "zhou", "等群主审核"),
        ({"state": IN_PROGRESS, "helpers": ["liu"]}, "liu", "请您帮着办"),
    ],
)
def test_whose_move_it_is_as_the_reader_sees_it(bot: TownBot, fields: dict[str, object], who: str, move: str) -> None:
    add(bot, "t1", number=1, title="灯坏了", **fields)

    (said,) = todo(bot, who)

    assert said.text.endswith(f"灯坏了：{move}")


def test_who_is_named_in_a_report_does_not_find_it(bot: TownBot) -> None:
    add(bot, "t1", number=1, title="经理收了钱", confidential=True, nature="report", named=["zhou"])

    assert texts(todo(bot)) == ["您没有待办的件。"]


def test_a_resident_has_no_such_list(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])

    assert not any("请您" in text for text in texts(bot.say("zhang", "待办", private=True)))


def test_it_waits_neither_for_the_morning_nor_for_the_budget(bot: TownBot) -> None:
    def late(uow: UnitOfWork) -> None:
        uow.tickets.add(a_ticket("t1", root="dongshan", unit="xueyuan", assignee="zhou", state=IN_PROGRESS, number=1))

    bot.read(late)
    bot.wait(hours=15)  # midnight

    for _ in range(8):
        assert len(todo(bot)) == 1
