from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.hours import OfficeHours
from bot.domain.workcalendar import WorkCalendar, from_json
from bot.domain.workingtime import WorkingTime
from tests.domain.clockwork import ALWAYS, CHINA, OFFICE, SHANGHAI, SUMMER, at, working


@pytest.mark.parametrize(
    ("hours", "start", "opening"),
    [
        ("Mon-Fri 08:30-17:30", "2026-09-18T16:00", "2026-09-18T16:00"),
        ("Mon-Fri 08:30-17:30", "2026-09-18T06:00", "2026-09-18T08:30"),
        ("Mon-Fri 08:30-17:30", "2026-09-18T17:30", "2026-09-20T08:30"),  # Sunday, a make-up day
        ("Mon-Fri 08:30-17:30", "2026-09-18T17:59", "2026-09-20T08:30"),
        ("Mon-Fri 08:30-17:30", "2026-02-14T20:00", "2026-02-24T08:30"),  # Spring Festival
        ("Mon-Fri 08:30-17:30", "2026-10-01T10:00", "2026-10-08T08:30"),  # the start is on a holiday
        (SUMMER, "2026-09-18T12:00", "2026-09-18T14:30"),
        ("Mon-Fri 08:30-17:30; Sat 09:00-12:00", "2026-09-19T08:00", "2026-09-19T09:00"),
        ("Mon-Fri 08:30-17:30; Sat 09:00-12:00", "2026-10-10T08:00", "2026-10-10T08:30"),  # ordinary hours on make-up
        ("Mon-Sun 08:00-20:00", "2026-10-01T10:00", "2026-10-08T08:00"),
        (ALWAYS, "2026-10-01T03:00", "2026-10-01T03:00"),
        ("Mon-Sun 22:00-06:00", "2026-09-18T12:00", "2026-09-18T22:00"),
    ],
)
def test_next_opening(hours: str, start: str, opening: str) -> None:
    assert working(hours).next_opening(at(start)) == at(opening)


@pytest.mark.parametrize(
    ("hours", "start", "days", "due"),
    [
        ("Mon-Fri 08:30-17:30", "2026-09-18T16:00", 5, "2026-09-24T16:00"),
        ("Mon-Fri 08:30-17:30", "2026-09-21T20:00", 1, "2026-09-23T08:30"),
        ("Mon-Fri 08:30-17:30", "2026-09-21T17:59", 5, "2026-09-30T08:30"),
        ("Mon-Fri 08:30-17:30", "2026-02-13T10:00", 5, "2026-02-27T10:00"),  # 14 made up, 15 to 23 off
        ("Mon-Fri 08:30-17:30", "2026-02-13T10:00", 1, "2026-02-14T10:00"),
        ("Mon-Fri 08:30-17:30", "2026-12-24T10:00", 5, "2026-12-31T10:00"),
        ("Mon-Fri 08:30-17:30", "2026-12-31T10:00", 1, "2027-01-04T10:00"),
        ("Mon-Fri 08:30-17:30", "2026-09-30T17:00", 3, "2026-10-10T17:00"),
        ("Mon-Fri 08:30-17:30", "2026-09-18T16:00", 0, "2026-09-18T16:00"),
        (SUMMER, "2026-09-21T13:00", 1, "2026-09-22T14:30"),
        ("Mon-Fri 08:30-17:30; Sat 09:00-12:00", "2026-09-18T10:00", 1, "2026-09-19T10:00"),
        (ALWAYS, "2026-10-01T03:00", 5, "2026-10-06T03:00"),
    ],
)
def test_add_days(hours: str, start: str, days: int, due: str) -> None:
    assert working(hours).add_days(at(start), days) == at(due)


@pytest.mark.parametrize(
    ("hours", "start", "amount", "due"),
    [
        ("Mon-Fri 08:30-17:30", "2026-09-21T09:00", 4, "2026-09-21T13:00"),
        ("Mon-Fri 08:30-17:30", "2026-09-21T13:30", 4, "2026-09-21T17:30"),
        ("Mon-Fri 08:30-17:30", "2026-09-18T16:00", 4, "2026-09-20T11:00"),
        ("Mon-Fri 08:30-17:30", "2026-09-21T20:00", 4, "2026-09-22T12:30"),
        (SUMMER, "2026-09-21T11:00", 4, "2026-09-21T17:30"),
        (SUMMER, "2026-09-21T11:00", 4.5, "2026-09-22T09:00"),
        (ALWAYS, "2026-09-21T20:00", 30, "2026-09-23T02:00"),
        ("Mon-Sun 22:00-06:00", "2026-09-21T23:00", 4, "2026-09-22T03:00"),
    ],
)
def test_add_hours(hours: str, start: str, amount: float, due: str) -> None:
    assert working(hours).add_hours(at(start), amount) == at(due)
    assert working(hours).minutes_between(at(start), at(due)) == amount * 60


