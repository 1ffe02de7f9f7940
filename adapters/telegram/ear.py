"""One update after another, from the payload to the commit. Who calls confirms an update only after ``take`` has returned."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import structlog
from telegram import Bot
from telegram.error import BadRequest, RetryAfter, TelegramError

from adapters.telegram.places import Places
from adapters.telegram.told import LARGEST, Told, Vote, read
from adapters.telegram.translate import CHANNEL, Me, is_rating
from adapters.telegram.verdicts import seconds_of
from bot.domain.errors import DomainError
from bot.messages import InboundEvent, InboundMessage, Media, Rate
from bot.ports import Inbound, Tools

TRIES = 3  # at a photo; then the words go on without it
PATIENCE = 30.0  # seconds that a photo may hold up what is said after it


class Ear:
    """Hands what Telegram tells to the bot."""

    def __init__(self, bot: Bot, places: Places, tools: Tools, asking: asyncio.Lock) -> None:
        self._bot = bot
        self._places = places
        self._tools = tools
        self._asking = asking
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def take(self, inbound: Inbound, me: Me, payload: Mapping[str, Any]) -> None:
        """Do everything that an update causes; returns after the commit."""
        told = read(payload, me, self._tools.clock.now())
        if told is None:
            self._log.warning("odd update", update=payload.get("update_id"))
            return
        if told.moved is not None:
            await self._places.moved(inbound, *told.moved)
        for event in told.events:
            await self._receive(inbound, told, event)
        if told.vote is not None:
            await self._vote(inbound, told.update, told.vote)
        if told.tap is not None:
            await self._answer(told.tap)

    async def _receive(self, inbound: Inbound, told: Told, event: InboundEvent) -> None:
        event, known = await self._places.placed(inbound, event)
        if known and isinstance(event, InboundMessage):
            await self._words(inbound, told, event)
        else:
            await inbound.receive(event, lambda _uow: None)

    async def _words(self, inbound: Inbound, told: Told, message: InboundMessage) -> None:
        """Words in a chat to which the bot listens."""
        message = await self._with_photo(message, told.photo)
        if message.private:  # whoever writes there is no reason to note anything
            await inbound.receive(message, lambda _uow: None)
        else:
            await self._in_group(inbound, message, told.topic)
        if told.username is not None and not self._places.knows(message.sender, told.username):
            await self._places.learn(inbound, message.sender, told.username)

    async def _in_group(self, inbound: Inbound, message: InboundMessage, topic: int | None) -> None:
        """Where it was said is where the answer goes."""
        now = self._tools.clock.now()
        self._places.saw_topic(message, topic)
        await inbound.receive(message, lambda uow: self._places.note_topic(uow, message.chat, topic, now))
        self._places.noted_topic(message.chat, topic)

    async def _answer(self, query: str) -> None:
        """Stop the button's waiting; an old tap cannot be answered any more, and need not be."""
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:
            self._log.info("tap not answered", reason=type(error).__name__)

    async def _vote(self, inbound: Inbound, update: int, vote: Vote) -> None:
        """A vote in a native poll of ours."""
        async with self._asking:
            poll = await self._places.poll(inbound, vote.poll)
        if poll is None or not 0 <= vote.option < len(poll.values) or not is_rating(poll.values[vote.option]):
            return
        value, now = int(poll.values[vote.option]), self._tools.clock.now()
        rate = Rate(CHANNEL, poll.chat, vote.sender, f"u{update}", now, value, poll.ticket, name=vote.name)
        await inbound.receive(rate, lambda _uow: None)

    # ------------------------------------------------------------ photos

    async def _with_photo(self, event: InboundMessage, photo: str | None) -> InboundMessage:
        """The message with its photo fetched and stored; without it where it is broken, too large or cannot be had."""
        if photo is None or not any(one.type == "image" for one in event.media):
            return event
        try:
            async with asyncio.timeout(PATIENCE):
                stored = await self._fetched(photo)
        except TimeoutError:
            self._log.warning("photo not fetched", reason="it took too long")
            return event
        return event if stored is None else replace(event, media=(stored,))

    async def _fetched(self, photo: str) -> Media | None:
        for _ in range(TRIES):
            try:
                file = await self._bot.get_file(photo)
                if (file.file_size or 0) > LARGEST:
                    return None
                content = bytes(await file.download_as_bytearray())
                return await asyncio.to_thread(self._tools.media.put, content, "")
            except (BadRequest, DomainError) as error:
                self._log.info("photo not taken", reason=type(error).__name__)
                return None
            except RetryAfter as error:
                await asyncio.sleep(seconds_of(error))
            except TelegramError as error:
                self._log.warning("photo not fetched", reason=type(error).__name__)
        return None
