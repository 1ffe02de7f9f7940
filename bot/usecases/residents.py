"""What anybody may type: votes, 还没好, 撤回, 我的件, 催一下, 转人工, 隐私 and the rights over one's own data."""

import json
from collections.abc import Callable
from dataclasses import dataclass

from bot.domain.states import CALLBACK, CLOSED
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, is_private
from bot.triage.commands import Command
from bot.usecases import binding, following, learning, notices, opening, status, surroundings, survey, telling
from bot.usecases.context import Context

UNHEARD = "unheard"  # the account's wish: 别记我
LISTED = 10
SHORT_VOTE = 20  # characters: an unquoted vote is a short message


@dataclass(frozen=True, slots=True)
class Wish:
    """A resident's command, and the ticket it names."""

    ctx: Context
    message: InboundMessage
    command: Command
    ticket: Ticket | None


def obey(ctx: Context, message: InboundMessage, command: Command, ticket: Ticket | None) -> bool:
    """Do what a resident asks for; False where it means nothing here."""
    act = WISHES.get(command.action)
    return act is not None and act(Wish(ctx, message, command, ticket))


def _withdraw(wish: Wish) -> bool:
    ctx, ticket = wish.ctx, wish.ticket or _own(wish, lambda t: t.is_working)
    if ticket is None or ticket.reporter != wish.message.account or not ticket.is_open:
        return False
    give_up(ctx, ticket, wish.message.account, wish.message.key)
    telling.answer(ctx, wish.message.account, wish.message.chat_key, "withdraw.done", ticket)
    return True


def give_up(ctx: Context, ticket: Ticket, account: str, message: str | None) -> None:
    """The reporter takes it back: with followers the next one becomes the reporter, else it is withdrawn."""
    if ticket.followers:
        ctx.uow.words.erase_said(ticket.id, account)
        ticket.reporter = ticket.followers.pop(0)
        words = next((w for w in ctx.uow.words.of(ticket.id) if w.account == ticket.reporter and w.text), None)
        ticket.reporter_name = words.name if words else ""
        ticket.title = ticket.text = words.text if words else ""
        ticket.record("corrected", ctx.now, account, "reporter", message)
        ctx.uow.tickets.save(ticket)
    elif ticket.signed_at is None:
        opening.discard(ctx, ticket, account, "by the reporter", message)
    else:
        ticket.withdraw(ctx.now, account, "by the reporter", message)
        ctx.uow.timers.cancel(ticket.id)
        notices.withdrawn(ctx, ticket)
        ctx.uow.tickets.save(ticket)


def _reject(wish: Wish) -> bool:
    """ "不是" of the reporter on a fresh ticket: withdrawn, its words erased."""
    ticket = wish.ticket
    if ticket is None or ticket.reporter != wish.message.account or ticket.signed_at is not None or not ticket.is_open:
        return False
    text = ticket.text
    opening.discard(wish.ctx, ticket, wish.message.account, "not a request", wish.message.key)
    learning.learn(wish.ctx, ticket, text, act="chat")
    return True


def _mistake(wish: Wish) -> bool:
    """发错群了: what the speaker has just opened here is withdrawn, while nobody has signed it."""
    ctx, message = wish.ctx, wish.message
    since = ctx.later(seconds=-ctx.settings.hearing.window_seconds)
    ticket = wish.ticket or _own(wish, lambda t: t.chat == message.chat_key and t.created_at >= since)
    if ticket is None or ticket.reporter != message.account or ticket.signed_at is not None or not ticket.is_open:
        return False
    give_up(ctx, ticket, message.account, message.key)
    return True


def how(ctx: Context, message: InboundMessage) -> bool:
    """Who has something open and asks privately nothing but how it stands, hears that."""
    if not (message.private and ctx.services.commands.only_asks(message.text)):
        return False
    if not any(t.is_open for t in ctx.uow.tickets.of_account(message.account, LISTED)):
        return False
    status.answer_mine(ctx, message)
    return True


def _mine(wish: Wish) -> bool:
    status.answer_mine(wish.ctx, wish.message)
    return True


def _urge(wish: Wish) -> bool:
    ctx, message = wish.ctx, wish.message
    ticket = wish.ticket or _own(wish, lambda t: t.is_working) or _only_of_chat(wish)
    if ticket is None or not ticket.is_working:
        return False
    following.urge(ctx, ticket, message, asked=True)
    return True


def _human(wish: Wish) -> bool:
    """转人工: an answered inquiry, or the newest own ticket, goes to a person."""
    ctx, message = wish.ctx, wish.message
    ticket = wish.ticket or _own(wish, lambda t: t.is_open)
    if ticket is None or message.account not in ticket.voices:
        telling.answer(ctx, message.account, message.chat_key, "human.none")
        return True
    if ticket.state == CALLBACK:
        survey.rework(ctx, ticket, message.account, message)
        ctx.uow.tickets.save(ticket)
    elif ticket.is_working:
        following.urge(ctx, ticket, message, asked=True)
    return True


def _privacy(wish: Wish) -> bool:
    telling.answer(wish.ctx, wish.message.account, wish.message.chat_key, telling.privacy(wish.ctx))
    return True


