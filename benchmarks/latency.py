"""How long an event waits until it is on the disk and may be acknowledged."""

import asyncio
import gc
from pathlib import Path

from benchmarks.house import House, alive, batches_of, open_house
from benchmarks.meter import Figures, milliseconds, percentile, scratch, weather
from benchmarks.path import FLYING, GROUPS
from benchmarks.talk import Talk

BUSY = 40_000
IDLE = 1500
BREATH = 0.002  # seconds between two messages of an idle bot


def ack() -> Figures:
    """``Bot.receive`` with 64 in flight, and one at a time, while the bot sends its replies to a stub."""
    with scratch() as name, open_house(Path(name)) as house:
        talk = Talk(GROUPS)
        house.run(batches_of(talk.take(6400)))
        gc.collect()
        busy = asyncio.run(_many_at_a_time(house, talk))
        idle = asyncio.run(_one_at_a_time(house, talk))
        return {
            "flying": FLYING,
            "p50_ms": milliseconds(percentile(busy, 0.5)),
            "p99_ms": milliseconds(percentile(busy, 0.99)),
            "max_ms": milliseconds(max(busy)),
            "idle_p50_ms": milliseconds(percentile(idle, 0.5)),
            "idle_p99_ms": milliseconds(percentile(idle, 0.99)),
            **weather(Path(name)),
        }


async def _many_at_a_time(house: House, talk: Talk) -> list[float]:
    spans: list[float] = []
    async with alive(house.bot, timed=False):
        await house.receive_all(talk.take(BUSY), FLYING, spans)
    return spans


async def _one_at_a_time(house: House, talk: Talk) -> list[float]:
    spans: list[float] = []
    async with alive(house.bot, timed=False):
        for payload in talk.take(IDLE):
            await house.receive_all([payload], 1, spans)
            await asyncio.sleep(BREATH)
    return spans
