"""What the bot says: the words, and beside them what may be missing without harm.

All of it is keyed: whatever is sent once more stands there once.
"""

import asyncio
from collections import Counter
from collections.abc import Awaitable

import structlog

from adapters.matrix import content
from adapters.matrix.failures import FailureError
from adapters.matrix.rooms import Rooms
from adapters.matrix.translate import CALLING_KINDS, CHANNEL, POLL, RATED_KINDS
from bot.messages import OutboundMessage, id_of
from bot.ports import MediaStore

TEXT, NOTED = "m.room.message", RATED_KINDS | CALLING_KINDS
TRIES = 3  # of what goes beside the words: they stand there already, and must not look unsaid because of it
PHOTO = "photo.jpg"


class Speaker:
    """Speaks into rooms. ``strikes`` outlives a connection: how often what goes beside a message has failed."""

    def __init__(self, rooms: Rooms, media: MediaStore, strikes: Counter[str]) -> None:
        self._client = rooms.client
        self._rooms = rooms
        self._media = media
        self._strikes = strikes
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def say(self, message: OutboundMessage) -> str:
        """The words, then what goes beside them; gives the id of the words."""
        room = await self._rooms.room_of(id_of(message.chat))
        id_ = await self._client.send(room, TEXT, content.words(message), message.key)
        await self._remember(id_, message)
        if message.kind == "poll" and message.ticket_id is not None:
            await self._beside(message, self._ask(room, message))
        for place, ref in enumerate(message.attachments):
            await self._beside(message, self._show(room, ref, f"{message.key}-{place}"))
        self._strikes.pop(message.key, None)
        return id_

    async def renew(self, message: OutboundMessage, original: str) -> None:
        """Other words in the place of earlier ones; where that is not possible any more the message stays as it was."""
        room = await self._rooms.known(id_of(message.chat))
        if room is None:
            self._log.info("message not renewed", chat=message.chat, reason="its private room is gone")
            return
        try:
            await self._client.send(room, TEXT, content.other_words(message, original), message.key)
        except FailureError as failure:
            if failure.may_pass:
                raise
            self._log.info("message not renewed", chat=message.chat, reason=failure.reason)

    async def _beside(self, message: OutboundMessage, shown: Awaitable[None]) -> None:
        try:
            await shown
        except FailureError as failure:
            self._strikes[message.key] += 1
            if failure.may_pass and self._strikes[message.key] < TRIES:
                raise
            self._log.warning("not shown beside the words", chat=message.chat, reason=failure.reason)
        except OSError as error:  # the photo cannot be read
            self._log.error("not shown beside the words", chat=message.chat, reason=f"{type(error).__name__}: {error}")

    async def _ask(self, room: str, message: OutboundMessage) -> None:
        ballot = content.ballot(message.number)
        vote = await self._client.send(room, f"{POLL}.start", ballot, f"{message.key}-poll")
        await self._remember(vote, message)

    async def _show(self, room: str, ref: str, key: str) -> None:
        found = await asyncio.to_thread(self._media.open, ref)
        if found is not None:  # else it was deleted meanwhile
            body, content_type = found
            address = await self._client.upload(body, content_type, PHOTO)
            await self._client.send(room, TEXT, content.picture(address, PHOTO, content_type, len(body)), key)

    async def _remember(self, id_: str, message: OutboundMessage) -> None:
        """Which ticket a vote or a thumb on this message is for."""
        if message.ticket_id is not None and message.kind in NOTED:
            await self._rooms.note({id_: f"{message.kind} {message.ticket_id}"})
