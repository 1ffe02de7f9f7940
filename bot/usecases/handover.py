"""Passing it on: transfer, whistle, return and ruling, 上报, merge, not accepted (product.md §3)."""

from bot.domain.errors import Missing, NotAllowed, WrongState
from bot.domain.org import Person
from bot.domain.states import DISPATCHED, IN_PROGRESS, JUDGED, ON_HOLD
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.usecases import notices
from bot.usecases.acknowledge import sign
from bot.usecases.context import Context
from bot.usecases.opening import start_clocks
from bot.usecases.routing import commander, handlers_for, mentioned, responsible
from bot.usecases.survey import climb

DISTRICT_TRANSFERS = 3


def transfer(ctx: Context, ticket: Ticket, person: Person, message: InboundMessage, said: str) -> None:
    """Hand a ticket to the person mentioned. The third transfer goes to the district."""
    to = mentioned(ctx, ticket, _accounts(message), message.text)
    if to is None:
        raise Missing("error.who")
    if to.id in ticket.named:
        raise NotAllowed("error.not_serving")
    if ticket.state == DISPATCHED and ticket.signed_at is None and ticket.assignee == person.id:
        sign(ctx, ticket, person, message.key)
        ctx.uow.tickets.save(ticket)  # signed it is, even if the rest is refused
    if to.id in ticket.helpers:
        ticket.helpers.remove(to.id)
    ticket.transfer(person.id, to.id, ctx.now, said, message.key)
    notices.transferred(ctx, ticket, to.id)
    if ticket.transfer_count >= DISTRICT_TRANSFERS:
        climb(ctx, ticket, 3, "escalation.transfers")


def whistle(ctx: Context, ticket: Ticket, person: Person, message: InboundMessage, said: str) -> None:
    """Call people or departments in; the lead stays lead, each helper acknowledges for himself."""
    called = _called(ctx, ticket, message)
    if not called:
        raise Missing("error.who")
    if ticket.state == DISPATCHED:
        sign(ctx, ticket, person, message.key)
        ctx.uow.tickets.save(ticket)  # signed it is, even if the rest is refused
    for helper in called:
        ticket.whistle(person.id, helper, ctx.now, message.key)
        notices.called(ctx, ticket, helper)


def _called(ctx: Context, ticket: Ticket, message: InboundMessage) -> list[str]:
    by_mention = [ctx.org.person_of(account) for account in _accounts(message)]
    people = [p.id for p in by_mention if p is not None and ctx.org.serves(p.id, ticket.unit)]
    if not people and (named := mentioned(ctx, ticket, (), message.text)) is not None:
        people = [named.id]
    return [p for p in people or handlers_for(ctx, ticket) if p != ticket.assignee and p not in ticket.named]


def ask_return(ctx: Context, ticket: Ticket, person: Person, reason: str, message: str | None) -> None:
    """Ask the owner to take it back. Only the assignee, once; the second time it climbs instead."""
    if person.id != ticket.assignee:
        raise NotAllowed("error.not_assignee")
    if not reason:
        raise Missing("error.reason")
    if ticket.return_count and ticket.asked != "return":
        ticket.record("noted", ctx.now, person.id, f"second return refused: {reason}", message)
        climb(ctx, ticket, 2, "escalation.returns")
        notices.refused(ctx, ticket, person.id)
        return
    ticket.ask_return(person.id, reason, ctx.now, message)
    if judge := commander(ctx, ticket, (person.id,)):
        notices.asked(ctx, ticket, judge)


def rule(ctx: Context, ticket: Ticket, person: Person, message: InboundMessage) -> None:
    """The owner's ruling is final: a mention assigns, without one the return is refused."""
    if not ctx.org.commands(person.id, ticket.unit) or person.id == ticket.asked_by:
        raise NotAllowed("error.not_owner")
    asker = ticket.asked_by
    to = mentioned(ctx, ticket, _accounts(message), message.text)
    to = None if to is not None and to.id == asker else to
    ticket.rule(person.id, to.id if to else None, ctx.now, message.key)
    if to is None:
        notices.refused(ctx, ticket, asker)
        return
    if to.id in ticket.helpers:
        ticket.helpers.remove(to.id)
    notices.transferred(ctx, ticket, to.id)


def move_up(ctx: Context, ticket: Ticket, person: Person, message: str | None) -> None:
    """上报: beyond the unit, a ticket goes up a level, to who answers there."""
    chain = ctx.org.chain(ticket.unit)
    for unit in chain[1:]:
        to = responsible(ctx, unit, ticket.category, (*ticket.named, person.id), report=ticket.confidential)
        if to is not None:
            break
    else:
        raise WrongState("error.top")
    if ticket.state not in {DISPATCHED, IN_PROGRESS, ON_HOLD}:
        raise WrongState("error.state", state=ticket.state)
    ticket.unit = unit
    ticket.record("escalated", ctx.now, person.id, f"上报 {unit}", message)
    ticket.dispatch(to, ctx.now, person.id)
    if ticket.due_at is None:
        start_clocks(ctx, ticket, ctx.now)
    notices.transferred(ctx, ticket, to)


def merge(ctx: Context, child: Ticket, parent: Ticket, person: Person, message: str | None) -> None:
    """The child's voices follow the parent; both must be of one root unit, and the parent open."""
    if (
        child.id == parent.id
        or not parent.is_open
        or child.root != parent.root
        or child.confidential != parent.confidential
    ):
        raise WrongState("error.merge")
    child.merge_into(parent, ctx.now, person.id, message)
    ctx.uow.timers.cancel(child.id)
    if child.number is not None:  # nobody was told of a candidate
        notices.merged(ctx, child, parent)
    ctx.uow.tickets.save(parent)


def not_accept(ctx: Context, ticket: Ticket, person: Person, reason: str, message: str | None) -> None:
    """A person says, with a reason, that it is nothing for us."""
    if not reason:
        raise Missing("error.reason")
    code = ctx.services.commands.refusal(reason)
    if code in JUDGED and not ctx.org.commands(person.id, ticket.unit):
        raise NotAllowed("error.not_owner")
    ticket.refuse_acceptance(person.id, ctx.now, reason, message, code)
    ctx.uow.timers.cancel(ticket.id)
    notices.not_accepted(ctx, ticket, reason)


def _accounts(message: InboundMessage) -> list[str]:
    return [f"{message.channel}:{account}" for account in message.mentions]
