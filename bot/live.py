"""The bot at work: events in, messages out, the clock in between. The asynchronous shell around ``bot.usecases.engine``."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.domain.org import Organization
from bot.messages import Card, InboundEvent
from bot.ports import Channel, Clock, Desk, SecondOpinion, SendResult, Timer, UnitOfWork
from bot.sending import Sending
from bot.usecases.engine import BURST, Engine
from bot.usecases.opinions import Question
from bot.usecases.outbox import Parcel

T = TypeVar("T")
STRIKES = 3  # a message or timer that fails so often is set aside
PAUSE = timedelta(minutes=5)  # before a timer that failed is tried again


class Alarm(Protocol):
    """What wakes the bot when something falls due."""

    def sleep_until(self, at: datetime | None) -> None:
        """Wake next at this instant."""
        ...


class Bot:
    """Takes events in (``ports.Inbound``), sends what waits, fires what is due. Lives in one event loop."""

    def __init__(self, engine: Engine, desk: Desk, clock: Clock) -> None:
        self._engine = engine
        self._desk = desk
        self._clock = clock
        self._work = asyncio.Event()
        self._sending = Sending(self._settle, self._work.set)
        self._alarm: Alarm | None = None
        self._changed: Callable[[Collection[str]], None] | None = None
        self._second: SecondOpinion | None = None
        self._asking: set[asyncio.Task[None]] = set()
        self._log = structlog.get_logger("bot")

    def connect(
        self,
        channels: Sequence[Channel],
        alarm: Alarm | None = None,
        changed: Callable[[Collection[str]], None] | None = None,
        second: SecondOpinion | None = None,
        draw: Callable[[Card], str] | None = None,
    ) -> None:
        """Say which platforms can be spoken to, what rings when something is due, who shows tickets, who is asked in doubt.

        ``draw`` makes a picture of a card, in a thread, and gives back the stored file; without it words alone go out.
        """
        self._second = second
        self._engine.speak_on(self._sending.connect(channels, draw))
        self._alarm = alarm
        self._changed = changed

    # ------------------------------------------------------------ in

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        """Take in an event with its channel's own record; returns after the commit. A poison event falls alone."""

        def job(uow: UnitOfWork) -> tuple[T, bool]:
            recorded = before(uow)
            return recorded, self._engine.handle(uow, event, self._clock.now())

        for _ in range(STRIKES):
            try:
                result, stirred = await self._desk.submit(job)
            except Exception as error:
                if self._desk.failure is not None:
                    raise  # the database itself: nothing is acknowledged, the platform will come again
                result_of = await self._desk.submit(self._strike(event, before, error))
                if result_of is not None:
                    return result_of[0]
            else:
                self._show_changed()
                if stirred:  # small talk leaves nothing to do, and a round would cost a quarter of it once more
                    self._work.set()
                return result
        raise AssertionError("unreachable: the last strike sets the event aside")

    def _strike(
        self, event: InboundEvent, before: Callable[[UnitOfWork], T], error: Exception
    ) -> Callable[[UnitOfWork], tuple[T] | None]:
        """Count a failure; at the last one the event is set aside and its channel's own record kept."""
        key = f"{event.channel}:{event.chat}:{getattr(event, 'id', event.sender)}"
        reason = f"{type(error).__name__}: {error}"[:300]
        self._log.error("event failed", key=key, reason=reason)

        def job(uow: UnitOfWork) -> tuple[T] | None:
            if uow.reserve.put(key, self._clock.now(), reason) < STRIKES:
                return None
            uow.inbox.claim(key, self._clock.now())
            return (before(uow),)

        return job

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        """Run an adapter's own reading or writing; what it queued goes out."""

        def run(uow: UnitOfWork) -> tuple[T, bool]:
            now = self._clock.now()
            result = job(uow, self._engine.org, now)
            self._engine.follow(uow, now)
            return result, uow.stirred()

        result, stirred = await self._desk.submit(run)
        self._show_changed()
        if stirred:
            self._work.set()
        return result

    async def reload(self) -> None:
        """Take the organization as it is stored now."""
        await self._desk.submit(self._engine.reload)

    # ------------------------------------------------------------ out

    async def wake(self) -> None:
        """Something may be due: look."""
        self._work.set()

    async def run(self) -> None:
        """Fire what is due and send what waits, until cancelled."""
        await self._desk.submit(lambda uow: self._engine.recover(uow, self._clock.now(), self._sending.can))
        self._work.set()
        try:
            while True:
                await self._work.wait()
                self._work.clear()
                await self._try_to_look()
        finally:
            await self._wind_up()

    async def _try_to_look(self) -> None:
        try:
            await self._look()
        except Exception as error:  # whatever it was, the next round must come: the ticker looks again soon
            self._log.error("round failed", reason=f"{type(error).__name__}: {error}"[:300])

    async def _wind_up(self) -> None:
        for task in self._asking:
            task.cancel()
        await self._sending.wind_up()

    async def work_off(self) -> None:
        """One round, until every message of it is through: for whoever has to wait for that."""
        await self._look()
        while waited := [*self._sending.going(), *self._asking]:
            await asyncio.gather(*waited)

    async def _look(self) -> None:
        """Fire what is due, send off what waits, and know when to wake next. Sending never holds up a clock."""
        try:
            parcels, due = await self._desk.submit(self._round)
        except Exception:
            if self._desk.failure is not None:
                raise
            await self._fire_singly()
            parcels, due = await self._desk.submit(self._claim)
        for parcel in parcels:
            self._sending.give(parcel)
        self._show_changed()
        if due is not None and due <= self._clock.now():
            self._work.set()  # there is more
        elif self._alarm is not None:
            self._alarm.sleep_until(due)
        if self._second is not None:
            await self._consult(self._second)

    def _round(self, uow: UnitOfWork) -> tuple[list[Parcel], datetime | None]:
        now = self._clock.now()
        if self._engine.fire_due(uow, now) == BURST:
            return [], now  # there may be more: clocks come before words
        return self._claim(uow)

    def _claim(self, uow: UnitOfWork) -> tuple[list[Parcel], datetime | None]:
        return self._engine.claim(uow, self._clock.now(), self._sending.can), self._engine.next_due(uow)

    async def _fire_singly(self) -> None:
        """One of the timers due cannot be fired: each gets a transaction of its own, the broken one falls alone."""
        now = self._clock.now()
        for timer in await self._desk.submit(lambda uow: uow.timers.due(now, BURST)):
            try:
                await self._desk.submit(partial(self._engine.fire, now=now, timer=timer))
            except Exception as error:
                self._log.error("timer failed", ticket=timer.ticket_id, kind=timer.kind, reason=str(error)[:300])
                await self._desk.submit(partial(self._strike_timer, timer=timer, reason=str(error)[:300]))

    def _strike_timer(self, uow: UnitOfWork, *, timer: Timer, reason: str) -> None:
        """A timer that fails is tried again later; at the last strike it is set aside for a person to look at."""
        now = self._clock.now()
        uow.timers.remove(timer)
        if uow.reserve.put(f"timer:{timer.ticket_id}:{timer.kind}", now, reason) < STRIKES:
            uow.timers.set(Timer(timer.ticket_id, timer.kind, now + PAUSE))

    async def _settle(self, parcel: Parcel, result: SendResult) -> float:
        return await self._desk.submit(lambda uow: self._engine.settle(uow, self._clock.now(), parcel, result))

    # ------------------------------------------------------------ in doubt

    async def _consult(self, second: SecondOpinion) -> None:
        """Ask about what is doubtful; nothing waits for the answers."""
        for question in await self._desk.submit(lambda uow: self._engine.questions(uow, self._clock.now())):
            task = asyncio.create_task(self._ask(second, question), name="second opinion")
            self._asking.add(task)
            task.add_done_callback(self._asking.discard)

    async def _ask(self, second: SecondOpinion, question: Question) -> None:
        try:
            opinion = await second.ask(question.words)
            if opinion is not None:
                now = self._clock.now()
                await self._desk.submit(lambda uow: self._engine.heed(uow, now, question, opinion))
                self._show_changed()
                self._work.set()
        except Exception as error:  # as without an answer: the case waits on
            self._log.error("second opinion failed", reason=type(error).__name__)

    def _show_changed(self) -> None:
        """Whoever shows tickets learns which ones have changed, whatever changed them: a message, a button or a clock."""
        if (changed := self._engine.take_changed()) and self._changed is not None:
            self._changed(changed)