def _my_data(wish: Wish) -> bool:
    """PIPL article 45: a copy of everything kept under the account, privately."""
    ctx, account = wish.ctx, wish.message.account
    tickets = ctx.uow.tickets.of_account(account, 1000)
    lines = [_kept(ctx, ticket, account) for ticket in tickets]
    key = "my_data" if lines else "my_data.none"
    telling.answer_privately(ctx, account, key, words={"lines": json.dumps(lines), "count": len(lines)})
    return True


def _kept(ctx: Context, ticket: Ticket, account: str) -> list[str]:
    """One line: the number, what it is about, how it stands, and the place and words that are kept."""
    said = [word.text for word in ctx.uow.words.of(ticket.id) if word.account == account]
    words = " / ".join(part for part in (ticket.place, *said) if part)
    return [str(ticket.number or "–"), ticket.category, ticket.state, words]


def _erase_me(wish: Wish) -> bool:
    """PIPL article 47: what was said is erased, tickets become anonymous, the audit skeleton stays."""
    ctx, account = wish.ctx, wish.message.account
    for ticket in ctx.uow.tickets.of_account(account, 1000):
        if ticket.reporter == account and ticket.signed_at is None and ticket.is_open and not ticket.followers:
            opening.discard(ctx, ticket, account, "erased", wish.message.key)
    count = ctx.uow.words.erase_account(account)
    ctx.uow.people.set_flag(account, telling.ANSWERED, None)  # what he was answered last
    telling.answer_privately(ctx, account, "erased", words={"count": count})
    return True


def _unheard(wish: Wish) -> bool:
    wish.ctx.uow.people.set_flag(wish.message.account, UNHEARD, "1")
    telling.answer(wish.ctx, wish.message.account, wish.message.chat_key, "unheard")
    return True


def _heard(wish: Wish) -> bool:
    wish.ctx.uow.people.set_flag(wish.message.account, UNHEARD, None)
    telling.answer(wish.ctx, wish.message.account, wish.message.chat_key, "heard")
    return True


def _bind(wish: Wish) -> bool:
    return binding.bind(wish.ctx, wish.message, wish.command.argument)


WISHES: dict[str, Callable[[Wish], bool]] = {
    "withdraw": _withdraw,
    "reject": _reject,
    "mistake": _mistake,
    "mine": _mine,
    "urge": _urge,
    "human": _human,
    "privacy": _privacy,
    "my_data": _my_data,
    "erase_me": _erase_me,
    "unheard": _unheard,
    "heard": _heard,
    "bind": _bind,
}


def _own(wish: Wish, fits: Callable[[Ticket], bool]) -> Ticket | None:
    own = [t for t in wish.ctx.uow.tickets.of_account(wish.message.account, LISTED) if fits(t)]
    return own[0] if own else None


def _only_of_chat(wish: Wish) -> Ticket | None:
    found = [t for t in wish.ctx.uow.tickets.open_in_chat(wish.message.chat_key, LISTED) if t.is_working and t.number]
    return found[0] if len(found) == 1 else None


def vote_in_words(ctx: Context, message: InboundMessage, ticket: Ticket | None) -> bool:
    """A vote in words: on the quoted ticket, else on the sender's newest open poll; False where it is no vote."""
    if ticket is None and len(message.text) > SHORT_VOTE:
        return False
    words = ctx.services.commands.vote(message.text, quoted=ticket is not None)
    if words is None:
        return False
    polled = ticket or survey.newest_open(ctx, message.account)
    if polled is None or (ticket is None and not _is_meant(ctx, polled, message, words.rating)):
        return False
    if not survey.cast(ctx, polled, message.account, words.rating, words.solved, message):
        return False
    opening.keep(ctx, polled, message)
    return True


def _is_meant(ctx: Context, ticket: Ticket, message: InboundMessage, rating: int | None) -> bool:
    """Unquoted words after closing must say "not solved": thanks and digits in small talk are no new votes."""
    if ticket.chat != message.chat_key and not is_private(message.chat_key):
        spoke = {w.chat for w in ctx.uow.words.of(ticket.id) if w.account == message.account}
        if message.chat_key not in spoke:
            return False
    return ticket.state == CALLBACK or (ticket.state == CLOSED and rating is None)


def reply(ctx: Context, message: InboundMessage, ticket: Ticket, addressed: bool) -> bool:
    """A resident says something of a ticket: how does it stand, or more facts; a neighbour's own trouble is read as chat."""
    words = ctx.services.commands
    if message.account not in ticket.voices:
        return (
            not ticket.is_working
            and len(message.text) <= SHORT_VOTE // 2
            and words.vote(message.text, quoted=True) is not None
        )
    if addressed and words.asks(message.text):
        status.answer(ctx, message, ticket)
        return True
    if not ticket.is_open:
        return False
    reading = ctx.services.reader.read(message.text, surroundings.reading_context(ctx, message, None, True))
    if reading.hotlines and not ticket.is_working:
        return False  # danger at a finished matter is a new one
    following.supplement(ctx, ticket, message, reading)
    return True
