"""A page's command → an event of the bot and a line of the room, both in one transaction; then the ack.

First the command is prepared by reading (may he, which line does he mean), then it is handed to the bot.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import Any

from adapters.web.deps import WebDeps
from adapters.web.errors import Refusal
from adapters.web.hub import NEWEST
from adapters.web.places import CHANNEL, Place, Visitor, place_of, shown_name
from adapters.web.view import recall_left, stored_id
from adapters.web.visitors import media_of_token
from adapters.web.wire import Command, Say, Score, TakeBack, Tap
from bot.domain.org import Organization
from bot.domain.ticket import Ticket
from bot.messages import BOT, InboundEvent, InboundMessage, Media, Press, Rate, Recall, id_of, is_private
from bot.ports import RoomMessage, UnitOfWork
from bot.render.catalog import Catalog
from bot.usecases.overview import actions_of, staff_of

Recording = Callable[[UnitOfWork], int | None]  # what the channel writes itself; gives the seq of its line


@dataclass(frozen=True, slots=True)
class Prepared:
    """An event, what goes with it into the same transaction, and the rooms that will have something new."""

    event: InboundEvent
    record: Recording
    rooms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The command was carried out before; the seq of its line."""

    seq: int


Answer = Prepared | Done | Refusal


@dataclass(frozen=True, slots=True)
class Wish:
    """A command, who sends it and in which room, as it came."""

    deps: WebDeps
    visitor: Visitor
    slug: str
    command: Command


@dataclass(frozen=True, slots=True)
class Asked:
    """A command with who asks, where and when."""

    deps: WebDeps
    uow: UnitOfWork
    org: Organization
    now: datetime
    visitor: Visitor
    place: Place

    @property
    def name(self) -> str:
        """How the visitor is called."""
        return shown_name(self.org, self.visitor.account, self.visitor.name)


async def do(deps: WebDeps, visitor: Visitor, slug: str, command: Command) -> dict[str, Any]:
    """Carry a command out; returns the ack after everything is committed. Raises ``Refusal``."""
    if not deps.messages.allows(visitor.key, deps.clock.now()):
        raise Refusal("error.too_fast", 429)
    wish = Wish(deps, visitor, slug, command)
    prepared = await deps.inbound.query(partial(prepare, wish=wish))
    if isinstance(prepared, Refusal):
        raise prepared
    if isinstance(prepared, Done):
        return {"ack": command.id, "seq": prepared.seq}
    seq = await deps.inbound.receive(prepared.event, prepared.record)
    for room in prepared.rooms:
        deps.hub.wake(room)
    return {"ack": command.id, "seq": seq}


def prepare(uow: UnitOfWork, org: Organization, now: datetime, *, wish: Wish) -> Answer:
    """Look who asks and what for; nothing is written."""
    place = place_of(uow, org, wish.visitor, wish.slug)
    if place is None:
        return Refusal("error.not_found", 404)
    asked = Asked(wish.deps, uow, org, now, wish.visitor, place)
    match wish.command:
        case Say() as say:
            return _say(asked, say)
        case TakeBack() as recall:
            return _take_back(asked, recall)
        case Tap() as tap:
            return _tap(asked, tap)
        case Score() as score:
            return _score(asked, score)


# ---------------------------------------------------------------- say


def _say(asked: Asked, say: Say) -> Answer:
    media = [media_of_token(asked.deps.secret, asked.visitor, token) for token in say.photos]
    photos = [one for one in media if one is not None]
    if len(photos) != len(media):
        return Refusal("error.bad_photo", 400)
    quoted = asked.uow.rooms.get(asked.place.key, say.reply) if say.reply is not None else None
    callable_ = {BOT, *(id_of(key) for key, _ in staff_of(asked.org, asked.place.unit, CHANNEL))}
    mentions = tuple(one for one in say.mentions if one in callable_)
    event = message_of(asked, say, quoted, mentions, tuple(photos))
    payload: dict[str, object] = {
        "kind": "say",
        "media": [photo.ref for photo in photos],
        "mentions": [f"{CHANNEL}:{one}" for one in mentions if one != BOT],
    }
    line = _line(asked, event.id, say.text, quoted.seq if quoted else None, payload)
    return Prepared(event, lambda uow: uow.rooms.post(line).seq, (asked.place.key,))


def message_of(
    asked: Asked, say: Say, quoted: RoomMessage | None, mentions: tuple[str, ...], media: tuple[Media, ...]
) -> InboundMessage:
    """The message as the bot hears it. Its id is the line's client id: known before the line has its seq."""
    return InboundMessage(
        channel=CHANNEL,
        chat=asked.place.chat,
        sender=asked.visitor.account,
        id=stored_id(asked.visitor, say.id),
        at=asked.now,
        text=say.text,
        name=asked.name,
        private=asked.place.private,
        reply_to=quoted_id(quoted) if quoted else None,
        reply_number=quoted_number(quoted) if quoted else None,
        mentions=mentions,
        media=media,
    )


