"""The funnel of a period, heard → accepted → assigned → closed, and what it is made of (seeds 004-3, 004-10).

Unlike the rates it follows what came in: tickets whose first words were heard in the period, wherever they stand now. Every
step is part of the one before it, so that no share of it can exceed 100 %.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from bot.domain.facts import TicketFacts
from bot.domain.periods import Period
from bot.domain.rates.measure import NOTHING, Measure
from bot.domain.states import CLOSED

Tally = tuple[tuple[str, int], ...]  # (code, tickets), the most first


@dataclass(frozen=True, slots=True)
class Funnel:
    """Counts of a period. ``heard`` are messages or calls, from whoever counts them; the others are tickets.

    ``answered`` are accepted and closed without being assigned: by the knowledge base, or praise. ``natures`` and
    ``categories`` each add up to ``accepted``.
    """

    heard: int
    accepted: int
    assigned: int
    closed: int
    answered: int
    natures: Tally
    categories: Tally

    @property
    def accepted_share(self) -> Measure:
        """Accepted ÷ heard; nothing where the two contradict each other, as a message with two matters can make it."""
        return Measure(self.accepted, self.heard) if self.accepted <= self.heard else NOTHING

    @property
    def assigned_share(self) -> Measure:
        """Assigned ÷ accepted."""
        return Measure(self.assigned, self.accepted)

    @property
    def closed_share(self) -> Measure:
        """Closed ÷ assigned, of those assigned."""
        return Measure(self.closed, self.assigned)


def funnel(heard: int, tickets: Iterable[TicketFacts], period: Period) -> Funnel:
    """The funnel of what came in in a period. Accepted is what has a number, merged and withdrawn ones included."""
    accepted = [t for t in tickets if t.created_at in period and t.registered_at is not None]
    assigned = [t for t in accepted if t.dispatched_at is not None]
    closed = sum(t.state == CLOSED for t in assigned)
    return Funnel(
        heard=heard,
        accepted=len(accepted),
        assigned=len(assigned),
        closed=closed,
        answered=sum(t.state == CLOSED for t in accepted) - closed,
        natures=tally(t.nature for t in accepted),
        categories=tally(t.category for t in accepted),
    )


def tally(codes: Iterable[str]) -> Tally:
    """How many of each code, the most first; equal ones by the code, so that the order of tickets does not matter."""
    return tuple(sorted(Counter(codes).items(), key=lambda row: (-row[1], row[0])))
