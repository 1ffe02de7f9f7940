"""The three lists: one lineage a ticket, every voice masked, the trail of its cross-off, and nothing confidential."""

import re
from datetime import date, timedelta
from itertools import pairwise

import pytest

from bot.messages import Media
from bot.ports import Position
from bot.usecases.lineage import EFFECTS, LISTS, PROBLEMS, TASKS, Lineage, code_of, parsed_code
from bot.usecases.lists import Page, Selection, lineage_of, page_of, stewards_of
from tests.fakes import CLEAR, MORNING, SHANGHAI, TownBot

UNITS = ("xinhe", "xueyuan", "lvyuan")
REPORT = "我要举报：物业经理收了施工队的红包，电梯维修的钱对不上"


def page(
    bot: TownBot, name: str, selection: Selection | None = None, after: Position | None = None, limit: int = 50
) -> Page:
    """A page of a list of the whole community."""
    now = bot.clock.now()
    wanted = (selection or Selection()).of(name, UNITS, SHANGHAI, now)
    return bot.read(lambda uow: page_of(uow, bot.engine.org, wanted, now, after, limit))


def rows(bot: TownBot, name: str, selection: Selection | None = None) -> list[Lineage]:
    """The rows of its first page."""
    return list(page(bot, name, selection).rows)


def lineage(bot: TownBot, code: str, units: tuple[str, ...] = UNITS) -> Lineage | None:
    """One lineage by its code."""
    return bot.read(lambda uow: lineage_of(uow, bot.engine.org, units, code, bot.clock.now()))


def picture(ref: str) -> Media:
    """A stored photo."""
    return Media("image", "photo.jpg", ref * 32)


@pytest.fixture
def told(bot: TownBot) -> TownBot:
    """张 has told of a drain, with his number; 李 has the same trouble."""
    bot.say("zhang", CLEAR["drainage"] + "，我在3号楼2单元501室，电话13812345678", media=(picture("a"),))
    bot.say("li", "我家也是，化粪池堵了")
    return bot


@pytest.fixture
def done(told: TownBot) -> TownBot:
    """周 has signed for it, told how it goes, and done it."""
    told.say("zhou", "1号件 收到")
    told.clock.advance(hours=1)
    told.say("zhou", "1号件 进展 抽粪车已经到了，联系人13987654321")
    told.say("zhou", "1号件 办结 已经疏通", media=(picture("b"),))
    return told


def test_a_problem_has_every_voice_and_no_number_that_reaches_a_person(told: TownBot) -> None:
    [row] = rows(told, PROBLEMS)

    assert row.code == "2026-0001"
    assert row.problem.people == 2
    assert [voice.at for voice in row.problem.voices] == [MORNING, MORNING]
    assert "化粪池又堵了" in row.problem.voices[0].words
    assert row.problem.voices[1].words == "我家也是，化粪池堵了"
    assert [photo.ref for voice in row.problem.voices for photo in voice.photos] == ["a" * 32]
    for secret in ("13812345678", "501", "zhang"):
        assert secret not in repr(row)


@pytest.mark.parametrize("length", range(8, 20))
def test_a_title_never_ends_in_half_a_number(bot: TownBot, length: int) -> None:
    bot.say("zhang", "3号楼楼道灯坏了" + "啊" * length + "请打13812345678，麻烦修一下")

    [row] = rows(bot, PROBLEMS)

    assert not re.search("[0-9]{4}", row.problem.title.replace("****5678", ""))
    assert len(row.problem.title) <= 30


def test_a_task_says_who_does_what_by_when(told: TownBot) -> None:
    told.say("zhou", "1号件 收到")
    told.say("zhou", "1号件 进展 抽粪车已经到了，联系人13987654321")

    [row] = rows(told, TASKS)

    assert row.task is not None
    assert (row.state, row.task.steward) == ("in_progress", "周敏")
    assert row.task.due_at == told.ticket(1).due_at
    assert row.task.progress == "抽粪车已经到了，联系人139****4321"
    assert not row.task.overdue
    assert row.effect is None
    assert rows(told, EFFECTS) == []


def test_the_same_row_stands_in_all_lists_that_it_has_come_to(done: TownBot) -> None:
    assert rows(done, PROBLEMS) == rows(done, TASKS) == rows(done, EFFECTS)
    [row] = rows(done, PROBLEMS)
    assert all(row.is_on(name) for name in LISTS)
    assert lineage(done, row.code) == row


def test_an_effect_has_photos_of_before_and_after_and_the_votes(done: TownBot) -> None:
    done.rate("li", 1, 4)
    done.rate("zhang", 1, 5)

    [row] = rows(done, EFFECTS)

    assert row.effect is not None
    assert row.effect.result == "已经疏通"
    assert [photo.ref for photo in row.effect.before] == ["a" * 32]
    assert [photo.ref for photo in row.effect.after] == ["b" * 32]
    assert row.effect.votes == ((5, 1), (4, 1))
    assert (row.state, row.effect.close_reason) == ("closed", "resolved")


