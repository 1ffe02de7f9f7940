"""Rows of a conversation, heard by the real bot: same reader, same linking window, same open tickets (contracts/triage.md)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.org import Duty, Group, Organization, Person, Unit
from bot.messages import InboundMessage
from bot.ports import OpenTicket, Reader, Reading, ReadingContext, UnitOfWork
from bot.usecases import hearing, surroundings
from bot.usecases.engine import Engine

CHANNEL = "table"
BEGINNING = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)  # a Monday morning: any will do, rows tell minutes only
END = datetime(9000, 1, 1, tzinfo=UTC)  # when every window has passed


@dataclass(frozen=True, slots=True)
class Row:
    """One message of a table. ``minute`` is its time in its conversation."""

    id: str
    group: str
    minute: float
    user: str
    text: str
    reply_to: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the bot made of a row. ``ticket`` is the id of the ticket it led to, if any."""

    row: Row
    reading: Reading
    ticket: str | None
    view: OpenTicket | None  # that ticket as it stands


class Noting:
    """A reader that remembers what it has read last."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.last = Reading("chat")

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read as the reader does."""
        self.last = self._reader.read(text, context)
        return self.last


class Stream:
    """Hears rows in order. Commands and votes are not acted on here: a table tells what people said, not what they tapped."""

    def __init__(self, engine: Engine, uow: UnitOfWork) -> None:
        self._noting = Noting(engine.services.reader)
        self._engine = Engine(replace(engine.services, reader=self._noting), engine.renderer, engine.org)
        self._uow = uow
        self._told: dict[str, str] = {}  # row → ticket

    def read(self, rows: Iterable[Row]) -> list[Answer]:
        """Hear all rows; what came of doubtful ones is known at the end."""
        heard = [self._hear(row) for row in rows]
        self._settle(END)
        return [self._answer(row, reading, ticket) for row, reading, ticket in heard]

    def _hear(self, row: Row) -> tuple[Row, Reading, str | None]:
        message = message_of(row)
        self._settle(message.at)
        ctx = self._engine.context(self._uow, message.at)
        ctx.memory.sweep(message.at)
        self._noting.last = Reading("chat")
        quoted = ctx.ticket(self._told.get(f"{row.group}:{row.reply_to}")) if row.reply_to else None
        hearing.hear(ctx, message, ctx.org.person_of(message.account), addressed=False, quoted=quoted)
        recent = ctx.memory.recent(message.chat_key, message.at)
        ticket = recent[-1].ticket_id if recent else None
        reading = self._noting.last
        if ticket:
            known = ticket in self._told.values()
            self._told[f"{row.group}:{row.id}"] = ticket
            reading = replace(reading, act="followup") if known and reading.act == "new" else reading
        return row, reading, ticket

    def _settle(self, now: datetime) -> None:
        """Doubtful cases whose window has passed become candidates."""
        for case in self._engine.services.memory.expire(now):
            at = min(now, case.last_at + timedelta(hours=1))
            hearing.settle(self._engine.context(self._uow, at), case)

    def _answer(self, row: Row, reading: Reading, ticket: str | None) -> Answer:
        kept = self._uow.words.ticket_ids(message_of(row).key)
        found = self._uow.tickets.get(ticket or (kept[0] if kept else ""))
        return Answer(row, reading, found.id if found else None, surroundings.view_of(found) if found else None)


def message_of(row: Row) -> InboundMessage:
    """A row as a channel would bring it."""
    at = BEGINNING + timedelta(minutes=row.minute)
    return InboundMessage(CHANNEL, row.group, row.user, row.id, at, row.text, name=row.user)


def town_of(rows: Sequence[Row], staff: Sequence[str]) -> Organization:
    """An organization for conversations without one: a unit a group; who is called like staff has a duty there."""
    units = {group: Unit(group, f"{group}群", "grid") for group in dict.fromkeys(row.group for row in rows)}
    people, duties = {}, []
    for unit, user in dict.fromkeys((row.group, row.user) for row in rows):
        if any(word in user for word in staff):
            people[user] = Person(user, user, accounts=((CHANNEL, user),))
            duties.append(Duty(user, unit, "steward"))
    groups = [Group(CHANNEL, unit, unit, listen="all") for unit in units]
    return Organization(units, people, tuple(duties), {group.key: group for group in groups})
