"""Who is missing where: counted from the tree of units, their households and the duties."""

from dataclasses import replace

from bot.domain.hours import OfficeHours
from bot.domain.org import Duty, Organization, Person, Unit
from bot.usecases.staffing import Short, gaps, holders
from tests.fakes import MORNING, town

ALL = ("dongshan", "xinhe", "xueyuan", "lvyuan")


def with_units(*units: Unit) -> Organization:
    """The town with some units more, or otherwise."""
    return replace(town(), units={**town().units, **{unit.id: unit for unit in units}})


def without_duties(*people: str) -> Organization:
    """The town without some people's duties."""
    return replace(town(), duties=tuple(duty for duty in town().duties if duty.person not in people))


def test_each_stands_with_his_duties_and_his_tickets_there() -> None:
    found = holders(town(), ("xinhe", "xueyuan"), {"zhou": (3, 1)}, MORNING)

    assert [(one.person.id, one.working, one.overdue) for one in found] == [
        ("chen", 0, 0),
        ("liu", 0, 0),
        ("zhou", 3, 1),
    ]
    assert [duty.categories for duty in found[1].duties] == [frozenset({"drainage"})]


def test_who_is_not_on_duty_now_is_told_apart() -> None:
    night = Duty("zhou", "xueyuan", "steward", available=OfficeHours.parse("每天 18:00-24:00"))
    org = replace(without_duties("zhou"), duties=(*without_duties("zhou").duties, night))

    found = {one.person.id: one.at_work for one in holders(org, ALL, {}, MORNING)}

    assert found["wu"]
    assert not found["zhou"]


def test_a_unit_at_the_foot_without_a_steward_is_a_gap_and_one_with_a_steward_above_is_none() -> None:
    assert gaps(town(), ALL, MORNING).unsteered == ()
    org = without_duties("wu")
    assert [unit.id for unit in gaps(org, ALL, MORNING).unsteered] == ["lvyuan"]
    covered = replace(org, duties=(*org.duties, Duty("wu", "xinhe", "steward")))
    assert gaps(covered, ALL, MORNING).unsteered == ()


def test_a_building_needs_no_steward_of_its_own_and_its_grid_still_does() -> None:
    org = replace(with_units(Unit("b3", "3号楼", "building", "lvyuan")), duties=without_duties("wu").duties)

    assert [unit.id for unit in gaps(org, (*ALL, "b3"), MORNING).unsteered] == ["lvyuan"]


def test_one_for_two_hundred_households() -> None:
    def short(households: int | None) -> list[tuple[int, int]]:
        org = with_units(replace(town().units["lvyuan"], households=households))
        return [(one.people, one.needed) for one in gaps(org, ("lvyuan",), MORNING).short]

    assert short(None) == short(0) == short(200) == []
    assert short(201) == [(1, 2)]
    assert short(600) == [(1, 3)]
    assert gaps(town(), ("xinhe",), MORNING).short == (Short(town().units["xinhe"], 4, 6),), "those below count"


def test_whom_the_bot_cannot_reach_is_a_gap_once() -> None:
    people = {**town().people, "zhou": Person("zhou", "周敏")}
    org = replace(town(), people=people, duties=(*town().duties, Duty("zhou", "xinhe", "handler")))

    assert gaps(org, ALL, MORNING).unbound == (people["zhou"],)
    assert gaps(org, ("lvyuan",), MORNING).unbound == ()
