"""Half days and the fortnights that hold them."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.halfdays import begin_of, cover, fortnight, half_day
from tests.domain.clockwork import SHANGHAI, at

SLOTS = st.integers(25_000, 45_000)
DAY_NUMBER = (date(2026, 5, 6) - date(1970, 1, 1)).days


@pytest.mark.parametrize(
    ("instant", "slot"),
    [
        ("2026-05-06T00:00", DAY_NUMBER * 2),
        ("2026-05-06T11:59", DAY_NUMBER * 2),
        ("2026-05-06T12:00", DAY_NUMBER * 2 + 1),
        ("2026-05-06T23:59", DAY_NUMBER * 2 + 1),
    ],
)
def test_a_day_has_two_halves(instant: str, slot: int) -> None:
    assert half_day(at(instant), SHANGHAI) == slot


def test_each_place_has_its_own_half_days() -> None:
    late = at("2026-05-06T00:30")
    assert half_day(late, ZoneInfo("Asia/Urumqi")) == half_day(late, SHANGHAI) - 1


@given(SLOTS, st.sampled_from(["Asia/Shanghai", "Europe/Berlin", "UTC"]))
def test_a_half_day_begins_in_itself(slot: int, zone: str) -> None:
    place = ZoneInfo(zone)
    assert half_day(begin_of(slot, place), place) == slot


@given(SLOTS, st.integers(0, 2000))
def test_what_covers_a_span_holds_each_half_day_once_and_is_short(since: int, length: int) -> None:
    span = range(since, since + length)
    covering = list(cover(since, since + length))

    held = [slot for number in covering for slot in ((number,) if number >= 0 else inside(number))]
    assert sorted(held) == list(span)
    assert len(covering) <= length // 28 + 54


def inside(number: int) -> list[int]:
    """The half days of a fortnight."""
    begin = (-number - 1) * 28
    assert {fortnight(slot) for slot in range(begin, begin + 28)} == {number}
    return list(range(begin, begin + 28))