def quoted_id(line: RoomMessage) -> str:
    """By which id the bot knows a quoted line: its own by their seq, those of people by the id they came with."""
    return str(line.seq) if line.sender == BOT else line.client_id


def quoted_number(line: RoomMessage) -> int | None:
    """The ticket that a line of the bot speaks of: who answers in an instant is faster than the bot's own notes."""
    number = line.payload.get("number")
    return number if line.sender == BOT and isinstance(number, int) else None


def _line(asked: Asked, client_id: str, text: str, reply_to: int | None, payload: dict[str, object]) -> RoomMessage:
    return RoomMessage(
        0, asked.place.key, asked.visitor.account, asked.name, text, asked.now, client_id, reply_to, payload
    )


# ---------------------------------------------------------------- recall


def _take_back(asked: Asked, command: TakeBack) -> Answer:
    line = asked.uow.rooms.get(asked.place.key, command.seq)
    if line is None or line.sender != asked.visitor.account or line.payload.get("kind") not in {"say", None}:
        return Refusal("error.not_found", 404)
    if not line.recalled and recall_left(line, asked.now) <= 0:
        return Refusal("error.too_late")
    event = Recall(CHANNEL, asked.place.chat, asked.visitor.account, line.client_id, asked.now)
    note = _line(asked, stored_id(asked.visitor, f"recall-{line.seq}"), "", None, {"kind": "recall", "seq": line.seq})

    def record(uow: UnitOfWork) -> int:
        uow.rooms.recall(line.room, line.seq)
        return uow.rooms.post(note).seq  # a line of its own, so that pages that were away learn of it

    return Prepared(event, record, (asked.place.key,))


# ---------------------------------------------------------------- buttons


def _tap(asked: Asked, tap: Tap) -> Answer:
    client_id = stored_id(asked.visitor, tap.id)
    if (posted := _posted(asked, client_id)) is not None:
        return Done(posted)
    ticket = asked.uow.tickets.get(tap.ticket)
    if ticket is None or not _may(asked, ticket, tap.action) or tap.action == "rate":
        return Refusal("error.not_allowed")
    below = _button_line(asked, tap)
    words = spoken(asked.deps.catalog, tap, None if below is not None else ticket.number)
    line = _line(asked, client_id, words, below, {"kind": "press"})
    return Prepared(
        press_of(asked, tap, client_id), lambda uow: uow.rooms.post(line).seq, (asked.place.key, ticket.chat)
    )


def press_of(asked: Asked, tap: Tap, client_id: str) -> Press:
    """The tap as the bot hears it."""
    return Press(
        channel=CHANNEL,
        chat=asked.place.chat,
        sender=asked.visitor.account,
        id=client_id,
        at=asked.now,
        action=tap.action,
        ticket_id=tap.ticket,
        text=tap.text,
        name=asked.name,
    )


def _score(asked: Asked, score: Score) -> Answer:
    ticket = asked.uow.tickets.get(score.ticket)
    if ticket is None or not _may(asked, ticket, "rate"):
        return Refusal("error.not_allowed")
    event = Rate(
        channel=CHANNEL,
        chat=asked.place.chat,
        sender=asked.visitor.account,
        id=stored_id(asked.visitor, score.id),
        at=asked.now,
        rating=score.rating,
        ticket_id=ticket.id,
        name=asked.name,
    )
    return Prepared(event, lambda _uow: None, (asked.place.key, ticket.chat))  # how somebody votes is not for the room


def _may(asked: Asked, ticket: Ticket, action: str) -> bool:
    """Whether the visitor may do this with the ticket, and do it here: private matters stay out of groups."""
    if not asked.place.private and (ticket.confidential or is_private(ticket.chat)):
        return False
    days = asked.deps.settings.polling.reopen_days
    return action in actions_of(asked.org, asked.visitor.key, ticket, asked.now, days)


def _posted(asked: Asked, client_id: str) -> int | None:
    """The line of a tap that was carried out before its ack got lost: by now it would not be allowed any more."""
    lines = asked.uow.rooms.since(asked.place.key, -1, NEWEST)
    return next((line.seq for line in reversed(lines) if line.client_id == client_id), None)


def _button_line(asked: Asked, tap: Tap) -> int | None:
    line = asked.uow.rooms.get(asked.place.key, tap.line) if tap.line is not None else None
    return line.seq if line is not None and line.payload.get("ticket_id") == tap.ticket else None


def spoken(catalog: Catalog, tap: Tap, number: int | None) -> str:
    """A tap in words, as neighbours would read it had it been typed; with the number where nothing is quoted."""
    words = f"{catalog.label('web', f'act.{tap.action}')} {tap.text}".strip()
    return words if number is None else catalog.text("web", "act.about").format(number=number, words=words)