@pytest.mark.parametrize(
    ("due", "days", "before"),
    [
        ("2026-09-24T16:00", 2, "2026-09-22T16:00"),
        ("2026-09-28T16:00", 2, "2026-09-23T16:00"),
        ("2026-09-26T16:00", 1, "2026-09-24T16:00"),  # from a holiday
        ("2026-02-24T09:00", 1, "2026-02-14T09:00"),
    ],
)
def test_subtract_days(due: str, days: int, before: str) -> None:
    assert OFFICE.subtract_days(at(due), days) == at(before)


def test_minutes_between() -> None:
    assert OFFICE.minutes_between(at("2026-09-18T17:00"), at("2026-09-20T09:00")) == 60
    assert OFFICE.minutes_between(at("2026-09-20T09:00"), at("2026-09-18T17:00")) == 0
    assert OFFICE.minutes_between(at("2026-09-18T10:00"), at("2026-09-18T09:00")) == 0
    assert OFFICE.minutes_between(at("2026-10-01T00:00"), at("2026-10-08T00:00")) == 0
    assert OFFICE.minutes_between(at("2026-02-01T00:00"), at("2026-03-01T00:00")) == 16 * 9 * 60


def test_provisional_years() -> None:
    assert not OFFICE.provisional(at("2026-12-30T09:00"), at("2026-12-31T23:59"))
    assert OFFICE.provisional(at("2026-12-30T09:00"), at("2027-01-01T00:00"))


def test_hours_that_never_open_are_refused() -> None:
    with pytest.raises(ValueError, match="once a week"):
        WorkingTime(CHINA, OfficeHours(((),) * 7), SHANGHAI)


# ---------------------------------------------------------------- zones whose clocks change

PLAIN = from_json('{"years": {}}')
ZONES = st.sampled_from(
    ["Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "Australia/Lord_Howe", "Africa/Cairo"]
)
HOURS = st.sampled_from(["Mon-Fri 08:30-17:30", SUMMER, "Mon-Sat 01:15-02:45", "Mon-Sun 22:00-06:00", ALWAYS])
CALENDARS = st.sampled_from([CHINA, PLAIN])
START = datetime(2017, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(min_value=0, max_value=11 * 366 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
GAPS = st.integers(min_value=0, max_value=3 * 24 * 60).map(lambda n: timedelta(minutes=n))


@settings(deadline=None)  # a busy machine is no fault
@given(ZONES, HOURS, CALENDARS, INSTANTS, GAPS, st.integers(min_value=0, max_value=15))
def test_a_later_start_is_never_due_earlier(
    zone: str, hours: str, calendar: WorkCalendar, start: datetime, gap: timedelta, n: int
) -> None:
    time = working(hours, zone, calendar)
    assert start <= time.next_opening(start) <= time.next_opening(start + gap)
    assert time.add_days(start, n) <= time.add_days(start + gap, n) <= time.add_days(start + gap, n + 1)
    assert time.add_hours(start, n) <= time.add_hours(start + gap, n)


@settings(deadline=None)  # a busy machine is no fault
@given(ZONES, HOURS, CALENDARS, INSTANTS, st.integers(min_value=1, max_value=15))
def test_a_limit_lands_on_a_working_day(zone: str, hours: str, calendar: WorkCalendar, start: datetime, n: int) -> None:
    time = working(hours, zone, calendar)
    due = time.add_days(start, n)
    assert time.spans(due.astimezone(time.zone).date())
    worked = time.minutes_between(start, time.add_hours(start, n))
    assert worked == n * 60


@settings(deadline=None)  # a busy machine is no fault
@given(HOURS, CALENDARS, INSTANTS, st.integers(min_value=0, max_value=15))
def test_days_added_can_be_subtracted(hours: str, calendar: WorkCalendar, start: datetime, n: int) -> None:
    time = working(hours, "Asia/Shanghai", calendar)
    assert time.subtract_days(time.add_days(start, n), n) == time.next_opening(start)


@pytest.mark.parametrize(
    ("start", "days", "due"),
    [
        ("2026-03-06T16:00-05:00", 1, "2026-03-09T16:00-04:00"),  # spring: same time of day
        ("2026-10-30T16:00-04:00", 1, "2026-11-02T16:00-05:00"),
    ],
)
def test_the_same_time_of_day_across_a_change_of_clocks(start: str, days: int, due: str) -> None:
    time = working("Mon-Fri 08:30-17:30", "America/New_York", PLAIN)
    assert time.add_days(datetime.fromisoformat(start), days) == datetime.fromisoformat(due)


def test_a_time_that_the_clocks_skip_becomes_the_end_of_the_gap() -> None:
    time = working(ALWAYS, "America/New_York", PLAIN)
    assert time.add_days(datetime.fromisoformat("2026-03-07T02:30-05:00"), 1) == datetime(2026, 3, 8, 7, tzinfo=UTC)


def test_clocks_that_go_back_make_a_day_of_25_hours() -> None:
    time = working(ALWAYS, "America/New_York", PLAIN)
    assert time.minutes_between(datetime(2026, 11, 1, 4, tzinfo=UTC), datetime(2026, 11, 2, 5, tzinfo=UTC)) == 25 * 60
