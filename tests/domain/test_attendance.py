"""Who answers at an instant: turns, absences and stand-ins over the duties, in every zone; and what is coming."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.attendance import Asked, answering, on_rota, standing_for, uncovered, watches
from bot.domain.hours import OfficeHours
from bot.domain.org import Duty, Organization, Person, Unit
from bot.domain.rota import ALWAYS, TURNS, Away, Shift

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)  # Monday, ten o'clock in Shanghai
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ROLES = ("steward", "owner", "supervisor")
STAFF = ("zhou", "wu", "chen", "gao")
DUTIES = (
    Duty("zhou", "xueyuan", "steward"),
    Duty("wu", "lvyuan", "steward"),
    Duty("chen", "xinhe", "owner"),
    Duty("gao", "dongshan", "supervisor"),
)
UNITS = (
    Unit("dongshan", "东山街道", "street"),
    Unit("xinhe", "新河社区", "community", "dongshan"),
    Unit("xueyuan", "学苑小区", "grid", "xinhe"),
    Unit("lvyuan", "绿园小区", "grid", "xinhe", timezone="America/New_York"),
)
TOWN = Organization({u.id: u for u in UNITS}, {p: Person(p, p) for p in (*STAFF, "pan")}, DUTIES)


def away(person: str, standin: str | None = None, days: float = 1) -> Away:
    return Away(person, NOW, NOW + days * DAY, standin)


def who(org: Organization, unit: str = "xueyuan", now: datetime = NOW) -> list[str]:
    return answering(org, Asked(unit, "noise", ROLES), now)


def reported(org: Organization, *excluded: str) -> list[str]:
    return answering(org, Asked("xueyuan", "other", ("owner", "supervisor"), excluded, report=True), NOW)


@pytest.mark.parametrize(
    ("aways", "person"),
    [
        ((), "zhou"),
        ((away("zhou", "wu"),), "wu"),
        ((away("zhou", "wu"), away("wu", "pan")), "pan"),
        ((away("zhou", "wu"), away("wu", "zhou")), "chen"),
        ((away("zhou"),), "chen"),
        ((away("zhou", "nobody"),), "chen"),
        ((away("zhou"), away("chen")), "gao"),
        ((away("zhou"), away("chen"), away("gao")), "zhou"),
    ],
)
def test_for_who_is_away_his_stand_in_answers_else_the_next_one_up(aways: tuple[Away, ...], person: str) -> None:
    assert who(replace(TOWN, aways=aways)) == [person]


def test_an_absence_has_its_first_instant_and_not_its_last() -> None:
    org = replace(TOWN, aways=(away("zhou", "wu"),))

    assert who(org, now=NOW - timedelta(milliseconds=1)) == ["zhou"]
    assert who(org, now=NOW + DAY - timedelta(milliseconds=1)) == ["wu"]
    assert who(org, now=NOW + DAY) == ["zhou"]


def test_of_two_absences_the_one_that_began_later_holds() -> None:
    later = Away("zhou", NOW + HOUR, NOW + DAY, "pan")
    org = replace(TOWN, aways=(away("zhou", "wu"), later))

    assert (who(org), who(org, now=NOW + HOUR)) == (["wu"], ["pan"])


def test_whose_turn_it_is_goes_before_the_duties_and_the_nearest_rota_before_others() -> None:
    far = Shift("xinhe", ("wu",))
    near = Shift("xueyuan", ("pan",), OfficeHours.parse("周六 全天"))
    org = replace(TOWN, rota=(far, near))

    assert who(org) == ["wu"]
    assert who(org, now=NOW + 5 * DAY) == ["pan"]


def test_a_holidays_line_goes_before_the_standing_one() -> None:
    day = NOW.date()
    org = replace(TOWN, rota=(Shift("xueyuan", ("wu",)), Shift("xueyuan", ("pan",), first=day, last=day)))

    assert on_rota(org, "xueyuan", "steward", NOW) == ("pan",)
    assert on_rota(org, "xueyuan", "steward", NOW + DAY) == ("wu",)


def test_turns_go_by_the_clock_of_the_unit() -> None:
    people = ("zhou", "wu")
    org = replace(TOWN, rota=(Shift("xueyuan", people, first=NOW.date()), Shift("lvyuan", people, first=NOW.date())))
    midnight = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)  # in Shanghai; in New York it is eleven in the morning

    assert on_rota(org, "xueyuan", "steward", midnight) == ("wu",)
    assert on_rota(org, "lvyuan", "steward", midnight) == ("zhou",)
    assert on_rota(org, "lvyuan", "steward", midnight + 13 * HOUR) == ("wu",)


def test_a_turn_gives_no_right_and_nobody_unknown_has_one() -> None:
    turns = (Shift("xinhe", ("wu",), role="owner"), Shift("xinhe", ("stranger",)))
    org = replace(TOWN, rota=turns)

    assert on_rota(org, "xinhe", "owner", NOW) == ()
    assert on_rota(org, "xinhe", "steward", NOW) == ()
    assert who(org) == ["zhou"]


def test_a_report_stays_with_who_commands_whoever_stands_in() -> None:
    assert reported(replace(TOWN, aways=(away("chen", "wu"),))) == ["gao"]
    assert reported(replace(TOWN, aways=(away("chen", "gao"),))) == ["gao"]
    assert reported(replace(TOWN, aways=(away("chen", "wu"),)), "chen") == ["gao"]
    assert reported(replace(TOWN, aways=(away("chen", "gao"),)), "gao") == ["chen"]


@st.composite
def _absences(draw: st.DrawFn) -> Away:
    start = NOW + draw(st.integers(-48, 48)) * HOUR
    return Away(
        draw(st.sampled_from(STAFF)),
        start,
        start + draw(st.integers(1, 96)) * HOUR,
        draw(st.none() | st.sampled_from((*STAFF, "pan", "gone"))),
    )


@st.composite
def _shifts(draw: st.DrawFn) -> Shift:
    hours = draw(st.sampled_from([ALWAYS, OfficeHours.parse("每天 18:00-8:00"), OfficeHours.parse("周六至周日 全天")]))
    first = NOW.date() + timedelta(days=draw(st.integers(-30, 3)))
    people = draw(st.lists(st.sampled_from((*STAFF, "pan", "gone")), max_size=4))
    role = draw(st.sampled_from(["steward", "owner"]))
    last = draw(st.none() | st.just(first + 9 * DAY))
    unit = draw(st.sampled_from([unit.id for unit in UNITS]))
    return Shift(unit, tuple(people), hours, role, draw(st.sampled_from(TURNS)), first, last)


@given(
    aways=st.lists(_absences(), max_size=8),
    rota=st.lists(_shifts(), max_size=4),
    minutes=st.integers(-4000, 4000),
    unit=st.sampled_from([unit.id for unit in UNITS]),
)
def test_at_every_instant_somebody_answers_and_who_is_there_if_anybody_is(
    aways: list[Away], rota: list[Shift], minutes: int, unit: str
) -> None:
    org, now = replace(TOWN, aways=tuple(aways), rota=tuple(rota)), NOW + timedelta(minutes=minutes)
    found = who(org, unit, now)

    assert found
    assert found == who(org, unit, now)
    assert set(found) <= set(org.people)
    over = {duty.person for duty in org.duties_over(unit)}
    over |= {p for step in org.chain(unit) for role in ("steward", "owner") for p in on_rota(org, step, role, now)}
    there = {standing_for(org, person, now) for person in over} - {None}
    assert set(found) <= (there or over), "who is there, if anybody is; else the duties as if nobody were away"


# ---------------------------------------------------------------- what is coming


def test_units_without_anybody_are_found_before_it_happens() -> None:
    week = Away("zhou", NOW + DAY, NOW + 3 * DAY)
    again = Away("zhou", NOW + 3 * DAY, NOW + 4 * DAY)
    org = replace(TOWN, aways=(week, again, away("wu", "pan", 5)))

    [found] = uncovered(org, ("xueyuan", "lvyuan", "xinhe"), NOW)

    assert (found.unit, found.start, found.end) == ("xueyuan", NOW + DAY, NOW + 4 * DAY)
    assert uncovered(TOWN, ("xueyuan",), NOW) == []


def test_what_lies_behind_or_far_ahead_is_no_gap() -> None:
    past, far = Away("zhou", NOW - DAY, NOW), Away("zhou", NOW + 20 * DAY, NOW + 21 * DAY)

    assert uncovered(replace(TOWN, aways=(past, far)), ("xueyuan",), NOW) == []


def test_the_turns_to_come_with_who_takes_them() -> None:
    line = Shift("xueyuan", ("zhou", "wu"), OfficeHours.parse("每天 18:00-8:00"), first=NOW.date())
    org = replace(TOWN, rota=(line,), aways=(away("wu", "pan", 2), away("pan", None, 1.2)))

    turns = [(watch.day.day, watch.person, watch.taker) for watch in watches(org, line, NOW.date(), 4)]

    assert turns == [(23, "zhou", "zhou"), (24, "wu", "pan"), (25, "zhou", "zhou"), (26, "wu", "wu")]
    assert next(watches(org, line, NOW.date(), 1)).start.hour == 18


def test_half_days_are_two_turns() -> None:
    line = Shift("xueyuan", ("zhou", "wu"), turn="half", first=NOW.date())

    turns = [(watch.start.hour, watch.person) for watch in watches(TOWN, line, NOW.date(), 1)]

    assert turns == [(0, "zhou"), (12, "wu")]
