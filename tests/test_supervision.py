"""A platform is heard through all breaks, and whoever looks can see how it stands."""

import asyncio
import random
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot import supervision
from bot.app import SystemClock, build_engine
from bot.live import Bot
from bot.messages import BOT, Capabilities, InboundMessage, OutboundMessage
from bot.ports import Connection, Inbound, Refused, SendResult
from bot.settings import Settings
from bot.supervision import Supervisor
from storage.open import Storage, open_storage
from tests.fakes import MORNING, new_database, town


class Flaky:
    """A platform whose connections end as they are told to: normally, by an error, by a refusal."""

    name = "flaky"
    capabilities = Capabilities()
    routes: Sequence[Any] = ()

    def __init__(self, *ends: BaseException | None) -> None:
        self.ends = list(ends)
        self.heard = 0
        self.stands = asyncio.Event()

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        self.heard += 1
        if not self.ends:
            ready()
            self.stands.set()
            await asyncio.Event().wait()
        if (end := self.ends.pop(0)) is not None:
            raise end

    async def send(self, message: OutboundMessage) -> SendResult:
        return SendResult("sent")

    async def probe(self) -> list[str]:
        return []

    async def close(self) -> None:
        """Nothing is held."""


@pytest.fixture
def storage(tmp_path: Path) -> Iterator[Storage]:
    with open_storage(new_database(tmp_path / "town.db"), "OFF") as storage:
        yield storage


async def _heard(storage: Storage, platform: Flaky, until: asyncio.Event, seconds: float = 20) -> list[Connection]:
    """How it stands, after a supervisor has had its time."""
    bot = Bot(build_engine(Settings(), town()), storage.desk, SystemClock())
    task = asyncio.create_task(Supervisor(platform, bot, SystemClock(), random.Random(1)).run())
    with suppress(TimeoutError):
        await asyncio.wait_for(until.wait(), seconds)
    await asyncio.sleep(0.1)
    found: list[Connection] = await bot.query(lambda uow, _org, _now: uow.connections.all())
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    return found


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries follow each other quickly."""
    monkeypatch.setattr(supervision, "FIRST", 0.01)


async def test_it_is_heard_again_however_it_ended(storage: Storage, hurried: None) -> None:
    platform = Flaky(None, OSError("reset"), None, asyncio.CancelledError())
    [stands] = await _heard(storage, platform, platform.stands)

    assert platform.heard == 5
    assert (stands.channel, stands.state, stands.reason) == ("flaky", "up", "")


async def test_who_looks_while_it_is_down_sees_why(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST", 30.0)
    [stands] = await _heard(storage, Flaky(OSError("no route")), asyncio.Event(), 0.3)

    assert (stands.state, stands.reason) == ("down", "OSError: no route")


class Brief(Flaky):
    """A platform that takes the connection and drops it at once."""

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        ready()
        raise OSError("dropped")


async def test_a_connection_that_falls_at_once_is_down(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervision, "FIRST", 30.0)
    [stands] = await _heard(storage, Brief(), asyncio.Event(), 0.3)

    assert (stands.state, stands.reason) == ("down", "OSError: dropped")


async def test_a_database_that_fails_ends_no_hearing(hurried: None) -> None:
    class Broken:
        async def query(self, job: object) -> object:
            raise sqlite3.OperationalError("disk I/O error")

        async def reload(self) -> None:
            """Nothing is loaded."""

    platform = Flaky(OSError("reset"), None)
    task = asyncio.create_task(Supervisor(platform, Broken(), SystemClock(), random.Random(1)).run())  # type: ignore[arg-type]
    await asyncio.wait_for(platform.stands.wait(), 20)

    assert platform.heard == 3
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


class Calling(Flaky):
    """A platform that delivers only what is addressed to the bot, and never says that it has joined."""

    name = "web"
    capabilities = Capabilities(hears_all=False)

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        ready()
        for number in range(2):
            message = InboundMessage("web", "work", "li", f"m{self.heard}{number}", MORNING, "你好", mentions=(BOT,))
            await inbound.receive(message, lambda _uow: None)
        self.heard += 1
        self.stands.set()
        await asyncio.Event().wait()


async def test_where_the_bot_is_only_called_it_says_once_how(storage: Storage) -> None:
    platform = Calling()
    for _ in range(2):  # also after a restart
        platform.stands.clear()
        await _heard(storage, platform, platform.stands)
    said = storage.desk.run(
        lambda uow: [one.key for one in uow.outbox.pending(datetime.now(UTC) + timedelta(days=2), 100)]
    )

    assert said.count("addressed.how") == said.count("privacy") == 1


async def test_a_refusal_is_not_asked_about_again_and_again(storage: Storage, hurried: None) -> None:
    platform = Flaky(Refused("the token is wrong"), None)
    [stands] = await _heard(storage, platform, asyncio.Event(), 0.3)

    assert platform.heard == 1
    assert (stands.state, stands.reason) == ("refused", "the token is wrong")
