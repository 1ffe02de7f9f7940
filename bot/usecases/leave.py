"""Leave in one's own words, to the bot: "请假 明天到周五 王芳代班", "我回来了". Everybody only for himself."""

from datetime import datetime

from bot.domain.org import Person
from bot.domain.rota import Away
from bot.messages import BOT, InboundMessage
from bot.triage.commands import Command
from bot.triage.periods import period_in
from bot.usecases import absence, telling
from bot.usecases.context import Context

WORDS = frozenset({"away", "back", "unsay", "pass_on"})


def obey(ctx: Context, message: InboundMessage, person: Person, command: Command | None, to_bot: bool) -> bool:
    """Do what somebody says of his own leave; False where it is not said to the bot, or is something else.

    A sentence that only speaks of leave counts if it names days: "我明天到周五请假".
    """
    if not to_bot or not absence.home(ctx.org, person.id):
        return False
    action = command.action if command else None
    if action in WORDS:
        {"away": _go, "back": _come, "unsay": _unsay, "pass_on": _pass_on}[action](ctx, message, person)
        return True
    if command is not None or not ctx.services.commands.takes_leave(message.text):
        return False
    if period_in(ctx.services.commands.fold(message.text), _local(ctx, person)) is None:
        return False
    _go(ctx, message, person)
    return True


def _local(ctx: Context, person: Person) -> datetime:
    return ctx.now.astimezone(ctx.unit(absence.home(ctx.org, person.id)).zone)


def _go(ctx: Context, message: InboundMessage, person: Person) -> None:
    said = ctx.services.commands.fold(message.text)
    span = period_in(said, _local(ctx, person))
    if span is None:
        telling.answer_privately(ctx, message.account, "away.when")
        return
    others = _named(ctx, message, person)
    if len(others) > 1 or (not others and ctx.services.commands.names_standin(said)):
        telling.answer_privately(ctx, message.account, "away.who")
        return
    away = Away(person.id, *span, others[0].id if others else None)
    absence.go(ctx, person.id, away)
    _confirm(ctx, message, away)


def _confirm(ctx: Context, message: InboundMessage, away: Away) -> None:
    """What was understood, with dates, and how to take it back."""
    count = len(absence.in_hand(ctx, away.person))
    facts = {**absence.words(ctx, away), "count": count}
    if away.standin is None:
        telling.answer_privately(ctx, message.account, "away.set.alone", words=facts)
    else:
        key = "away.set.open" if count else "away.set"
        telling.answer_privately(ctx, message.account, key, words=facts)


def _named(ctx: Context, message: InboundMessage, person: Person) -> list[Person]:
    """The colleagues that a message means: mentioned, else named in full, else by surname and title."""
    accounts = [f"{message.channel}:{one}" for one in message.mentions if one != BOT]
    near = absence.colleagues(ctx.org, absence.home(ctx.org, person.id))
    people = [ctx.org.people[one] for one in near if one != person.id]
    ids = {found.id for account in accounts if (found := ctx.org.person_of(account)) is not None}
    titles = ctx.services.commands.titles
    mentioned = [p for p in people if p.id in ids]
    written = [p for p in people if p.name in message.text]
    longest = [p for p in written if not any(p.name in q.name and p.name != q.name for q in written)]
    return mentioned or longest or [p for p in people if any(p.name[:1] + title in message.text for title in titles)]


def _come(ctx: Context, message: InboundMessage, person: Person) -> None:
    back = absence.come(ctx, person.id, person.id)
    telling.answer_privately(ctx, message.account, "away.back" if back else "away.not")


def _unsay(ctx: Context, message: InboundMessage, person: Person) -> None:
    start = absence.last_said(ctx, person.id)
    undone = absence.cancel(ctx, person.id, person.id, start) if start else None
    telling.answer_privately(ctx, message.account, "away.undone" if undone else "away.not")


def _pass_on(ctx: Context, message: InboundMessage, person: Person) -> None:
    handed = absence.hand_over(ctx, person.id, person.id)
    if handed is None:
        telling.answer_privately(ctx, message.account, "away.nobody_to")
        return
    facts = {"count": len(handed.tickets), "standin": ctx.name(handed.to)}
    telling.answer_privately(ctx, message.account, "away.passed", words=facts)
