"""The bot as one object: what an adapter, the scheduler, replay and tests call. Each call is one job of one transaction."""

from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from bot.domain.org import Organization
from bot.messages import Capabilities, InboundEvent
from bot.ports import Opinion, SendResult, Timer, UnitOfWork
from bot.render.render import Renderer
from bot.usecases import (
    cards,
    chase,
    digests,
    door,
    foresight,
    hearing,
    hooks,
    intake,
    opinions,
    outbox,
    surroundings,
)  # fmt: skip
from bot.usecases.context import Context, Services

LATE = timedelta(minutes=1)  # a timer that fires later than this was held up by an outage
BURST = 500  # timers of one transaction


class Engine:
    """All use cases with their collaborators. Runs on the storage thread only; time comes with each call."""

    def __init__(self, services: Services, renderer: Renderer, org: Organization) -> None:
        self.services = services
        self.renderer = renderer
        self.org = org
        self._editing: frozenset[str] = frozenset()
        self._changed: deque[str] = deque(maxlen=2 * BURST)  # where nobody asks, as in replay, it does not grow

    def reload(self, uow: UnitOfWork) -> None:
        """Take the organization as it is stored now."""
        self.org = uow.org.load()

    def speak_on(self, channels: Mapping[str, Capabilities]) -> None:
        """Say which channels there are, by name, and what they can do."""
        self._editing = frozenset(name for name, able in channels.items() if able.edits)

    def context(self, uow: UnitOfWork, now: datetime) -> Context:
        """The surroundings of one use case."""
        return Context(uow, now, self.org, self.services)

    def handle(self, uow: UnitOfWork, event: InboundEvent, now: datetime) -> bool:
        """Take in one event; tells whether something may be due now, or earlier than before."""
        event = door.cleaned(event)
        if event.at > now:
            event = replace(event, at=now)  # a sender's clock that runs ahead must not hold the windows open
        ctx = self.context(uow, now)
        ctx.memory.sweep(now)
        if ctx.settings.llm.url:
            opinions.count(ctx, event)
        intake.handle(ctx, event)
        self._refresh(ctx)
        if ctx.org_changed:
            self.reload(uow)
        return uow.stirred() | ctx.memory.stirred()

    def follow(self, uow: UnitOfWork, now: datetime) -> None:
        """An adapter has run a use case by itself: whoever shows tickets, and the cards in the chats, follow."""
        self._refresh(self.context(uow, now))

    def fire_due(self, uow: UnitOfWork, now: datetime, limit: int = BURST) -> int:
        """Fire the timers due by now, in order, and settle doubtful cases; gives back how many timers fired."""
        for case in self.services.memory.expire(now):
            hearing.settle(self.context(uow, now), case)
        due = uow.timers.due(now, limit)
        with uow.together():
            uow.tickets.fetch([timer.ticket_id for timer in due])
            fired = sum(self._fire(uow, now, timer) for timer in uow.timers.take(due))
        self._refresh(self.context(uow, now))
        return fired

    def fire(self, uow: UnitOfWork, now: datetime, timer: Timer) -> bool:
        """Fire one timer; False where it was moved or gone meanwhile."""
        fired = uow.timers.remove(timer) and self._fire(uow, now, timer)
        self._refresh(self.context(uow, now))
        return fired

    def _refresh(self, ctx: Context) -> None:
        """What hangs in the chats follows the tickets that have just changed; whoever shows tickets will ask for them, and
        webhooks are told.
        """
        saved = ctx.uow.tickets.saved()
        self._changed.extend(saved)
        if saved:
            hooks.tell(ctx, saved)
        if self._editing and saved:
            cards.refresh(ctx, saved, self._editing)

    def _fire(self, uow: UnitOfWork, now: datetime, timer: Timer) -> bool:
        ctx = self.context(uow, now)
        ctx.late = now - timer.due_at > LATE
        chase.fire(ctx, timer)
        return True

    def take_changed(self) -> set[str]:
        """The tickets changed since the last question; the one call that is not for the storage thread.

        One may be told of a moment too early, or after its change was taken back: who reads it then reads what holds.
        """
        return {self._changed.popleft() for _ in range(len(self._changed))}

    def digests_due(self, uow: UnitOfWork, now: datetime) -> list[digests.Due]:
        """The digests whose hour has come. Asked by the calendar alone: a replay says none by itself."""
        return digests.due(self.context(uow, now))

    def say_digest(self, uow: UnitOfWork, now: datetime, due: digests.Due) -> bool:
        """Queue a digest, once; False where there was nothing to say."""
        return digests.say(self.context(uow, now), due)

    def next_due(self, uow: UnitOfWork) -> datetime | None:
        """When something falls due next: a timer, a doubtful case, or a notice that waits for its hour."""
        found = (uow.timers.next_due(), self.services.memory.next_due(), uow.outbox.next_at())
        return min((at for at in found if at is not None), default=None)

    def claim(self, uow: UnitOfWork, now: datetime, can: Callable[[str], Capabilities | None]) -> list[outbox.Parcel]:
        """Take the messages that may go out now, for the channels that are connected."""
        return outbox.claim(self.context(uow, now), self.renderer, can)

    def settle(self, uow: UnitOfWork, now: datetime, parcel: outbox.Parcel, result: SendResult) -> float:
        """Note what became of a sending; gives back after how many seconds it is tried again."""
        return outbox.settle(self.context(uow, now), parcel, result)

    def recover(self, uow: UnitOfWork, now: datetime, can: Callable[[str], Capabilities | None]) -> int:
        """After a start: messages that a crash caught between claim and settle, and what the talk was about."""
        ctx = self.context(uow, now)
        surroundings.recall(ctx)
        return outbox.recover(ctx, can)

    def foresee(self, uow: UnitOfWork, now: datetime, unit: str) -> None:
        """Ask the owner of a unit what is to be asked before it happens."""
        foresight.foresee(self.context(uow, now), unit)

    def questions(self, uow: UnitOfWork, now: datetime) -> list[opinions.Question]:
        """What a second reader may be asked now; words leave the house only by these."""
        return opinions.questions(self.context(uow, now))

    def heed(self, uow: UnitOfWork, now: datetime, question: opinions.Question, opinion: Opinion) -> None:
        """Act on a second reader's answer."""
        ctx = self.context(uow, now)
        opinions.heed(ctx, question, opinion)
        self._refresh(ctx)
