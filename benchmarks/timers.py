"""Timers: 100,000 held, 2,000 due at once, and how late a single one fires."""

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path

from benchmarks.crowd import fill
from benchmarks.house import House, alive, open_house
from benchmarks.meter import Figures, milliseconds, percentile, scratch, weather
from bot.app import SystemClock
from bot.live import Bot
from bot.ports import Timer, UnitOfWork

TICKETS = 20_000  # each holds five timers
BURST = 2000
SINGLES = 60
ROUNDS = 5


def timers() -> Figures:
    """The ticker sleeps, wakes at the due instant, and the chase use case queues its notices."""
    with scratch() as name, open_house(Path(name)) as house:
        fill(house, TICKETS)
        held = _count(house)
        _far_away(house)
        bursts = [asyncio.run(_burst(house, turn)) for turn in range(ROUNDS)]
        late = asyncio.run(_singles(house))
        return {
            "held": held,
            "burst": BURST,
            "burst_ms": milliseconds(percentile(bursts, 0.5)),
            "burst_best_ms": milliseconds(min(bursts)),
            "single_late_p50_ms": milliseconds(percentile(late, 0.5)),
            "single_late_p99_ms": milliseconds(percentile(late, 0.99)),
            **weather(Path(name)),
        }


def _count(house: House) -> int:
    return int(house.storage.connection.execute("SELECT count(*) FROM timer").fetchone()[0])


def _far_away(house: House) -> None:
    """All that is held falls due in a year; what the bench wants now it sets itself."""
    year = int((datetime.now(UTC) + timedelta(days=365)).timestamp() * 1000)
    house.storage.desk.run(lambda _uow: house.storage.connection.execute("UPDATE timer SET due_at = ?", (year,)))


async def _burst(house: House, turn: int) -> float:
    """From the due instant until the last of the burst is committed."""
    bot = Bot(house.engine, house.storage.desk, SystemClock())
    async with alive(bot, timed=True):
        ids = _tickets(house, BURST, turn * BURST)
        due = datetime.now(UTC) + timedelta(seconds=1)
        await house.storage.desk.submit(partial(_set, ids=ids, due=due))
        await bot.wake()  # as a message would: the ticker learns of the new earliest one
        return await _until_gone(house, due)


async def _singles(house: House) -> list[float]:
    bot, spans = Bot(house.engine, house.storage.desk, SystemClock()), []
    async with alive(bot, timed=True):
        for ticket in _tickets(house, SINGLES, ROUNDS * BURST):
            due = datetime.now(UTC) + timedelta(milliseconds=60)
            await house.storage.desk.submit(partial(_set, ids=[ticket], due=due))
            await bot.wake()
            spans.append(await _until_gone(house, due))
    return spans


async def _until_gone(house: House, due: datetime) -> float:
    """Watches from outside, with a reading connection of its own: what it sees is committed."""
    ms = int(due.timestamp() * 1000)
    watcher = _watch(house)
    await asyncio.sleep(max(0.0, (due - datetime.now(UTC)).total_seconds()))
    while watcher(ms):  # noqa: ASYNC110 - what is watched is another connection's commit
        await asyncio.sleep(0.0005)
    return time.time() - due.timestamp()


def _watch(house: House) -> Callable[[int], bool]:
    from storage.sqlite import connect_read_only  # noqa: PLC0415 - only here

    cursor = connect_read_only(house.storage.path).cursor()
    sql = "SELECT 1 FROM timer WHERE due_at <= ? LIMIT 1"
    return lambda ms: cursor.execute(sql, (ms,)).fetchone() is not None


def _tickets(house: House, count: int, skip: int) -> list[str]:
    rows = house.storage.connection.execute("SELECT id FROM ticket ORDER BY id LIMIT ? OFFSET ?", (count, skip))
    return [row[0] for row in rows.fetchall()]


def _set(uow: UnitOfWork, ids: list[str], due: datetime) -> None:
    for ticket in ids:
        uow.timers.set(Timer(ticket, "remind", due))
