"""What falls due: reminders, missed limits, the climb up the ladder. Every step once, late rather than never."""

from collections.abc import Callable

from bot.domain.states import DISPATCHED, WORKING
from bot.domain.ticket import Ticket
from bot.ports import Timer
from bot.usecases import delay, notices, opening, survey
from bot.usecases.context import Context
from bot.usecases.routing import commander, desk_at


def fire(ctx: Context, timer: Timer) -> None:
    """Do what a due timer asks for, if the ticket still wants it."""
    ticket = ctx.ticket(timer.ticket_id)
    if ticket is None:
        return
    STEPS[timer.kind](ctx, ticket)
    if ticket.events:
        ctx.uow.tickets.save(ticket)


def _missed_sign(ctx: Context, ticket: Ticket) -> None:
    if ticket.state == DISPATCHED and ticket.signed_at is None:
        _remind(ctx, ticket, "sign")


def _missed_contact(ctx: Context, ticket: Ticket) -> None:
    if ticket.state in WORKING and ticket.first_contact_at is None:
        _remind(ctx, ticket, "contact")


def _inner_deadline(ctx: Context, ticket: Ticket) -> None:
    if ticket.state in WORKING:
        _remind(ctx, ticket, "due")


def _remind(ctx: Context, ticket: Ticket, what: str) -> None:
    ticket.record("reminded", ctx.now, "bot", what)
    notices.limit_near(ctx, ticket, f"reminder.{what}")


def _overdue(ctx: Context, ticket: Ticket) -> None:
    """Yellow: the owner is told; and the reporter is asked how it stands, which ends nothing."""
    if ticket.state not in WORKING:
        return
    if ticket.supervise(1, ctx.now, "overdue"):
        _escalate(ctx, ticket, commander(ctx, ticket), "escalation.overdue")
    notices.asks_how_it_stands(ctx, ticket)


def _red(ctx: Context, ticket: Ticket) -> None:
    if ticket.state in WORKING:
        survey.climb(ctx, ticket, 2, "escalation.red")


def _red_long(ctx: Context, ticket: Ticket) -> None:
    if ticket.state in WORKING:
        survey.climb(ctx, ticket, 3, "escalation.red_long")


def _third_repeat(ctx: Context, ticket: Ticket) -> None:
    if ticket.is_open:
        survey.climb(ctx, ticket, 2, "escalation.repeats")


def _unsigned_owner(ctx: Context, ticket: Ticket) -> None:
    if ticket.state == DISPATCHED and ticket.signed_at is None:
        _escalate(ctx, ticket, commander(ctx, ticket, (ticket.assignee or "",)), "escalation.unsigned")


def _unsigned_street(ctx: Context, ticket: Ticket) -> None:
    if ticket.state == DISPATCHED and ticket.signed_at is None:
        _escalate(ctx, ticket, desk_at(ctx, ticket, "street"), "escalation.unsigned")


def _escalate(ctx: Context, ticket: Ticket, target: tuple[str, str] | None, key: str) -> None:
    if target is not None:
        ticket.record("escalated", ctx.now, "bot", target[0])
        notices.escalated(ctx, ticket, target, key)


STEPS: dict[str, Callable[[Context, Ticket], None]] = {
    "sign": _missed_sign,
    "contact": _missed_contact,
    "remind": _inner_deadline,
    "due": _overdue,
    "red": _red,
    "red_long": _red_long,
    "third_repeat": _third_repeat,
    "unsigned_owner": _unsigned_owner,
    "unsigned_street": _unsigned_street,
    "review": delay.review,
    "lapse": opening.lapse,
    "poll_remind": survey.remind,
    "poll_close": survey.expire,
}
