"""What hangs under the bot's messages follows the ticket, on platforms where a message can be changed after it was sent.

A button that means nothing any more goes, and everybody sees how it stands. Elsewhere a tap on an old button is answered
in words.
"""

from collections.abc import Collection, Iterable

from bot.domain.states import CALLBACK, CANDIDATE, CLOSED, DISPATCHED, IN_PROGRESS, ON_HOLD
from bot.domain.ticket import Ticket
from bot.messages import channel_of
from bot.ports import Notice
from bot.usecases.context import Context

AT_WORK = frozenset({DISPATCHED, IN_PROGRESS, ON_HOLD})
STATES = {
    "register": frozenset({CANDIDATE}), "reject": frozenset({CANDIDATE}), "sign": frozenset({DISPATCHED}),
    "done": AT_WORK, "return": AT_WORK, "rate": frozenset({CALLBACK, CLOSED}), "clear": frozenset({CALLBACK}),
    "human": frozenset({CALLBACK}),
}  # fmt: skip  # of a ticket in which a button means something


def refresh(ctx: Context, ticket_ids: Iterable[str], channels: Collection[str]) -> None:
    """Queue new forms of the messages about these tickets whose buttons are out of date, for channels that can do that."""
    for ticket in filter(None, map(ctx.ticket, ticket_ids)):
        for place, card in _cards(ctx, ticket, channels).items():
            still = tuple(action for action in card.buttons if _means(action, ticket))
            if still != card.buttons and card.params:  # without parameters its words were erased
                ctx.uow.outbox.add(_form(ctx, ticket, card, place[1], still))


def _cards(ctx: Context, ticket: Ticket, channels: Collection[str]) -> dict[tuple[str, str], Notice]:
    """The messages about a ticket in their newest form, by chat and platform's id."""
    newest: dict[tuple[str, str], Notice] = {}
    for notice in ctx.uow.outbox.about(ticket.id):
        place = notice.replaces or notice.platform_id
        if place and channel_of(notice.chat) in channels:
            newest[notice.chat, place] = notice
    return newest


def _means(action: str, ticket: Ticket) -> bool:
    """Whether somebody can still do this by a tap; a helper who was whistled for signs while others work already."""
    if action == "sign" and ticket.is_working and not set(ticket.helpers) <= set(ticket.acknowledged):
        return True
    return ticket.state in STATES[action]


def _form(ctx: Context, ticket: Ticket, card: Notice, place: str, buttons: tuple[str, ...]) -> Notice:
    """The message once more, with how the ticket stands now. It is no new word: no budget, no quiet hours."""
    person = ctx.name(ticket.assignee) if ticket.assignee else ""
    return Notice(
        id=ctx.services.ids.time_ordered(ctx.now),
        chat=card.chat,
        kind="card",
        key=card.key,
        created_at=ctx.now,
        params={**card.params, "replaces": place, "stands": ticket.state, "worker": person},
        mentions=card.mentions,
        ticket_id=ticket.id,
        number=ticket.number,
        buttons=buttons,
        urgent=True,
        free=True,
    )
