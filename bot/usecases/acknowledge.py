"""Signing: who signs first becomes the assignee; a helper's sign only acknowledges."""

from bot.domain.org import Person
from bot.domain.states import DISPATCHED, IN_PROGRESS, ON_HOLD
from bot.domain.ticket import Ticket
from bot.usecases import notices
from bot.usecases.context import Context, may_act


def may_sign(ctx: Context, person: Person, ticket: Ticket) -> bool:
    """Whether a person's 收到 means something for a ticket now."""
    if ticket.state == DISPATCHED and may_act(ctx.org, person, ticket):
        return True
    return ticket.is_working and person.id in ticket.helpers and person.id not in ticket.acknowledged


def sign(ctx: Context, ticket: Ticket, person: Person, message: str | None = None) -> None:
    """Sign, or acknowledge a whistle. Signing twice changes nothing. Who calls this saves."""
    if ticket.state == DISPATCHED and may_act(ctx.org, person, ticket) and person.id not in ticket.helpers:
        ticket.sign(person.id, ctx.now, message)
        ctx.services.landmarks.learn(ticket)
        ctx.uow.timers.cancel(ticket.id, ["sign", "unsigned_owner", "unsigned_street"])
    elif person.id in ticket.helpers:
        ticket.acknowledge(person.id, ctx.now, message)


def speak(ctx: Context, ticket: Ticket, person: Person, said: str, chat: str, message: str | None) -> None:
    """A reply of staff to the ticket: the assignee's first one signs; words are progress and, in time, first contact.

    Who calls this saves.
    """
    if ticket.state == DISPATCHED and person.id == ticket.assignee:
        ticket.sign(person.id, ctx.now, message)
        ctx.uow.timers.cancel(ticket.id, ["sign", "unsigned_owner", "unsigned_street"])
    if person.id in ticket.helpers:
        ticket.acknowledge(person.id, ctx.now, message)
    if ticket.state in {DISPATCHED, IN_PROGRESS, ON_HOLD}:
        contact(ctx, ticket, person, message)
        ticket.progress(person.id, ctx.now, said, message)
        notices.progressed(ctx, ticket, said, chat, message)


def contact(ctx: Context, ticket: Ticket, person: Person, message: str | None) -> None:
    """The reporter hears from staff in words."""
    ticket.contact(person.id, ctx.now, message)
    ctx.uow.timers.cancel(ticket.id, ["contact"])
