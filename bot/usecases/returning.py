"""What was done is back: who reported or follows says so in a few words (又放那么大声), without naming the thing."""

from dataclasses import replace

from bot.domain.states import CLOSED
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import Heard, Matter, Reading
from bot.usecases import following, opening, survey
from bot.usecases.context import Context
from bot.usecases.surroundings import reading_context

BRIEF = 20  # characters: more words are read as any others
LISTED = 20
REPORTED = frozenset({"report"})


def hear(ctx: Context, message: InboundMessage) -> bool:
    """Within the days of the vote it is one: not solved. Later it opens a ticket linked to the first. Else False."""
    if len(message.text) > BRIEF or not ctx.services.commands.again(message.text):
        return False
    ticket = _meant(ctx, message)
    if ticket is None:
        return False
    if survey.cast(ctx, ticket, message.account, None, False, message):
        opening.keep(ctx, ticket, message)
    else:
        ticket = _open_linked(ctx, message, ticket)
    ctx.memory.heard(message.chat_key, Heard(message.account, message.at, "new", ticket.id))
    return True


def _meant(ctx: Context, message: InboundMessage) -> Ticket | None:
    """The speaker's matter of this chat that was closed last, if the words are of it; while another is open, none."""
    own = [t for t in ctx.uow.tickets.of_account(message.account, LISTED) if t.chat == message.chat_key]
    if any(ticket.is_open for ticket in own):
        return None
    since = ctx.later(days=-ctx.settings.polling.repeat_days)
    closed = [t for t in own if t.state == CLOSED and t.closed_at and t.closed_at >= since and _is_repaired(t)]
    ticket = max(closed, key=lambda one: one.closed_at or one.created_at, default=None)
    return ticket if ticket is not None and _is_of(ctx, message, ticket) else None


def _is_repaired(ticket: Ticket) -> bool:
    return ticket.nature not in following.UNJUDGED | REPORTED


def _is_of(ctx: Context, message: InboundMessage, ticket: Ticket) -> bool:
    if ctx.services.commands.is_back(message.text, f"{ticket.title}\n{ticket.text}"):
        return True
    context = reading_context(ctx, message, None, True)
    reading = ctx.services.reader.read(message.text, replace(context, tickets=lambda _category: (), recent=()))
    return any(matter.category == ticket.category != "other" for matter in reading.matters)


def _open_linked(ctx: Context, message: InboundMessage, earlier: Ticket) -> Ticket:
    """The same trouble at the same place, once more; who reads it sees the earlier words, too."""
    urgency = "urgent" if earlier.urgency == "emergency" else earlier.urgency
    text = f"{message.text}\n{earlier.title}"
    matter = Matter(text, earlier.nature, earlier.category, urgency, earlier.place, earlier.building)
    ticket = opening.new_ticket(ctx, matter, [message], earlier.unit, ("又",))
    ticket.repeat_of = earlier.id
    return opening.open_ticket(ctx, ticket, [message], Reading("new", 1.0, (matter,)))
