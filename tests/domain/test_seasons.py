"""The season calendar: what is due when, and the shipped data."""

import tomllib
from datetime import date, timedelta

import pytest
from holidays.calendars.chinese import _ChineseLunisolar

from bot.app import CALENDARS
from bot.domain.seasons import REGIONS, Season, parse_seasons

MONTH_BEFORE = {timedelta(days=29), timedelta(days=30)}  # a lunar month; no seventh month is doubled in these years


@pytest.fixture(scope="module")
def shipped() -> dict[str, Season]:
    data = tomllib.loads((CALENDARS / "seasons.toml").read_text(encoding="utf-8"))
    return {season.id: season for season in parse_seasons(data)}


def test_every_region_has_seasons_and_every_season_a_source(shipped: dict[str, Season]) -> None:
    for region in REGIONS:
        assert sum(region in season.regions for season in shipped.values()) >= 5
    assert all(len(season.source) > 10 for season in shipped.values())
    assert shipped["heating"].regions == {"north"}


def test_zhongyuan_is_a_lunar_month_before_mid_autumn(shipped: dict[str, Season]) -> None:
    for year in range(2024, 2036):
        first, last = shipped["zhongyuan"].span(year) or pytest.fail(f"no date for {year}")
        assert date(year, *_ChineseLunisolar.MID_AUTUMN_DATES[year]) - last in MONTH_BEFORE
        assert last - first == timedelta(days=2)
    assert shipped["zhongyuan"].span(2036) is None


def test_a_season_is_proposed_two_weeks_ahead_and_late_rather_than_never(shipped: dict[str, Season]) -> None:
    exam, span = shipped["exam_college"], (date(2026, 6, 7), date(2026, 6, 9))

    assert exam.proposed(date(2026, 5, 23)) is None
    assert exam.proposed(date(2026, 5, 24)) == exam.proposed(date(2026, 6, 9)) == span
    assert exam.proposed(date(2026, 6, 10)) is None


def test_a_season_of_january_is_proposed_in_december() -> None:
    [frost] = parse_seasons(
        {"frost": {"category": "utilities", "regions": ["north"], "from": "01-05", "to": "01-20", "source": "…"}}
    )

    assert frost.proposed(date(2026, 12, 25)) == (date(2027, 1, 5), date(2027, 1, 20))


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        ({"category": "weather"}, "category: 'weather' is none"),
        ({"regions": ["moon"]}, "regions: expected some of"),
        ({"source": ""}, "source: expected"),
        ({"from": "13-01"}, "expected from and to"),
        ({"from": "02-29"}, "no day of every year"),
        ({"to": "05-01"}, "the first day is not before the last"),
        ({"colour": "red"}, "colour: unknown"),
        ({"dates": {"2026": ["2026-01-01"]}}, "dates: 2026: expected two dates"),
        ({"dates": {"2026": [date(2025, 1, 1), date(2025, 1, 2)]}}, "dates: 2026: expected two dates"),
    ],
)
def test_every_fault_of_the_data_is_named(row: dict[str, object], fault: str) -> None:
    good = {"category": "noise", "regions": ["north"], "from": "06-07", "to": "06-09", "source": "教育部"}
    assert parse_seasons({"good": good})

    with pytest.raises(ValueError, match=fault):
        parse_seasons({"bad": {**good, **row}})


def test_days_meet_a_season_and_find_the_one_of_the_year_before(shipped: dict[str, Season]) -> None:
    rain, ghosts = shipped["rain_north"], shipped["zhongyuan"]

    assert rain.met(date(2026, 5, 25), date(2026, 5, 31)) is None
    assert rain.met(date(2026, 5, 26), date(2026, 6, 1)) == (date(2026, 6, 1), date(2026, 6, 30))
    assert rain.a_year_before(date(2026, 6, 10), date(2026, 6, 10)) == (date(2025, 6, 1), date(2025, 6, 30))
    assert rain.a_year_before(date(2026, 5, 26), date(2026, 6, 1)) == (date(2025, 5, 26), date(2025, 6, 30))
    week = ghosts.a_year_before(date(2026, 8, 24), date(2026, 8, 30))  # 25 to 27 August 2026, 4 to 6 September 2025
    assert week == (date(2025, 9, 3), date(2025, 9, 9))
    assert ghosts.a_year_before(date(2024, 8, 16), date(2024, 8, 16)) is None, "no data of 2023"
    assert ghosts.a_year_before(date(2026, 8, 1), date(2026, 8, 9)) is None
