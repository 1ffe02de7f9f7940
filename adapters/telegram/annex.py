"""What follows the words: photos, and a native poll where one is wanted. The words are out by then, so nothing that fails
here may fail the message: they would be said again.
"""

import asyncio
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any, TypeVar

import structlog
from telegram import Bot, InputMediaPhoto, Message
from telegram.error import BadRequest, RetryAfter

from adapters.telegram.layout import answering, keyboard
from adapters.telegram.places import Places, Poll
from adapters.telegram.translate import CHANNEL
from adapters.telegram.verdicts import seconds_of, why
from bot.messages import OutboundMessage, id_of, is_private
from bot.ports import Inbound, MediaStore

T = TypeVar("T")
ALBUM = 10  # photos
LABEL, QUESTION = 100, 300  # characters of a poll's option and question
RATINGS = 5
PATIENCE = 5.0  # seconds that a photo waits where Telegram says so: it is counted with the words


class Annex:
    """Puts things behind words that have been said."""

    def __init__(self, bot: Bot, places: Places, media: MediaStore, native_polls: bool) -> None:
        self._bot = bot
        self._places = places
        self._media = media
        self._native_polls = native_polls
        self.asking = asyncio.Lock()  # held until a poll is noted: a vote may come before
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    def polls(self, message: OutboundMessage) -> bool:
        """Whether the ratings of a message become a native poll: never in private, where there is nobody to see it."""
        rates = [button for button in message.buttons if button.action == "rate"]
        return self._native_polls and len(rates) == RATINGS and not is_private(message.chat)

    async def follow(self, inbound: Inbound, message: OutboundMessage, said: Message) -> None:
        """Add what belongs behind the words; what fails is left out."""
        behind: dict[str, Any] = {
            "chat_id": said.chat.id,
            "message_thread_id": said.message_thread_id if said.is_topic_message else None,
            "reply_parameters": answering(said.message_id),
        }
        for first in range(0, len(message.attachments), ALBUM):
            album = message.attachments[first : first + ALBUM]
            await self._is_done(message, partial(self._photos, message, album, behind))
        if not self.polls(message) or await self._is_done(message, lambda: self._poll(inbound, message, behind)):
            return
        await self._is_done(message, lambda: self._buttons(message, said))

    async def _is_done(self, message: OutboundMessage, job: Callable[[], Awaitable[None]]) -> bool:
        try:
            await job()
        except Exception as error:  # whatever it was: the words are out, and their id leads back to the ticket
            self._log.warning("words without their annex", key=message.key, reason=why(error))
            return False
        return True

    async def _photos(self, message: OutboundMessage, refs: tuple[str, ...], behind: dict[str, Any]) -> None:
        """One album; each alone where one of them would keep the others out."""
        found = [await asyncio.to_thread(self._media.open, ref) for ref in refs]
        photos = [one[0] for one in found if one is not None]
        if len(photos) == 1:
            await self._photo(photos[0], behind)
        elif photos:
            album = [InputMediaPhoto(photo, filename="photo.jpg") for photo in photos]
            try:
                await self._patient(lambda: self._bot.send_media_group(media=album, **behind))
            except BadRequest:
                for photo in photos:
                    await self._is_done(message, partial(self._photo, photo, behind))

    async def _photo(self, photo: bytes, behind: dict[str, Any]) -> None:
        await self._patient(lambda: self._bot.send_photo(photo=photo, filename="photo.jpg", **behind))

    async def _poll(self, inbound: Inbound, message: OutboundMessage, behind: dict[str, Any]) -> None:
        rates = [button for button in message.buttons if button.action == "rate"]
        async with self.asking:
            asked = await self._patient(
                lambda: self._bot.send_poll(
                    question=message.text[:QUESTION],
                    options=[button.label[:LABEL] for button in rates],
                    is_anonymous=False,
                    **behind,
                )
            )
            if asked.poll is not None:
                values = tuple(button.value for button in rates)
                poll = Poll(id_of(message.chat), rates[0].ticket_id, values)
                await self._places.asked(inbound, asked.poll.id, poll)

    async def _buttons(self, message: OutboundMessage, said: Message) -> None:
        """The ratings as buttons after all: a group can forbid polls."""
        await self._bot.edit_message_reply_markup(
            chat_id=said.chat.id, message_id=said.message_id, reply_markup=keyboard(message.buttons)
        )

    async def _patient(self, ask: Callable[[], Awaitable[T]]) -> T:
        """Ask, and once more where Telegram wants to be left alone for a moment."""
        try:
            return await ask()
        except RetryAfter as error:
            if (wait := seconds_of(error)) > PATIENCE:
                raise
        await asyncio.sleep(wait)
        return await ask()
