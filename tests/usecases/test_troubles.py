"""Counts of exactly some units, from sums that hold all below a unit."""

from dataclasses import replace
from pathlib import Path

from bot.domain.halfdays import half_day
from bot.domain.org import Duty
from bot.usecases.troubles import by_category, parts_of, sums_of
from tests.fakes import CLEAR, SHANGHAI, TownBot, texts, town, town_bot

GRIDS = ("xueyuan", "lvyuan")


def test_a_tree_is_its_top_and_a_unit_alone_is_without_those_right_below() -> None:
    org = town()
    assert parts_of(org, org.below("xinhe")) == {"xinhe": 1}
    assert parts_of(org, GRIDS) == dict.fromkeys(GRIDS, 1)
    assert parts_of(org, ["xinhe"]) == {
        "xinhe": 1,
        **{one.id: -1 for one in org.units.values() if one.parent == "xinhe"},
    }
    assert parts_of(org, ["xinhe", *GRIDS[:1]]).get("xueyuan", 0) == 0
    assert parts_of(org, ["nowhere"]) == {}


def test_what_lies_below_is_neither_added_twice_nor_left_where_it_is_not_asked_for(bot: TownBot) -> None:
    bot.say("zhang", CLEAR["drainage"])
    bot.say("li", CLEAR["noise"], "lvyuan")
    bot.read(lambda uow: uow.facts.catch_up(100))
    org, now = bot.engine.org, half_day(bot.clock.now(), SHANGHAI)

    def heard(*units: str) -> dict[str, int]:
        return dict(bot.read(lambda uow: by_category(uow, parts_of(org, units), now, now + 1)))

    assert heard(*org.below("xinhe")) == {"drainage": 1, "noise": 1}
    assert heard("xueyuan") == {"drainage": 1}
    assert heard("xinhe", "xueyuan") == {"drainage": 1}
    assert heard("xinhe") == {}
    assert heard() == {}
    closed = bot.read(lambda uow: sums_of(uow, {"xinhe": 1}, now, now + 1, codes=["troubles.closed"]))
    assert [one.whole for one in closed] == []


def test_a_steward_of_a_unit_reads_of_it_alone_not_of_the_grids_below(tmp_path: Path) -> None:
    org = town()
    above = replace(org, duties=(*org.duties, Duty("wu", "xinhe", "steward")))
    with town_bot(tmp_path / "bot.db", above) as bot:
        bot.say("zhang", CLEAR["drainage"])
        said = texts(bot.say("wu", "日报", private=True))
        assert said
        assert "新登记1件" not in said[0]
