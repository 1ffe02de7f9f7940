"""What every rate keeps, whatever the tickets; and each on tickets by hand."""

from fractions import Fraction
from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import Ballot, TicketFacts
from bot.domain.rates.measure import Measure
from bot.domain.rates.registry import Rate, compute, compute_all, rates
from tests.domain.rates.cases import (
    BUSY,
    CLOSED,
    DAY,
    EVERY,
    FACTS,
    HOUR,
    MAY,
    OPEN,
    RATES,
    REWORKED,
    SETS,
    SILENT,
    START,
    WEIGHTS,
    but,
    of_may,
    votes,
)

# ---------------------------------------------------------------- the sources' own numbers


def test_363_orders_357_closed_6_open() -> None:
    """Seeds 004-19."""
    found = of_may("closed", *[CLOSED] * 357, *[OPEN] * 6)
    assert (found.measure, found.measure.text) == (Measure(357, 363), "98.3 %")


def test_8647_of_8818_problems_are_solved() -> None:
    """Seeds 002-6."""
    found = of_may("solved", *[CLOSED] * 8647, *[REWORKED] * 171)
    assert (found.measure.part, found.measure.n, found.measure.text) == (8647, 8818, "98.1 %")


def test_117_orders_on_time_and_satisfied() -> None:
    """Seeds 004-10."""
    found = compute_all(RATES.values(), [CLOSED] * 117, MAY)
    assert {found[code].measure.text for code in ("on_time", "on_time_original", "satisfied")} == {"100.0 %"}


def test_sent_back_and_done_at_once_are_one_hundred_together() -> None:
    """Seeds 004-12. What is back at work was done: it does not leave the denominator."""
    found = [of_may(code, CLOSED, CLOSED, CLOSED, REWORKED, OPEN).measure for code in ("reworked", "first_time")]
    assert found == [Measure(1, 4), Measure(3, 4)]


# ---------------------------------------------------------------- one by one


@pytest.mark.parametrize(
    ("code", "ticket", "part"),
    [
        ("signed", CLOSED, 1),
        ("signed", but(CLOSED, signed_at=CLOSED.sign_due_at), 1),  # the last instant
        ("signed", but(CLOSED, signed_at=START + 5 * HOUR), 0),
        ("signed", but(OPEN, signed_at=None), 0),
        ("signed", but(CLOSED, state="on_hold"), 1),
        ("signed", but(CLOSED, sign_due_at=CLOSED.original_due_at), 1),  # as late as can be, and yet the first limit
        ("contacted", CLOSED, 1),
        ("contacted", but(CLOSED, first_contact_at=START + 2 * DAY), 0),
        ("contacted_callback", but(CLOSED, first_contact_at=START + 9 * DAY), 1),
        ("contacted_callback", but(CLOSED, first_contact_at=None), 0),
        ("closed", but(CLOSED, state="callback"), 0),  # done is not closed
        ("on_time", CLOSED, 1),
        ("on_time", OPEN, 0),
        ("on_time", but(CLOSED, done_at=START + 6 * DAY), 0),
        ("on_time", but(CLOSED, done_at=START + 6 * DAY, due_at=START + 7 * DAY), 1),  # extended
        ("on_time_original", but(CLOSED, done_at=START + 6 * DAY, due_at=START + 7 * DAY), 0),
        ("on_time_original", but(OPEN, state="on_hold", due_at=START + 60 * DAY), 0),  # a hold hides nothing here
        ("on_time", but(OPEN, state="closed", close_reason="referred", closed_at=START + DAY), 1),
        ("solved", but(CLOSED, ballots=votes(5, 1, 5)), 0),  # a third says no
        ("solved", but(CLOSED, ballots=votes(5, 1, 5, 5)), 1),
        ("solved", but(CLOSED, ballots=votes(1, 5, 5, 5)), 0),  # the reporter says no
        ("solved", REWORKED, 0),
        ("returned", but(OPEN, return_count=2, due_at=START + 60 * DAY), 1),
        ("extended", but(OPEN, extension_count=2, due_at=START + 60 * DAY), 1),
        ("held", but(OPEN, state="on_hold", due_at=START + 60 * DAY), 1),
        ("held", CLOSED, 0),
        ("asked", CLOSED, 1),
        ("asked", but(CLOSED, polled_at=None), 0),
        ("reached", CLOSED, 1),
        ("reached", SILENT, 0),
        ("repeated", but(OPEN, repeat=True), 1),
        ("repeated", OPEN, 0),
    ],
)
def test_one_ticket(code: str, ticket: TicketFacts, part: int) -> None:
    found = of_may(code, ticket)
    assert (found.measure, found.excluded) == (Measure(part, 1), ())


