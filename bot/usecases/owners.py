"""What owners type: 待办, 看板, 三单, 日报/周报/月报, 设置. Counts come with their denominators; "—" where there is nothing."""

import json
from datetime import timedelta
from math import ceil

from bot.domain.org import COMMAND, LISTEN, Person
from bot.domain.states import CANDIDATE, CLOSED, ENDED, OPEN, WORKING
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.triage.commands import Command
from bot.usecases import binding, choices, digests, telling
from bot.usecases.board import move_of
from bot.usecases.context import Context

LISTED, READ = 10, 500  # tickets of one list, and those that it is chosen from
TITLE = 20  # characters of a title in a list
DAY = timedelta(days=1)
COUNTED = 5000


def obey(ctx: Context, message: InboundMessage, person: Person, command: Command) -> bool:
    """Do what an owner, or for 待办 and 看板 any duty-holder, asks for; the answer comes privately."""
    if command.action == "todo":
        _todo(ctx, message, person)
    elif command.action == "board":
        binding.send_link(ctx, message, person)
    elif command.action == "settings":
        return _settings(ctx, message, person, command.argument)
    elif command.action in digests.PERIODS:
        digests.on_demand(ctx, message, person, command.action)
    elif command.action in {"lists", "ranking"}:
        _lists(ctx, message, person)
    else:
        return False
    return True


def _todo(ctx: Context, message: InboundMessage, person: Person) -> None:
    """His own list, privately, the longest overdue first: few enough to be read, and how many there are in all."""
    tickets = [t for t in ctx.uow.tickets.of_person(person.id, READ) if person.id not in t.named]
    tickets.sort(key=lambda t: (t.due_at is None, t.due_at, t.id))
    lines = [_line(ctx, person, ticket) for ticket in tickets[:LISTED]]
    words = {"lines": json.dumps(lines), "count": len(tickets)}
    telling.answer_privately(ctx, message.account, "todo" if lines else "todo.none", words=words)


def _line(ctx: Context, person: Person, ticket: Ticket) -> list[str]:
    """Number, category, whose move it is as he sees it, title, and the days past its limit; begun ones count."""
    over = ctx.now - ticket.due_at if ticket.due_at and ticket.is_working else timedelta(0)
    days = str(ceil(over / DAY)) if over > timedelta(0) else ""
    return [str(ticket.number or "—"), ticket.category, _move(ctx, person, ticket), ticket.title[:TITLE], days]


def _move(ctx: Context, person: Person, ticket: Ticket) -> str:
    """Whose move a ticket is, seen by one of its people: ``.you`` where it is his to decide."""
    if ticket.state == CANDIDATE:
        return "confirm"
    move = move_of(ticket)
    if move in {"ask", "review"}:
        return f"{move}.you" if ctx.org.commands(person.id, ticket.unit) and ticket.asked_by != person.id else move
    return "help" if move in {"sign", "work"} and ticket.assignee != person.id else move


def _commanded(ctx: Context, person: Person) -> list[str]:
    tops = [duty.unit for duty in ctx.org.duties_of(person.id)]
    return list(dict.fromkeys(unit for top in tops for unit in ctx.org.below(top)))


def _tickets(ctx: Context, person: Person) -> list[Ticket]:
    states = sorted(OPEN | ENDED)
    found = ctx.uow.tickets.in_units(_commanded(ctx, person), states, COUNTED)
    return [t for t in found if person.id not in t.named and t.number is not None]


def _lists(ctx: Context, message: InboundMessage, person: Person) -> None:
    tickets = _tickets(ctx, person)
    working = [t for t in tickets if t.state in WORKING]
    done = [t for t in tickets if t.state == CLOSED]
    voices = sum(len(t.voices) for t in tickets)
    words = {"problems": len(tickets), "voices": voices, "tasks": len(working), "effects": len(done)}
    telling.answer_privately(ctx, message.account, "lists", words=words)


def _settings(ctx: Context, message: InboundMessage, person: Person, wanted: str) -> bool:
    """How a group is listened to is its owner's choice, made in the group itself."""
    group = ctx.group(message.chat_key)
    if group is None and any(duty.role in COMMAND for duty in ctx.org.duties_of(person.id)):
        telling.answer_privately(ctx, message.account, "settings.where")
        return True
    if group is None or not ctx.org.commands(person.id, group.unit):
        return False
    listen = {"全部": "all", "只听点名": "addressed", "旁听": "shadow", **{code: code for code in LISTEN}}.get(
        wanted.strip()
    )
    if listen is None:
        telling.answer_privately(ctx, message.account, "settings.how", words={"listen": group.listen})
    else:
        choices.choose(ctx, person.id, group, {choices.HEARD: listen})
        telling.answer(ctx, message.account, message.chat_key, "settings.set", words={"listen": listen})
    return True
