"""Matrix as a platform: heard by syncing, spoken to by events that carry the message's key as their transaction id.

The homeserver knows that id again, so what may have arrived is simply sent once more and stands there once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlsplit

import structlog

from adapters.matrix.client import PATIENCE, Batch, Client
from adapters.matrix.failures import FailureError
from adapters.matrix.hearing import Hearing
from adapters.matrix.invitations import Invitations
from adapters.matrix.rooms import Rooms
from adapters.matrix.speaking import Speaker
from adapters.matrix.translate import CHANNEL
from bot.messages import Capabilities, OutboundMessage
from bot.ports import Inbound, Refused, SendResult, Tools
from bot.settings import MatrixSettings

LONG_POLL = 30.0  # seconds
BREATH = 30.0  # seconds until a sending is tried again that the server did not answer
PICKUP = 5.0  # seconds until it is looked whether there is a connection
REFUSED = "主服务器不认这个令牌或账号（{code}），请换新的 matrix.token"
OTHER_USER = "令牌是 {found} 的，matrix.user 写的是 {wanted}"


class MatrixChannel:
    """Implements ``ports.Platform``."""

    name = CHANNEL
    routes: Sequence[Any] = ()

    def __init__(
        self,
        settings: MatrixSettings,
        tools: Tools,
        *,
        patience: float = PATIENCE,
        breath: float = BREATH,
        pickup: float = PICKUP,
    ) -> None:
        self.capabilities = Capabilities(
            buttons=False,
            polls=True,
            max_length=4000,
            keyed=True,
            edits=True,
            per_second=settings.per_second,
            chat_per_minute=settings.chat_per_minute,
        )
        self._settings = settings
        self._tools = tools
        self._client = Client(settings.homeserver, settings.user, settings.token.get_secret_value(), patience)
        self._breath = breath
        self._pickup = pickup
        self._unheard: Counter[str] = Counter()  # how often each photo could not be had
        self._unshown: Counter[str] = Counter()  # how often what goes beside each message could not be shown
        self._speaker: Speaker | None = None  # while the connection stands
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Sync until something breaks. What was said before the first time is not read."""
        try:
            await self._identify()
            await self._listen(Rooms(self._client, inbound), inbound, ready)
        except FailureError as failure:
            if failure.is_locked_out:
                raise Refused(REFUSED.format(code=failure.code)) from failure
            raise
        finally:
            self._speaker = None

    async def send(self, message: OutboundMessage) -> SendResult:
        """Say it. While nothing is heard from the server, trying would only use up the tries."""
        if self._speaker is None:
            return SendResult("held", retry_after=self._pickup)
        try:
            if message.replaces is None:
                return SendResult("sent", await self._speaker.say(message))
            await self._speaker.renew(message, message.replaces)
        except FailureError as failure:
            return self._unsaid(message, failure)
        return SendResult("sent", message.replaces)

    def _unsaid(self, message: OutboundMessage, failure: FailureError) -> SendResult:
        """Where no answer came it is sent again: under the same key it stands there once."""
        if failure.state == "dead":
            self._log.error("not said", chat=message.chat, key=message.key, reason=failure.reason)
            return SendResult("dead")
        self._log.info("not said yet", chat=message.chat, key=message.key, reason=failure.reason)
        pause = failure.pause or (self._pickup if failure.is_unreached else self._breath)
        return SendResult(failure.state, retry_after=pause)

    async def probe(self) -> list[str]:
        """Who we are, which rooms we are in, and which of them we cannot read."""
        try:
            await self._identify()
            rooms = await self._client.rooms()
            sealed = [room for room in rooms if await self._client.state(room, "m.room.encryption")]
        except Refused as error:
            return [str(error)]
        except FailureError as failure:
            return [REFUSED.format(code=failure.code) if failure.is_locked_out else f"问不到主服务器：{failure}"]
        faults = [f"房间 {room} 开了端到端加密，机器人读不到：请另建不加密的群" for room in sealed]
        if not rooms:
            faults.append("机器人还不在任何房间里：请在群里邀请它")
        if not _is_safe(self._settings.homeserver):
            faults.append("matrix.homeserver 不是 https：令牌会明着传")
        return faults

    async def close(self) -> None:
        """Hang up."""
        self._speaker = None
        await self._client.close()

    async def _identify(self) -> None:
        found = await self._client.who()
        if self._settings.user and found != self._settings.user:
            raise Refused(OTHER_USER.format(found=found, wanted=self._settings.user))

    async def _called(self) -> tuple[str, ...]:
        """How people call the bot in a text."""
        user = self._client.user
        try:
            shown = await self._client.display_name()
        except FailureError as failure:
            if failure.may_pass:
                raise
            shown = ""
        names = (self._tools.name, shown, user.removeprefix("@"), user[1:].partition(":")[0])
        return tuple(dict.fromkeys(name for name in names if name))

    async def _listen(self, rooms: Rooms, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Hear, and beside it enter rooms; also those whose invitation came before the last break."""
        invitations = Invitations(self._client)
        invitations.add(*await self._client.invited())
        hearing = Hearing(rooms, invitations, inbound, self._tools, await self._called(), self._unheard)
        entering = asyncio.create_task(invitations.accept(), name="invitations")
        try:
            await self._sync(rooms, hearing, ready)
        finally:
            entering.cancel()
            await asyncio.gather(entering, return_exceptions=True)

    async def _sync(self, rooms: Rooms, hearing: Hearing, ready: Callable[[], None]) -> None:
        mark = f"since:{self._client.user}"
        since = await rooms.noted(mark) or ""
        wait = 0.0  # the first time the server answers at once: then the connection stands
        while True:
            batch = await self._batch(rooms, mark, since, wait)
            if self._speaker is None:
                self._speaker = Speaker(rooms, self._tools.media, self._unshown)
                ready()
            await hearing.take(batch, since)
            if batch.position != since:
                await rooms.note({mark: batch.position})
            self._unheard.clear()  # all of it is through
            since, wait = batch.position, LONG_POLL

    async def _batch(self, rooms: Rooms, mark: str, since: str, wait: float) -> Batch:
        try:
            return await self._client.sync(since, wait)
        except FailureError as failure:
            if failure.status == 400 and not failure.may_pass and since:  # it was set up anew, or from an old copy
                self._log.error("the server knows our position no more: what was said meanwhile is not read")
                await rooms.note({mark: ""})
            raise


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"localhost", "127.0.0.1", "::1"}
