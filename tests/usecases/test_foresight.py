"""The season calendar at work: who has a region is asked, two weeks ahead, once a year."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from bot.domain.org import Duty
from bot.housekeeping import foresee
from bot.messages import OutboundMessage
from bot.ports import UnitOfWork
from bot.render.catalog import LOCALES, load_catalog
from bot.settings import Settings
from bot.usecases import sweeps
from bot.usecases.foresight import region_of, set_region
from bot.usecases.sweeps import Standing
from tests.fakes import SHANGHAI, TownBot, new_engine

UNIT = "xinhe"


def set_to(bot: TownBot, region: str, unit: str = UNIT) -> None:
    bot.read(lambda uow: set_region(uow, unit, region))


def on(bot: TownBot, month: int, day: int, year: int = 2026) -> list[OutboundMessage]:
    """A morning on which the bot looks ahead."""
    bot.clock.at = datetime(year, month, day, 9, 0, tzinfo=SHANGHAI)
    bot.let(bot.engine.fire_due)
    return bot.let(lambda uow, now: bot.engine.foresee(uow, now, UNIT))


def standing(bot: TownBot) -> list[Standing]:
    org = bot.engine.org
    return bot.read(
        lambda uow: sweeps.standings(uow, org, org.people["chen"], (UNIT,), bot.clock.now() - timedelta(days=90))
    )


def test_without_a_region_nothing_is_ever_asked(bot: TownBot) -> None:
    assert [on(bot, month, day) for month in range(1, 13) for day in (5, 15, 25)] == [[]] * 36
    assert bot.tickets() == []


def test_each_season_of_the_region_comes_once_in_its_year(bot: TownBot) -> None:
    set_to(bot, "north")
    said: list[tuple[str, str]] = []
    start = datetime(2026, 1, 1, tzinfo=SHANGHAI)
    for days in range(0, 365, 2):
        day = start + timedelta(days=days)
        said += [(message.chat, message.text.partition("。")[0]) for message in on(bot, day.month, day.day)]

    assert said == [
        ("web:dm:chen", "4月3日起：清明，防火"),
        ("web:dm:chen", "6月1日起：进入汛期，防积水"),
        ("web:dm:chen", "6月7日起：高考，防噪声"),
        ("web:dm:chen", "6月12日起：中考，防噪声"),
        ("web:dm:chen", "8月25日起：中元节，防火"),
        ("web:dm:chen", "11月15日起：开始供暖"),
    ]
    assert [len(on(bot, 8, 12, year)) for year in (2027, 2027, 2028)] == [1, 0, 0]


def test_two_weeks_ahead_and_late_rather_than_never(bot: TownBot) -> None:
    set_to(bot, "north")

    assert on(bot, 10, 31) == []
    assert len(on(bot, 11, 1)) == 1
    assert on(bot, 11, 20, 2027) != []
    assert on(bot, 11, 22, 2028) == []


def test_neither_a_restart_nor_a_clock_that_jumps_back_asks_again(bot: TownBot) -> None:
    set_to(bot, "south")
    assert len(on(bot, 8, 12)) == 1
    bot.engine = new_engine(Settings(), bot.engine.org, seed=5)

    assert [on(bot, 8, day) for day in (12, 13, 11, 26)] == [[]] * 4


def test_a_yes_sends_a_patrol_before_the_season(bot: TownBot) -> None:
    set_to(bot, "north")
    on(bot, 8, 12)
    bot.say("chen", "登记", "dm:chen", private=True)

    [found] = standing(bot)
    assert found.sweep.what == "season:zhongyuan"
    assert [task.assignee for task in found.tasks] == ["zhou", "wu"]
    assert all("烧纸的路口" in task.text and task.category == "safety" for task in found.tasks)
    assert all(task.due_at and task.due_at < datetime(2026, 8, 25, tzinfo=SHANGHAI) for task in found.tasks)


def test_a_patrol_is_no_relapse_of_what_was_closed(bot: TownBot) -> None:
    bot.say("r0", "下水道堵了，雨水口也堵了，麻烦清一下")
    bot.press("zhou", "done", 1, "通了")
    bot.rate("r0", 1, 5)
    set_to(bot, "north")
    on(bot, 5, 20)
    bot.say("chen", "登记", "dm:chen", private=True)

    assert [task.repeat_of for task in standing(bot)[0].tasks] == [None, None]


def test_residents_are_told_once_and_only_with_a_yes(bot: TownBot) -> None:
    set_to(bot, "north")
    [asked] = on(bot, 8, 12)
    words = "8月25日到8月27日是中元节。请不要在路边、楼下烧纸，小心火。"
    assert words in asked.text
    assert [button.action for button in asked.buttons] == ["register", "reject", "announce"]
    bot.say("zhou", "发通知", "dm:zhou", private=True)
    assert all(":dm:" in sent.message.chat for sent in bot.sent)

    said = bot.say("chen", "发通知", "dm:chen", private=True)
    told = {message.chat: message.text for message in said}
    assert told.pop("web:dm:chen") == "好的，2个群都发了。"
    assert told == {"web:xueyuan": f"提醒各位邻居：{words}", "web:lvyuan": f"提醒各位邻居：{words}"}

    bot.clock.advance(minutes=5)
    assert [m.chat for m in bot.say("chen", "发通知", "dm:chen", private=True)] == ["web:dm:chen"]
    bot.say("chen", "登记", "dm:chen", private=True)
    assert [len(one.tasks) for one in standing(bot)] == [2]


def test_a_refused_season_is_not_announced(bot: TownBot) -> None:
    set_to(bot, "north")
    on(bot, 8, 12)
    bot.say("chen", "不是", "dm:chen", private=True)

    bot.say("chen", "发通知", "dm:chen", private=True)
    assert all(":dm:" in sent.message.chat for sent in bot.sent)


def test_unanswered_it_lapses_with_the_season(bot: TownBot) -> None:
    set_to(bot, "north")
    on(bot, 8, 12)
    on(bot, 8, 27)
    assert len(standing(bot)) == 1
    on(bot, 8, 28)

    assert standing(bot) == []


@pytest.mark.parametrize(
    ("own", "above", "expected"), [("", "north", "north"), ("south", "north", "south"), ("", "", "")]
)
def test_a_unit_lies_where_those_above_it_lie(bot: TownBot, own: str, above: str, expected: str) -> None:
    set_to(bot, own)
    set_to(bot, above, "dongshan")

    def ask(uow: UnitOfWork) -> str:
        return region_of(uow, *bot.engine.org.chain(UNIT))

    assert bot.read(ask) == expected


@pytest.mark.parametrize("locale", LOCALES)
def test_every_season_has_its_words(bot: TownBot, locale: str) -> None:
    outlook = bot.engine.services.outlook
    assert outlook is not None
    ids = {season.id for season in outlook.seasons}

    assert set(load_catalog(locale).sections["season"]) == {
        key for id_ in ids for key in (id_, f"{id_}.name", f"{id_}.task", f"{id_}.notice")
    }


async def test_the_hourly_round_asks_every_owner(bot: TownBot) -> None:
    set_to(bot, "north", "dongshan")
    now = datetime(2026, 8, 12, 9, 0, tzinfo=SHANGHAI)
    await foresee(bot.storage, bot.engine, now)

    assert [one.ticket.title for one in standing(bot)] == ["8月25日起：中元节，防火"]


async def test_a_fault_in_one_unit_keeps_no_other_from_its_season(
    bot: TownBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    org = bot.engine.org
    bot.engine.org = replace(org, duties=(Duty("gao", "dongshan", "owner"), *org.duties))
    set_to(bot, "north", "dongshan")
    foreseen = bot.engine.foresee

    def fails_above(uow: UnitOfWork, now: datetime, unit: str) -> None:
        foreseen(uow, now, unit)
        if unit == "dongshan":
            raise RuntimeError

    monkeypatch.setattr(bot.engine, "foresee", fails_above)
    await foresee(bot.storage, bot.engine, datetime(2026, 8, 12, 9, 0, tzinfo=SHANGHAI))

    assert [ticket.unit for ticket in bot.tickets()] == [UNIT]
