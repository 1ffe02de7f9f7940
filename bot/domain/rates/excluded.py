"""What a rate leaves out of its cohort, each with a reason code that is published with its count (domain.md 6.4).

An exclusion rests on what a person decided and the audit log keeps (merged, not accepted, held, closed as …) or on there
being nothing to judge (no limit, no answer). A rate leaves out only what its own question does not fit: nobody answered the
callback, and yet the ticket was signed in time or was not. What is malicious or out of scope ends as ``not_accepted``,
the legal route as ``referred``; force majeure is a hold or an extension that was approved.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.facts import TicketFacts
from bot.domain.states import CLOSED, MERGED, NOT_ACCEPTED, ON_HOLD, OWN_TASKS, REFUSALS, WITHDRAWN


@dataclass(frozen=True, slots=True)
class Exclusion:
    """A reason to leave a ticket out, and how to tell."""

    code: str
    holds: Callable[[TicketFacts], bool]


def _is_rewritten(limit: datetime | None, ticket: TicketFacts) -> bool:
    """Whether a rework after the finish limit has written an early limit anew, behind a deed of long ago.

    The first sign limit is lost then; measured against the new one, every late signature would be in time. An early limit
    never lies behind the first finish limit otherwise.
    """
    return limit is not None and ticket.original_due_at is not None and limit > ticket.original_due_at


def _refused(code: str) -> Exclusion:
    return Exclusion(code, lambda t: t.state == NOT_ACCEPTED and t.close_reason == code)


_REFUSED = tuple(map(_refused, REFUSALS[:-1]))
# Another ticket speaks for it, nobody here had to do it, its reporter wants it no more, there is nothing to do, or the unit
# has given itself the task: whoever sets and judges his own tasks could mend every rate with them.
STANDING = (
    Exclusion("merged", lambda t: t.state == MERGED),
    *_REFUSED,
    Exclusion("not_accepted", lambda t: t.state == NOT_ACCEPTED),  # for another reason
    Exclusion("withdrawn", lambda t: t.state == WITHDRAWN),
    Exclusion("praise", lambda t: t.nature == "praise"),
    Exclusion("own_task", lambda t: t.source in OWN_TASKS),
)
# 挂账 leaves the denominator and has a rate of its own (Jinhua's 缓办, domain.md 6.3).
ON_HOLD_TOO = (*STANDING, Exclusion("on_hold", lambda t: t.state == ON_HOLD))
SIGN_LIMIT = (
    *STANDING,
    Exclusion("no_limit", lambda t: t.sign_due_at is None),
    Exclusion("limit_rewritten", lambda t: _is_rewritten(t.sign_due_at, t)),
)
CONTACT_LIMIT = (
    *STANDING,
    Exclusion("no_limit", lambda t: t.contact_due_at is None),
    Exclusion("limit_rewritten", lambda t: _is_rewritten(t.contact_due_at, t)),
)
# The people were asked and may still answer.
WAITING = (*STANDING, Exclusion("waiting", lambda t: not t.is_answered and t.state != CLOSED))
# No valid callback (无效回访), or a person has ended it for a reason that leaves its people nothing to judge.
UNANSWERED = (
    *WAITING,
    Exclusion("no_contact", lambda t: not t.is_answered),
    Exclusion("uncooperative", lambda t: t.close_reason == "uncooperative"),
    Exclusion("referred", lambda t: t.close_reason == "referred"),
)
UNRATED = (*UNANSWERED, Exclusion("unrated", lambda t: all(ballot.rating is None for ballot in t.ballots)))


def reason(ticket: TicketFacts, exclusions: Iterable[Exclusion]) -> str | None:
    """The code of the first exclusion that holds; None where the ticket counts."""
    return next((exclusion.code for exclusion in exclusions if exclusion.holds(ticket)), None)


def split(
    cohort: Iterable[TicketFacts], exclusions: Sequence[Exclusion]
) -> tuple[list[TicketFacts], tuple[tuple[str, int], ...]]:
    """The tickets that count, and how many do not for which reason: each under one, in the order of the exclusions."""
    counted: list[TicketFacts] = []
    left: Counter[str] = Counter()
    for ticket in cohort:
        why = reason(ticket, exclusions)
        if why is None:
            counted.append(ticket)
        else:
            left[why] += 1
    return counted, tuple((exclusion.code, left[exclusion.code]) for exclusion in exclusions if left[exclusion.code])
