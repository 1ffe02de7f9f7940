"""Spans of days as people say them."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from bot.triage.periods import period_in

ZONE = ZoneInfo("Asia/Shanghai")
NOW = datetime(2026, 11, 23, 10, 30, tzinfo=ZONE)  # a Monday


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("请假 明天到周五 王芳代班", "24 00", "28 00"),
        ("我明天请假一天", "24 00", "25 00"),
        ("明天上午请假", "24 00", "24 12"),
        ("明天下午到周五上午", "24 12", "27 12"),
        ("今天下午请假", "23 12", "24 00"),
        ("今天请假", "23 10:30", "24 00"),
        ("请假到周五", "23 10:30", "28 00"),
        ("请假到30号", "23 10:30", "31 00"),
        ("11月25日到27日请假", "25 00", "28 00"),
        ("11月25日-11月27日", "25 00", "28 00"),
        ("25到27号请假", "25 00", "28 00"),
        ("2026-11-25请假", "25 00", "26 00"),
        ("明天起请假三天", "24 00", "27 00"),
        ("请假3天", "23 10:30", "26 00"),
        ("请半天假", "23 10:30", "23 12"),
        ("周四和周五请假", "26 00", "28 00"),
        ("周末不在", "28 00", "30 00"),
        ("下周请假", "30 00", "37 00"),
        ("请一周假", "23 10:30", "30 00"),
        ("周五到下周一请假", "27 00", "31 00"),
        ("后天晚上不在", "25 18", "26 00"),
    ],
)
def test_a_span_is_read(text: str, start: str, end: str) -> None:
    assert period_in(text, NOW) == (moment(start), moment(end))


def moment(said: str) -> datetime:
    """Day of November, counted on where there are none left, and the hour."""
    day, _, clock = said.partition(" ")
    hour, _, minute = clock.partition(":")
    month, of_month = (11, int(day)) if int(day) <= 30 else (12, int(day) - 30)
    return datetime(2026, month, of_month, int(hour), int(minute or 0), tzinfo=ZONE)


@pytest.mark.parametrize(
    "text",
    [
        "请假",
        "请假 过几天",
        "2026-11-20请假",
        "11月31日请假",
        "今天上午请假到",
        "3号楼的灯坏了",
        "",
        "9" * 5000,
        "到" * 5000,
    ],
)
def test_where_no_day_is_said_or_it_is_over_nothing_is_made_up(text: str) -> None:
    found = period_in(text, NOW)

    assert found is None or found[0] >= NOW
    assert found is None or "今天" in text


def test_a_span_in_the_afternoon_of_a_morning_that_is_over_is_none() -> None:
    assert period_in("今天上午请假", NOW.replace(hour=13)) is None


def test_the_hours_are_those_of_the_zone() -> None:
    there = NOW.astimezone(ZoneInfo("America/New_York"))  # still Sunday

    found = period_in("明天请假", there)

    assert found is not None
    assert (found[0].day, found[0].hour, found[0].utcoffset()) == (23, 0, there.utcoffset())
