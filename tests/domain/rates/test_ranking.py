"""Comparison inside one class and band only; small numbers unranked, ties shared."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.rates.ranking import Entry, Fairness, League, leagues
from tests.domain.rates.cases import BUSY

FAIR = Fairness(10, (30, 100))


def entry(unit: str, part: int, n: int, unit_class: str = "street", workload: int = 50) -> Entry:
    return Entry(unit, unit_class, workload, Fraction(part, n) if n else None, n)


def ranks(found: League) -> list[tuple[str, int | None]]:
    return [(place.entry.unit, place.rank) for place in found.places]


def test_ties_share_a_rank_and_the_next_is_as_many_places_down() -> None:
    (found,) = leagues([entry("c", 8, 10), entry("a", 18, 20), entry("b", 9, 10), entry("d", 10, 10)], FAIR)
    assert ranks(found) == [("d", 1), ("a", 2), ("b", 2), ("c", 4)]


def test_small_numbers_are_listed_without_a_rank() -> None:
    (found,) = leagues([entry("few", 9, 9), entry("none", 0, 0), entry("enough", 1, 10)], FAIR)
    assert ranks(found) == [("enough", 1), ("few", None), ("none", None)]


def test_where_less_is_better_the_least_is_first() -> None:
    (found,) = leagues([entry("a", 3, 10), entry("b", 1, 10)], FAIR, higher_is_better=False)
    assert ranks(found) == [("b", 1), ("a", 2)]


def test_units_are_compared_with_their_like_only() -> None:
    found = leagues(
        [
            entry("s1", 5, 10),
            entry("p1", 1, 10, "property_firm"),
            entry("s2", 6, 10, workload=99),
            entry("s3", 1, 10, workload=100),
            entry("s4", 2, 10, workload=30),
            entry("s5", 3, 10, workload=29),
        ],
        FAIR,
    )
    assert [(league.unit_class, league.band, ranks(league)) for league in found] == [
        ("property_firm", 1, [("p1", 1)]),
        ("street", 0, [("s5", 1)]),
        ("street", 1, [("s2", 1), ("s1", 2), ("s4", 3)]),
        ("street", 2, [("s3", 1)]),
    ]


@pytest.mark.parametrize(("workload", "band"), [(0, 0), (29, 0), (30, 1), (99, 1), (100, 2), (10**6, 2)])
def test_an_edge_belongs_to_the_band_above(workload: int, band: int) -> None:
    assert FAIR.band(workload) == band


def test_without_bands_all_workloads_are_one() -> None:
    assert Fairness().band(10**6) == 0


@st.composite
def _entries(draw: st.DrawFn) -> list[Entry]:
    units = draw(st.lists(st.text("abcdefgh", min_size=1, max_size=3), unique=True, max_size=12))
    sizes = [draw(st.sampled_from([0, 5, 10, 20, 40])) for _ in units]
    return [
        entry(
            unit, draw(st.integers(0, n)), n, draw(st.sampled_from(["street", "community"])), draw(st.integers(0, 150))
        )
        for unit, n in zip(units, sizes, strict=True)
    ]


@BUSY
@given(_entries(), st.booleans())
def test_nobody_s_name_matters(entries: list[Entry], higher: bool) -> None:
    names = {one.unit: f"{len(entries) - n:03}" for n, one in enumerate(entries)}
    renamed = [replace(one, unit=names[one.unit]) for one in entries]
    before = leagues(entries, FAIR, higher_is_better=higher)
    after = leagues(renamed, FAIR, higher_is_better=higher)
    assert [[(names[unit], rank) for unit, rank in ranks(league)] for league in before] == [ranks(x) for x in after]


@BUSY
@given(_entries(), st.booleans())
def test_a_rank_is_one_more_than_how_many_are_better(entries: list[Entry], higher: bool) -> None:
    for league in leagues(entries, FAIR, higher_is_better=higher):
        values = [place.entry.value for place in league.places if place.rank is not None]
        for place in league.places:
            value = place.entry.value
            if place.rank is None or value is None:
                assert place.entry.n < 10
                continue
            better = [v for v in values if v is not None and (v > value if higher else v < value)]
            assert place.rank == len(better) + 1


@BUSY
@given(_entries())
def test_everybody_is_listed_once(entries: list[Entry]) -> None:
    listed = [place.entry for league in leagues(entries, FAIR) for place in league.places]
    assert sorted(one.unit for one in listed) == sorted(one.unit for one in entries)


@BUSY
@given(_entries())
def test_the_order_of_entries_gives_nobody_another_rank(entries: list[Entry]) -> None:
    def by_unit(given: list[Entry]) -> dict[str, int | None]:
        return {unit: rank for league in leagues(given, FAIR) for unit, rank in ranks(league)}

    assert by_unit(entries) == by_unit(entries[::-1])
