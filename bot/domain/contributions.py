"""What one ticket adds to the sums: counts of what happened to it, and its part in every rate.

All of it follows from the ticket and its votes alone, never from the present instant: sums change only when a ticket does.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from bot.domain.halfdays import half_day
from bot.domain.poll import Vote
from bot.domain.states import CLOSED, ENDED
from bot.domain.ticket import Ticket

VERSION = 1  # raised with every change of a formula, a code or a cohort: all tickets are then counted anew


class Contribution(NamedTuple):
    """One number of a ticket: in which half day, of what, and how much. A count has only a ``whole``."""

    slot: int
    part: int
    whole: int
    excluded: int
    code: str


def contributions(ticket: Ticket, votes: Sequence[Vote], zone: ZoneInfo) -> list[Contribution]:
    """Everything that a ticket adds, in order. ``votes`` are those of its last round, ``zone`` that of its unit."""
    return sorted(Contribution(half_day(at, zone), 0, 1, 0, code) for at, code in _counts(ticket))


def _counts(ticket: Ticket) -> Iterator[tuple[datetime, str]]:
    """Each instant that is counted, under the names that it is counted by."""
    t = ticket
    kinds = ("", f".nature.{t.nature}", f".source.{t.source}")
    ended = t.closed_at if t.state in ENDED else None
    for what, at in (("created", t.created_at), ("registered", t.registered_at), ("dispatched", t.dispatched_at)):
        if at is not None:
            yield from ((at, f"{what}{kind}") for kind in kinds)
    if ended is not None and t.state == CLOSED:
        yield from ((ended, f"closed{kind}") for kind in (*kinds, f".reason.{t.close_reason}"))
    elif ended is not None:
        yield ended, t.state
