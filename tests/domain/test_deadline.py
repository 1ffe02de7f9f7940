import tomllib
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.domain.deadline import (
    NO_LIMITS,
    Limit,
    Limits,
    LimitTable,
    deadlines,
    deadlines_until,
    limits_for,
    parse_preset,
)
from bot.domain.states import NATURES, URGENCIES
from tests.domain.clockwork import ALWAYS, FOLDER, OFFICE, SHANGHAI, SUMMER, at, working

START = datetime(2017, 1, 1, tzinfo=UTC)
INSTANTS = st.integers(min_value=0, max_value=11 * 366 * 24 * 60).map(lambda n: START + timedelta(minutes=n))
HOURS = st.sampled_from(["Mon-Fri 08:30-17:30", SUMMER, "Mon-Sat 01:15-02:45", "Mon-Sun 22:00-06:00", ALWAYS])


def preset(name: str) -> LimitTable:
    return parse_preset(tomllib.loads((FOLDER / "presets" / f"{name}.toml").read_text(encoding="utf-8")))


DEFAULT = preset("default")


@pytest.mark.parametrize("text", ["30m", "2h", "4wh", "5wd", "7d"])
def test_limits_are_written_as_they_are_read(text: str) -> None:
    assert str(Limit.parse(text)) == text


def test_minutes_have_two_names() -> None:
    assert Limit.parse(" 30min ") == Limit.parse("30m") == Limit(30, "min")


@pytest.mark.parametrize("text", ["", "5", "0d", "-1d", "1.5h", "2 weeks", "99999d", "wd", "1wdx"])
def test_other_limits_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a limit"):
        Limit.parse(text)


@pytest.mark.parametrize(
    ("nature", "urgency", "finish"),
    [
        ("help", "emergency", "2h"),
        ("inquiry", "urgent", "24h"),
        ("help", "routine", "5wd"),
        ("wish", "routine", "5wd"),
        ("complaint", "complex", "15wd"),
        ("inquiry", "routine", "1wd"),
        ("suggestion", "routine", "10wd"),
        ("suggestion", "complex", "15wd"),
    ],
)
def test_default_limits(nature: str, urgency: str, finish: str) -> None:
    assert str(limits_for(DEFAULT, nature, urgency).finish) == finish


def test_praise_has_no_limits() -> None:
    assert limits_for(DEFAULT, "praise", "routine") == NO_LIMITS
    assert deadlines(NO_LIMITS, at("2026-09-18T16:00"), OFFICE).due is None


def _instants(nature: str, urgency: str, start: str, hours: str = "Mon-Fri 08:30-17:30") -> list[str]:
    found = deadlines(limits_for(DEFAULT, nature, urgency), at(start), working(hours))
    instants = (found.sign_due, found.contact_due, found.remind_at, found.due, found.red_at)
    return [instant.astimezone(SHANGHAI).strftime("%m-%dT%H:%M") if instant else "" for instant in instants]


@pytest.mark.parametrize(
    ("nature", "urgency", "start", "expected"),
    [
        ("help", "routine", "2026-09-18T16:00", "09-20T11:00 09-20T16:00 09-22T16:00 09-24T16:00 09-28T16:00"),
        ("help", "emergency", "2026-09-19T23:00", "09-19T23:10 - 09-20T00:30 09-20T01:00 09-21T01:00"),
        ("help", "urgent", "2026-09-18T16:00", "09-18T16:30 09-18T17:00 09-19T10:00 09-19T16:00 09-20T16:00"),
        ("inquiry", "routine", "2026-09-21T16:00", "- - 09-22T13:45 09-22T16:00 09-23T16:00"),
        ("help", "complex", "2026-09-18T16:00", "09-20T16:00 09-20T16:00 10-13T16:00 10-15T16:00 10-16T16:00"),
        ("suggestion", "routine", "2026-01-30T20:00", "02-03T08:30 02-05T08:30 02-12T08:30 02-14T08:30 02-24T08:30"),
    ],
)
def test_deadlines(nature: str, urgency: str, start: str, expected: str) -> None:
    assert _instants(nature, urgency, start) == [
        part.replace("-", "", 1) if part == "-" else part for part in expected.split()
    ]


