"""After a crash: each event is noted on the disk before it is touched, one at a time.

An event whose handling kills the process (a fault in a library, too little memory) leaves no trace of the attempt, and a
platform that delivers it again would kill every start. So a process that finds its predecessor dead is wary for some
hours. It costs a commit an event, which is why it is not always so: in peace nothing is written.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TypeVar

import structlog

from bot.domain.org import Organization
from bot.live import STRIKES
from bot.messages import InboundEvent
from bot.ports import Clock, Desk, Inbound, UnitOfWork

T = TypeVar("T")
WARY = timedelta(hours=12)  # platforms come again for up to 7 hours
REASON = "the process died while this was being handled"


class Wary:
    """``ports.Inbound`` in front of the bot's own."""

    def __init__(self, bot: Inbound, desk: Desk, clock: Clock) -> None:
        self._bot = bot
        self._desk = desk
        self._clock = clock
        self._until = clock.now() + WARY
        self._one = asyncio.Lock()  # two at once could not be told apart by whoever finds the notes

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        """As the bot does; an event that was in hand at too many deaths is set aside untouched."""
        if self._clock.now() >= self._until:
            return await self._bot.receive(event, before)
        key = f"{event.channel}:{event.chat}:{getattr(event, 'id', event.sender)}"
        mark = f"died:{key}"

        def survived(uow: UnitOfWork) -> T:
            uow.reserve.remove(mark)  # in the transaction of what it did
            return before(uow)

        async with self._one:
            deaths = await self._desk.submit(lambda uow: uow.reserve.put(mark, self._clock.now(), REASON))
            if deaths < STRIKES:
                return await self._bot.receive(event, survived)
            structlog.get_logger("bot").error("event set aside", key=key, reason=REASON)
            return await self._desk.submit(lambda uow: self._set_aside(uow, key, before))

    def _set_aside(self, uow: UnitOfWork, key: str, before: Callable[[UnitOfWork], T]) -> T:
        uow.inbox.claim(key, self._clock.now())
        return before(uow)

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        """As the bot does."""
        return await self._bot.query(job)

    async def reload(self) -> None:
        """As the bot does."""
        await self._bot.reload()
