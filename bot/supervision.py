"""Keeping a platform heard: it is connected again for ever, slower each time, and whoever looks can see how it stands."""

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TypeVar

import structlog

from bot.messages import BOT, InboundEvent, Presence, channel_of, is_private, key_of
from bot.ports import Clock, Connection, Inbound, Platform, Refused, UnitOfWork

T = TypeVar("T")

FIRST, LONGEST = 0.5, 60.0  # seconds between tries
REFUSED_PAUSE = 600.0  # a wrong token may be put right while the bot runs, but is not asked about every minute
STRANGERS = 1000  # groups of nobody's whose ids are logged
STEADY = 60.0  # seconds after which a connection counts as a good one: the next try is quick again


class Doorman:
    """``ports.Inbound`` at the door of a platform: what an operator has to know of its groups, and how residents call the bot.

    The id of a group that is not in the organization is logged once: whoever sets a platform up finds it there. Where only
    what is addressed to the bot arrives, some platforms never say that it has joined a group; so the first word from a group
    counts as joining, and the bot explains how it is spoken to.
    """

    def __init__(self, inbound: Inbound, clock: Clock, platform: Platform) -> None:
        self._inbound = inbound
        self._clock = clock
        self._platform = platform
        self._known: set[str] = set()
        self._strange: set[str] = set()
        self.query = inbound.query
        self.reload = inbound.reload

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        """Hand the event on, behind the bot's own joining where the group is new."""
        chat = key_of(event.channel, event.chat)
        if chat not in self._known and not is_private(chat):
            await self._join(chat, event)
        return await self._inbound.receive(event, before)

    async def _join(self, chat: str, event: InboundEvent) -> None:
        """The first word from a group of the organization."""
        is_ours, noted = await self._inbound.query(
            lambda uow, org, _now: (chat in org.groups, uow.connections.noted(event.channel, f"greeted {chat}"))
        )
        if not is_ours:
            self._wonder(chat)
            return
        if not self._platform.capabilities.hears_all and noted is None:  # known once it is connected
            joined = Presence(event.channel, event.chat, BOT, self._clock.now(), joined=True)
            said = event if isinstance(event, Presence) and event.sender == BOT else joined
            await self._inbound.receive(said, partial(_greeted, chat=chat, at=joined.at))
        self._known.add(chat)

    def _wonder(self, chat: str) -> None:
        if chat not in self._strange and len(self._strange) < STRANGERS:
            self._strange.add(chat)
            structlog.get_logger("channel").info("a group that is not in the organization", chat=chat)


def _greeted(uow: UnitOfWork, *, chat: str, at: datetime) -> None:
    uow.connections.note(channel_of(chat), f"greeted {chat}", "1", at)


def is_cancelled() -> bool:
    """Whether somebody wants the running task to end; a library's own cancellation is another matter."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


class Supervisor:
    """Hears one platform through all breaks, also where a stream ends as if all were well."""

    def __init__(self, platform: Platform, inbound: Inbound, clock: Clock, jitter: random.Random) -> None:
        self._platform = platform
        self._inbound = Doorman(inbound, clock, platform)
        self._clock = clock
        self._jitter = jitter
        self._pause = FIRST
        self._up_since: float | None = None
        self._noting: asyncio.Task[None] | None = None
        self._log = structlog.get_logger("channel").bind(channel=platform.name)

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            state, reason = await self._once()
            if self._noting is not None:  # that it stood is noted before that it fell
                await self._noting
            await self._note(state, reason)
            self._log.warning("deaf", state=state, reason=reason)
            await asyncio.sleep(self._wait(state))

    async def _once(self) -> tuple[str, str]:
        """One connection, from its beginning to its end: how it ended, and why."""
        self._up_since = None
        try:
            await self._platform.hear(self._inbound, self._ready)
        except Refused as error:
            return "refused", str(error)[:300]
        except asyncio.CancelledError:
            if is_cancelled():
                raise
            return "down", "the platform's client gave up"  # some cancel their own calls, and it gets out
        except Exception as error:  # whatever it was, the platform is to be heard again
            return "down", f"{type(error).__name__}: {error}"[:300]
        return "down", "the connection was closed"

    def _ready(self) -> None:
        self._up_since = asyncio.get_running_loop().time()
        self._log.info("connected")
        self._noting = asyncio.create_task(self._note("up", ""), name=f"note {self._platform.name}")

    async def _note(self, state: str, reason: str) -> None:
        connection = Connection(self._platform.name, state, self._clock.now(), reason)
        try:
            await self._inbound.query(lambda uow, _org, _now: uow.connections.put(connection))
        except (
            Exception
        ) as error:  # the platform is to be heard all the same; the bot meets the database's trouble itself
            self._log.error("state not noted", state=state, reason=f"{type(error).__name__}: {error}"[:300])

    def _wait(self, state: str) -> float:
        """Seconds until the next try: doubled each time, half of it by chance, so that not all come back at once."""
        if state == "refused":
            return REFUSED_PAUSE
        loop = asyncio.get_running_loop()
        if self._up_since is not None and loop.time() - self._up_since >= STEADY:
            self._pause = FIRST
        wait, self._pause = self._pause, min(2 * self._pause, LONGEST)
        return wait * (0.5 + 0.5 * self._jitter.random())


def supervised(platforms: Sequence[Platform], inbound: Inbound, clock: Clock) -> list["asyncio.Task[None]"]:
    """A task for each platform, begun in the loop that serves."""
    jitter = random.Random()  # noqa: S311 - spreads tries, guards nothing
    return [
        asyncio.create_task(Supervisor(platform, inbound, clock, jitter).run(), name=f"hear {platform.name}")
        for platform in platforms
    ]