def test_what_is_wall_clock_and_what_is_provisional() -> None:
    emergency = deadlines(limits_for(DEFAULT, "help", "emergency"), at("2026-12-31T23:00"), OFFICE)
    routine = deadlines(limits_for(DEFAULT, "help", "routine"), at("2026-12-31T16:00"), OFFICE)
    early = deadlines(limits_for(DEFAULT, "help", "routine"), at("2026-12-21T16:00"), OFFICE)
    assert (emergency.wall, emergency.provisional) == (True, False)
    assert (routine.wall, routine.provisional) == (False, True)
    assert not early.provisional


def test_calendar_days_keep_the_time_of_day_and_red_is_a_working_day() -> None:
    limits = limits_for(preset("beijing"), "help", "routine")
    found = deadlines(limits, at("2026-09-18T20:00"), OFFICE)
    assert found.due == at("2026-09-25T20:00")
    assert found.remind_at == at("2026-09-23T20:00")
    assert found.red_at == at("2026-09-28T20:00")


def test_a_limit_within_a_holiday_reminds_before_it() -> None:
    found = deadlines(Limits(finish=Limit(2, "d")), at("2026-10-02T10:00"), OFFICE)
    assert found.remind_at == at("2026-10-03T22:00")


def test_a_limit_that_a_person_set() -> None:
    found = deadlines_until(at("2026-10-15T17:30"), at("2026-09-21T09:00"), OFFICE)
    assert (found.remind_at, found.red_at) == (at("2026-10-13T17:30"), at("2026-10-16T17:30"))


@settings(deadline=None)  # a busy machine is no fault
@given(INSTANTS, st.sampled_from(URGENCIES), st.sampled_from([n for n in NATURES if n != "praise"]), HOURS)
def test_a_reminder_lies_between_start_and_limit(start: datetime, urgency: str, nature: str, hours: str) -> None:
    found = deadlines(limits_for(DEFAULT, nature, urgency), start, working(hours))
    assert found.due
    assert found.remind_at
    assert found.red_at
    assert start < found.remind_at < found.due < found.red_at


# ---------------------------------------------------------------- presets


@pytest.mark.parametrize("name", sorted(path.stem for path in (FOLDER / "presets").glob("*.toml")))
def test_every_preset_is_complete(name: str) -> None:
    table = preset(name)
    for nature in NATURES:
        for urgency in URGENCIES:
            assert limits_for(table, nature, urgency).finish or nature == "praise"


@pytest.mark.parametrize(
    ("name", "natures", "finish"),
    [
        ("beijing", "help suggestion complaint report", "7d"),
        ("shandong", "inquiry help suggestion complaint report", "5wd"),
        ("guangdong", "help suggestion", "10wd"),
        ("guangdong", "complaint report", "15wd"),
        ("guangdong", "inquiry", "2wd"),
        ("xian1130", "help suggestion complaint report", "3d"),
    ],
)
def test_presets_hold_the_rules_of_their_places(name: str, natures: str, finish: str) -> None:
    table = preset(name)
    assert {str(limits_for(table, nature, "routine").finish) for nature in natures.split()} == {finish}


def test_cells_that_are_not_there_come_from_the_base() -> None:
    table = parse_preset({"routine": {"finish": "3wd"}, "urgent": {"contact": "-"}}, DEFAULT)
    assert table["routine"] == Limits(Limit(4, "wh"), Limit(1, "wd"), Limit(3, "wd"))
    assert table["urgent"].contact is None


def test_a_preset_is_refused_with_all_its_faults() -> None:
    data = {
        "title": "x",
        "urgent": 3,
        "routine": {"finish": "soon", "end": "5wd"},
        "quick": {},
        "complex": {"sign": "1wd"},
    }
    with pytest.raises(ValueError, match="quick: unknown row") as error:
        parse_preset(data)
    faults = str(error.value)
    assert "urgent: expected cells" in faults
    assert "routine: finish: 'soon'" in faults
    assert "routine: end: unknown" in faults
    assert "emergency: the row is missing" in faults
    assert "complex: finish: every urgency needs one" in faults
