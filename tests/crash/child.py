"""The bot's own process: real storage, real engine, real ``bot.live``; only the wire leads to the parent and the clock is his."""

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bot.app import Ids
from bot.live import Bot
from bot.messages import Capabilities, InboundEvent, OutboundMessage
from bot.ports import SendResult, UnitOfWork
from bot.render.render import Renderer
from bot.usecases import chase
from bot.usecases.context import Services
from bot.usecases.engine import Engine
from bot.usecases.memory import Memory
from storage.open import Storage, open_storage
from tests.crash.fuse import Fuse
from tests.fakes import CHANNEL, WIRE, FakeClock

Can = Callable[[str], Capabilities | None]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a start needs and what is made once, before all forks."""

    services: Services
    renderer: Renderer


@dataclass(slots=True)
class Rig:
    """A running bot and the hands on it: planted bugs change what they find here."""

    fuse: Fuse
    storage: Storage
    engine: Engine
    bot: Bot
    clock: FakeClock
    wire: "Wire"


def put(owner: object, name: str, act: object) -> None:
    """Put something in the place of a method, in this process only."""
    setattr(owner, name, act)


def start(parts: Parts, path: Path, fuse: Fuse, connection: Connection, seed: int, keyed: bool) -> Rig:
    """Open the database and put the bot together, as the server does."""
    storage = open_storage(path, "FULL", fuse)
    fuse("opened")
    if fuse.counts_statements:
        storage.connection.set_trace_callback(lambda _sql: fuse("statement"))
    hearing = parts.services.settings.hearing
    memory = Memory(timedelta(seconds=hearing.window_seconds), timedelta(seconds=hearing.recent_seconds), 6)
    services = replace(parts.services, memory=memory, ids=Ids(seed))
    org = storage.desk.run(lambda uow: uow.org.load())
    engine, clock = Engine(services, parts.renderer, org), FakeClock()
    bot = Bot(engine, storage.desk, clock)
    wire = Wire(connection, bot, clock, fuse, keyed)
    bot.connect([wire], wire)
    _mark_points(engine, fuse)
    return Rig(fuse, storage, engine, bot, clock, wire)


def _mark_points(engine: Engine, fuse: Fuse) -> None:
    """Points that lie inside the engine."""
    recover, settle, fire = engine.recover, engine.settle, chase.fire

    def recovering(uow: UnitOfWork, now: datetime, can: Can) -> int:
        found = recover(uow, now, can)
        fuse("recovering")
        return found

    def settling(*args: Any) -> None:
        settle(*args)
        fuse("settling")

    def firing(*args: Any) -> None:
        fuse("firing")
        fire(*args)

    put(engine, "recover", recovering)
    put(engine, "settle", settling)
    put(chase, "fire", firing)


class Wire:
    """The platform as the bot sees it: a channel, an alarm, and a reader of what the parent sends."""

    def __init__(self, connection: Connection, bot: Bot, clock: FakeClock, fuse: Fuse, keyed: bool) -> None:
        self.name, self.capabilities = CHANNEL, replace(WIRE, keyed=keyed)
        self.connection, self.bot, self.clock, self.fuse = connection, bot, clock, fuse
        self._answers: dict[int, asyncio.Future[SendResult]] = {}
        self._token = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self.ended: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send and wait for the platform's word."""
        self.fuse("before_send")
        number = len(self._answers)
        answer = self._answers[number] = asyncio.get_running_loop().create_future()
        self.connection.send(("send", number, message))
        result: SendResult = await answer
        self.fuse("after_send")
        return result

    def sleep_until(self, _at: datetime | None) -> None:
        """Nothing is left to do at this instant."""
        self.connection.send(("idle", self._token))

    def read(self) -> None:
        """Take what the parent has sent."""
        try:
            while self.connection.poll():
                self._take(*self.connection.recv())
        except (EOFError, ConnectionError):
            os._exit(1)  # the parent is gone

    def _take(self, kind: str, *values: Any) -> None:
        if kind == "event":
            self.fuse("received")
            self._begin(self.deliver(*values))
        elif kind == "answer":
            self._answers[values[0]].set_result(values[1])
        elif kind == "time":
            self.clock.at, self._token = values
            self._begin(self.bot.wake())
        else:
            self.ended.set_result(None)

    def _begin(self, coroutine: Any) -> None:
        task = asyncio.get_running_loop().create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._over)

    def _over(self, task: "asyncio.Task[None]") -> None:
        self._tasks.discard(task)
        error = task.exception()
        if error is not None and not self.ended.done():
            self.ended.set_exception(error)

    async def deliver(self, number: int, event: InboundEvent) -> None:
        """Hand an event to the bot; acknowledge it when the bot says that it is safe."""
        await self.bot.receive(event, lambda _uow: None)
        self.acknowledge(number)

    def acknowledge(self, number: int) -> None:
        """Tell the platform."""
        self.fuse("before_ack")
        self.connection.send(("ack", number))
        self.fuse("after_ack")


async def live(make: Callable[[], Rig], plant: Callable[[Rig], None] | None) -> None:
    """Live until the parent says stop."""
    rig = make()
    if plant is not None:
        plant(rig)
    loop = asyncio.get_running_loop()
    work = loop.create_task(rig.bot.run())
    rig.wire.connection.send(("awake",))
    loop.add_reader(rig.wire.connection.fileno(), rig.wire.read)
    await asyncio.wait({work, rig.wire.ended}, return_when=asyncio.FIRST_COMPLETED)
    if work.done():
        work.result()
    rig.wire.ended.result()
    work.cancel()
    rig.storage.close()
