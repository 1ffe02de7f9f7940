"""Days, weeks and months of a zone: nothing counted twice, nothing left out."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.periods import KINDS, Period, period, period_at
from tests.domain.clockwork import SHANGHAI, at

BERLIN, SAO_PAULO, ST_JOHNS = ZoneInfo("Europe/Berlin"), ZoneInfo("America/Sao_Paulo"), ZoneInfo("America/St_Johns")
ZONES = (SHANGHAI, BERLIN, SAO_PAULO, ST_JOHNS, ZoneInfo("Pacific/Apia"), ZoneInfo("Africa/Cairo"), ZoneInfo("UTC"))
DAYS = st.dates(date(2005, 1, 1), date(2035, 12, 31))
INSTANTS = st.datetimes(datetime(2005, 1, 1), datetime(2035, 12, 31), timezones=st.just(UTC))  # noqa: DTZ001
PLACES = st.sampled_from(ZONES)


def local(found: Period) -> tuple[str, str]:
    start, end = (instant.astimezone(found.zone) for instant in (found.start, found.end))
    return start.strftime("%Y-%m-%dT%H:%M"), end.strftime("%Y-%m-%dT%H:%M")


@pytest.mark.parametrize(
    ("kind", "day", "start", "end"),
    [
        ("day", "2026-05-06", "2026-05-06T00:00", "2026-05-07T00:00"),
        ("report_day", "2026-05-06", "2026-05-05T12:00", "2026-05-06T12:00"),
        ("week", "2022-07-17", "2022-07-11T00:00", "2022-07-18T00:00"),  # seeds 004-3: 7/11–7/17
        ("week", "2027-01-01", "2026-12-28T00:00", "2027-01-04T00:00"),
        ("month", "2024-02-29", "2024-02-01T00:00", "2024-03-01T00:00"),
        ("month", "2026-12-31", "2026-12-01T00:00", "2027-01-01T00:00"),
        ("assessment_month", "2026-04-30", "2026-03-19T00:00", "2026-04-19T00:00"),
        ("assessment_month", "2026-01-01", "2025-12-19T00:00", "2026-01-19T00:00"),
    ],
)
def test_what_a_period_spans(kind: str, day: str, start: str, end: str) -> None:
    assert local(period(kind, date.fromisoformat(day), SHANGHAI)) == (start, end)


def test_a_period_is_kept_in_utc_and_its_end_is_not_in_it() -> None:
    day = period("day", date(2026, 5, 6), SHANGHAI)
    assert (day.start, day.start.tzinfo) == (datetime(2026, 5, 5, 16, tzinfo=UTC), UTC)
    assert day.start in day
    assert day.end not in day
    assert None not in day


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        (BERLIN, "2026-03-29", 23),
        (BERLIN, "2026-10-25", 25),
        (SAO_PAULO, "2018-11-04", 23),  # midnight itself is leapt over
        (SAO_PAULO, "2018-02-17", 25),
        (SHANGHAI, "2026-03-29", 24),
    ],
)
def test_days_on_which_clocks_are_set(zone: ZoneInfo, day: str, hours: int) -> None:
    found = period("day", date.fromisoformat(day), zone)
    assert found.end - found.start == timedelta(hours=hours)


@pytest.mark.parametrize(
    ("kind", "day", "before", "year_before"),
    [
        ("day", "2026-01-01", "2025-12-31", "2025-01-01"),
        ("day", "2024-02-29", "2024-02-28", "2023-02-28"),
        ("report_day", "2026-05-06", "2026-05-05", "2025-05-06"),
        ("week", "2026-01-01", "2025-12-22", "2024-12-30"),
        ("week", "2027-01-04", "2026-12-28", "2026-01-05"),
        ("month", "2026-03-31", "2026-02-01", "2025-03-01"),
        ("assessment_month", "2026-01-05", "2025-12-01", "2025-01-01"),
    ],
)
def test_the_period_before_and_that_of_last_year(kind: str, day: str, before: str, year_before: str) -> None:
    found = period(kind, date.fromisoformat(day), SHANGHAI)
    assert (found.before().day, found.year_before().day) == (
        date.fromisoformat(before),
        date.fromisoformat(year_before),
    )


@pytest.mark.parametrize(
    ("kind", "instant", "day"),
    [
        ("report_day", "2026-05-06T11:59", "2026-05-06"),
        ("report_day", "2026-05-06T12:00", "2026-05-07"),
        ("assessment_month", "2026-04-18T23:59", "2026-04-01"),
        ("assessment_month", "2026-04-19T00:00", "2026-05-01"),
        ("assessment_month", "2025-12-19T00:00", "2026-01-01"),
        ("month", "2026-12-31T23:59", "2026-12-01"),
    ],
)
def test_in_which_period_an_instant_falls(kind: str, instant: str, day: str) -> None:
    assert period_at(kind, at(instant), SHANGHAI).day == date.fromisoformat(day)


def test_the_date_repeated_after_midnight_is_still_one_day() -> None:
    again = datetime(2009, 11, 1, 3, 0, tzinfo=UTC)  # 00:01 became 23:01: the 31st is written on the clock once more
    assert again.astimezone(ST_JOHNS).date() == date(2009, 10, 31)
    assert period_at("day", again, ST_JOHNS).day == date(2009, 11, 1)


def test_a_running_period_is_cut_at_now() -> None:
    month = period("month", date(2026, 5, 1), SHANGHAI)
    now = at("2026-05-06T09:00")
    assert (month.so_far(now).start, month.so_far(now).end) == (month.start, now)
    assert month.so_far(at("2026-07-01T00:00")) == month
    assert month.so_far(at("2026-04-01T00:00")).end == month.start
    assert month.so_far(now).before() == month.before()


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="no period"):
        period("year", date(2026, 1, 1), SHANGHAI)


@settings(deadline=None)  # a busy machine is no fault
@given(st.sampled_from(KINDS), DAYS, PLACES)
def test_periods_follow_one_another_without_gap_or_overlap(kind: str, day: date, zone: ZoneInfo) -> None:
    found = period(kind, day, zone)
    assert found.before().end == found.start <= found.end == found.after().start
    assert found.before().after() == found == found.after().before()
    assert (found.start.tzinfo, found.end.tzinfo) == (UTC, UTC)


@settings(deadline=None)
@given(st.sampled_from(KINDS), INSTANTS, PLACES)
def test_every_instant_falls_into_exactly_one_period(kind: str, instant: datetime, zone: ZoneInfo) -> None:
    found = period_at(kind, instant, zone)
    assert instant in found
    assert instant not in found.before()
    assert instant not in found.after()


@settings(deadline=None)
@given(st.sampled_from(KINDS), DAYS, PLACES)
def test_last_year_is_a_year_ago(kind: str, day: date, zone: ZoneInfo) -> None:
    found = period(kind, day, zone)
    earlier = found.year_before()
    assert earlier.kind == kind
    assert timedelta(days=363) <= found.start - earlier.start <= timedelta(days=367)
