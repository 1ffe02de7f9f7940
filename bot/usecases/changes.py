"""Recalled and edited messages: what was taken back is forgotten as far as nobody has acted on it yet."""

from collections.abc import Callable
from hashlib import blake2b

from bot.domain.ticket import Ticket
from bot.messages import Edit, InboundMessage, Recall
from bot.usecases import following, opening, residents
from bot.usecases.context import Context
from bot.usecases.surroundings import reading_context


def on_recall(ctx: Context, recall: Recall) -> None:
    """Before a steward signed the ticket goes; later a note stays. Parts that wait in memory are dropped."""
    chat = f"{recall.channel}:{recall.chat}"
    if not ctx.uow.inbox.claim(f"recall:{chat}:{recall.id}", ctx.now):
        return
    ctx.memory.forget(chat, recall.id)
    key = f"{chat}:{recall.id}"
    for ticket_id in ctx.uow.words.ticket_ids(key):
        ticket = ctx.ticket(ticket_id)
        if ticket is not None:
            _take_back(ctx, ticket, key)


def _take_back(ctx: Context, ticket: Ticket, key: str) -> None:
    words = ctx.uow.words.of(ticket.id)
    recalled = next((word for word in words if word.key == key), None)
    if recalled is None:
        return
    account = recalled.account
    by_account = [word for word in words if word.account == account and word.role == "voice"]
    first = bool(by_account) and by_account[0].key == key
    if not ticket.is_open or ticket.signed_at is not None or not first:
        ctx.uow.words.edit(key, "")
        ticket.record("noted", ctx.now, ctx.actor(account), "recalled", key)
        ctx.uow.tickets.save(ticket)
    elif account == ticket.reporter:
        residents.give_up(ctx, ticket, account, key)
    else:
        ctx.uow.words.edit(key, "")
        if account in ticket.followers:
            ticket.followers.remove(account)
        ticket.record("noted", ctx.now, account, "recalled", key)
        ctx.uow.tickets.save(ticket)


def on_edit(ctx: Context, edit: Edit, read_as_new: Callable[[Context, InboundMessage], None]) -> None:
    """New words for a kept message; an edit of chat that was not kept is read as new."""
    chat = f"{edit.channel}:{edit.chat}"
    key = f"{chat}:{edit.id}"
    version = blake2b(edit.text.encode("utf-8", "surrogatepass"), digest_size=6).hexdigest()
    if not ctx.uow.inbox.claim(f"edit:{key}:{edit.at.isoformat()}:{version}", ctx.now):
        return
    ids = ctx.uow.words.ticket_ids(key)
    ctx.memory.forget(chat, edit.id)
    if not ids:
        private = edit.chat.startswith("dm:")
        again = InboundMessage(
            edit.channel, edit.chat, edit.sender, f"{edit.id}~{version}", edit.at, edit.text, private=private
        )
        read_as_new(ctx, again)
        return
    ctx.uow.words.edit(key, edit.text)
    for ticket_id in ids:
        ticket = ctx.ticket(ticket_id)
        if ticket is not None:
            _reread(ctx, ticket, edit, key)


def _reread(ctx: Context, ticket: Ticket, edit: Edit, key: str) -> None:
    """The reporter's first message, edited before a steward signed, is read anew; urgency is only ever raised."""
    words = ctx.uow.words.of(ticket.id)
    account = f"{edit.channel}:{edit.sender}"
    ticket.record("corrected", ctx.now, ctx.actor(account), "text", key)
    if words and words[0].key == key and ticket.reporter == account and ticket.is_open:
        ticket.title, ticket.text = opening.title_of(edit.text), edit.text
        message = InboundMessage(edit.channel, edit.chat, edit.sender, edit.id, edit.at, edit.text)
        reading = ctx.services.reader.read(edit.text, reading_context(ctx, message, None, True))
        if reading.matters and ticket.signed_at is None:
            matter = reading.matters[0]
            if matter.place and not matter.guessed_place:
                ticket.place, ticket.building = matter.place, matter.building
            following.enrich(ctx, ticket, matter, reading)
    ctx.uow.tickets.save(ticket)
