"""Row ↔ domain, both ways: the only place that knows how times, lists and flags are stored."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import fields
from datetime import UTC, datetime, timedelta
from json.encoder import encode_basestring
from operator import attrgetter
from typing import Any

from bot.domain.audit import Event
from bot.domain.poll import Vote
from bot.domain.states import CANDIDATE, CLOSED, OPEN
from bot.domain.ticket import Ticket
from bot.messages import Media
from bot.ports import KeptMessage, Notice, OpenTicket, RoomMessage, Timer

Row = tuple[Any, ...]

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)
WORDS_SHOWN = 200  # characters of a ticket's text that triage compares

TICKET_FIELDS = tuple(field.name for field in fields(Ticket) if field.name != "events")
NEAR_FIELDS = (
    "id", "number", "state", "nature", "category", "building", "place", "title", "text", "reporter", "followers",
    "registered_at", "closed_at",
)  # fmt: skip
_TIMES = tuple(at for at, name in enumerate(TICKET_FIELDS) if name.endswith("_at") or name == "asked_until")
_LISTS = tuple(TICKET_FIELDS.index(name) for name in ("followers", "helpers", "acknowledged", "named"))
_FLAGS = tuple(TICKET_FIELDS.index(name) for name in ("confidential", "provisional", "solved"))
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
_read_ticket = attrgetter(*TICKET_FIELDS)


def to_ms(at: datetime) -> int:
    """Milliseconds since 1970 UTC; a naive time is a TypeError."""
    return (at - EPOCH) // MILLISECOND


def from_ms(stored: int) -> datetime:
    """The aware UTC instant."""
    return EPOCH + stored * MILLISECOND


def maybe_ms(at: datetime | None) -> int | None:
    """Milliseconds, or None."""
    return None if at is None else to_ms(at)


def maybe_from_ms(stored: int | None) -> datetime | None:
    """An instant, or None."""
    return None if stored is None else from_ms(stored)


def dump(value: Sequence[object] | Mapping[str, object]) -> str:
    """A list or mapping as JSON text, readable in the database."""
    if not value:
        return "{}" if isinstance(value, Mapping) else "[]"
    return _encode(value)


def dump_names(names: Iterable[str]) -> str:
    """Accounts, persons or actions as JSON text: what ``dump`` makes of them, in a third of the time."""
    return f"[{','.join(map(encode_basestring, names))}]"


def ticket_values(ticket: Ticket) -> list[Any]:
    """The ticket's fields as stored, in the order of TICKET_FIELDS."""
    values = list(_read_ticket(ticket))
    for at in _TIMES:
        if values[at] is not None:
            values[at] = to_ms(values[at])
    for at in _LISTS:
        values[at] = dump_names(values[at])
    return values


def ticket(row: Sequence[Any]) -> Ticket:
    """The ticket of a row of TICKET_FIELDS."""
    values = list(row)
    for at in _TIMES:
        if values[at] is not None:
            values[at] = from_ms(values[at])
    for at in _LISTS:
        values[at] = names(values[at])
    for at in _FLAGS:
        if values[at] is not None:
            values[at] = bool(values[at])
    return Ticket(*values)


def listed(ticket: Ticket) -> str:
    """Whether triage may find the ticket, and as what."""
    if ticket.confidential or ticket.source == "sweep":  # a patrol is nobody's trouble: no voice may join it
        return ""
    if ticket.state in OPEN:
        return "open"
    return "closed" if ticket.state == CLOSED else ""


def alive(ticket: Ticket) -> int:
    """1 for open tickets and candidates."""
    return int(ticket.state in OPEN or ticket.state == CANDIDATE)


def open_ticket(row: Row) -> OpenTicket:
    """The short form of a row of NEAR_FIELDS."""
    title, words = row[7], row[8][:WORDS_SHOWN]
    text = words if words.startswith(title) else f"{title}\n{words}".strip()
    id_, number, state, nature, category, building, place = row[:7]
    followers, registered, closed = tuple(names(row[10])), from_ms(row[11] or 0), maybe_from_ms(row[12])
    return OpenTicket(
        id_, number, state, nature, category, building, place, text, row[9], followers, registered, closed
    )


