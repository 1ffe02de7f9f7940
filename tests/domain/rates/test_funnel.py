"""From what was heard to what was closed, and what it is made of."""

from hypothesis import given
from hypothesis import strategies as st

from bot.domain.facts import TicketFacts
from bot.domain.rates.funnel import funnel
from bot.domain.rates.measure import Measure
from tests.domain.rates.cases import BUSY, CLOSED, DAY, FACTS, MAY, OPEN, SETS, START, but

ANSWERED = but(CLOSED, nature="inquiry", dispatched_at=None, due_at=None, original_due_at=None)


def test_14872_heard_5507_accepted_1548_assigned() -> None:
    """Seeds 004-3."""
    found = funnel(14872, [*[CLOSED] * 1500, *[OPEN] * 48, *[ANSWERED] * 3959], MAY)
    assert (found.heard, found.accepted, found.assigned, found.closed, found.answered) == (
        14872, 5507, 1548, 1500, 3959,
    )  # fmt: skip
    assert [share.text for share in (found.accepted_share, found.assigned_share, found.closed_share)] == [
        "37.0 %", "28.1 %", "96.9 %",
    ]  # fmt: skip


def test_80_complaints_26_requests_and_11_inquiries_are_117() -> None:
    """Seeds 004-10."""
    found = funnel(117, [*[but(OPEN, nature="inquiry")] * 11, *[but(OPEN, nature="complaint")] * 80, *[OPEN] * 26], MAY)
    assert found.natures == (("complaint", 80), ("help", 26), ("inquiry", 11))
    assert sum(n for _, n in found.natures) == found.accepted == 117


def test_a_candidate_is_heard_and_not_accepted() -> None:
    assert funnel(3, [but(OPEN, state="candidate", registered_at=None)], MAY).accepted == 0


def test_it_follows_what_came_in_not_what_fell_due() -> None:
    assert funnel(1, [but(OPEN, due_at=START + 60 * DAY)], MAY).accepted == 1
    assert funnel(1, [but(OPEN, created_at=START - 60 * DAY)], MAY).accepted == 0


def test_two_matters_in_one_message_give_no_share_above_a_hundred() -> None:
    found = funnel(1, [OPEN, OPEN], MAY)
    assert (found.accepted, found.accepted_share.text) == (2, "—")


def test_a_quiet_day_has_no_shares() -> None:
    found = funnel(0, [], MAY)
    assert {share.text for share in (found.accepted_share, found.assigned_share, found.closed_share)} == {"—"}


@BUSY
@given(st.integers(0, 20), SETS)
def test_every_step_is_part_of_the_one_before(heard: int, tickets: list[TicketFacts]) -> None:
    found = funnel(heard, tickets, MAY)
    assert found.closed <= found.assigned <= found.accepted <= len(tickets)
    assert found.closed + found.answered <= found.accepted
    assert sum(n for _, n in found.natures) == sum(n for _, n in found.categories) == found.accepted
    assert isinstance(found.accepted_share, Measure)


@BUSY
@given(st.permutations(range(5)), st.lists(FACTS, min_size=5, max_size=5))
def test_the_order_of_tickets_does_not_matter(order: list[int], tickets: list[TicketFacts]) -> None:
    assert funnel(9, [tickets[n] for n in order], MAY) == funnel(9, tickets, MAY)


@BUSY
@given(SETS, SETS)
def test_tickets_of_another_period_change_nothing(tickets: list[TicketFacts], others: list[TicketFacts]) -> None:
    elsewhere = [t for t in others if t.created_at not in MAY]
    assert funnel(9, [*tickets, *elsewhere], MAY) == funnel(9, tickets, MAY)
