"""The real bot on a scratch database, with a town already living in it and a clock that follows the messages."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from benchmarks.feed import translate
from benchmarks.talk import START, Payload
from benchmarks.town import CHANNEL, RESIDENTS, group_chat, make_town, resident
from bot.app import Ids, build_engine, calm_collector
from bot.live import Bot
from bot.messages import Capabilities, OutboundMessage
from bot.ports import SendResult, UnitOfWork
from bot.settings import load_settings
from bot.usecases.engine import Engine
from scheduler.ticker import Ticker
from storage.open import Storage, open_storage
from storage.sqlite import Synchronous


@dataclass(slots=True)
class FollowingClock:
    """As late as the newest message."""

    at: datetime = START

    def now(self) -> datetime:
        """The instant of the message at hand."""
        return self.at


@dataclass(slots=True)
class Batches:
    """How large the desk's batches were: stands at the points that the crash harness uses."""

    sizes: list[int] = field(default_factory=list)
    count: int = 0

    def __call__(self, point: str) -> None:
        """One more job, or the end of a batch."""
        if point == "job":
            self.count += 1
        elif point == "post_commit":
            self.sizes.append(self.count)
            self.count = 0


@dataclass(frozen=True, slots=True)
class House:
    """Engine, storage and shell."""

    engine: Engine
    storage: Storage
    bot: Bot
    clock: FollowingClock
    batches: Batches

    def run(self, batches: Iterable[Sequence[Payload]]) -> None:
        """The full path in one thread, one transaction a batch."""
        for batch in batches:
            self.storage.desk.run_all([self._job(payload) for payload in batch])

    def _job(self, payload: Payload) -> Callable[[UnitOfWork], None]:
        def job(uow: UnitOfWork) -> None:
            message = translate(payload)
            self.engine.handle(uow, message, message.at)

        return job

    async def receive_all(self, payloads: Sequence[Payload], flying: int, spans: list[float] | None = None) -> None:
        """The full path as it is lived: so many in flight through ``Bot.receive``, batches as they form."""
        waiting = iter(payloads)
        await asyncio.gather(*(self._receive(waiting, spans) for _ in range(flying)))

    async def _receive(self, waiting: Iterator[Payload], spans: list[float] | None) -> None:
        time = asyncio.get_running_loop().time
        for payload in waiting:
            begun = time()
            message = translate(payload)
            self.clock.at = message.at
            await self.bot.receive(message, nothing)
            if spans is not None:
                spans.append(time() - begun)


class StubChannel:
    """A platform that takes every message at once."""

    name = CHANNEL
    capabilities = Capabilities(buttons=True, mentions=True)

    async def send(self, message: OutboundMessage) -> SendResult:
        """Sent."""
        return SendResult("sent", message.key)


@asynccontextmanager
async def alive(bot: Bot, timed: bool) -> AsyncIterator[None]:
    """The bot at work beside us: it sends what waits and fires what is due.

    ``timed``: woken by the ticker, too, as in the server; only where its clock is the machine's.
    """
    ticker = Ticker(bot.wake, bot.wake, bot.wake)
    bot.connect([StubChannel()], ticker if timed else None)
    ticker.start()
    task = asyncio.create_task(bot.run())
    await asyncio.sleep(0.3)
    yield
    ticker.stop()
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def nothing(_uow: UnitOfWork) -> None:
    """A channel without records of its own."""


@contextmanager
def open_house(folder: Path, groups: int = 1000, synchronous: Synchronous = "FULL") -> Iterator[House]:
    """A database in which everybody of the town has spoken before."""
    settings = load_settings()
    batches = Batches()
    with open_storage(folder / f"{synchronous}.db", synchronous, batches) as storage:
        storage.desk.run(lambda uow: uow.org.replace(make_town(groups)))
        storage.desk.run(lambda uow: _populate(uow, groups))
        org = storage.desk.run(lambda uow: uow.org.load())
        engine, clock = build_engine(settings, org, Ids()), FollowingClock()
        calm_collector()  # as the server does
        yield House(engine, storage, Bot(engine, storage.desk, clock), clock, batches)


def _populate(uow: UnitOfWork, groups: int) -> None:
    yesterday = START - timedelta(hours=20)
    for group in range(groups):
        for number in range(RESIDENTS):
            uow.people.seen(f"{CHANNEL}:{resident(group, number)}", f"{CHANNEL}:{group_chat(group)}", yesterday)


def batches_of(payloads: Sequence[Payload], size: int = 64) -> list[Sequence[Payload]]:
    """Cut into batches of one size."""
    return [payloads[at : at + size] for at in range(0, len(payloads), size)]
