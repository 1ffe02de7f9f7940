"""Rows of a conversation, heard by the real bot: same reader, same linking window, same open tickets (contracts/triage.md)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import Heard, Reader, Reading, ReadingContext, UnitOfWork
from bot.usecases import hearing
from bot.usecases.engine import Engine

CHANNEL = "table"
STAR = "*"  # before the nickname of staff, in our own corpus
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
    ticket: str | None = None
    filed: Ticket | None = None  # that ticket as it stands


class Noting:
    """A reader that remembers what it has read of a message."""

    def __init__(self, reader: Reader) -> None:
        self._reader = reader
        self.noted: list[Reading] = []

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read as the reader does."""
        self.noted.append(self._reader.read(text, context))
        return self.noted[-1]

    def acted_on(self, act: str | None, clear: float) -> Reading:
        """The reading that the bot went by: the message's own where that is clear, else the best with the words before."""
        fitting = [one for one in self.noted if one.act == act] or self.noted[:1] or [Reading("chat")]
        return fitting[0] if fitting[0].score >= clear else max(reversed(fitting), key=lambda one: one.score)


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
        opened: set[str] = set()
        return [self._answer(answer, opened) for answer in heard]

    def _hear(self, row: Row) -> Answer:
        message = message_of(row)
        self._settle(message.at)
        ctx = self._engine.context(self._uow, message.at)
        ctx.memory.sweep(message.at)
        self._noting.noted.clear()
        quoted = ctx.ticket(self._told.get(f"{row.group}:{row.reply_to}")) if row.reply_to else None
        before = self._last_heard(message)
        hearing.hear(ctx, message, ctx.org.person_of(message.account), addressed=False, quoted=quoted)
        heard = self._last_heard(message)
        if heard is None or heard is before:  # the bot lets it pass
            return Answer(row, self._noting.acted_on(None, 0.0), quoted.id if quoted else None)
        if heard.ticket_id:
            self._told[f"{row.group}:{row.id}"] = heard.ticket_id
        reading = self._noting.acted_on(heard.act, ctx.settings.triage.clear)
        return Answer(row, reading, heard.ticket_id)

    def _last_heard(self, message: InboundMessage) -> Heard | None:
        recent = self._engine.services.memory.recent(message.chat_key, message.at)
        return recent[-1] if recent else None

    def _settle(self, now: datetime) -> None:
        """Doubtful cases whose window has passed become candidates."""
        for case in self._engine.services.memory.expire(now):
            at = min(now, case.last_at + timedelta(hours=1))
            hearing.settle(self._engine.context(self._uow, at), case)

    def _answer(self, answer: Answer, opened: set[str]) -> Answer:
        """The ticket that came of a row in the end; who tells of one that a row before has opened adds to it."""
        kept, reading = self._uow.words.ticket_ids(message_of(answer.row).key), answer.reading
        ticket = kept[0] if kept and (len(reading.matters) > 1 or answer.ticket is None) else answer.ticket
        if reading.act == "new" and ticket in opened:
            reading = replace(reading, act="followup")
        if reading.act != "chat":
            opened.update(kept, [ticket] if ticket else ())
        filed = self._uow.tickets.get(ticket) if ticket else None
        return Answer(answer.row, reading, filed.id if filed else None, filed)


def message_of(row: Row) -> InboundMessage:
    """A row as a channel would bring it; a row that does not tell who speaks is somebody's own."""
    at = BEGINNING + timedelta(minutes=row.minute)
    sender, name = row.user or f"?{row.id}", row.user.lstrip(STAR)
    return InboundMessage(CHANNEL, chat_of(row.group), sender, row.id, at, row.text, name=name)


def chat_of(group: str) -> str:
    """A group's chat: whatever it is called, it is no private one."""
    return f"#{group}"
