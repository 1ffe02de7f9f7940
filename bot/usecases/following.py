"""More voices and more words for a ticket that exists: me-too, urging, new facts, and what raises it."""

from datetime import timedelta

from bot.domain.org import Person
from bot.domain.states import CALLBACK
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import Matter, Reading
from bot.usecases import acknowledge, albums, notices, opening, survey
from bot.usecases.context import Context

UNJUDGED = frozenset({"inquiry", "praise"})  # nothing of theirs is repaired
GOOD = 4  # what "it is over" reads as
URGED = "urged"  # flag of a ticket: when its assignee was last pinged for an urge


def follow(ctx: Context, ticket: Ticket, message: InboundMessage, reading: Reading) -> None:
    """A neighbour has the same trouble: told and asked with the others; in the same group nothing is said."""
    if ticket.confidential:
        return
    if ticket.follow(message.account, ctx.now, message.key):
        notices.followed_elsewhere(ctx, ticket, message.account, message.chat_key)
    ticket.media += len(message.media)
    opening.keep(ctx, ticket, message)
    _raise(ctx, ticket, reading)
    ctx.uow.tickets.save(ticket)
    _show(ctx, ticket, message)


def urge(
    ctx: Context, ticket: Ticket, message: InboundMessage, reading: Reading | None = None, asked: bool = False
) -> None:
    """催办 pings the assignee, not again and again; who urges follows."""
    if ticket.confidential and message.account not in ticket.voices:
        return
    if ticket.follow(message.account, ctx.now, message.key):
        notices.followed_elsewhere(ctx, ticket, message.account, message.chat_key)
    opening.keep(ctx, ticket, message)
    ticket.record("noted", ctx.now, ctx.actor(message.account), "urged", message.key)
    _raise(ctx, ticket, reading)
    if ticket.is_working and (asked or not _pinged_lately(ctx, ticket)):
        ctx.uow.people.set_flag(ticket.id, URGED, ctx.now.isoformat())
        notices.urged(ctx, ticket, message.account, message.chat_key)
    ctx.uow.tickets.save(ticket)


def _pinged_lately(ctx: Context, ticket: Ticket) -> bool:
    last = ctx.uow.people.flag(ticket.id, URGED) or (ticket.registered_at and ticket.registered_at.isoformat())
    if not last:
        return False
    span = timedelta(seconds=ctx.settings.hearing.ask_interval_seconds)
    return ctx.now - type(ctx.now).fromisoformat(last) < span


def supplement(ctx: Context, ticket: Ticket, message: InboundMessage, reading: Reading | None = None) -> None:
    """More facts from somebody who is in it already: kept, and told to who works on it."""
    opening.shield(ctx, ticket, message.text)
    opening.keep(ctx, ticket, message)
    ticket.media += len(message.media)
    ticket.record("noted", ctx.now, ctx.actor(message.account), "supplement", message.key)
    if reading is not None and reading.matters:
        enrich(ctx, ticket, reading.matters[0], reading)
    ctx.uow.tickets.save(ticket)
    if message.text and ticket.number is not None and ticket.is_working:
        notices.supplemented(ctx, ticket, message)
    else:
        _show(ctx, ticket, message)


def join(ctx: Context, ticket: Ticket, message: InboundMessage, reading: Reading | None) -> None:
    """A later part of the same case joins silently."""
    opening.shield(ctx, ticket, message.text)
    opening.keep(ctx, ticket, message)
    ticket.media += len(message.media)
    if message.text:
        ticket.text = f"{ticket.text}\n{message.text}" if ticket.text else message.text
    if reading is not None and reading.matters:
        enrich(ctx, ticket, reading.matters[0], reading)
    ctx.uow.tickets.save(ticket)
    _show(ctx, ticket, message)


def _show(ctx: Context, ticket: Ticket, message: InboundMessage) -> None:
    """A photo that came after the words."""
    if ticket.number is not None and ticket.is_working and albums.has_photo(message):
        notices.pictured(ctx, ticket, message)


def enrich(ctx: Context, ticket: Ticket, matter: Matter, reading: Reading) -> None:
    """A place where there was none, and a raised urgency with its new limits; nothing is lowered."""
    if matter.place and not ticket.place and not matter.guessed_place:
        ticket.place, ticket.building = matter.place, matter.building
        ticket.record("corrected", ctx.now, "bot", "place")
    _raise(ctx, ticket, reading)


def _raise(ctx: Context, ticket: Ticket, reading: Reading | None) -> None:
    """Danger is danger, whoever says it and however: hotline first, new limits, and who works on it knows."""
    if reading is None or not any(matter.urgency == "emergency" for matter in reading.matters):
        return
    if ticket.urgency == "emergency" or not ticket.is_working:
        return
    raise_to(ctx, ticket, "emergency")
    notices.danger(ctx, ticket, reading.hotlines)
    if ticket.assignee:
        notices.assigned(ctx, ticket)


def raise_to(ctx: Context, ticket: Ticket, urgency: str) -> None:
    """A higher urgency, with new limits from now on."""
    ticket.urgency = urgency
    ticket.record("corrected", ctx.now, "bot", "urgency")
    opening.start_clocks(ctx, ticket, ctx.now)


def judged(ctx: Context, ticket: Ticket, message: InboundMessage, reading: Reading) -> bool:
    """While people are asked, who reported or follows and says that it is over, or tells the same trouble again, votes."""
    if ticket.state != CALLBACK or message.account not in ticket.voices or ticket.nature in UNJUDGED:
        return False
    if ctx.services.commands.wonders(message.text):
        return False
    again = any(matter.category == ticket.category for matter in reading.matters)
    if reading.act != "resolved" and not (again and reading.score >= ctx.settings.triage.clear):
        return False
    solved = reading.act == "resolved"
    if not survey.cast(ctx, ticket, message.account, GOOD if solved else None, solved, message):
        return False
    opening.keep(ctx, ticket, message)
    return True


def answered(ctx: Context, ticket: Ticket, message: InboundMessage, person: Person) -> bool:
    """What the assignee says of his ticket without quoting it is a reply to it all the same: it signs, it is progress."""
    if ticket.assignee != person.id or ticket.state not in opening.GIVEN:
        return False
    acknowledge.speak(ctx, ticket, person, message.text, message.chat_key, message.key)
    ticket.media += len(message.media)
    ctx.uow.tickets.save(ticket)
    opening.keep(ctx, ticket, message, "staff")
    return True


def resolved(ctx: Context, ticket: Ticket, message: InboundMessage, person: Person | None) -> None:
    """Somebody of the group says that it is solved: a note; only votes and staff end a ticket."""
    if person is not None and answered(ctx, ticket, message, person):
        return
    ticket.record("noted", ctx.now, person.id if person else message.account, "said to be solved", message.key)
    opening.keep(ctx, ticket, message)
    ctx.uow.tickets.save(ticket)