def event(at: int, kind: str, actor: str | None, note: str | None, message: str | None) -> Event:
    """One row of the audit; what was erased is empty."""
    return Event(from_ms(at), kind, actor or "", note or "", message)


def media_text(media: Sequence[Media]) -> str:
    """Attachments as JSON text."""
    return dump([[m.type, m.name, m.ref, m.lat, m.lng] for m in media])


def media_of(stored: str) -> tuple[Media, ...]:
    """Attachments from JSON text."""
    return () if stored == "[]" else tuple(Media(*parts) for parts in json.loads(stored))


def message_values(message: KeptMessage) -> Row:
    """A kept message as stored, in the order of its table without the id."""
    m = message
    return (m.key, m.ticket_id, m.chat, m.account, m.name, m.role, m.text, to_ms(m.at), media_text(m.media), 0)


def kept_message(row: Row) -> KeptMessage:
    """The kept message of a row without id and erased."""
    key, ticket_id, chat, account, name, role, text, at, media = row
    return KeptMessage(key, ticket_id, chat, account, name, role, text, from_ms(at), media_of(media))


def timer(row: Row) -> Timer:
    """The timer of a row."""
    return Timer(row[0], row[1], from_ms(row[2]))


def counted_at(notice: Notice) -> int | None:
    """When the notice weighs on its chat's budget; None where it does not."""
    if notice.free or notice.state not in {"sending", "sent", "uncertain"}:
        return None
    return to_ms(notice.sent_at or max(notice.created_at, notice.not_before or notice.created_at))


def notice_values(notice: Notice) -> Row:
    """A notice as stored, in the order of its table."""
    n = notice
    return (
        n.id, n.chat, n.kind, n.key, to_ms(n.created_at), dump(n.params), dump_names(n.mentions), n.ticket_id, n.number,
        dump_names(n.buttons), to_ms(n.not_before) if n.not_before else 0, n.urgent, n.free, n.state, n.attempts,
        n.platform_id, maybe_ms(n.sent_at), n.bundle, counted_at(n),
    )  # fmt: skip


def notice(row: Row) -> Notice:
    """The notice of a row."""
    return Notice(
        id=row[0],
        chat=row[1],
        kind=row[2],
        key=row[3],
        created_at=from_ms(row[4]),
        params=json.loads(row[5]),
        mentions=tuple(json.loads(row[6])),
        ticket_id=row[7],
        number=row[8],
        buttons=tuple(json.loads(row[9])),
        not_before=from_ms(row[10]) if row[10] else None,
        urgent=bool(row[11]),
        free=bool(row[12]),
        state=row[13],
        attempts=row[14],
        platform_id=row[15],
        sent_at=maybe_from_ms(row[16]),
        bundle=row[17],
    )


def vote(row: Row) -> Vote:
    """The vote of a row without its ticket."""
    round_, account, at, rating, solved, from_words = row
    return Vote(account, round_, from_ms(at), rating, bool(solved), bool(from_words))


def room_values(m: RoomMessage) -> Row:
    """A line of a room as stored, in the order of its table."""
    return (
        m.room, m.seq, m.sender, m.name, m.text, to_ms(m.at), m.client_id, m.reply_to, dump(m.payload), m.recalled,
    )  # fmt: skip


def room_message(row: Row) -> RoomMessage:
    """The line of a row."""
    room, seq, sender, name, text, at, client_id, reply_to, payload, recalled = row
    return RoomMessage(
        seq, room, sender, name, text, from_ms(at), client_id, reply_to, json.loads(payload), bool(recalled)
    )


def names(stored: str) -> list[str]:
    """A list of accounts or persons from JSON text."""
    return [] if stored == "[]" else [str(name) for name in json.loads(stored)]