@pytest.mark.parametrize(
    ("code", "ticket", "reason"),
    [
        *((code, but(CLOSED, state="merged"), "merged") for code in RATES if code != "asked"),
        *((code, but(CLOSED, state="withdrawn"), "withdrawn") for code in RATES if code != "asked"),
        *((code, but(CLOSED, state="not_accepted"), "not_accepted") for code in RATES if code != "asked"),
        *(
            (why, but(CLOSED, state="not_accepted", close_reason=code), code)
            for code in ("legal_route", "malicious", "unreasonable", "out_of_scope")
            for why in ("closed", "solved", "signed")
        ),
        ("closed", but(CLOSED, state="not_accepted", close_reason="other"), "not_accepted"),
        *((code, but(CLOSED, nature="praise"), "praise") for code in RATES),
        *((code, but(CLOSED, source="sweep"), "own_task") for code in RATES),
        ("closed", but(OPEN, state="on_hold"), "on_hold"),
        ("on_time", but(OPEN, state="on_hold"), "on_hold"),
        ("signed", but(CLOSED, sign_due_at=None), "no_limit"),
        ("contacted", but(CLOSED, contact_due_at=None), "no_limit"),
        ("signed", but(REWORKED, sign_due_at=START + 6 * DAY, due_at=START + 10 * DAY), "limit_rewritten"),
        ("contacted", but(REWORKED, contact_due_at=START + 6 * DAY, due_at=START + 10 * DAY), "limit_rewritten"),
        ("solved", but(SILENT, state="callback"), "waiting"),
        ("reached", but(SILENT, state="callback"), "waiting"),
        *((code, SILENT, "no_contact") for code in ("solved", "satisfied", "contacted_callback")),
        ("solved", but(CLOSED, close_reason="uncooperative"), "uncooperative"),
        ("satisfied", but(CLOSED, close_reason="referred"), "referred"),
        ("satisfied", but(REWORKED, ballots=votes(None)), "unrated"),
    ],
)
def test_what_is_left_out_is_counted_with_its_reason(code: str, ticket: TicketFacts, reason: str) -> None:
    found = of_may(code, ticket)
    assert (found.measure.text, found.cohort, found.counted, found.excluded) == ("—", 1, 0, ((reason, 1),))


@pytest.mark.parametrize(
    ("code", "ticket"),
    [
        *((code, but(CLOSED, registered_at=None)) for code in RATES),  # a candidate
        *((code, but(OPEN, dispatched_at=None)) for code in ("signed", "contacted", "returned", "held")),
        ("on_time", but(OPEN, due_at=None)),
        ("asked", OPEN),
        ("solved", OPEN),
        ("reworked", OPEN),
        ("on_time", but(OPEN, due_at=START + 60 * DAY)),
        ("on_time_original", but(OPEN, original_due_at=START - 60 * DAY)),
    ],
)
def test_what_a_rate_does_not_speak_of(code: str, ticket: TicketFacts) -> None:
    assert of_may(code, ticket).cohort == 0


def test_an_answer_from_the_knowledge_base_has_no_limit_and_is_due_when_accepted() -> None:
    answered = but(CLOSED, dispatched_at=None, due_at=None, original_due_at=None, nature="inquiry")
    assert {code for code in RATES if of_may(code, answered).counted} == {
        "closed", "solved", "satisfied", "reworked", "first_time", "asked", "reached", "repeated",
    }  # fmt: skip


def test_satisfied_counts_votes_by_their_weight() -> None:
    found = of_may("satisfied", but(CLOSED, ballots=votes(5, 4, 3)), but(CLOSED, ballots=votes(3, None, 2, 1)))
    assert (found.measure, found.counted) == (Measure(Fraction(38, 10), 6), 2)
    assert found.measure.text == "63.3 %"


