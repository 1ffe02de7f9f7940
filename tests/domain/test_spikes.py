"""Spikes: what is rare is said, what may be chance is not."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.spikes import PAST, Spell, Spike, chance, spikes
from tests.domain.rates.cases import BUSY

DAY, WEEK = timedelta(days=1), timedelta(weeks=1)


def test_the_chance_of_four_out_of_four_in_a_ninth_of_the_time() -> None:
    assert chance(4, 0, 1 / 9) == pytest.approx((1 / 9) ** 4)
    assert chance(0, 7, 1 / 9) == pytest.approx(1)
    assert chance(1, 1, 0.5) == pytest.approx(0.75)


def test_a_city_has_many() -> None:
    assert chance(1000, 8000, 1 / 9) == pytest.approx(0.5, abs=0.02)
    assert chance(1300, 8000, 1 / 9) < 1e-8


def test_what_came_far_more_often_than_in_the_weeks_before() -> None:
    found = spikes({"drainage": 9, "noise": 4, "parking": 1}, {"drainage": 8, "noise": 30}, WEEK, PAST)
    assert found == [Spike("drainage", 9, 1.0)]


def test_two_are_no_spike_and_a_short_past_says_nothing() -> None:
    assert spikes({"noise": 2}, {}, DAY, PAST) == []
    assert [one.what for one in spikes({"noise": 3}, {}, DAY, PAST)] == ["noise"]
    assert spikes({"noise": 30}, {}, DAY, timedelta(days=13)) == []
    assert spikes({"noise": 30}, {}, timedelta(days=31), timedelta(days=20)) == []


def test_the_rarest_comes_first() -> None:
    found = spikes({"a": 6, "b": 12}, {"a": 2, "b": 2}, WEEK, PAST)
    assert [one.what for one in found] == ["b", "a"]


@BUSY
@given(st.integers(0, 40), st.integers(0, 200), st.floats(0.001, 0.6))
def test_more_is_never_more_likely(count: int, before: int, share: float) -> None:
    assert 0 <= chance(count + 1, before, share) <= chance(count, before + 1, share) + 1e-9 <= 1 + 2e-9


def test_in_a_season_last_years_season_is_what_is_usual() -> None:
    as_ever = Spell("rain_south", 60, timedelta(days=30))
    assert spikes({"drainage": 14}, {"drainage": 8}, WEEK, PAST) != []
    assert spikes({"drainage": 14}, {"drainage": 8}, WEEK, PAST, {"drainage": as_ever}) == []

    calm = Spell("rain_south", 15, timedelta(days=30))
    (found,) = spikes({"drainage": 14}, {"drainage": 80}, WEEK, PAST, {"drainage": calm})
    assert (found.what, found.spell) == ("drainage", calm)
    assert found.usual == pytest.approx(3.5)


def test_last_years_season_is_enough_where_the_weeks_before_are_few() -> None:
    spell = Spell("exam_college", 0, timedelta(days=9))
    assert [one.what for one in spikes({"noise": 20, "parking": 20}, {}, WEEK, DAY, {"noise": spell})] == ["noise"]


def test_a_season_that_nobody_has_seen_before_has_a_higher_bar() -> None:
    unknown = {"drainage": Spell("rain_south")}
    assert [one.usual for one in spikes({"drainage": 7}, {"drainage": 8}, WEEK, PAST)] == [1.0]
    assert spikes({"drainage": 7}, {"drainage": 8}, WEEK, PAST, unknown) == []
    assert spikes({"drainage": 16}, {"drainage": 8}, WEEK, PAST, unknown) == [
        Spike("drainage", 16, 1.0, unknown["drainage"])
    ]
    assert spikes({"drainage": 99}, {}, WEEK, DAY, unknown) == []
