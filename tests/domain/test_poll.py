"""One vote a person and round, and what the votes together mean."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.poll import Vote, outcome, vote

NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
REPORTER = "web:zhang"


def ballot(account: str, rating: int | None, solved: bool | None = None) -> Vote:
    return vote(account, 1, NOW, rating, solved, words=False)


@pytest.mark.parametrize(("rating", "solved"), [(5, True), (4, True), (3, True), (2, False), (1, False), (None, False)])
def test_without_a_word_on_solved_three_and_better_mean_solved(rating: int | None, solved: bool) -> None:
    assert ballot(REPORTER, rating).solved is solved


@pytest.mark.parametrize("rating", [0, 6, -1, 100])
def test_a_rating_is_one_to_five(rating: int) -> None:
    with pytest.raises(ValueError, match="not 1 to 5"):
        ballot(REPORTER, rating)


@pytest.mark.parametrize(
    ("mine", "others", "result"),
    [
        (None, [], "open"),
        ((5, None), [], "close"),
        ((3, None), [], "close"),
        ((2, None), [], "rework"),
        ((1, True), [], "rework"),  # discontent, whatever he says of solved
        ((5, False), [], "rework"),
        ((None, False), [], "rework"),
        ((None, True), [], "close"),
        (None, [5, 5], "open"),  # only the reporter closes
        (None, [1], "rework"),
        (None, [1, 5], "rework"),
        (None, [1, 5, 5], "rework"),  # a third
        (None, [1, 5, 5, 5], "open"),  # less than a third
        ((5, None), [1, 5], "rework"),
        ((5, None), [1, 5, 5], "close"),
        ((5, None), [1, 1, 5, 5, 5], "rework"),
    ],
)
def test_what_votes_mean(mine: tuple[int | None, bool | None] | None, others: list[int], result: str) -> None:
    votes = [ballot(f"web:n{number}", rating) for number, rating in enumerate(others)]
    if mine is not None:
        votes.append(ballot(REPORTER, *mine))

    assert outcome(votes, REPORTER) == result


Ballots = st.dictionaries(
    st.sampled_from([REPORTER, *(f"web:n{n}" for n in range(8))]),
    st.tuples(st.integers(1, 5), st.booleans() | st.none()),
)


@given(Ballots)
def test_the_order_of_votes_does_not_matter(ballots: dict[str, tuple[int, bool | None]]) -> None:
    votes = [ballot(account, *said) for account, said in ballots.items()]

    assert outcome(votes, REPORTER) == outcome(votes[::-1], REPORTER)


@given(Ballots)
def test_nothing_closes_against_the_reporter_or_a_third(ballots: dict[str, tuple[int, bool | None]]) -> None:
    votes = [ballot(account, *said) for account, said in ballots.items()]
    against = sum(not one.solved for one in votes)

    if outcome(votes, REPORTER) == "close":
        assert REPORTER in ballots
        assert ballots[REPORTER][0] >= 3
        assert 3 * against < len(votes) or against == 0
