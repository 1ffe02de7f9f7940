"""The bot with a window in it: what it took in, and a database that fails or is stuck when it is told to."""

import asyncio
from collections.abc import Callable
from typing import Any

from bot.live import Bot
from bot.messages import InboundEvent
from bot.ports import UnitOfWork


class Watched:
    """Implements ``ports.Inbound``: everything is the real bot's."""

    def __init__(self, bot: Bot) -> None:
        self.bot = bot
        self.taken: list[InboundEvent] = []
        self.broken = False
        self.stuck = asyncio.Event()
        self.stuck.set()

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], Any]) -> Any:
        if self.broken:
            raise OSError("disk full")
        await self.stuck.wait()
        result = await self.bot.receive(event, before)
        self.taken.append(event)
        return result

    async def query(self, job: Any) -> Any:
        return await self.bot.query(job)

    async def reload(self) -> None:
        await self.bot.reload()