def test_three_tenths_stay_exact() -> None:
    """0.9 × 3 is 2.7 and no float near it."""
    assert of_may("satisfied", *[but(CLOSED, ballots=votes(3))] * 3).measure.value == Fraction(9, 10)


def test_a_running_month_counts_no_limit_that_is_still_ahead() -> None:
    assert compute(RATES["on_time"], [OPEN], MAY.so_far(START + DAY)).cohort == 0


def test_every_rate_has_its_own_code() -> None:
    every = rates(WEIGHTS)
    assert len({rate.code for rate in every}) == len(every) == 16
    worse = {rate.code for rate in every if not rate.higher_is_better}
    assert worse == {"reworked", "returned", "extended", "held", "repeated"}


# ---------------------------------------------------------------- whatever the tickets


@BUSY
@given(EVERY, SETS)
def test_a_rate_is_a_share_and_everything_is_accounted_for(rate: Rate, tickets: list[TicketFacts]) -> None:
    found = compute(rate, tickets, MAY)
    assert 0 <= found.measure.part <= found.measure.whole
    assert found.counted + sum(n for _, n in found.excluded) == found.cohort <= len(tickets)
    assert all(n > 0 for _, n in found.excluded)
    assert {code for code, _ in found.excluded} <= {exclusion.code for exclusion in rate.exclusions}
    if rate.code != "satisfied":
        assert found.measure.n == found.counted
    assert (found.measure.text == "—") == (found.counted == 0)


@BUSY
@given(EVERY, SETS, SETS)
def test_tickets_of_another_period_change_nothing(
    rate: Rate, tickets: list[TicketFacts], others: list[TicketFacts]
) -> None:
    elsewhere = [t for t in others if not any(at in MAY for at in (t.registered_at, t.due_at, t.original_due_at))]
    assert compute(rate, [*tickets, *elsewhere], MAY) == compute(rate, tickets, MAY)


@BUSY
@given(EVERY, SETS)
def test_a_ticket_is_counted_in_one_period_only(rate: Rate, tickets: list[TicketFacts]) -> None:
    months = (MAY.before().before(), MAY.before(), MAY, MAY.after(), MAY.after().after())
    assert sum(compute(rate, tickets, month).cohort for month in months) <= len(tickets)


@BUSY
@given(EVERY, st.permutations(range(5)), st.lists(FACTS, min_size=5, max_size=5))
def test_the_order_of_tickets_does_not_matter(rate: Rate, order: list[int], tickets: list[TicketFacts]) -> None:
    assert compute(rate, [tickets[n] for n in order], MAY) == compute(rate, tickets, MAY)


@BUSY
@given(EVERY, SETS, SETS)
def test_disjoint_sets_add_up(rate: Rate, one: list[TicketFacts], other: list[TicketFacts]) -> None:
    first, second, both = (compute(rate, tickets, MAY) for tickets in (one, other, [*one, *other]))
    assert both.measure == first.measure + second.measure
    assert (both.cohort, both.counted) == (first.cohort + second.cohort, first.counted + second.counted)


@BUSY
@given(SETS)
def test_a_longer_limit_never_makes_the_first_one_look_better(tickets: list[TicketFacts]) -> None:
    longer = [but(t, due_at=t.due_at + 30 * DAY) if t.due_at else t for t in tickets]
    assert of_may("on_time_original", *longer) == of_may("on_time_original", *tickets)


@BUSY
@given(FACTS, st.integers(1, 5))
def test_silence_is_never_satisfied(ticket: TicketFacts, rating: int) -> None:
    silent = but(ticket, ballots=())
    assert of_may("satisfied", silent).measure.n == of_may("solved", silent).measure.n == 0
    heard = of_may("satisfied", but(silent, ballots=(Ballot(rating, True),))).measure
    assert heard.n == 0 or heard.value == WEIGHTS[rating]


def test_the_order_of_a_few_votes_does_not_matter() -> None:
    orders = {of_may("satisfied", but(CLOSED, ballots=votes(*order))).measure for order in permutations((5, 3, 1))}
    assert len(orders) == 1
