"""Closing: the satisfaction poll, votes, rework, and what silence means (product.md §6)."""

from datetime import datetime, timedelta

from bot.domain import poll
from bot.domain.states import CALLBACK, CLOSED
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import Timer
from bot.usecases import notices
from bot.usecases.context import Context
from bot.usecases.opening import LIMIT_TIMERS, start_clocks
from bot.usecases.routing import commander, desk_at, responsible

RED_REWORKS = 2
DISTRICT_REWORKS = 3


def ask(ctx: Context, ticket: Ticket, note: str, from_chat: str, message: str | None = None) -> None:
    """Open a round of votes; the limits have done their work. ``message`` told of the result, maybe with photos."""
    ctx.uow.timers.cancel(ticket.id, LIMIT_TIMERS)
    ticket.poll(ctx.now)
    notices.done(ctx, ticket, note, from_chat, message)
    hours = ctx.settings.polling
    ctx.uow.timers.set(Timer(ticket.id, "poll_remind", ctx.later(hours=hours.remind_hours)))
    ctx.uow.timers.set(Timer(ticket.id, "poll_close", ctx.later(hours=hours.close_hours)))


def is_open(ctx: Context, ticket: Ticket) -> bool:
    """Whether votes count: during the callback, 3 days after the poll, and 3 days after closing."""
    if ticket.poll_round == 0 or ticket.state not in {CALLBACK, CLOSED}:
        return False
    if ticket.state == CALLBACK:
        return True
    since = ticket.closed_at or ticket.polled_at or ctx.now
    return ctx.now - since <= timedelta(days=ctx.settings.polling.reopen_days)


def cast(
    ctx: Context,
    ticket: Ticket,
    account: str,
    rating: int | None,
    solved: bool | None,
    message: InboundMessage | None = None,
) -> bool:
    """Take a vote of who reported or follows; False where it does not count."""
    if account not in ticket.voices or not is_open(ctx, ticket):
        return False
    ballot = poll.vote(account, ticket.poll_round, ctx.now, rating, solved, words=message is not None)
    ctx.uow.polls.put(ticket.id, ballot)
    if account == ticket.reporter:
        ticket.rating = rating
    said = f"{rating or ''}{'' if ballot.solved else ' not solved'}{' (words)' if ballot.from_words else ''}".strip()
    ticket.record("rated", ctx.now, account, said, message.key if message else None)
    _conclude(ctx, ticket, account, message)
    ctx.uow.tickets.save(ticket)
    return True


def _conclude(ctx: Context, ticket: Ticket, account: str, message: InboundMessage | None) -> None:
    votes = ctx.uow.polls.votes(ticket.id, ticket.poll_round)
    result = poll.outcome(votes, ticket.reporter)
    if result == "rework":
        rework(ctx, ticket, account, message)
    elif result == "close" and ticket.state == CALLBACK:
        close(ctx, ticket, "explained" if _was_answered(ticket) else "resolved", True)


def _was_answered(ticket: Ticket) -> bool:
    """An inquiry answered in words is explained, not repaired."""
    return ticket.nature == "inquiry"


def close(ctx: Context, ticket: Ticket, reason: str, solved: bool | None) -> None:
    """End it and the timers of the round."""
    ctx.uow.timers.cancel(ticket.id)
    ticket.close(reason, ctx.now, solved=solved)


def rework(ctx: Context, ticket: Ticket, account: str, message: InboundMessage | None) -> None:
    """Back to work at once: who works on it and the owner are told; the reason is asked once, where it was not said."""
    ticket.rework(ctx.now, account, message=message.key if message else None)
    ctx.uow.timers.cancel(ticket.id)
    _restart_clocks(ctx, ticket)
    notices.reworked(ctx, ticket, commander(ctx, ticket), account, ask=_is_wordless(message))
    if ticket.assignee is None or ticket.signed_at is None:
        _hand_to_person(ctx, ticket)
    if ticket.rework_count >= DISTRICT_REWORKS:
        climb(ctx, ticket, 3, "escalation.reworks")
    elif ticket.rework_count >= RED_REWORKS:
        climb(ctx, ticket, 2, "escalation.reworks")


def _is_wordless(message: InboundMessage | None) -> bool:
    """A tap or a bare digit says nothing about why."""
    return message is None or len(message.text.strip()) <= 4


def _hand_to_person(ctx: Context, ticket: Ticket) -> None:
    """An answer from the knowledge base that did not help goes to a person."""
    person = responsible(ctx, ticket.unit, ticket.category, ticket.named, report=ticket.confidential)
    ticket.dispatch(person, ctx.now)
    notices.assigned(ctx, ticket)


def _restart_clocks(ctx: Context, ticket: Ticket) -> None:
    """A limit still ahead goes on; one that has passed begins anew, the first stays on record."""
    if ticket.due_at is None or ticket.due_at <= ctx.now:
        start_clocks(ctx, ticket, ctx.now)
    else:
        ctx.uow.timers.set(Timer(ticket.id, "due", ticket.due_at))
        ctx.uow.timers.set(Timer(ticket.id, "red", red_after(ctx, ticket, ticket.due_at)))


def red_after(ctx: Context, ticket: Ticket, due: datetime) -> datetime:
    """A working day after the limit; 24 hours where the limit is wall clock."""
    if ticket.urgency in {"emergency", "urgent"}:
        return due + timedelta(hours=24)
    return ctx.working_time(ticket.unit).shift(due, 1)


def climb(ctx: Context, ticket: Ticket, level: int, key: str) -> None:
    """Raise supervision to red (street desk) or up a level (district), each once."""
    if not ticket.supervise(level, ctx.now, key):
        return
    target = desk_at(ctx, ticket, "street" if level < 3 else "district")
    if target:
        ticket.record("escalated", ctx.now, "bot", target[0])
        notices.escalated(ctx, ticket, target, key)
    if level == 2:
        ctx.uow.timers.set(Timer(ticket.id, "red_long", ctx.later(days=ctx.settings.limits.red_days)))


def remind(ctx: Context, ticket: Ticket) -> None:
    """24 hours after the poll: one reminder to who is silent."""
    if ticket.state == CALLBACK:
        voted = [vote.account for vote in ctx.uow.polls.votes(ticket.id, ticket.poll_round)]
        if ticket.reporter not in voted:
            notices.reminded_to_vote(ctx, ticket, voted)
            ticket.record("reminded", ctx.now, "bot", "poll")


def expire(ctx: Context, ticket: Ticket) -> None:
    """72 hours after the poll: silence closes as no_contact and is never counted as satisfied."""
    if ticket.state != CALLBACK:
        return
    votes = ctx.uow.polls.votes(ticket.id, ticket.poll_round)
    if votes:
        close(ctx, ticket, "explained" if _was_answered(ticket) else "resolved", all(vote.solved for vote in votes))
    else:
        close(ctx, ticket, "no_contact", None)


def newest_open(ctx: Context, account: str) -> Ticket | None:
    """The newest ticket that an account may vote on: a vote in words goes there."""
    since = ctx.later(days=-ctx.settings.polling.reopen_days)
    polled = [t for t in ctx.uow.tickets.polled_of(account, since, 20) if is_open(ctx, t)]
    waiting = [t for t in polled if t.state == CALLBACK]
    return max(waiting or polled, key=lambda t: t.polled_at or t.created_at, default=None)
