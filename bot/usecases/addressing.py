"""Which ticket a message is about: by quote, by number, else the one that fits (product.md §3)."""

from collections.abc import Callable

from bot.domain.org import Person
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, is_private
from bot.usecases.context import Context, may_see

NEWEST = 50  # tickets of a chat that are looked at


def referenced(ctx: Context, message: InboundMessage, number: int | None = None) -> Ticket | None:
    """The ticket that a message quotes, or names by number."""
    if message.reply_to is not None:
        quoted = ctx.uow.outbox.ticket_of(message.chat_key, message.reply_to)
        if quoted is None:
            ids = ctx.uow.words.ticket_ids(f"{message.chat_key}:{message.reply_to}")
            quoted = ids[0] if ids else None
        if quoted is not None:
            return ctx.ticket(quoted)
    wanted = message.reply_number if message.reply_number is not None else number
    return numbered(ctx, message.chat_key, message.account, wanted) if wanted is not None else None


def numbered(ctx: Context, chat: str, account: str, number: int) -> Ticket | None:
    """The ticket with a number below the root units that this chat, or this account, belongs to.

    A number guessed from another group shows nothing: the ticket must lie in the chat's unit, or in one that the account
    serves or spoke in.
    """
    for unit in _units_of(ctx, chat, account):
        ticket = ctx.uow.tickets.by_number(ctx.org.root(unit), number)
        if ticket is not None and _belongs(ctx, ticket, unit, account):
            return ticket
    return None


def _units_of(ctx: Context, chat: str, account: str) -> list[str]:
    group = ctx.group(chat)
    if group is not None:
        return [group.unit]
    person = ctx.org.person_of(account)
    units = [duty.unit for duty in ctx.org.duties_of(person.id)] if person else []
    last = ctx.uow.people.last_chat(account)
    if last and (group := ctx.group(last)) is not None:
        units.append(group.unit)
    return list(dict.fromkeys(units))


def _belongs(ctx: Context, ticket: Ticket, unit: str, account: str) -> bool:
    if account in ticket.voices:
        return True
    person = ctx.org.person_of(account)
    if person is not None and may_see(ctx.org, person, ticket):
        return True
    if ticket.confidential or (person is not None and person.id in ticket.named):
        return False
    return ctx.org.within(ticket.unit, unit) or (person is not None and ctx.org.serves(person.id, ticket.unit))


def fitting(ctx: Context, chat: str, person: Person, fits: Callable[[Ticket], bool]) -> list[Ticket]:
    """The tickets of a chat that an unquoted word of a duty-holder may mean; in a private chat, those that wait for him."""
    if is_private(chat):
        tickets = ctx.uow.tickets.of_person(person.id, NEWEST)
    else:
        group = ctx.group(chat)
        if group is not None and group.kind == "work":
            tickets = ctx.uow.tickets.of_person(person.id, NEWEST)
        else:
            tickets = ctx.uow.tickets.open_in_chat(chat, NEWEST)
    return [ticket for ticket in tickets if fits(ticket)]
