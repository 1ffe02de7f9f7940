"""Messages on their way out: chat by chat in order, each platform at its pace, every attempt noted before the next."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace

import structlog

from bot.domain.pace import Pace
from bot.messages import Capabilities, Card, OutboundMessage, channel_of
from bot.ports import Channel, SendResult
from bot.usecases.outbox import Parcel

MOMENT = 1.0  # seconds for which a message may wait in memory for the platform's pace
FAREWELL = 5.0  # seconds that a clean stop leaves to what is being said
Settle = Callable[[Parcel, SendResult], Awaitable[float]]


class Sending:
    """Gives claimed messages to their platforms. ``settle`` notes what became of one and tells the seconds until it is tried
    again, 0 for never; ``freed`` is called when messages went back to the disk.
    """

    def __init__(self, settle: Settle, freed: Callable[[], None]) -> None:
        self.channels: dict[str, Channel] = {}
        self._settle = settle
        self._freed = freed
        self._draw: Callable[[Card], str] | None = None
        self._paces: dict[str, Pace] = {}
        self._queues: dict[str, list[Parcel]] = {}  # by chat, in order
        self._going: dict[str, asyncio.Task[None]] = {}
        self._log = structlog.get_logger("bot")

    def connect(self, channels: Sequence[Channel], draw: Callable[[Card], str] | None) -> dict[str, Capabilities]:
        """Say which platforms there are, and who draws cards; gives back what each can do."""
        self._draw = draw
        self.channels = {channel.name: channel for channel in channels}
        able = {name: channel.capabilities for name, channel in self.channels.items()}
        self._paces = {name: Pace(one.per_second, one.chat_per_minute) for name, one in able.items()}
        return able

    def can(self, channel: str) -> Capabilities | None:
        """What a platform can do; None where it is not connected."""
        found = self.channels.get(channel)
        return found.capabilities if found else None

    def going(self) -> list[asyncio.Task[None]]:
        """The tasks at work."""
        return [*self._going.values()]

    def give(self, parcel: Parcel) -> None:
        """Put a message behind those that go to the same chat; each chat is served by a task of its own."""
        chat = parcel.message.chat
        self._queues.setdefault(chat, []).append(parcel)
        if chat not in self._going:
            self._going[chat] = asyncio.create_task(self._serve(chat), name=f"send {chat}")

    async def wind_up(self) -> None:
        """A clean stop: what is being said is said to its end, what waits in memory goes back to the disk as never tried."""
        for queue in [*self._queues.values()]:
            await self._hold(queue, 0.0)
        if going := self.going():
            _, late = await asyncio.wait(going, timeout=FAREWELL)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _serve(self, chat: str) -> None:
        queue = self._queues[chat]
        try:
            while queue:
                await self._deliver(queue)
        except Exception as error:  # the database: what was being sent is found again by ``recover``
            self._log.error("sending not noted", chat=chat, reason=f"{type(error).__name__}: {error}"[:300])
        finally:
            del self._going[chat], self._queues[chat]

    async def _deliver(self, queue: list[Parcel]) -> None:
        """Send the first; if it has to be tried again, those behind it wait, so that the order stays."""
        if (wait := await self._its_turn(queue[0].message)) > 0:
            await self._hold(queue, wait)
            return
        parcel = queue.pop(0)
        if wait := await self._settle(parcel, await self._send(parcel)):
            await self._hold(queue, wait)

    async def _its_turn(self, message: OutboundMessage) -> float:
        """Wait for the platform's pace, if that is not long; else gives back the seconds."""
        chat = message.chat
        pace, loop = self._paces[channel_of(chat)], asyncio.get_running_loop()
        while (wait := pace.wait(chat, loop.time())) > 0:
            if wait > MOMENT:
                return wait
            await asyncio.sleep(wait)
        photos = len(message.attachments) + (message.card is not None)
        pace.take(chat, loop.time(), 1 + photos)  # platforms count each photo
        return 0.0

    async def _hold(self, queue: list[Parcel], seconds: float) -> None:
        """What is in the queue waits on the disk: after a crash it must not look as if it had been tried."""
        held = queue[:]
        queue.clear()  # at once: it is being served while this waits for the disk
        for parcel in held:
            await self._settle(parcel, SendResult("held", retry_after=seconds))
        self._freed()  # the alarm does not know of them yet

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
            return await self.channels[channel_of(message.chat)].send(message)
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is None or task.cancelling():
                raise
            return SendResult("uncertain")  # not ours: a client that cancels its own calls, and it gets out
        except Exception as error:
            self._log.error("sending failed", key=parcel.message.key, reason=f"{type(error).__name__}: {error}"[:300])
            return SendResult("uncertain")
