"""The bot at work: events in, messages out, the clock in between. The asynchronous shell around ``bot.usecases.engine``."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Protocol, TypeVar

import structlog

from bot.domain.org import Organization
from bot.domain.pace import Pace
from bot.messages import Capabilities, Card, InboundEvent, OutboundMessage, channel_of
from bot.ports import Channel, Clock, Desk, SecondOpinion, SendResult, Timer, UnitOfWork
from bot.usecases.engine import BURST, Engine
from bot.usecases.opinions import Question
from bot.usecases.outbox import Parcel

T = TypeVar("T")
STRIKES = 3  # a message or timer that fails so often is set aside
MOMENT = 1.0  # seconds for which a message may wait in memory for the platform's pace
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
        self._channels: dict[str, Channel] = {}
        self._paces: dict[str, Pace] = {}
        self._queues: dict[str, list[Parcel]] = {}  # by chat, in order
        self._sending: dict[str, asyncio.Task[None]] = {}
        self._work = asyncio.Event()
        self._alarm: Alarm | None = None
        self._changed: Callable[[Collection[str]], None] | None = None
        self._second: SecondOpinion | None = None
        self._draw: Callable[[Card], str] | None = None
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
        self._draw = draw
        self._channels = {channel.name: channel for channel in channels}
        able = {name: channel.capabilities for name, channel in self._channels.items()}
        self._engine.speak_on(able)
        self._paces = {name: Pace(one.per_second, one.chat_per_minute) for name, one in able.items()}
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
        """Run an adapter's own reading or writing."""
        return await self._desk.submit(lambda uow: job(uow, self._engine.org, self._clock.now()))

    async def reload(self) -> None:
        """Take the organization as it is stored now."""
        await self._desk.submit(self._engine.reload)

    # ------------------------------------------------------------ out

    async def wake(self) -> None:
        """Something may be due: look."""
        self._work.set()

    async def run(self) -> None:
        """Fire what is due and send what waits, until cancelled."""
        await self._desk.submit(lambda uow: self._engine.recover(uow, self._clock.now(), self._can))
        self._work.set()
        while True:
            await self._work.wait()
            self._work.clear()
            try:
                await self._look()
            except Exception as error:  # whatever it was, the next round must come: the ticker looks again soon
                self._log.error("round failed", reason=f"{type(error).__name__}: {error}"[:300])

    async def work_off(self) -> None:
        """One round, until every message of it is through: for whoever has to wait for that."""
        await self._look()
        while waited := [*self._sending.values(), *self._asking]:
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
            self._give(parcel)
        if (fired := self._engine.take_fired()) and self._changed is not None:
            self._changed(fired)
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
        return self._engine.claim(uow, self._clock.now(), self._can), self._engine.next_due(uow)

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
                self._work.set()
        except Exception as error:  # as without an answer: the case waits on
            self._log.error("second opinion failed", reason=type(error).__name__)

    # ------------------------------------------------------------

    def _can(self, channel: str) -> Capabilities | None:
        found = self._channels.get(channel)
        return found.capabilities if found else None

    def _give(self, parcel: Parcel) -> None:
        """Put a message behind those that go to the same chat; each chat is served by a task of its own."""
        chat = parcel.message.chat
        self._queues.setdefault(chat, []).append(parcel)
        if chat not in self._sending:
            self._sending[chat] = asyncio.create_task(self._serve(chat), name=f"send {chat}")

    async def _serve(self, chat: str) -> None:
        queue = self._queues[chat]
        try:
            while queue:
                await self._deliver(queue)
        except Exception as error:  # the database: what was being sent is found again by ``recover``
            self._log.error("sending not noted", chat=chat, reason=f"{type(error).__name__}: {error}"[:300])
        finally:
            del self._sending[chat], self._queues[chat]

    async def _deliver(self, queue: list[Parcel]) -> None:
        """Send the first; if it has to be tried again, those behind it wait, so that the order stays."""
        if (wait := await self._its_turn(queue[0].message.chat)) > 0:
            await self._hold(queue, wait)
            return
        parcel = queue.pop(0)
        result = await self._send(parcel)
        await self._desk.submit(partial(self._settle, parcel=parcel, result=result))
        if result.state in {"retry", "held"}:
            await self._hold(queue, result.retry_after)

    async def _its_turn(self, chat: str) -> float:
        """Wait for the platform's pace, if that is not long; else gives back the seconds."""
        pace, loop = self._paces[channel_of(chat)], asyncio.get_running_loop()
        while (wait := pace.wait(chat, loop.time())) > 0:
            if wait > MOMENT:
                return wait
            await asyncio.sleep(wait)
        pace.take(chat, loop.time())
        return 0.0

    async def _hold(self, queue: list[Parcel], seconds: float) -> None:
        """What is in the queue waits on the disk: after a crash it must not look as if it had been tried."""
        for parcel in queue:
            result = SendResult("held", retry_after=seconds)
            await self._desk.submit(partial(self._settle, parcel=parcel, result=result))
        queue.clear()
        self._work.set()  # the alarm does not know of them yet

    def _settle(self, uow: UnitOfWork, *, parcel: Parcel, result: SendResult) -> None:
        self._engine.settle(uow, self._clock.now(), parcel, result)

    async def _illustrated(self, message: OutboundMessage) -> OutboundMessage:
        """The message with its card as a picture. A card that cannot be drawn holds no words up."""
        if message.card is None or self._draw is None:
            return message
        try:
            ref = await asyncio.to_thread(self._draw, message.card)
        except Exception as error:
            self._log.error("card not drawn", key=message.key, reason=f"{type(error).__name__}: {error}"[:300])
            return message
        return replace(message, attachments=(*message.attachments, ref))

    async def _send(self, parcel: Parcel) -> SendResult:
        """An adapter that fails without a verdict leaves it uncertain: it may have been delivered."""
        try:
            message = await self._illustrated(parcel.message)
            return await self._channels[channel_of(message.chat)].send(message)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return SendResult("uncertain")  # not ours: a client that cancels its own calls, and it gets out
        except Exception as error:
            self._log.error("sending failed", key=parcel.message.key, reason=f"{type(error).__name__}: {error}"[:300])
            return SendResult("uncertain")
