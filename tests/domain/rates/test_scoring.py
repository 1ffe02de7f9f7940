"""Composites and the data behind them."""

import tomllib
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import bot.domain.rates
from bot.domain.facts import TicketFacts
from bot.domain.rates.composite import Composite, Score
from bot.domain.rates.measure import NOTHING, Measure
from bot.domain.rates.ranking import Fairness
from bot.domain.rates.registry import compute_all, rates
from bot.domain.rates.scoring import Scoring, load_scoring, parse_scoring
from tests.domain.rates.cases import BUSY, CLOSED, MAY, REWORKED, SILENT, WEIGHTS, but, votes

FILE = Path(bot.domain.rates.__file__).parent / "scoring.toml"


@pytest.fixture(scope="module")
def scoring() -> Scoring:
    return load_scoring(FILE)


PARTS = st.integers(1, 500).flatmap(lambda n: st.builds(Measure, st.integers(0, n), st.just(n)))


def test_what_is_shipped(scoring: Scoring) -> None:
    assert scoring.satisfaction == WEIGHTS
    assert scoring.satisfaction[3] == Fraction(9, 10)
    assert scoring.fairness.least == 10
    assert {name: [int(weight) for _, weight in c.weights] for name, c in scoring.composites.items()} == {
        "beijing": [10, 50, 40], "zhungeer": [30, 35, 35], "pingdingshan": [30, 30, 10, 30], "custom": [10, 50, 40],
    }  # fmt: skip


def test_beijing_s_score_of_a_worked_example(scoring: Scoring) -> None:
    """10 × 9/10 + 50 × 8/10 + 40 × 7/10 = 77 points: a percentage is not taken for a hundred again."""
    measures = {"contacted_callback": Measure(9, 10), "solved": Measure(16, 20), "satisfied": Measure(21, 30)}
    score = scoring.composites["beijing"].score(measures)
    assert (score, score.text) == (Score(Fraction(77), 10), "77.00")


def test_a_bulletin_prints_two_places() -> None:
    """Seeds 004-11."""
    assert Score(Fraction(171, 2), 30).text == "85.50"
    assert Score(Fraction(100), 30).text == "100.00"


@pytest.mark.parametrize("name", ["beijing", "zhungeer", "pingdingshan", "custom"])
def test_from_tickets_to_points(scoring: Scoring, name: str) -> None:
    every = rates(scoring.satisfaction)

    def score(*tickets: TicketFacts) -> str:
        found = compute_all(every, tickets, MAY)
        return scoring.composites[name].score({code: result.measure for code, result in found.items()}).text

    assert score(CLOSED, CLOSED) == "100.00"
    assert score() == "—"
    assert score(SILENT) == "—"  # on time, and nobody asked is no hundred
    assert Decimal(score(CLOSED, but(CLOSED, ballots=votes(3)))) < 100
    assert Decimal(score(CLOSED, REWORKED)) < 100


@BUSY
@given(st.tuples(PARTS, PARTS, PARTS))
def test_a_score_is_between_its_worst_and_its_best_part(parts: tuple[Measure, Measure, Measure]) -> None:
    composite = Composite("", (("a", Fraction(10)), ("b", Fraction(50)), ("c", Fraction(40))))
    score = composite.score(dict(zip("abc", parts, strict=True)))
    shares = [Fraction(part.part, part.whole) * 100 for part in parts]
    assert score.points is not None
    assert 0 <= min(shares) <= score.points <= max(shares) <= 100
    assert score.n == min(part.n for part in parts)


@BUSY
@given(PARTS, PARTS)
def test_one_part_without_numbers_leaves_no_score(one: Measure, other: Measure) -> None:
    composite = Composite("", (("a", Fraction(10)), ("b", Fraction(50)), ("c", Fraction(40))))
    assert composite.score({"a": one, "b": other, "c": NOTHING}) == Score(None, 0)


# ---------------------------------------------------------------- an operator's own


