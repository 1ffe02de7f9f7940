import importlib
import json
from datetime import date, timedelta
from pathlib import Path

import pytest

import bot.domain
from bot.domain.workcalendar import WorkCalendar, from_json

DATA = Path(bot.domain.__file__).parent / "calendars" / "CN.json"


@pytest.fixture(scope="module")
def china() -> WorkCalendar:
    return from_json(DATA.read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("day", "kind"),
    [
        ("2026-09-18", "workday"),
        ("2026-09-19", "weekend"),
        ("2026-09-20", "makeup"),
        ("2026-09-25", "holiday"),
        ("2026-09-26", "holiday"),
        ("2026-02-14", "makeup"),
        ("2026-02-16", "holiday"),
        ("2020-01-31", "holiday"),
        ("2025-12-31", "workday"),
        ("2027-02-05", "holiday"),
        ("2027-02-09", "workday"),
        ("2027-05-01", "holiday"),
        ("2030-01-01", "holiday"),
        ("2030-10-03", "holiday"),
        ("2030-10-04", "workday"),
        ("2030-10-05", "weekend"),
    ],
)
def test_kind(china: WorkCalendar, day: str, kind: str) -> None:
    assert china.kind(date.fromisoformat(day)) == kind


def test_only_years_with_a_notice_are_final(china: WorkCalendar) -> None:
    assert [year for year in range(2018, 2031) if not china.is_provisional(year)] == list(range(2020, 2027))
    assert all(china.years[year].source for year in china.years)
    assert not china.years[2027].makeup_workdays


def test_an_operators_file_takes_precedence(china: WorkCalendar) -> None:
    notice = from_json(
        '{"years": {"2027": {"holidays": ["2027-02-09"], "makeup_workdays": ["2027-02-14"], "source": "x"}}}'
    )
    updated = china.updated(notice)
    assert not updated.is_provisional(2027)
    assert updated.kind(date(2027, 2, 9)) == "holiday"
    assert updated.kind(date(2027, 2, 14)) == "makeup"
    assert updated.kind(date(2026, 9, 20)) == "makeup"
    assert updated.kind(date(2030, 1, 1)) == "holiday"


def _days(first: int, last: int) -> list[date]:
    start = date(first, 1, 1)
    return [start + timedelta(days=n) for n in range((date(last, 12, 31) - start).days + 1)]


def test_our_data_agree_with_chinesecalendar(china: WorkCalendar) -> None:
    oracle = importlib.import_module("chinese_calendar")
    assert [day for day in _days(2020, 2026) if china.is_workday(day) != oracle.is_workday(day)] == []


def test_our_data_agree_with_holidays(china: WorkCalendar) -> None:
    oracle = importlib.import_module("holidays").country_holidays("CN", years=range(2020, 2028))
    assert [day for day in _days(2020, 2026) if china.is_workday(day) != oracle.is_working_day(day)] == []
    assert all(day in oracle for day in china.years[2027].holidays)


def test_every_make_up_day_is_a_weekend_day(china: WorkCalendar) -> None:
    assert all(day.weekday() >= 5 for year in china.years.values() for day in year.makeup_workdays)


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        ("{", ["line 1"]),
        ("[]", ["expected an object"]),
        ('{"years": {"26": {}}}', ["'26' is not a year"]),
        ('{"years": {"2026": 1}}', ["calendar 2026: expected an object"]),
        ('{"years": {"2026": {"holidays": ["x"], "makeup_workdays": []}}, "more": 1}', ["'x' is not a date", "'more'"]),
        ('{"years": {"2026": {"holidays": ["2025-01-01"], "makeup_workdays": 3}}}', ["another year", "must be a list"]),
        ('{"years": {"2026": {"holidays": ["2026-01-01"], "makeup_workdays": ["2026-01-01"]}}}', ["both"]),
        ('{"years": {"2026": {"holidays": [], "makeup_workdays": [], "provisional": 1, "z": 2}}}', ["'z'", "true"]),
        ('{"years": {}, "fixed": ["13-01"]}', ["'2000-13-01' is not a date"]),
        ('{"years": {}, "fixed": "01-01"}', ["must be a list of MM-DD"]),
    ],
)  # fmt: skip
def test_faulty_data_are_refused_with_every_reason(text: str, faults: list[str]) -> None:
    with pytest.raises(ValueError, match=r"calendar") as error:
        from_json(text)
    assert all(fault in str(error.value) for fault in faults)


def test_the_file_is_tidy() -> None:
    for year in json.loads(DATA.read_text(encoding="utf-8"))["years"].values():
        for key in ("holidays", "makeup_workdays"):
            assert year[key] == sorted(set(year[key]))
