"""Few of many by their names."""

from functools import partial

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.org import Duty, Group, Organization, Person, Unit
from bot.usecases.finding import FOUND, MANY, find, names_of_group, names_of_person, names_of_unit, near, sought_of

GRIDS = MANY * 2
ORG = Organization(
    units={
        unit.id: unit
        for unit in (
            Unit("top", "和平街道", "street"),
            Unit("left", "学苑社区", "community", "top", aliases=("学苑",)),
            Unit("right", "东风社区", "community", "top"),
            *(Unit(f"g{n}", f"{n}号院", "grid", "right" if n % 2 else "left") for n in range(GRIDS)),
        )
    },
    people={"wang": Person("wang", "王建国")},
    duties=(Duty("wang", "g1", "steward"), Duty("wang", "g2", "steward")),
)
ALL = tuple(ORG.units)


def names(words: str) -> list[str]:
    """The units that words find."""
    return [unit.id for unit in find(words, ORG.units.values(), partial(names_of_unit, ORG)).shown]


def test_all_words_have_to_fit_the_unit_or_what_is_above_it() -> None:
    assert names("学苑 12号院") == ["g12", "g112"]
    assert names("东风 12号院") == []
    assert names("和平街道")[0] == "top"
    assert names("nowhere") == names("") == names("　") == []


def test_the_very_name_comes_first_then_own_names_then_those_below() -> None:
    assert names("9号院")[:2] == ["g9", "g19"]
    assert names("学苑")[:2] == ["left", "g0"]


def test_width_and_case_do_not_count() -> None:
    assert names("１９号院") == names("19号院")
    units = [Unit("a", "Ａbc", "grid")]
    assert find("aBC", units, lambda unit: unit.names).shown == units


@given(st.text(max_size=200))
def test_any_words_find_what_is_shown_bounded_and_counted(words: str) -> None:
    found = find(words, ORG.units.values(), partial(names_of_unit, ORG))

    assert len(found.shown) == min(found.count, FOUND)
    assert len({unit.id for unit in found.shown}) == len(found.shown)


def test_a_person_is_found_by_those_units_only_that_are_asked_about() -> None:
    person = ORG.people["wang"]
    assert names_of_person(ORG, {"g1"}, person) == ["王建国", "1号院"]


def test_a_group_is_found_by_its_title_and_its_units() -> None:
    assert names_of_group(ORG, Group("web", "x", "g1", title="邻里群")) == ["邻里群", "1号院", "东风社区", "和平街道"]
    assert names_of_group(ORG, Group("web", "x", "gone")) == ["web:x"]


def test_few_units_are_all_near_and_none_is_looked_for() -> None:
    few = ALL[:MANY]
    assert [unit.id for unit in near(ORG, few, "left")] == list(few)
    assert sought_of(ORG, few, "学苑") is None


def test_of_many_those_above_itself_and_those_directly_below_are_near() -> None:
    assert [unit.id for unit in near(ORG, ALL, "top")] == ["top", "left", "right"]
    assert [unit.id for unit in near(ORG, ALL, "g7")] == ["top", "right", "g7"]
    found = [unit.id for unit in near(ORG, ALL, "left")]
    assert found[:3] == ["top", "left", "g0"]
    assert len(found) == MANY, "bounded where a unit has more below it"


def test_what_somebody_does_not_answer_for_is_neither_near_nor_found() -> None:
    own = [unit for unit in ALL if unit not in {"top", "right"} and ORG.units[unit].parent != "right"]
    assert [unit.id for unit in near(ORG, own * 2, "left")][:2] == ["left", "g0"]
    assert sought_of(ORG, [*own, *own], "1号院") is not None
    assert all(unit.id in own for unit in find("1号院", [ORG.units[one] for one in own], lambda u: u.names).shown)
