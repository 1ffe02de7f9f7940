"""What the analysis page is made of: how far a period is counted, funnel, trend, heat, loads, and who is compared."""

from datetime import date, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from bot.domain.org import Unit
from bot.domain.periods import DAY, MONTH, REPORT_DAY, WEEK, period
from bot.domain.rates import scoring
from bot.ports import Burden, UnitOfWork
from bot.usecases import analysis
from bot.usecases.analysis import Figures, Heat, HeatRow, Point, Span
from bot.usecases.comparison import compare
from tests.fakes import CLEAR, MORNING, SHANGHAI, TownBot

SCORING = scoring.load_scoring(Path(scoring.__file__).with_name("scoring.toml"))
GRID = Unit("xueyuan", "学苑小区", "grid", "xinhe")


def span(kind: str, now: datetime, day: date | None = None) -> Span:
    return analysis.span_of(analysis.choose_period(kind, day, now, GRID), now)


def figures(bot: TownBot, unit: str, kind: str = MONTH) -> Figures:
    def job(uow: UnitOfWork) -> Figures:
        analysis.catch_up(uow)
        return analysis.figures(uow, unit, span(kind, bot.clock.now()), SCORING)

    return bot.read(job)


def two_tickets(bot: TownBot) -> None:
    """One closed within its limits, one of the other grid that nobody has touched."""
    bot.say("zhang", CLEAR["facilities"])
    bot.say("qian", CLEAR["noise"], chat="lvyuan")
    bot.wait(hours=1)
    bot.press("zhou", "sign", 1)
    bot.press("zhou", "done", 1, "修好了")
    bot.rate("zhang", 1, 5)


def test_what_fell_due_is_cut_at_the_last_half_day_and_what_came_in_is_not() -> None:
    morning, evening = span(DAY, MORNING), span(DAY, MORNING + timedelta(hours=6))

    assert morning.cut == morning.period.start
    assert evening.cut == datetime(2026, 5, 6, 12, tzinfo=SHANGHAI)
    assert (morning.came - morning.since, evening.came - evening.since) == (1, 2)
    assert morning.is_running
    assert evening.is_running
    assert not span(DAY, MORNING, date(2026, 5, 5)).is_running


def test_a_day_that_is_to_come_or_long_gone_is_the_present_one() -> None:
    present = period(WEEK, date(2026, 5, 6), SHANGHAI)

    for day in (None, date(2026, 5, 11), date(9999, 12, 31), date(1, 1, 1)):
        assert analysis.choose_period(WEEK, day, MORNING, GRID) == present
    assert analysis.choose_period(WEEK, date(2026, 5, 3), MORNING, GRID) == present.before()
    assert analysis.choose_period(REPORT_DAY, None, MORNING + timedelta(hours=6), GRID).day == date(2026, 5, 7)


def test_figures_are_those_of_the_unit_and_all_below_it(bot: TownBot) -> None:
    two_tickets(bot)
    bot.wait(days=10)
    whole, grid = figures(bot, "xinhe"), figures(bot, "xueyuan")

    assert (whole.results["on_time"].measure.text, whole.results["on_time"].measure.n) == ("50.0 %", 2)
    assert grid.results["on_time"].measure.text == grid.results["satisfied"].measure.text == "100.0 %"
    assert (whole.funnel.heard, whole.funnel.accepted, whole.funnel.assigned, whole.funnel.closed) == (2, 2, 2, 1)
    assert grid.funnel.categories == (("facilities", 1),)
    assert grid.score(SCORING.composites["beijing"]).text == "100.00"
    assert figures(bot, "lvyuan").score(SCORING.composites["beijing"]).text == "—"


def test_the_trend_has_every_day_and_every_week(bot: TownBot) -> None:
    two_tickets(bot)
    bot.wait(days=1)

    def job(uow: UnitOfWork, kind: str) -> tuple[Point, ...]:
        analysis.catch_up(uow)
        return analysis.trend(uow, "xinhe", span(kind, bot.clock.now()))

    days, weeks = bot.read(lambda uow: job(uow, DAY)), bot.read(lambda uow: job(uow, MONTH))
    assert days[-2:] == (Point(date(2026, 5, 6), 2, 1), Point(date(2026, 5, 7), 0, 0))
    assert len(days) == analysis.DAYS
    assert weeks[-1] == Point(date(2026, 5, 4), 2, 1)
    assert len(weeks) == analysis.WEEKS
    assert {(later.day - earlier.day).days for earlier, later in pairwise(weeks)} == {7}


def test_heat_is_houses_of_a_small_unit_and_units_of_a_large_one(bot: TownBot) -> None:
    two_tickets(bot)
    org, now = bot.engine.org, bot.clock.now()

    def job(uow: UnitOfWork, unit: str) -> Heat:
        analysis.catch_up(uow)
        return analysis.heat(uow, org, org.units[unit], span(MONTH, now))

    assert bot.read(lambda uow: job(uow, "xinhe")).rows == (
        HeatRow("lvyuan", "9", (0, 1)),
        HeatRow("xueyuan", "5", (1, 0)),
    )
    assert bot.read(lambda uow: job(uow, "dongshan")) == Heat(("facilities", "noise"), (HeatRow("xinhe", "", (1, 1)),))


def test_shades_are_none_for_none_and_the_darkest_for_the_most() -> None:
    table = Heat(("noise",), (HeatRow("a", "1", (8,)), HeatRow("a", "2", (1,)), HeatRow("", "", (99,))))

    assert [table.shade(count) for count in (0, 1, 2, 3, 8, 99)] == [0, 1, 1, 2, 4, 4]
    assert Heat((), ()).shade(3) == 0


def test_loads_are_of_people_with_a_duty_there_and_of_small_units_only(bot: TownBot) -> None:
    two_tickets(bot)
    bot.press("chen", "raise", 2)
    org, now = bot.engine.org, bot.clock.now()

    def job(uow: UnitOfWork, unit: str) -> list[Burden]:
        return analysis.burdens(uow, org, org.units[unit], span(MONTH, now), now)

    assert bot.read(lambda uow: job(uow, "xueyuan")) == [Burden("zhou", 0, 0, 1)]
    found = bot.read(lambda uow: job(uow, "xinhe"))
    assert {one.person for one in found} == {"zhou", "wu"}  # 2 has gone to the street's desk, whom nobody here commands
    assert bot.read(lambda uow: job(uow, "dongshan")) == []


def test_units_are_compared_from_ten_on_and_ties_share(bot: TownBot) -> None:
    org = bot.engine.org
    for number in range(10):
        for chat in ("xueyuan", "lvyuan"):
            bot.say(f"{chat}{number}", f"{number + 1}号楼的电梯坏了两天了，老人上不去楼，麻烦修一下", chat)
            bot.wait(minutes=10)
    bot.wait(days=12)

    def job(uow: UnitOfWork, unit: str, code: str) -> list[tuple[str, int | None]]:
        analysis.catch_up(uow)
        found = compare(uow, org, unit, span(MONTH, bot.clock.now()), code, SCORING)
        return [(place.entry.unit, place.rank) for league in found for place in league.places]

    assert bot.read(lambda uow: job(uow, "xinhe", "on_time")) == [("xueyuan", 1), ("lvyuan", 1)]
    assert bot.read(lambda uow: job(uow, "xinhe", "satisfied")) == [("xueyuan", None), ("lvyuan", None)]
    assert bot.read(lambda uow: job(uow, "xueyuan", "on_time")) == []
    with pytest.raises(KeyError):
        bot.read(lambda uow: job(uow, "xinhe", "beauty"))
