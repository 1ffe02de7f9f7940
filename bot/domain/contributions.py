"""What one ticket adds to the sums: counts of what happened to it, and its part in every rate.

All of it follows from the ticket and its votes alone, never from the present instant: sums change only when a ticket does.
Sums of contributions are read back by ``bot.domain.summed``. The codes:

    created, registered, closed               and of each .nature.X and .source.X; closed also .reason.X
    troubles                                  registered, but for praise, what a unit has given itself to do, what was taken
                                              back, and reports in confidence: told day by day one would give itself away
    troubles.repeated, troubles.closed        of them those that had been there before, and by their end those that were closed
    dispatched                                by the last instant it was
    merged, not_accepted, withdrawn           by the instant of the end
    funnel.X                                  of what came in, by the instant it came (``bot.domain.rates.funnel``)
    rate.X                                    of what fell due, as ``bot.domain.rates.registry`` says; beside it
    rate.X.excluded.REASON                    why it was left out
    rate.satisfied.tickets                    tickets that count: its whole is votes
    rate.satisfied.5 … .1                     votes; what one is worth is settled when the sums are read
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import datetime
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.facts import TicketFacts, facts_of
from bot.domain.halfdays import begin_of, half_day
from bot.domain.periods import Period
from bot.domain.poll import RATINGS, Vote
from bot.domain.rates.excluded import reason
from bot.domain.rates.registry import Rate, rates
from bot.domain.states import CLOSED, ENDED, OWN_TASKS, WITHDRAWN
from bot.domain.ticket import Ticket

VERSION = 4  # raised with every change of a formula, a code or a cohort: all tickets are then counted anew
BY_CATEGORY = frozenset(
    {"created", "registered", "troubles", "closed", "funnel.accepted"}
)  # kept of each category, too


class Contribution(NamedTuple):
    """One number of a ticket: in which half day, how much, and of what. A count has only a ``whole``."""

    slot: int
    part: int
    whole: int
    excluded: int
    code: str


def contributions(ticket: Ticket, votes: Sequence[Vote], zone: ZoneInfo) -> list[Contribution]:
    """Everything that a ticket adds, in order. ``votes`` are those of its last round, ``zone`` that of its unit."""
    counted = (Contribution(half_day(at, zone), 0, 1, 0, code) for at, code in (*_counts(ticket), *_funnel(ticket)))
    return sorted([*counted, *_shares(facts_of(ticket, votes), zone)])


def _counts(ticket: Ticket) -> Iterator[tuple[datetime, str]]:
    """Each instant that is counted, under the names that it is counted by."""
    t = ticket
    kinds = ("", f".nature.{t.nature}", f".source.{t.source}")
    ended = t.closed_at if t.state in ENDED else None
    for what, at in (("created", t.created_at), ("registered", t.registered_at)):
        if at is not None:
            yield from ((at, f"{what}{kind}") for kind in kinds)
    if t.dispatched_at is not None:
        yield t.dispatched_at, "dispatched"
    if ended is not None and t.state == CLOSED:
        yield from ((ended, f"closed{kind}") for kind in (*kinds, f".reason.{t.close_reason}"))
    elif ended is not None:
        yield ended, t.state
    if t.nature != "praise" and t.source not in OWN_TASKS and t.state != WITHDRAWN and not t.confidential:
        yield from _troubles(t)


def _troubles(ticket: Ticket) -> Iterator[tuple[datetime, str]]:
    if ticket.registered_at is not None:
        yield ticket.registered_at, "troubles"
        if ticket.repeat_of is not None:
            yield ticket.registered_at, "troubles.repeated"
    if ticket.closed_at is not None and ticket.state == CLOSED:
        yield ticket.closed_at, "troubles.closed"


def _funnel(ticket: Ticket) -> Iterator[tuple[datetime, str]]:
    """What became of what came in; every step is part of the one before it."""
    if ticket.registered_at is None:
        return
    yield ticket.created_at, "funnel.accepted"
    yield ticket.created_at, f"funnel.nature.{ticket.nature}"
    if ticket.dispatched_at is not None:
        yield ticket.created_at, "funnel.assigned"
    if ticket.state == CLOSED:
        yield ticket.created_at, "funnel.closed" if ticket.dispatched_at else "funnel.answered"


def _shares(facts: TicketFacts, zone: ZoneInfo) -> Iterator[Contribution]:
    """The ticket in each rate of each half day in whose cohort it may be: every cohort goes by one of three instants."""
    instants = (facts.registered_at, facts.due_at, facts.original_due_at)
    for slot in {half_day(at, zone) for at in instants if at is not None}:
        span = _span(slot, zone)
        for rate in _worthless_rates():
            if rate.cohort(facts, span):
                yield from _share(rate, facts, slot)


def _share(rate: Rate, facts: TicketFacts, slot: int) -> Iterator[Contribution]:
    code = f"rate.{rate.code}"
    why = reason(facts, rate.exclusions)
    if why is not None:
        yield Contribution(slot, 0, 0, 1, code)
        yield Contribution(slot, 0, 1, 0, f"{code}.excluded.{why}")
        return
    measure = rate.formula([facts])
    yield Contribution(slot, int(measure.part), measure.whole, 0, code)
    if rate.code == "satisfied":
        yield Contribution(slot, 0, 1, 0, f"{code}.tickets")
        ratings = Counter(ballot.rating for ballot in facts.ballots if ballot.rating is not None)
        yield from (Contribution(slot, 0, votes, 0, f"{code}.{rating}") for rating, votes in ratings.items())


@lru_cache(4096)
def _worthless_rates() -> tuple[Rate, ...]:
    """The rates, where no rating is worth anything yet."""
    return rates(dict.fromkeys(RATINGS, Fraction(0)))


@lru_cache(4096)
def _span(slot: int, zone: ZoneInfo) -> Period:
    begin = begin_of(slot, zone)
    return Period("half_day", begin.astimezone(zone).date(), zone, begin, begin_of(slot + 1, zone))
