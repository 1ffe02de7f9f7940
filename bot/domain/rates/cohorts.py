"""Which tickets a rate of a period speaks of.

A rate's tickets are those that fall **due** in the period, not those created or closed in it (domain.md 6.2): an open ticket
can't be left out by leaving it open, nor a month be mended by closing what is easy. All start from accepted tickets, those
with a number; a candidate that nobody confirmed is none. What has no limit, such as an inquiry that the knowledge base
answered, counts as due when it was accepted, as it is answered at once.
"""

from bot.domain.facts import TicketFacts
from bot.domain.periods import Period
from bot.domain.states import CLOSED


def due(ticket: TicketFacts, period: Period) -> bool:
    """Accepted, and due in the period by the current limit."""
    return ticket.registered_at is not None and (ticket.due_at or ticket.registered_at) in period


def first_due(ticket: TicketFacts, period: Period) -> bool:
    """Accepted, and due in the period by the first limit: what moves a limit does not move a ticket out of it."""
    return ticket.registered_at is not None and (ticket.original_due_at or ticket.registered_at) in period


def limited(ticket: TicketFacts, period: Period) -> bool:
    """Due by a current limit that there is."""
    return ticket.due_at is not None and due(ticket, period)


def first_limited(ticket: TicketFacts, period: Period) -> bool:
    """Due by a first limit that there is."""
    return ticket.original_due_at is not None and first_due(ticket, period)


def dispatched(ticket: TicketFacts, period: Period) -> bool:
    """Due, and given to somebody."""
    return ticket.dispatched_at is not None and due(ticket, period)


def first_dispatched(ticket: TicketFacts, period: Period) -> bool:
    """Due by the first limit, and given to somebody."""
    return ticket.dispatched_at is not None and first_due(ticket, period)


def done(ticket: TicketFacts, period: Period) -> bool:
    """Due, and done at least once; a ticket back at work has been."""
    return ticket.was_done and due(ticket, period)


def closed(ticket: TicketFacts, period: Period) -> bool:
    """Due, and closed."""
    return ticket.state == CLOSED and due(ticket, period)


def asked(ticket: TicketFacts, period: Period) -> bool:
    """Due, and the people were asked (回访)."""
    return ticket.polled_at is not None and due(ticket, period)


def asked_of_somebody(ticket: TicketFacts, period: Period) -> bool:
    """Due, given to somebody, and the people were asked."""
    return ticket.dispatched_at is not None and asked(ticket, period)
