"""Who hears of a ticket besides whom it is meant for: while somebody is away, who stands in for him."""

from bot.domain.attendance import standing_for
from bot.domain.ticket import SYSTEM, Ticket
from bot.usecases.context import Context, may_see
from bot.usecases.telling import staff_account


def hearers(ctx: Context, ticket: Ticket, person: str | None) -> tuple[str, ...]:
    """A person and, while he is away, his stand-in, who is called in as a helper where he could not see the ticket.

    What is confidential is never opened to a stand-in, nor a ticket to whom it names. Who calls this saves.
    """
    if person is None:
        return ()
    taking = standing_for(ctx.org, person, ctx.now)
    if taking is None or taking == person or taking in ticket.named:
        return (person,)
    if not may_see(ctx.org, ctx.org.people[taking], ticket):
        if ticket.confidential or not ticket.is_working:
            return (person,)
        ticket.whistle(SYSTEM, taking, ctx.now)
    return person, taking


def reached(ctx: Context, ticket: Ticket, person: str | None) -> list[str]:
    """Where they are reached."""
    found = (staff_account(ctx, one, ticket) for one in hearers(ctx, ticket, person))
    return [account for account in found if account is not None]
