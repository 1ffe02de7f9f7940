"""The rates: what is counted of the tickets that count. Cohort and exclusions of each stand in ``registry``.

Every formula takes tickets and gives part and whole; both add up over disjoint sets. Sources: domain.md 6.1 and 6.2.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from fractions import Fraction

from bot.domain.facts import TicketFacts
from bot.domain.rates.measure import Measure
from bot.domain.states import CLOSED, ON_HOLD

Weights = Mapping[int, Fraction]  # what a rating of 1 to 5 is worth, 0 to 1
Formula = Callable[[Iterable[TicketFacts]], Measure]


def signed(tickets: Iterable[TicketFacts]) -> Measure:
    """签收及时率 = signed within the sign limit ÷ dispatched. The first signature counts, a transfer asks for none anew.

    Cohort ``dispatched``; leaves out ``SIGN_LIMIT``. Source: 6.2; the first signature because a late one stays late.
    """
    return _share(tickets, lambda t: _kept(t.signed_at, t.sign_due_at))


def contacted(tickets: Iterable[TicketFacts]) -> Measure:
    """响应率, by the clock = reporter spoken to within the contact limit ÷ due.

    Cohort ``dispatched``, as an answer of the knowledge base leaves nobody to speak to; leaves out ``CONTACT_LIMIT``.
    Source: 6.2.
    """
    return _share(tickets, lambda t: _kept(t.first_contact_at, t.contact_due_at))


def contacted_callback(tickets: Iterable[TicketFacts]) -> Measure:
    """响应率, in the callback form = reporter spoken to at all ÷ valid callbacks.

    Cohort ``asked_of_somebody``; leaves out ``UNANSWERED``. Source: 6.1 (已联系 ÷ 有效回访).
    """
    return _share(tickets, lambda t: t.first_contact_at is not None)


def closed(tickets: Iterable[TicketFacts]) -> Measure:
    """办结率 = closed ÷ accepted. Done but still asked about is not closed.

    Cohort ``due``; leaves out ``ON_HOLD_TOO``. Source: 6.2; 缓办 as in 6.3.
    """
    return _share(tickets, lambda t: t.state == CLOSED)


def on_time(tickets: Iterable[TicketFacts]) -> Measure:
    """按时办结率 against the current limit = finished by it ÷ due. What is not finished is not in time.

    Cohort ``limited``; leaves out ``ON_HOLD_TOO``. Source: 6.2, Jinhua's 应结案数 − 缓办数 in 6.3.
    """
    return _share(tickets, lambda t: _kept(t.finished_at, t.due_at))


def on_time_original(tickets: Iterable[TicketFacts]) -> Measure:
    """按时办结率 against the first limit = finished by it ÷ due by it.

    Cohort ``first_limited``; leaves out ``STANDING`` only: neither extension nor hold nor rework can hide lateness here.
    Source: 6.2.
    """
    return _share(tickets, lambda t: _kept(t.finished_at, t.original_due_at))


def solved(tickets: Iterable[TicketFacts]) -> Measure:
    """问题解决率 = callbacks saying solved ÷ valid callbacks; a ticket has one callback, by its last round of votes.

    Cohort ``asked``; leaves out ``UNANSWERED``. Source: 6.2; when several votes of one ticket say solved: product.md §6.
    """
    return _share(tickets, lambda t: t.is_said_solved)


def satisfied(tickets: Iterable[TicketFacts], weights: Weights) -> Measure:
    """满意率 = Σ weight × votes ÷ rated votes. n is votes, not tickets: everybody who was asked and rated counts once.

    Cohort ``asked``; leaves out ``UNRATED``. Source: 6.2; the weights are data (``scoring.toml``).
    """
    votes = Counter(b.rating for ticket in tickets for b in ticket.ballots if b.rating is not None)
    return Measure(sum((weights[rating] * n for rating, n in votes.items()), Fraction(0)), votes.total())


def reworked(tickets: Iterable[TicketFacts]) -> Measure:
    """发回重办率 = tickets sent back at least once ÷ done at least once.

    Cohort ``done``, where a ticket that is back at work stays; leaves out ``STANDING``. Source: 6.2.
    """
    return _share(tickets, lambda t: t.rework_count > 0)


def first_time(tickets: Iterable[TicketFacts]) -> Measure:
    """一次办结率 = 1 − 发回重办率, of the same tickets. Source: 6.2."""
    return reworked(tickets).complement


def returned(tickets: Iterable[TicketFacts]) -> Measure:
    """回退率 = tickets that somebody asked to give back ÷ dispatched. Tickets, not returns, so that it stays a share.

    Cohort ``first_dispatched``; leaves out ``STANDING``. Source: 6.2.
    """
    return _share(tickets, lambda t: t.return_count > 0)


def extended(tickets: Iterable[TicketFacts]) -> Measure:
    """延期率 = tickets with an approved extension ÷ dispatched.

    Cohort ``first_dispatched``, else an extension would move its ticket out of the count; leaves out ``STANDING``.
    Source: 6.2 (beside 回退率).
    """
    return _share(tickets, lambda t: t.extension_count > 0)


def held(tickets: Iterable[TicketFacts]) -> Measure:
    """挂账率 = tickets now on hold ÷ dispatched.

    Cohort ``first_dispatched``, as a hold moves the limit; leaves out ``STANDING``. Source: 6.2 (beside 回退率).
    """
    return _share(tickets, lambda t: t.state == ON_HOLD)


def asked(tickets: Iterable[TicketFacts]) -> Measure:
    """回访率 = people asked ÷ closed.

    Cohort ``closed``; leaves out ``STANDING``. Source: 6.2 (attempted ÷ closed).
    """
    return _share(tickets, lambda t: t.polled_at is not None)


def reached(tickets: Iterable[TicketFacts]) -> Measure:
    """有效回访率 = somebody answered ÷ people asked.

    Cohort ``asked``; leaves out ``WAITING``, whose time is not over; silence to its end counts against. Source: 6.2.
    """
    return _share(tickets, lambda t: t.is_answered)


def repeated(tickets: Iterable[TicketFacts]) -> Measure:
    """重复诉求率 = tickets of a trouble that was closed shortly before ÷ accepted.

    Cohort ``due``; leaves out ``STANDING``. Source: 6.2, 6.5. Urging an open ticket is no repeat.
    """
    return _share(tickets, lambda t: t.repeat)


def _share(tickets: Iterable[TicketFacts], holds: Callable[[TicketFacts], bool]) -> Measure:
    answers = [holds(ticket) for ticket in tickets]
    return Measure(sum(answers), len(answers))


def _kept(deed: datetime | None, limit: datetime | None) -> bool:
    """Whether something happened by its limit, the instant itself included."""
    return deed is not None and limit is not None and deed <= limit
