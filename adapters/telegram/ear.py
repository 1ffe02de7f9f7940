"""One update after another, from the payload to the commit. Who calls confirms an update only after ``take`` has returned."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import structlog
from telegram import Bot, Message, Update
from telegram.error import BadRequest, RetryAfter, TelegramError

from adapters.telegram.places import Places, has_duty
from adapters.telegram.sending import seconds_of
from adapters.telegram.translate import CHANNEL, Me, chat_of, events_of, id_of, is_rating, name_of, parse
from bot.domain.errors import DomainError
from bot.messages import BOT, InboundEvent, InboundMessage, Media, Presence, Rate
from bot.ports import Inbound, Tools, UnitOfWork

MEGABYTE = 1_000_000
LARGEST = 15 * MEGABYTE  # a photo
TRIES = 3  # at a photo; then the words go on without it
PATIENCE = 10.0  # seconds that a photo may hold up what is said after it


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
        update = parse(payload)
        if update is None:
            self._log.warning("odd update", update=payload.get("update_id"))
            return
        if (move := _move(update)) is not None:
            await self._places.moved(inbound, *move)
        for event in events_of(update, me, self._tools.clock.now()):
            await self._receive(inbound, update, event)
        if (vote := await self._vote(inbound, update)) is not None:
            await inbound.receive(vote, lambda _uow: None)
        if update.callback_query is not None:
            await self._answer(str(update.callback_query.id))

    async def _receive(self, inbound: Inbound, update: Update, event: InboundEvent) -> None:
        event, known = await self._places.placed(inbound, event)
        self._tell(update, event, known)
        message = update.message
        if known and message is not None and isinstance(event, InboundMessage):
            event = await self._with_photo(event, message)
            self._places.saw_topic(event.key, _topic(message))
        now = self._tools.clock.now()

        def before(uow: UnitOfWork) -> None:
            if known and message is not None:
                self._places.note_topic(uow, event.chat, _topic(message), now)

        await inbound.receive(event, before)
        if known and message is not None and message.from_user is not None:
            await self._learn(inbound, event.sender, message.from_user.username)

    def _tell(self, update: Update, event: InboundEvent, known: bool) -> None:
        """Ids that an operator writes into the organization: of a new group, and of who has just started the bot."""
        if isinstance(event, Presence) and event.sender == BOT and event.joined and not known:
            title = update.my_chat_member.chat.title if update.my_chat_member is not None else ""
            self._log.info("new group", chat=event.chat, title=title)
        elif update.message is not None and update.message.text == "/start" and event.chat.startswith("dm:"):
            self._log.info("started", account=event.sender)

    async def _learn(self, inbound: Inbound, account: str, username: str | None) -> None:
        """A duty-holder's username, so that ``转派 @name`` finds him. Nobody else's is kept."""
        if username is None or self._places.knows(account, username):
            return

        def learn(uow: UnitOfWork, org: Any, now: datetime) -> None:
            if has_duty(org, account):
                self._places.learn(uow, account, username, now)

        await inbound.query(learn)

    async def _answer(self, query: str) -> None:
        """Stop the button's waiting; an old tap cannot be answered any more, and need not be."""
        try:
            await self._bot.answer_callback_query(query)
        except TelegramError as error:
            self._log.info("tap not answered", reason=type(error).__name__)

    async def _vote(self, inbound: Inbound, update: Update) -> Rate | None:
        """A vote in a native poll of ours. Taking it back says nothing: the vote stays until there is another."""
        answer = update.poll_answer
        if answer is None or answer.user is None or answer.user.is_bot or len(answer.option_ids) != 1:
            return None
        async with self._asking:
            poll = await self._places.poll(inbound, str(answer.poll_id))
        if poll is None or type(answer.option_ids[0]) is not int or not 0 <= answer.option_ids[0] < len(poll.values):
            return None
        value, user, now = poll.values[answer.option_ids[0]], answer.user, self._tools.clock.now()
        once = f"u{update.update_id}"
        if not is_rating(value):
            return None
        return Rate(CHANNEL, poll.chat, id_of(user.id), once, now, int(value), poll.ticket, name=name_of(user))

    # ------------------------------------------------------------ photos

    async def _with_photo(self, event: InboundMessage, message: Message) -> InboundMessage:
        """The message with its photo fetched and stored; without it where it is broken, too large or cannot be had."""
        if not any(one.type == "image" for one in event.media):
            return event
        stored = await self._fetched(message)
        return event if stored is None else replace(event, media=(stored,))

    async def _fetched(self, message: Message) -> Media | None:
        photo = _largest(message)
        if photo is None:
            return None
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
                await asyncio.sleep(min(seconds_of(error), PATIENCE))
            except TelegramError as error:
                self._log.warning("photo not fetched", reason=type(error).__name__)
        return None


def _largest(message: Message) -> str | None:
    """The file of the largest picture that is not too large."""
    sizes = [one for one in message.photo if (one.file_size or 0) <= LARGEST]
    if sizes:
        return str(max(sizes, key=lambda one: one.width * one.height).file_id)
    document = message.document
    return str(document.file_id) if document is not None and (document.file_size or 0) <= LARGEST else None


def _topic(message: Message) -> int | None:
    return message.message_thread_id if message.is_topic_message else None


def _move(update: Update) -> tuple[str, str] | None:
    """Old and new id of a group that was upgraded; both groups tell of it."""
    message = update.message
    if message is None:
        return None
    try:
        if message.migrate_to_chat_id is not None:
            return chat_of(message), id_of(message.migrate_to_chat_id)
        if message.migrate_from_chat_id is not None:
            return id_of(message.migrate_from_chat_id), chat_of(message)
    except (TypeError, ValueError):
        return None
    return None
