"""Digests and figures by other calendars: the assessed month, days from noon to noon, places far away; and silence."""

from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from bot.domain.org import Organization
from bot.domain.periods import REPORT_DAY, period
from bot.messages import OutboundMessage
from bot.ports import UnitOfWork
from bot.usecases import analysis
from tests.fakes import CLEAR, SHANGHAI, TownBot, quiet_settings, town, town_bot

URUMQI = "Asia/Urumqi"  # two hours behind
GROUP = "web:xueyuan"


def elsewhere(zone: str = URUMQI) -> Organization:
    """The town with its clocks elsewhere."""
    org = town()
    return replace(org, units={id_: replace(unit, timezone=zone) for id_, unit in org.units.items()})


def go_to(bot: TownBot, local: str, zone: ZoneInfo = SHANGHAI) -> None:
    """Time passes, with all that falls due on the way."""
    until = datetime.fromisoformat(local).replace(tzinfo=zone)
    bot.wait(seconds=(until - bot.clock.now()).total_seconds())


def titles(bot: TownBot, kind: str) -> list[str]:
    """The first two lines of the digests of a kind that go out when the calendar is looked at."""
    return ["　".join(one.text.splitlines()[:2]) for one in look(bot) if kind in one.text.splitlines()[0]]


def look(bot: TownBot) -> list[OutboundMessage]:
    """What goes out when the calendar is looked at."""
    for due in bot.read(lambda uow: bot.engine.digests_due(uow, bot.clock.now())):
        bot.read(lambda uow, due=due: bot.engine.say_digest(uow, bot.clock.now(), due))  # type: ignore[misc]
    return [one for one in bot.let(lambda _uow, _now: None) if one.kind == "digest"]


def test_an_assessed_month_holds_what_came_up_to_the_eighteenth_and_the_first_is_silent(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db", settings=quiet_settings(digests={"assessed": ("xinhe",)})) as bot:
        go_to(bot, "2026-05-18T23:50")
        bot.say("zhang", CLEAR["drainage"])
        go_to(bot, "2026-05-19T00:10")
        bot.say("li", CLEAR["noise"])
        go_to(bot, "2026-05-19T08:00")
        (said,) = titles(bot, "月报")
        assert "4月19日至5月18日　新登记1件" in said
        go_to(bot, "2026-06-01T08:00")
        assert titles(bot, "月报") == []
        go_to(bot, "2026-06-19T08:00")
        (said,) = titles(bot, "月报")
        assert "5月19日至6月18日　新登记1件（前期1件）" in said


@pytest.mark.parametrize(("kind", "at"), [("周报", "2026-09-07T08:00"), ("月报", "2026-09-01T08:00")])
def test_what_is_only_overdue_is_named_by_the_day_and_by_no_other(bot: TownBot, kind: str, at: str) -> None:
    bot.say("zhang", CLEAR["drainage"])
    go_to(bot, at)

    said = [one.text for one in look(bot)]
    assert [text for text in said if kind in text.splitlines()[0]] == []
    assert len([text for text in said if "日报" in text.splitlines()[0]]) == 1


def test_a_day_ends_at_midnight_of_the_place(tmp_path: Path) -> None:
    there = ZoneInfo(URUMQI)
    with town_bot(tmp_path / "bot.db", elsewhere()) as bot:
        go_to(bot, "2026-05-06T23:30", there)  # in Shanghai it is tomorrow
        bot.say("zhang", CLEAR["drainage"])
        go_to(bot, "2026-05-07T00:30", there)
        bot.say("li", CLEAR["noise"])
        go_to(bot, "2026-05-07T08:00", there)
        assert titles(bot, "日报") == ["新河社区日报　5月6日　新登记1件（前期0件），办结0件（前期0件），在办2件。"]


def test_residents_are_thanked_at_eight_of_their_own_clock(tmp_path: Path) -> None:
    there, settings = ZoneInfo(URUMQI), quiet_settings(digests={"residents": (GROUP,), "owners": False})
    with town_bot(tmp_path / "bot.db", elsewhere(), settings=settings) as bot:
        bot.say("zhang", CLEAR["drainage"])
        bot.say("zhou", "1号件 办结：疏通了", private=True)
        bot.rate("zhang", 1, 5)
        go_to(bot, "2026-05-11T07:59", there)
        assert look(bot) == []
        go_to(bot, "2026-05-11T08:00", there)
        assert [one.chat for one in look(bot)] == [GROUP]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", URUMQI])
def test_a_report_day_runs_from_noon_to_noon_of_the_place(tmp_path: Path, zone: str) -> None:
    there = ZoneInfo(zone)
    with town_bot(tmp_path / "bot.db", elsewhere(zone)) as bot:
        for when, words in (("11:50", "drainage"), ("12:10", "noise"), ("23:50", "parking")):
            go_to(bot, f"2026-05-07T{when}", there)
            bot.say(f"r{when}", CLEAR[words])
        go_to(bot, "2026-05-08T11:50", there)
        bot.say("late", CLEAR["sanitation"])
        go_to(bot, "2026-05-09T09:00", there)

        def heard(uow: UnitOfWork, day: int) -> int:
            analysis.catch_up(uow)
            span = analysis.span_of(period(REPORT_DAY, date(2026, 5, day), there), bot.clock.now())
            return sum(one.whole for one in uow.facts.sums("xinhe", span.since, span.came, codes=["registered"]))

        assert [bot.read(lambda uow, day=day: heard(uow, day)) for day in (7, 8, 9)] == [1, 3, 0]  # type: ignore[misc]
