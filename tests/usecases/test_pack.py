"""The pack: which photos come on paper, what is still open, and what charts say."""

from datetime import timedelta

from bot.domain.periods import MONTH
from bot.domain.rates.funnel import Funnel
from bot.ports import Chart, Document
from bot.render.catalog import load_catalog
from bot.usecases.analysis import Heat, HeatRow, Point, choose_period, span_of
from bot.usecases.charts import Words, category_chart, funnel_chart, place_chart, trend_chart
from bot.usecases.lineage import EFFECTS
from bot.usecases.pack import Month, gather, pack, paired
from bot.usecases.tables import Scribe
from tests.fakes import CLEAR, MORNING, SHANGHAI, TownBot
from tests.usecases.test_lists import REPORT, picture, rows

WORDS = Words(load_catalog("zh_CN"))
FUNNEL = Funnel(10, 8, 8, 6, 0, (), (("drainage", 5), ("noise", 3)))


def pack_of(bot: TownBot) -> Document:
    """The pack of the whole community."""
    org, now = bot.engine.org, bot.clock.now()
    unit = org.units["xinhe"]
    span = span_of(choose_period(MONTH, None, now, unit), now)
    scoring = bot.engine.services.scoring
    gathered = bot.read(lambda uow: gather(uow, org, unit, span, scoring, now))
    return pack(Month(unit, gathered, (), frozenset()), Scribe(org, WORDS.catalog, unit.zone), "今天")


def test_photos_that_the_group_saw_come_on_paper(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(picture("a"),))
    bot.say("zhou", "1号件 收到")
    bot.say("zhou", "1号件 办结 已经疏通", media=(picture("b"),))

    [(row, before, after)] = paired(rows(bot, EFFECTS))

    assert (row.number, before.ref[0], after.ref[0]) == (1, "a", "b")


def test_photos_that_came_in_private_do_not(bot: TownBot) -> None:
    bot.say("zhang", "学苑小区 " + CLEAR["drainage"], media=(picture("a"),), private=True)
    bot.say("zhou", "1号件 收到", private=True)
    bot.say("zhou", "1号件 办结 已经疏通", media=(picture("b"),), private=True)

    [row] = rows(bot, EFFECTS)

    assert row.effect is not None
    assert row.effect.before
    assert paired([row]) == []


def test_a_matter_with_one_photo_only_has_no_pair(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"], media=(picture("a"),))
    bot.say("zhou", "1号件 收到")
    bot.say("zhou", "1号件 办结 已经疏通")
    assert paired(rows(bot, EFFECTS)) == []


def test_what_is_open_stands_with_whose_move_it_is_the_latest_first(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"] + "，电话13812345678")
    bot.say("zhou", "1号件 收到")
    bot.clock.advance(days=40)
    bot.say("li", CLEAR["noise"])
    bot.say("zhang", "学苑小区 " + REPORT, private=True)

    [still] = [section for section in pack_of(bot).sections if "没办完" in section.heading]

    assert still.lines == ("共2件，1件超期。",)
    assert still.table is not None
    assert [(str(row[0])[:3], str(row[2])[-3:] == "已超期") for row in still.table.rows] == [
        ("1号件", True),
        ("2号件", False),
    ]
    assert "13812345678" not in str(still)
    assert "红包" not in str(still)


def numbers(chart: Chart) -> list[tuple[str, tuple[str, ...]]]:
    """The names of a chart with what stands at their bars."""
    return [(name, tuple(one.text(place) for one in chart.series)) for place, name in enumerate(chart.names)]


def test_charts_write_every_number_at_its_bar() -> None:
    assert numbers(funnel_chart(WORDS, FUNNEL)) == [
        ("听到", ("10",)), ("受理", ("8（80.0 %）",)), ("派出", ("8（100.0 %）",)), ("办结", ("6（75.0 %）",)),
    ]  # fmt: skip
    day = MORNING.astimezone(SHANGHAI).date()
    points = (Point(day, 3, 1), Point(day + timedelta(days=7), 0, 12))
    assert [texts for _, texts in numbers(trend_chart(WORDS, points))] == [("3", "1"), ("0", "12")]
    assert [texts for _, texts in numbers(category_chart(WORDS, FUNNEL))] == [("5",), ("3",)]
    heat = Heat(("noise",), tuple(HeatRow("u", str(n), (20 - n,)) for n in range(15)))
    places = numbers(place_chart(WORDS, heat, [f"{n}号楼" for n in range(15)]))
    assert (places[0], len(places)) == (("0号楼", ("20",)), 10)


def test_the_words_of_a_chart_tell_all_of_it() -> None:
    assert (
        funnel_chart(WORDS, FUNNEL).words
        == "从听到到办结：听到 10；受理 8（80.0 %）；派出 8（100.0 %）；办结 6（75.0 %）"
    )
