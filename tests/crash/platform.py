"""The world around the bot: a platform that delivers again what was not acknowledged, and remembers what people saw."""

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any

from bot.messages import InboundEvent, OutboundMessage
from bot.ports import SendResult
from tests.crash.fuse import Plan
from tests.crash.story import Phase

PATIENCE = 30.0  # seconds without a word from the bot: it hangs
AGAIN = 0.25  # how often an event comes twice at once
LONG_AGO = 0.3  # how often one that was acknowledged in an earlier phase comes again
BUSY = 0.03  # how often a message is refused for now


class GoneError(Exception):
    """The bot's process has ended."""


class HungError(Exception):
    """The bot says nothing any more."""


@dataclass
class Ledger:
    """What people would see. On a platform with keys a second message under a known key is not shown."""

    keyed: bool
    shown: list[OutboundMessage] = field(default_factory=list)
    keys: Counter[str] = field(default_factory=Counter)
    refused: set[str] = field(default_factory=set)

    def accept(self, message: OutboundMessage) -> SendResult:
        """Take a message."""
        self.keys[message.key] += 1
        if not self.keyed or self.keys[message.key] == 1:
            self.shown.append(message)
        return SendResult("sent", f"msg-{message.key}")

    def lines(self) -> Counter[str]:
        """Every line that was shown in a chat, with how often. A merged message is the lines of its parts."""
        return Counter(f"{message.chat}| {line}" for message in self.shown for line in message.text.split("\n"))


class Platform:
    """Plays the story to one bot after another, each going on where the last one died."""

    def __init__(self, phases: Sequence[Phase], keyed: bool, rng: random.Random, faults: bool) -> None:
        self.phases = phases
        self.ledger = Ledger(keyed)
        self._rng = rng
        self._faults = faults
        self._at = 0  # the phase
        self._waiting: list[InboundEvent] | None = None  # of the phase, not acknowledged yet
        self._tokens = 0
        self._sends = 0

    @property
    def is_over(self) -> bool:
        """Whether the story has been played to its end."""
        return self._at >= len(self.phases)

    def serve(self, connection: Connection, plan: Plan, kill: Callable[[], None]) -> None:
        """Play on, to a bot that has just started; raises ``GoneError`` when it dies."""
        self._connection, self._kill, self._plan = connection, kill, plan
        self._frames = self._sends = 0
        self._until(lambda frame: frame[0] == "awake")
        while not self.is_over:
            phase = self.phases[self._at]
            self._rest(phase)
            self._deliver(phase)
            self._rest(phase)
            self._rest(phase)  # the first may have been the end of a round that began before the last delivery
            self._at, self._waiting = self._at + 1, None
        self._tell(("stop",))
        self._until(lambda _frame: False)

    def _rest(self, phase: Phase) -> None:
        """Set the clock, and wait until the bot has nothing to do at this instant."""
        self._tokens += 1
        token = self._tokens
        self._tell(("time", phase.at, token))
        self._until(lambda frame: frame == ("idle", token))

    def _deliver(self, phase: Phase) -> None:
        if self._waiting is None:
            self._waiting = list(phase.events)
        batch = list(self._waiting)
        if self._faults:
            batch = [event for event in batch for _ in range(1 + (self._rng.random() < AGAIN))]
            batch = [*self._old_ones(), *batch]
        open_ = dict(enumerate(batch))
        for number, event in open_.items():
            self._tell(("event", number, event))

        def acknowledged(frame: tuple[Any, ...]) -> bool:
            if frame[0] == "ack":
                event = open_.pop(frame[1])
                if self._waiting and event in self._waiting:
                    self._waiting.remove(event)
            return not open_

        if open_:
            self._until(acknowledged)

    def _old_ones(self) -> list[InboundEvent]:
        """Something that was acknowledged long ago comes again, as platforms do."""
        if self._at == 0 or self._rng.random() > LONG_AGO:
            return []
        events = self.phases[self._rng.randrange(self._at)].events
        return [self._rng.choice(events)] if events else []

    # ------------------------------------------------------------ the wire

    def _tell(self, frame: tuple[Any, ...]) -> None:
        try:
            self._connection.send(frame)
        except ConnectionError:
            raise GoneError from None

    def _until(self, wanted: Callable[[tuple[Any, ...]], bool]) -> None:
        while True:
            frame = self._frame()
            if frame[0] == "send":
                self._on_send(*frame[1:])
            if wanted(frame):
                return

    def _frame(self) -> tuple[Any, ...]:
        self._frames += 1
        now_or_never = self._plan.point == "moment" and self._frames == self._plan.times
        if not wait([self._connection], self._plan.seconds if now_or_never else PATIENCE) and not now_or_never:
            raise HungError
        if now_or_never:
            self._kill()
        try:
            frame: tuple[Any, ...] = self._connection.recv()
        except (EOFError, ConnectionError):
            raise GoneError from None
        return frame

    def _on_send(self, number: int, message: OutboundMessage) -> None:
        if self._faults and self._rng.random() < BUSY:
            self.ledger.refused.add(message.key)
            self._tell(("answer", number, SendResult("retry", retry_after=1.0)))
            return
        result = self.ledger.accept(message)
        self._sends += 1
        if self._plan.point == "at_accept" and self._sends == self._plan.times:
            self._kill()
            raise GoneError
        self._tell(("answer", number, result))
