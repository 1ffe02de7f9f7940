"""The whole bot on a database of its own, heard and spoken to through one platform."""

import asyncio
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from adapters.replay.report import ticket_json
from bot import supervision
from bot.app import Ids, SystemClock, build_engine
from bot.domain.org import Group, Organization
from bot.domain.ticket import Ticket
from bot.live import Bot
from bot.ports import Connection, MediaStore, Platform, Tools, UnitOfWork
from bot.settings import Settings, SpeakingSettings
from bot.supervision import Supervisor
from scheduler.ticker import Ticker
from storage.media import MediaFolder
from storage.open import Storage, open_storage
from tests.fakes import new_database, town
from tests.peers.peer import Peer, Seen

T = TypeVar("T")
PATIENCE = 15.0  # seconds in which everything has to come that will
# Nothing waits for the morning: the platforms' clocks are real ones.
AWAKE = Settings(speaking=SpeakingSettings(quiet_from="00:00", quiet_until="00:00", budget_per_hour=1000))


@dataclass
class House:
    """A running bot and its platform's other side."""

    peer: Peer
    storage: Storage
    _tasks: list[asyncio.Task[None]] = field(default_factory=list)
    _ticker: Ticker | None = None

    async def open(self) -> None:
        """Begin to hear and to speak; returns when the platform stands."""
        platform = self.peer.platform
        bot = Bot(build_engine(AWAKE, organization(self.peer), Ids()), self.storage.desk, SystemClock())
        self._ticker = Ticker(bot.wake, bot.wake, bot.wake)
        bot.connect([platform], self._ticker)
        self._ticker.start()
        down = Connection(platform.name, "down", SystemClock().now())
        self.read(lambda uow: uow.connections.put(down))
        self._tasks = [asyncio.create_task(bot.run()), asyncio.create_task(_hear(platform, bot))]
        await self.until(self._is_up)

    async def end(self) -> None:
        """As where the process ends."""
        if self._ticker is not None:
            self._ticker.stop()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.peer.platform.close()

    async def restart(self) -> None:
        """The process ends and begins anew on the same database."""
        await self.end()
        await self.peer.restart()
        await self.open()

    def _is_up(self) -> bool:
        return any(one.state == "up" for one in self.read(lambda uow: uow.connections.all()))

    def tickets(self) -> list[Ticket]:
        """All tickets, oldest first."""
        return self.read(lambda uow: uow.tickets.all())

    def told(self) -> list[dict[str, Any]]:
        """All tickets as ``gridsteward replay --json`` tells of them."""
        return self.read(lambda uow: list(_told(uow, organization(self.peer))))

    def read(self, job: Callable[[UnitOfWork], T]) -> T:
        """Look into the database."""
        return self.storage.desk.run(job)

    @property
    def chat(self) -> str:
        """The key of the group."""
        return f"{self.peer.platform.name}:{self.peer.chat}"

    async def until(self, found: Callable[[], T | None]) -> T:
        """Wait until there is something; fails where it does not come."""
        async with asyncio.timeout(PATIENCE):
            while (value := found()) is None or value is False:  # noqa: ASYNC110 - the other side rings no bell
                await asyncio.sleep(0.02)
        return value

    async def shown(self, words: str, private: str = "") -> Seen:
        """Wait until the bot has said this; gives the newest such message."""
        async with asyncio.timeout(PATIENCE):
            while not (found := await self._seen(words, private)):  # noqa: ASYNC110 - as above
                await asyncio.sleep(0.02)
        return found[-1]

    async def _seen(self, words: str, private: str) -> list[Seen]:
        return [seen for seen in await self.peer.seen(private) if words in seen.text]


def _told(uow: UnitOfWork, org: Organization) -> Iterator[dict[str, Any]]:
    tickets = uow.tickets.all()
    numbers = {ticket.id: ticket.number for ticket in tickets}
    yield from (ticket_json(ticket, uow.audit.of(ticket.id), numbers, org) for ticket in tickets)


def tools(tmp_path: Path) -> Tools:
    """What an adapter is given beside its settings."""
    media: MediaStore = MediaFolder(tmp_path / "media", 20_000_000, 40_000_000)
    return Tools(media, SystemClock(), Settings().bot.name, "http://127.0.0.1:8080")


def organization(peer: Peer) -> Organization:
    """The town, with the peer's group in 学苑 and its people known: 周敏 is the steward there."""
    channel, org = peer.platform.name, town()
    listen = "all" if peer.platform.capabilities.hears_all else "addressed"
    group = Group(channel, peer.chat, "xueyuan", listen=listen, title="学苑业主群")
    zhou = replace(org.people["zhou"], accounts=((channel, peer.accounts["zhou"]),))
    return replace(org, people={**org.people, "zhou": zhou}, groups={**org.groups, group.key: group})


@asynccontextmanager
async def house(tmp_path: Path, peer: Peer) -> AsyncIterator[House]:
    """The bot, up and connected to a peer that has been started."""
    org = organization(peer)
    with open_storage(new_database(tmp_path / "town.db", org), "OFF") as storage:
        built = House(peer, storage)
        try:
            await built.open()
            yield built
        finally:
            await built.end()


async def _hear(platform: Platform, bot: Bot) -> None:
    supervision.FIRST, kept = 0.05, supervision.FIRST
    try:
        await Supervisor(platform, bot, SystemClock(), random.Random(1)).run()
    finally:
        supervision.FIRST = kept