def test_the_trail_names_who_crossed_it_off_and_on_which_votes(done: TownBot) -> None:
    done.rate("zhang", 1, 1, solved=False)
    done.say("zhou", "1号件 办结 换了新管子")
    done.clock.advance(hours=2)
    done.rate("zhang", 1, 5)

    [row] = rows(done, EFFECTS)

    assert row.effect is not None
    trail = row.effect.trail
    assert [deed.kind for deed in trail] == ["done", "polled", "reworked", "done", "polled", "closed"]
    assert (trail[0].who, trail[0].name) == ("staff", "周敏")
    assert (trail[2].votes, trail[2].unsolved) == (((1, 1),), 1)
    assert (trail[-1].votes, trail[-1].unsolved, trail[-1].note) == (((5, 1),), 0, "resolved")
    assert trail[-1].at == done.clock.now()
    assert all(not deed.name for deed in trail if deed.who != "staff")


def test_a_merged_ticket_lives_on_in_the_other(told: TownBot) -> None:
    told.say("qian", CLEAR["sanitation"])
    told.say("zhou", "合并 2→1", private=True)

    [row] = rows(told, PROBLEMS)

    assert row.code == "2026-0001"
    assert row.problem.merged == (2,)
    assert row.problem.people == 3
    assert any("垃圾桶" in voice.words for voice in row.problem.voices)
    assert lineage(told, "2026-0002") == row


def test_a_report_is_in_no_list_under_no_code(bot: TownBot) -> None:
    bot.say("zhang", "学苑小区 " + REPORT, private=True)
    [ticket] = bot.tickets()
    assert ticket.confidential
    assert ticket.number == 1

    bot.clock.advance(days=60)
    assert [rows(bot, name) for name in LISTS] == [[], [], []]
    assert rows(bot, TASKS, Selection(overdue=True)) == []
    assert lineage(bot, "2026-0001") is None


def test_a_unit_of_others_and_a_number_that_was_not_given_are_the_same(told: TownBot) -> None:
    assert lineage(told, "2026-0001", ("lvyuan",)) is None
    assert lineage(told, "2026-0099") is None
    assert lineage(told, "2026-0001", ()) is None


@pytest.mark.parametrize(
    ("selection", "found"),
    [
        (Selection(), {1, 2}),
        (Selection(category="noise"), {2}),
        (Selection(steward="wu"), {2}),
        (Selection(state="dispatched"), {1, 2}),
        (Selection(state="closed"), set()),
        (Selection(state="candidate"), set()),
        (Selection(overdue=True), {1}),
        (Selection(first=date(2026, 5, 20)), {2}),
        (Selection(last=date(2026, 5, 6)), {1}),
        (Selection(first=date(2026, 5, 6), last=date(2026, 5, 20)), {1, 2}),
    ],
)
def test_filters(bot: TownBot, selection: Selection, found: set[int]) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.clock.advance(days=14)
    bot.say("qian", CLEAR["noise"], chat="lvyuan")

    assert {row.number for row in rows(bot, TASKS, selection)} == found


def test_days_are_local(bot: TownBot) -> None:
    bot.clock.at = MORNING.replace(hour=0, minute=30)  # still the day before in UTC
    bot.say("zhang", CLEAR["facilities"])

    assert len(rows(bot, PROBLEMS, Selection(first=MORNING.date(), last=MORNING.date()))) == 1
    assert rows(bot, PROBLEMS, Selection(last=MORNING.date() - timedelta(days=1))) == []


def test_page_after_page_shows_every_ticket_once(bot: TownBot) -> None:
    for n, words in enumerate(CLEAR.values()):
        bot.say(f"neighbour-{n}", words)
    seen, after = list[int](), None
    for _ in range(10):
        found = page(bot, PROBLEMS, None, after, 2)
        seen += [row.number for row in found.rows]
        after = found.rest
        if after is None:
            break

    assert seen == [5, 4, 3, 2, 1]
    assert all(one > other for one, other in pairwise(seen))


@pytest.mark.parametrize("text", ["", "12", "-", "a-1", "2026-", "２０２６-１", "2026-1-2", "9" * 30 + "-1"])
def test_what_is_no_code_names_nothing(text: str) -> None:
    assert parsed_code(text) is None


def test_a_code_says_what_it_was_made_from() -> None:
    assert parsed_code(code_of(2026, 12)) == (2026, 12)
    assert parsed_code(" 2026-12345 ") == (2026, 12345)


def test_those_who_may_have_a_ticket_are_offered(bot: TownBot) -> None:
    assert [person.name for person in stewards_of(bot.engine.org, ("xueyuan",))] == ["刘通", "周敏", "陈卫东", "高立"]


def test_who_was_merged_twice_is_still_heard(bot: TownBot) -> None:
    for sender, about in (("a", "drainage"), ("b", "noise"), ("c", "parking")):
        bot.say(sender, CLEAR[about])
    bot.say("zhou", "合并 1→2")
    bot.say("zhou", "合并 2→3")

    [row] = rows(bot, PROBLEMS)
    assert row.problem.merged == (2, 1)
    assert {voice.words for voice in row.problem.voices} == {CLEAR[about] for about in ("drainage", "noise", "parking")}