def test_a_file_is_laid_over_the_shipped_one(scoring: Scoring, tmp_path: Path) -> None:
    file = tmp_path / "scoring.local.toml"
    file.write_text('[composites.custom]\ntitle = "我们"\nweights = { on_time = 33.3, solved = 66.7 }\n', "utf-8")
    found = load_scoring(file, scoring)
    assert found.composites["custom"] == Composite(
        "我们", (("on_time", Fraction(333, 10)), ("solved", Fraction(667, 10)))
    )
    assert found.composites["beijing"] == scoring.composites["beijing"]
    assert (found.satisfaction, found.fairness) == (scoring.satisfaction, scoring.fairness)


def test_a_number_is_read_as_it_is_written(scoring: Scoring) -> None:
    thirds = {"composites": {"custom": {"weights": {"on_time": 33.3, "solved": 33.3, "satisfied": 33.4}}}}
    assert parse_scoring(thirds, scoring).composites["custom"].weights[0] == ("on_time", Fraction(333, 10))


def test_who_is_compared_can_be_set(scoring: Scoring) -> None:
    assert parse_scoring({"ranking": {"least": 20, "bands": [5]}}, scoring).fairness == Fairness(20, (5,))


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("[composite]\n", "composite: unknown"),
        ("composites = 3\n", "composites: expected a table"),
        ("[composites]\nx = 3\n", "composites.x: expected a table"),
        ("[composites.x]\n", "composites.x: weights: expected a table"),
        ("[composites.x]\nweights = { solved = 90 }\n", "composites.x: weights add up to 90, not 100"),
        ("[composites.x]\nweights = { solved = 0.1, closed = 99.8 }\n", "add up to 99.9"),
        ("[composites.x]\nweights = { reworked = 100 }\n", "reworked: no rate of which more is better"),
        ("[composites.x]\nweights = { luck = 100 }\n", "luck: no rate"),
        ("[composites.x]\nweights = { solved = 0, closed = 100 }\n", "solved: expected a weight above 0"),
        ('[composites.x]\nweights = { solved = "all" }\n', "solved: expected a weight"),
        ("[composites.x]\nwhy = 1\nweights = { solved = 100 }\n", "composites.x: why: unknown"),
        ("[satisfaction]\n5 = 1\n", "satisfaction: expected a weight for each of 5, 4, 3, 2, 1"),
        ("[satisfaction]\n5 = 1\n4 = 1.5\n3 = 0.9\n2 = 0\n1 = 0\n", "satisfaction: 4: expected a number from 0 to 1"),
        ("[satisfaction]\n5 = true\n4 = 1\n3 = nan\n2 = 0\n1 = 0\n", "satisfaction: 3: expected a number"),
        ("[satisfaction]\n5 = 0\n4 = 1\n3 = 1\n2 = 0\n1 = 0\n", "a worse rating is worth more"),
        ("[ranking]\nleast = 3\n", "ranking: least: expected a whole number from 10"),
        ("[ranking]\nleast = true\n", "ranking: least: expected"),
        ("[ranking]\nbands = [100, 30]\n", "ranking: bands: expected whole numbers above 0 that grow"),
        ("[ranking]\nbands = [0, 30]\n", "ranking: bands: expected"),
        ('[ranking]\nbands = ["30"]\n', "ranking: bands: expected"),
        ("[ranking]\nmost = 3\n", "ranking: most: unknown"),
        ("[ranking\n", "Expected"),
    ],
)
def test_what_is_wrong_is_said(scoring: Scoring, tmp_path: Path, text: str, fault: str) -> None:
    file = tmp_path / "own.toml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ValueError, match=r"^own\.toml: ") as error:
        load_scoring(file, scoring)
    assert fault in str(error.value)


def test_all_faults_come_at_once() -> None:
    data = tomllib.loads("x = 1\n[composites.x]\nweights = { solved = 90 }\n")
    with pytest.raises(ValueError, match="x: unknown") as error:
        parse_scoring(data)
    assert str(error.value).splitlines() == [
        "x: unknown; expected composites, ranking, satisfaction",
        "ranking: the section is missing",
        "satisfaction: the section is missing",
        "composites.x: weights add up to 90, not 100",
    ]
