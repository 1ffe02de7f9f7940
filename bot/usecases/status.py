"""How a matter stands: 我的件, and questions that name a ticket."""

import json

from bot.domain.ticket import Ticket
from bot.messages import InboundMessage, is_private
from bot.usecases import telling
from bot.usecases.context import Context

LISTED = 10


def _line(ticket: Ticket) -> list[str]:
    return [str(ticket.number), ticket.category, ticket.state, ticket.place]


def answer(ctx: Context, message: InboundMessage, ticket: Ticket) -> None:
    """A question that names a ticket is answered with how it stands, and opens nothing."""
    if ctx.is_group_ticket(ticket) or message.account in ticket.voices:
        words = {"lines": json.dumps([_line(ticket)])}
        telling.answer(ctx, message.account, message.chat_key, "stands", ticket, kind="status", words=words)


def answer_mine(ctx: Context, message: InboundMessage) -> None:
    """The asker's own tickets; in a group only those that may be spoken of there."""
    tickets = [t for t in ctx.uow.tickets.of_account(message.account, LISTED) if t.number is not None]
    if not is_private(message.chat_key):
        tickets = [t for t in tickets if ctx.is_group_ticket(t)]
    words = {"lines": json.dumps([_line(ticket) for ticket in tickets])}
    key = "mine" if tickets else "mine.none"
    telling.answer(ctx, message.account, message.chat_key, key, kind="status", words=words)
