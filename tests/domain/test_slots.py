"""When digests fall due: by the clock of the place, once a period, also where clocks change."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.domain.periods import ASSESSMENT_MONTH, DAY, MONTH, REPORT_DAY, WEEK, period
from bot.domain.slots import due_at, newest_due
from tests.domain.clockwork import SHANGHAI

MONDAY = 0


def at(text: str, zone: ZoneInfo = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=zone)


@pytest.mark.parametrize(
    ("kind", "now", "named"),
    [
        (DAY, "2026-05-06T07:59", date(2026, 5, 4)),
        (DAY, "2026-05-06T08:00", date(2026, 5, 5)),
        (REPORT_DAY, "2026-05-06T12:00", date(2026, 5, 5)),  # noon to noon: said at eight the next morning
        (REPORT_DAY, "2026-05-07T08:00", date(2026, 5, 6)),
        (WEEK, "2026-05-04T08:00", date(2026, 4, 27)),
        (WEEK, "2026-05-04T07:00", date(2026, 4, 20)),
        (MONTH, "2026-05-01T08:00", date(2026, 4, 1)),
        (MONTH, "2026-05-31T23:59", date(2026, 4, 1)),
        (ASSESSMENT_MONTH, "2026-05-18T23:59", date(2026, 4, 1)),
        (ASSESSMENT_MONTH, "2026-05-19T08:00", date(2026, 5, 1)),
    ],
)
def test_the_newest_whole_period_whose_hour_has_come(kind: str, now: str, named: date) -> None:
    assert newest_due(kind, at(now), SHANGHAI, 8, MONDAY).day == named


def test_a_week_is_said_on_the_day_that_was_chosen() -> None:
    week = period(WEEK, date(2026, 4, 27), SHANGHAI)
    assert due_at(week, 18, 4) == at("2026-05-08T18:00")


def test_each_place_has_its_own_morning() -> None:
    now = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)  # nine in Shanghai, six in Almaty
    assert newest_due(DAY, now, SHANGHAI, 8, MONDAY).day == date(2026, 5, 5)
    assert newest_due(DAY, now, ZoneInfo("Asia/Almaty"), 8, MONDAY).day == date(2026, 5, 4)


def test_a_night_on_which_clocks_change_has_one_digest() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    covered = period(DAY, date(2026, 3, 28), berlin)
    assert due_at(covered, 2, MONDAY) == datetime(2026, 3, 29, 1, 0, tzinfo=UTC)  # two o'clock is leapt over
    assert newest_due(DAY, at("2026-03-29T12:00", berlin), berlin, 2, MONDAY).day == date(2026, 3, 28)
