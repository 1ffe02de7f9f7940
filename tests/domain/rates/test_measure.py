"""Shares with their numbers: exact inside, honest outside."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rates.measure import NOTHING, Measure
from tests.domain.rates.cases import BUSY


@st.composite
def _measures(draw: st.DrawFn) -> Measure:
    whole = draw(st.integers(0, 10**9))
    weight = draw(st.sampled_from([Fraction(1), Fraction(9, 10), Fraction(1, 3)]))
    return Measure(weight * draw(st.integers(0, whole)), whole)


MEASURES = _measures()


@pytest.mark.parametrize(
    ("part", "whole", "text"),
    [
        (357, 363, "98.3 %"),  # seeds 004-19
        (8647, 8818, "98.1 %"),  # seeds 002-6
        (117, 117, "100.0 %"),  # seeds 004-10
        (0, 3, "0.0 %"),
        (1, 8, "12.5 %"),
        (1, 2000, "0.1 %"),
        (5, 10_000, "0.1 %"),
        (1, 10**6, "0.1 %"),  # not none
        (9_999, 10_000, "99.9 %"),  # not all
        (Fraction(19, 10), 2, "95.0 %"),
        (0, 0, "—"),
    ],
)
def test_what_people_read(part: int | Fraction, whole: int, text: str) -> None:
    assert Measure(part, whole).text == text


def test_nothing_is_neither_none_nor_all() -> None:
    assert (NOTHING.value, NOTHING.interval, NOTHING.text, NOTHING.n) == (None, None, "—", 0)


@pytest.mark.parametrize(("part", "whole"), [(2, 1), (-1, 1), (1, 0), (Fraction(11, 10), 1)])
def test_what_is_no_share_is_refused(part: int | Fraction, whole: int) -> None:
    with pytest.raises(ValueError, match="no share"):
        Measure(part, whole)


def test_the_interval_of_known_examples() -> None:
    """Newcombe 1998, table I: 81 of 263, 15 of 148, 0 of 20, 1 of 29."""
    examples = {
        (81, 263): (0.2553, 0.3662), (15, 148): (0.0624, 0.1605), (0, 20): (0, 0.1611), (1, 29): (0.0061, 0.1718),
    }  # fmt: skip
    for (part, whole), expected in examples.items():
        assert Measure(part, whole).interval == pytest.approx(expected, abs=5e-5)


@BUSY
@given(MEASURES)
def test_the_interval_holds_the_value_and_stays_a_share(measure: Measure) -> None:
    if measure.value is None or measure.interval is None:
        assert measure.n == 0
        return
    low, high = measure.interval
    assert 0 <= low <= float(measure.value) <= high <= 1


@BUSY
@given(MEASURES)
def test_a_text_is_never_above_a_hundred(measure: Measure) -> None:
    if measure.value is not None:
        said = Fraction(measure.text.removesuffix(" %"))
        assert (said == 100) == (measure.value == 1)
        assert (said == 0) == (measure.value == 0)
        assert abs(said - measure.value * 100) < Fraction(1, 10)


@BUSY
@given(MEASURES, MEASURES)
def test_sets_add_up(one: Measure, other: Measure) -> None:
    both = one + other
    assert (both.part, both.whole) == (one.part + other.part, one.whole + other.whole)
    assert both == other + one
    assert one + NOTHING == one


@BUSY
@given(MEASURES)
def test_a_share_and_the_rest_are_the_whole(measure: Measure) -> None:
    assert measure.part + measure.complement.part == measure.whole
    assert measure.complement.complement == measure
