"""What the bot holds in mind of a chat, and only in mind: the linking window and what was heard a moment ago.

Nothing here is ever stored. Text that concerns no ticket lives as long as the window (product.md §1) and is gone.
"""

from collections import OrderedDict, deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bot.messages import InboundMessage
from bot.ports import Heard, Matter, Reading
from bot.usecases.doubts import Doubts

PARTS = 10  # of a case are kept in mind: who talks without end has said no more than that
PROMISED = timedelta(hours=24)  # who was asked to go private is waited for
PAUSE = timedelta(seconds=1)  # between two looks for cases that have run out: several go at a time


@dataclass(slots=True)
class Part:
    """One message of a case and what it means by itself."""

    message: InboundMessage
    reading: Reading


@dataclass(slots=True)
class Case:
    """Consecutive messages of one speaker: one matter until shown otherwise. ``tickets`` are those that it opened."""

    chat: str
    account: str
    last_at: datetime
    parts: list[Part] = field(default_factory=list)
    tickets: list[str] = field(default_factory=list)
    asked: tuple[str, ...] = ()  # keys of the messages that a second opinion was asked about

    @property
    def text(self) -> str:
        """The words of all parts, joined."""
        return "\n".join(part.message.text for part in self.parts if part.message.text)


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A private request that waits until its writer has said which unit it is about."""

    matter: Matter
    parts: tuple[InboundMessage, ...]
    reading: Reading


@dataclass(frozen=True, slots=True)
class Promised:
    """Somebody was asked to report privately; ``named`` are the persons that he has named, never to hear of it."""

    at: datetime
    named: tuple[str, ...]


class Memory:
    """Cases and recent acts of all chats; one a process. Times come from the messages."""

    def __init__(
        self,
        window: timedelta,
        recent_span: timedelta,
        recent_length: int,
        unplaced_span: timedelta = timedelta(hours=1),
    ) -> None:
        self._unplaced_span = unplaced_span
        self._unplaced: dict[str, Unplaced] = {}  # by account
        self._promised: dict[str, Promised] = {}  # by account, oldest first
        self._window = window
        self._recent_span = recent_span
        self._recent_length = recent_length
        self._cases: OrderedDict[tuple[str, str], Case] = OrderedDict()  # oldest part first
        self._quiet_until: datetime | None = None  # no look before
        self._waiting: dict[tuple[str, str], Case] = {}  # doubtful: shown to a steward when the window has passed
        self._stirred = False
        self._recent: dict[str, deque[Heard]] = {}
        self.doubts = Doubts()

    def case(self, chat: str, account: str, at: datetime) -> Case | None:
        """The speaker's case, if his previous part lies within the window, inclusive."""
        found = self._cases.get((chat, account))
        if found is None or at - found.last_at > self._window:
            return None
        return found

    def add(self, part: Part) -> Case:
        """Put a part to its speaker's case, or begin one."""
        message = part.message
        key = (message.chat_key, message.account)
        case = self._cases.get(key)
        if case is None or message.at - case.last_at > self._window:
            return self._begin(key, part)
        if case.parts and case.parts[-1].message.key == message.key:
            case.parts.pop()  # the same message once more: its first transaction failed
        case.parts.append(part)
        del case.parts[:-PARTS]
        case.last_at = message.at
        self._cases.move_to_end(key)
        return case

    def _begin(self, key: tuple[str, str], part: Part) -> Case:
        self._cases.pop(key, None)  # a case that has run out: the new one stands at the end
        self._waiting.pop(key, None)
        case = self._cases[key] = Case(*key, part.message.at, [part])
        return case

    def touch(self, case: Case, at: datetime) -> None:
        """The window runs from the speaker's last part."""
        case.last_at = at
        self._cases.move_to_end((case.chat, case.account))

    def wait(self, case: Case) -> None:
        """The case is doubtful: more words may come, until the window has passed."""
        self._waiting[case.chat, case.account] = case
        self._stirred = True

    def waits(self, case: Case) -> bool:
        """Whether the case is still in doubt, and its window open."""
        return self._waiting.get((case.chat, case.account)) is case

    def waiting(self) -> list[Case]:
        """The cases in doubt."""
        return list(self._waiting.values())

    def decided(self, case: Case) -> None:
        """The case needs no more waiting."""
        self._waiting.pop((case.chat, case.account), None)

    def forget(self, chat: str, message_id: str) -> None:
        """Drop a part that was recalled."""
        for case in self._cases.values():
            if case.chat == chat:
                case.parts = [part for part in case.parts if part.message.id != message_id]
                if not case.parts:
                    self.decided(case)

    def drop(self, case: Case) -> None:
        """Forget a case."""
        self._cases.pop((case.chat, case.account), None)
        self.decided(case)

    def sweep(self, now: datetime) -> None:
        """Forget the cases whose window has passed, except those that wait to be settled."""
        if self._quiet_until is not None and now < self._quiet_until:
            return
        self._quiet_until = now + PAUSE
        cases, last = self._cases, now - self._window
        while cases:
            key = next(iter(cases))
            if cases[key].last_at >= last:
                return
            del cases[key]

    def expire(self, now: datetime) -> Iterator[Case]:
        """Give back, once, the doubtful cases whose window has passed."""
        self.sweep(now)
        for key, case in list(self._waiting.items()):
            if now - case.last_at > self._window:
                del self._waiting[key]
                yield case

    def next_due(self) -> datetime | None:
        """When the first waiting case runs out: just after the window, which is inclusive."""
        due = [case.last_at for case in self._waiting.values()]
        return min(due) + self._window + timedelta(seconds=1) if due else None

    def stirred(self) -> bool:
        """Whether a case has begun to wait since this was last asked."""
        stirred, self._stirred = self._stirred, False
        return stirred

    def wait_for_place(self, account: str, unplaced: Unplaced) -> None:
        """Hold a private request; a newer one takes its place."""
        self._unplaced[account] = unplaced

    def unplaced(self, account: str, now: datetime) -> Unplaced | None:
        """The request of an account that waits for its place, unless it has waited too long."""
        found = self._unplaced.get(account)
        if found is not None and now - found.parts[0].at > self._unplaced_span:
            del self._unplaced[account]
            return None
        return found

    def placed(self, account: str) -> None:
        """The place is known."""
        self._unplaced.pop(account, None)

    def expect_report(self, account: str, promised: Promised) -> None:
        """Somebody was asked to go private: what he says there next is his report."""
        self._promised.pop(account, None)
        self._promised[account] = promised
        while (oldest := next(iter(self._promised))) != account and promised.at - self._promised[oldest].at > PROMISED:
            del self._promised[oldest]

    def expected_report(self, account: str, now: datetime) -> Promised | None:
        """What is known of the report that an account was asked for, unless that is too long ago."""
        found = self._promised.get(account)
        return found if found is not None and now - found.at <= PROMISED else None

    def reported(self, account: str) -> None:
        """The report has come."""
        self._promised.pop(account, None)

    def heard(self, chat: str, heard: Heard) -> None:
        """Note what was heard, without its words."""
        recent = self._recent.get(chat)
        if recent is None:
            recent = self._recent[chat] = deque(maxlen=self._recent_length)
        recent.append(heard)

    def recent(self, chat: str, now: datetime) -> Sequence[Heard]:
        """What was heard in a chat within the recent span, oldest first; to be looked at before more is heard."""
        recent = self._recent.get(chat)
        if not recent:
            return ()
        since = now - self._recent_span
        return recent if recent[0].at >= since else [heard for heard in recent if heard.at >= since]
