"""Tickets in numbers that the tests of rates share: one by hand, or any at all."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.domain.facts import Ballot, TicketFacts
from bot.domain.periods import period
from bot.domain.rates.registry import Result, compute, rates
from bot.domain.states import CATEGORIES, CLOSE_REASONS, NATURES, STATES
from tests.domain.clockwork import SHANGHAI

MAY = period("month", date(2026, 5, 1), SHANGHAI)
START = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
WEIGHTS = {5: Fraction(1), 4: Fraction(1), 3: Fraction(9, 10), 2: Fraction(0), 1: Fraction(0)}
RATES = {rate.code: rate for rate in rates(WEIGHTS)}

CLOSED = TicketFacts(
    id="t",
    unit="grid",
    state="closed",
    close_reason="resolved",
    created_at=START,
    registered_at=START,
    dispatched_at=START,
    signed_at=START + HOUR,
    first_contact_at=START + 2 * HOUR,
    done_at=START + DAY,
    polled_at=START + DAY,
    closed_at=START + DAY + HOUR,
    sign_due_at=START + 4 * HOUR,
    contact_due_at=START + DAY,
    due_at=START + 5 * DAY,
    original_due_at=START + 5 * DAY,
    ballots=(Ballot(5, True, by_reporter=True),),
)
OPEN = replace(CLOSED, state="in_progress", close_reason=None, done_at=None, polled_at=None, closed_at=None, ballots=())
REWORKED = replace(OPEN, polled_at=START + DAY, rework_count=1, ballots=(Ballot(1, False, by_reporter=True),))
SILENT = replace(CLOSED, close_reason="no_contact", ballots=())


def but(base: TicketFacts, **changes: Any) -> TicketFacts:
    """A ticket like another, but for this."""
    return replace(base, **changes)


def votes(*ratings: int | None) -> tuple[Ballot, ...]:
    """Votes without a word on solved, the reporter's first."""
    return tuple(Ballot(r, r is not None and r >= 3, by_reporter=n == 0) for n, r in enumerate(ratings))


def of_may(code: str, *tickets: TicketFacts) -> Result:
    """A rate of May 2026, into which the tickets by hand fall."""
    return compute(RATES[code], tickets, MAY)


BUSY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
MAYBE = st.sampled_from([None, *(START + days * DAY for days in range(-40, 41, 2))])
BALLOTS = st.builds(Ballot, st.sampled_from([None, 1, 2, 3, 4, 5]), st.booleans(), st.booleans())
FACTS = st.builds(
    TicketFacts,
    id=st.just("t"),
    unit=st.just("grid"),
    nature=st.sampled_from(NATURES),
    category=st.sampled_from(CATEGORIES[:3]),
    state=st.sampled_from(STATES),
    close_reason=st.none() | st.sampled_from(CLOSE_REASONS),
    created_at=MAYBE.filter(bool),
    registered_at=MAYBE,
    dispatched_at=MAYBE,
    signed_at=MAYBE,
    first_contact_at=MAYBE,
    done_at=MAYBE,
    polled_at=MAYBE,
    closed_at=MAYBE,
    sign_due_at=MAYBE,
    contact_due_at=MAYBE,
    due_at=MAYBE,
    original_due_at=MAYBE,
    rework_count=st.integers(0, 3),
    return_count=st.integers(0, 2),
    extension_count=st.integers(0, 2),
    repeat=st.booleans(),
    ballots=st.lists(BALLOTS, max_size=3).map(tuple),
)
SETS = st.lists(FACTS, max_size=6)
EVERY = st.sampled_from(list(RATES.values()))
