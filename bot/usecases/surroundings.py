"""What a reader may look at beside the words of a message: the talk before it, open tickets, places, articles."""

from collections.abc import Sequence
from datetime import timedelta

from bot.domain.org import Person
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import Heard, OpenTicket, ReadingContext
from bot.usecases.context import Context
from bot.usecases.placing import around

NEAR = 20  # open tickets that a reader may look at
RECALLED = 2000  # messages


def view_of(ticket: Ticket) -> OpenTicket:
    """A ticket as a reader sees it."""
    text = f"{ticket.title}\n{ticket.text}"
    return OpenTicket(
        ticket.id, ticket.number, ticket.state, ticket.nature, ticket.category, ticket.building, ticket.place, text,
        ticket.reporter, tuple(ticket.followers), ticket.registered_at or ticket.created_at, ticket.closed_at,
    )  # fmt: skip


def recall(ctx: Context) -> None:
    """After a start: of which tickets the talk was a moment ago. Of small talk nothing was kept, and nothing comes back."""
    since = ctx.now - timedelta(seconds=ctx.settings.hearing.recent_seconds)
    begun: set[str] = set()
    for word in ctx.uow.words.spoken(since, RECALLED):
        act = "metoo" if word.ticket_id in begun else "new"
        begun.add(word.ticket_id)
        ctx.memory.heard(word.chat, Heard(word.account, word.at, act, word.ticket_id))


def reading_context(
    ctx: Context, message: InboundMessage, person: Person | None, addressed: bool, quoted: Ticket | None = None
) -> ReadingContext:
    """What the reader may look at; queries run only when it asks."""
    here = around(ctx, message)

    def tickets(category: str | None) -> Sequence[OpenTicket]:
        return ctx.uow.tickets.open_near(here.units, category, NEAR)

    root = here.root
    landmarks = ctx.services.landmarks.of(root, lambda: ctx.uow.tickets.confirmed_places(root)) if root else ()
    return ReadingContext(
        account=message.account,
        at=message.at,
        tickets=tickets,
        recent=ctx.memory.recent(message.chat_key, message.at),
        places=here.names + landmarks,
        articles=here.articles,
        name=message.name,
        staff=person is not None and any(ctx.org.serves(person.id, unit) for unit in here.units),
        private=message.private,
        addressed=addressed,
        quoted=view_of(quoted) if quoted is not None and quoted.is_open else None,
        community=root,
    )
