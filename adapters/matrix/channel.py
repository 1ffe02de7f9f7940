"""Matrix as a platform: heard by syncing, spoken to by events that carry the message's key as their transaction id.

The homeserver knows that id again, so what may have arrived is simply sent once more and stands there once.
"""

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlsplit

from adapters.matrix import content
from adapters.matrix.client import PATIENCE, Batch, Client, FailureError
from adapters.matrix.hearing import Hearing
from adapters.matrix.invitations import Invitations
from adapters.matrix.rooms import Rooms
from adapters.matrix.translate import CALLING_KINDS, CHANNEL, POLL, RATED_KINDS
from bot.messages import Capabilities, OutboundMessage, id_of
from bot.ports import Inbound, Refused, SendResult, Tools
from bot.settings import MatrixSettings

LONG_POLL = 30.0  # seconds
BREATH = 30.0  # seconds until a sending is tried again that the server did not answer
AWAY = 120.0  # seconds that a sending waits for a connection
TEXT, NOTED = "m.room.message", RATED_KINDS | CALLING_KINDS
REFUSED = "主服务器不认这个令牌或账号（{code}），请换新的 matrix.token"
OTHER_USER = "令牌是 {found} 的，matrix.user 写的是 {wanted}"


class MatrixChannel:
    """Implements ``ports.Platform``."""

    name = CHANNEL
    routes: Sequence[Any] = ()

    def __init__(
        self, settings: MatrixSettings, tools: Tools, *, patience: float = PATIENCE, away: float = AWAY
    ) -> None:
        self.capabilities = Capabilities(
            buttons=False,
            polls=True,
            max_length=4000,
            keyed=True,
            per_second=settings.per_second,
            chat_per_minute=settings.chat_per_minute,
        )
        self._settings = settings
        self._tools = tools
        self._client = Client(settings.homeserver, settings.user, settings.token.get_secret_value(), patience)
        self._away = away
        self._rooms: Rooms | None = None
        self._strikes: Counter[str] = Counter()  # how often each photo could not be had
        self._stands = asyncio.Event()

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Sync until something breaks. What was said before the first time is not read."""
        try:
            await self._identify()
            self._rooms = rooms = Rooms(self._client, inbound, self._strikes)
            await self._listen(rooms, inbound, ready)
        except FailureError as failure:
            if failure.is_locked_out:
                raise Refused(REFUSED.format(code=failure.code)) from failure
            raise
        finally:
            self._stands.clear()

    async def send(self, message: OutboundMessage) -> SendResult:
        """Say it. Where no answer came it is sent again: under the same key it stands there once."""
        rooms = await self._standing()
        if rooms is None:
            return SendResult("retry", retry_after=BREATH)
        try:
            return SendResult("sent", await self._say(rooms, message))
        except FailureError as failure:
            if not failure.may_pass:
                return SendResult("dead")
            return SendResult("retry", retry_after=failure.pause or BREATH)

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
        faults += [] if rooms else ["机器人还不在任何房间里：请在群里邀请它"]
        return (
            faults if _is_safe(self._settings.homeserver) else [*faults, "matrix.homeserver 不是 https：令牌会明着传"]
        )

    async def close(self) -> None:
        """Hang up."""
        self._stands.clear()
        await self._client.close()

    async def _standing(self) -> Rooms | None:
        """Wait for the connection: while the server is away, trying would only use up the tries."""
        try:
            async with asyncio.timeout(self._away):
                await self._stands.wait()
        except TimeoutError:
            return None
        return self._rooms

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
        hearing = Hearing(rooms, invitations, inbound, self._tools, await self._called())
        entering = asyncio.create_task(invitations.accept(), name="invitations")
        try:
            await self._sync(rooms, hearing, ready)
        finally:
            entering.cancel()

    async def _sync(self, rooms: Rooms, hearing: Hearing, ready: Callable[[], None]) -> None:
        mark = f"since:{self._client.user}"
        since = await rooms.noted(mark) or ""
        wait = 0.0  # the first time the server answers at once: then the connection stands
        while True:
            batch = await self._batch(rooms, mark, since, wait)
            if not self._stands.is_set():
                self._stands.set()
                ready()
            await hearing.take(batch, since)
            if batch.position != since:
                await rooms.note({mark: batch.position})
            since, wait = batch.position, LONG_POLL

    async def _batch(self, rooms: Rooms, mark: str, since: str, wait: float) -> Batch:
        try:
            return await self._client.sync(since, wait)
        except FailureError as failure:
            if failure.status == 400 and since:  # a server that was set up anew knows the position no more
                await rooms.note({mark: ""})
            raise

    async def _say(self, rooms: Rooms, message: OutboundMessage) -> str:
        """The words, then what goes with them; each under a key of its own."""
        room, key = await rooms.room_of(id_of(message.chat)), message.key
        id_ = await self._client.send(room, TEXT, content.words(message), key)
        await self._remember(rooms, id_, message)
        if message.kind == "poll" and message.ticket_id is not None:
            ballot = content.ballot(message.number)
            if vote := await self._beside(room, f"{POLL}.start", ballot, f"{key}-poll"):
                await self._remember(rooms, vote, message)
        for place, ref in enumerate(message.attachments):
            await self._show(room, ref, f"{key}-{place}")
        return id_

    async def _remember(self, rooms: Rooms, id_: str, message: OutboundMessage) -> None:
        """Which ticket a vote or a thumb on this message is for."""
        if message.ticket_id is not None and message.kind in NOTED:
            await rooms.note({id_: f"{message.kind} {message.ticket_id}"})

    async def _show(self, room: str, ref: str, key: str) -> None:
        found = await asyncio.to_thread(self._tools.media.open, ref)
        if found is None:
            return
        body, content_type = found
        try:
            address = await self._client.upload(body, content_type, "photo.jpg")
        except FailureError as failure:
            if failure.may_pass:
                raise
            return
        await self._beside(room, TEXT, content.picture(address, "photo.jpg", content_type, len(body)), key)

    async def _beside(self, room: str, kind: str, body: Mapping[str, object], key: str) -> str:
        """Send what goes with words; where it may not stand, the words are enough."""
        try:
            return await self._client.send(room, kind, body, key)
        except FailureError as failure:
            if failure.may_pass:
                raise
            return ""


def _is_safe(url: str) -> bool:
    parts = urlsplit(url)
    return parts.scheme == "https" or parts.hostname in {"localhost", "127.0.0.1", "::1"}
