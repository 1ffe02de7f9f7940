"""A transcript played to the real bot on a virtual clock: timers fire at their own instants, messages go out at once.

Same engine, same use cases, same storage as the live bot; only the clock and the wire differ.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Protocol, TypeVar

from adapters.replay.transcript import Step
from bot.messages import Capabilities, Edit, InboundMessage, OutboundMessage
from bot.ports import SendResult, UnitOfWork
from bot.usecases.engine import Engine

T = TypeVar("T")
WIRE = Capabilities(buttons=True, mentions=True, polls=False, max_length=4000)


class SyncDesk(Protocol):
    """The desk, called from a program without an event loop."""

    def run(self, job: Callable[[UnitOfWork], T]) -> T:
        """Run a job in a transaction and wait for its commit."""
        ...


@dataclass(frozen=True, slots=True)
class SentMessage:
    """A message that went out, and when."""

    at: datetime
    message: OutboundMessage


class Player:
    """Plays steps. ``sent`` grows as messages go out; ``messages`` counts what came in, duplicates too."""

    def __init__(self, engine: Engine, desk: SyncDesk, on_sent: Callable[[SentMessage], None] | None = None) -> None:
        self._engine = engine
        self._desk = desk
        self._on_sent = on_sent or (lambda _sent: None)
        self._senders: dict[tuple[str, str, str], str] = {}  # who wrote a message, for edits that do not say
        self._due: datetime | None = None
        self.sent: list[SentMessage] = []
        self.messages = 0

    def play(self, steps: Iterable[Step], until: datetime | None = None) -> None:
        """Play all steps, then let time pass until an instant."""
        self._look_ahead()
        for step in steps:
            if until is not None and step.at > until:
                break
            self._advance(step.at)
            if step.event is not None:
                self._happen(step)
        if until is not None:
            self._advance(until)

    def work(self, at: datetime, job: Callable[[UnitOfWork, datetime], None]) -> None:
        """Something is done at an instant that nobody's message brings about; what falls due before it happens before it."""
        self._advance(at)

        def whole(uow: UnitOfWork) -> datetime | None:
            job(uow, at)
            self._send(uow, at)
            return self._engine.next_due(uow)

        self._due = self._desk.run(whole)

    def _happen(self, step: Step) -> None:
        event = self._resolved(step)
        self.messages += step.is_message

        def job(uow: UnitOfWork) -> datetime | None:
            self._engine.handle(uow, event, step.at)  # type: ignore[arg-type]
            self._send(uow, step.at)
            return self._engine.next_due(uow)

        self._due = self._desk.run(job)

    def _resolved(self, step: Step) -> object:
        event = step.event
        if isinstance(event, InboundMessage):
            self._senders[event.channel, event.chat, event.id] = event.sender
            return self._with_quote(event, step.quoted) if step.quoted is not None else event
        if isinstance(event, Edit) and not event.sender:
            return replace(event, sender=self._senders.get((event.channel, event.chat, event.id), ""))
        return event

    def _with_quote(self, message: InboundMessage, number: int) -> InboundMessage:
        """Quoting a ticket is quoting the bot's newest message about it in the chat; without one it names the number."""
        for sent in reversed(self.sent):
            if sent.message.number == number and sent.message.chat == message.chat_key:
                return replace(message, reply_to=sent.message.key)
        return replace(message, reply_number=number)

    def _advance(self, to: datetime) -> None:
        while self._due is not None and self._due <= to:
            self._tick(self._due)

    def _tick(self, at: datetime) -> None:
        def job(uow: UnitOfWork) -> datetime | None:
            self._engine.fire_due(uow, at)
            self._send(uow, at)
            return self._engine.next_due(uow)

        before = self._due
        self._due = self._desk.run(job)
        if self._due is not None and before is not None and self._due < before:
            self._due = before  # what was overdue at the start fires now, at the present instant

    def _look_ahead(self) -> None:
        self._due = self._desk.run(self._engine.next_due)

    def _send(self, uow: UnitOfWork, at: datetime) -> None:
        for parcel in self._engine.claim(uow, at, lambda _channel: WIRE):
            self._engine.settle(uow, at, parcel, SendResult("sent", parcel.message.key))
            sent = SentMessage(at, parcel.message)
            self.sent.append(sent)
            self._on_sent(sent)
