"""Lines of a rota: whose turn it is, by day, week and half-day, through nights, weekends and holidays."""

from datetime import date, datetime

import pytest

from bot.domain.hours import OfficeHours
from bot.domain.rota import ALWAYS, Shift

NIGHTS = OfficeHours.parse("每天 18:00-8:00")
WEEKENDS = OfficeHours.parse("周六至周日 全天")
MONDAY = date(2026, 11, 23)
THREE = ("zhou", "wu", "pan")


def at(text: str) -> datetime:
    return datetime.fromisoformat(text)


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        ("2026-11-23T00:00", "zhou"),
        ("2026-11-23T23:59", "zhou"),
        ("2026-11-24T00:00", "wu"),
        ("2026-11-25T12:00", "pan"),
        ("2026-11-26T12:00", "zhou"),
        ("2026-11-22T23:59", None),
    ],
)
def test_day_by_day_in_turn(moment: str, person: str | None) -> None:
    assert Shift("court", THREE, ALWAYS, first=MONDAY).on(at(moment)) == person


@pytest.mark.parametrize(
    ("moment", "person"),
    [
        ("2026-11-23T17:59", None),
        ("2026-11-23T18:00", "zhou"),
        ("2026-11-24T07:59", "zhou"),
        ("2026-11-24T08:00", None),
        ("2026-11-24T18:00", "wu"),
        ("2026-11-23T07:00", None),
    ],
)
def test_a_night_belongs_to_its_evening(moment: str, person: str | None) -> None:
    assert Shift("court", THREE, NIGHTS, first=MONDAY).on(at(moment)) == person


def test_only_days_with_a_duty_are_counted() -> None:
    line = Shift("court", THREE, WEEKENDS, first=MONDAY)
    days = ("2026-11-28T10:00", "2026-11-29T10:00", "2026-12-05T10:00", "2026-12-06T10:00")

    assert [line.on(at(day)) for day in days] == ["zhou", "wu", "pan", "zhou"]
    assert line.on(at("2026-11-27T10:00")) is None


def test_week_by_week_changes_on_monday_whatever_the_first_day() -> None:
    line = Shift("court", THREE, ALWAYS, turn="week", first=date(2026, 11, 25))
    days = ("2026-11-25T10:00", "2026-11-29T23:00", "2026-11-30T00:00", "2026-12-07T10:00", "2026-12-14T10:00")

    assert [line.on(at(day)) for day in days] == ["zhou", "zhou", "wu", "pan", "zhou"]


def test_half_days_change_at_noon() -> None:
    line = Shift("court", ("zhou", "wu", "pan"), ALWAYS, turn="half", first=MONDAY)
    moments = ("2026-11-23T11:59", "2026-11-23T12:00", "2026-11-24T00:00", "2026-11-24T12:00")

    assert [line.on(at(moment)) for moment in moments] == ["zhou", "wu", "pan", "zhou"]


def test_a_line_ends_after_its_last_day() -> None:
    line = Shift("court", ("zhou",), NIGHTS, first=MONDAY, last=MONDAY)

    assert line.on(at("2026-11-24T03:00")) == "zhou"
    assert line.on(at("2026-11-24T19:00")) is None


def test_a_line_without_people_is_nobodys() -> None:
    assert Shift("court", ()).on(at("2026-11-24T03:00")) is None


def test_what_says_the_same_has_the_same_key() -> None:
    assert Shift("court", THREE).key == Shift("court", THREE).key
    assert len({Shift("court", THREE).key, Shift("court", THREE[:2]).key, Shift("other", THREE).key}) == 3
