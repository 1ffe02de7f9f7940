"""More time: 挂起/挂账 (hold) and 延期 (extension) with a reason, a date and an approval one level up; both limits stay."""

from datetime import date, datetime, time, timedelta

from bot.domain.errors import Missing, NotAllowed, WrongState
from bot.domain.org import Person
from bot.domain.states import ON_HOLD
from bot.domain.ticket import Ticket
from bot.ports import Timer
from bot.triage.dates import date_in
from bot.usecases import notices
from bot.usecases.context import Context
from bot.usecases.opening import LIMIT_TIMERS
from bot.usecases.routing import commander
from bot.usecases.survey import red_after

END_OF_DAY = time(17, 30)


def ask(ctx: Context, ticket: Ticket, person: Person, what: str, said: str) -> None:
    """Ask for a hold or an extension: reason and review date, at most 30 days ahead."""
    today = ctx.now.astimezone(ctx.unit(ticket.unit).zone).date()
    until, reason = date_in(said, today)
    if until is None:
        raise Missing("error.date")
    if not reason:
        raise Missing("error.reason")
    if not today < until <= today + timedelta(days=ctx.settings.limits.hold_days):
        raise Missing("error.date_range", days=str(ctx.settings.limits.hold_days))
    ticket.ask(what, person.id, reason, _at_end_of(ctx, ticket, until), ctx.now)
    if judge := commander(ctx, ticket, (person.id,)):
        notices.asked(ctx, ticket, judge)


def _at_end_of(ctx: Context, ticket: Ticket, day: date) -> datetime:
    return datetime.combine(day, END_OF_DAY, ctx.unit(ticket.unit).zone)


def decide(ctx: Context, ticket: Ticket, person: Person, granted: bool, message: str | None) -> None:
    """The one above approves or refuses; nobody approves his own request."""
    if not ctx.org.commands(person.id, ticket.unit) or person.id == ticket.asked_by:
        raise NotAllowed("error.not_owner")
    asker, reason = ticket.asked_by, ticket.asked_note
    if not granted:
        ticket.refuse(person.id, ctx.now, message)
        notices.refused(ctx, ticket, asker)
        return
    what = ticket.grant(person.id, ctx.now, message)
    _move_timers(ctx, ticket)
    notices.granted(ctx, ticket, what, reason)


def _move_timers(ctx: Context, ticket: Ticket) -> None:
    ctx.uow.timers.cancel(ticket.id, LIMIT_TIMERS)
    if ticket.due_at is None:
        return
    if ticket.state == ON_HOLD:
        ctx.uow.timers.set(Timer(ticket.id, "review", ticket.due_at))
        return
    ctx.uow.timers.set(Timer(ticket.id, "due", ticket.due_at))
    ctx.uow.timers.set(Timer(ticket.id, "red", red_after(ctx, ticket, ticket.due_at)))


def resume(ctx: Context, ticket: Ticket, by: str) -> None:
    """Work goes on: asked by staff, or because the review date has come."""
    if ticket.state != ON_HOLD:
        raise WrongState("error.state", state=ticket.state)
    ticket.resume(ctx.now, by)
    if ticket.due_at is not None and ticket.due_at <= ctx.now:
        ticket.due_at = ctx.working_time(ticket.unit).add_days(ctx.now, 1)  # a day to act on the review
    ctx.uow.timers.cancel(ticket.id, ["review"])
    _move_timers(ctx, ticket)


def review(ctx: Context, ticket: Ticket) -> None:
    """The review date of a hold has come: it is work again, and the assignee knows."""
    if ticket.state == ON_HOLD:
        resume(ctx, ticket, "bot")
        notices.limit_near(ctx, ticket, "reminder.review")
