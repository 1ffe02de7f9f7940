"""A message of the bot → calls of the Bot API, and what an answer means.

Words go out as they are, without a parse mode: nothing that people wrote can become markup. Mentions are entities beside
the text. The words come first; a photo or poll behind them that fails does not make them be said again.
"""

import asyncio
from datetime import timedelta
from typing import Any

import structlog
from httpx import ConnectError, ConnectTimeout, PoolTimeout, ProxyError
from telegram import (
    Bot,
    InlineKeyboardButton,
    InlineKeyboardMarkup,
    LinkPreviewOptions,
    Message,
    MessageEntity,
    ReplyParameters,
    User,
)
from telegram.error import BadRequest, ChatMigrated, Forbidden, InvalidToken, NetworkError, RetryAfter, TelegramError

from adapters.telegram.places import Places, Poll, Target
from adapters.telegram.spans import find
from adapters.telegram.translate import CHANNEL
from bot.messages import Button, OutboundMessage, channel_of, id_of, is_private
from bot.ports import Inbound, MediaStore, SendResult

DATA = 64  # bytes that a button may carry
LABEL, QUESTION = 100, 300  # characters of a poll's option and question
RATINGS = 5
NOT_SENT = 15.0  # seconds until what never left us is tried again
NO_TOKEN = 60.0  # somebody has to act first
UNREACHED = (ConnectError, ConnectTimeout, PoolTimeout, ProxyError)


class Sender:
    """Says what is to be said in one bot account."""

    def __init__(self, bot: Bot, places: Places, media: MediaStore, native_polls: bool) -> None:
        self._bot = bot
        self._places = places
        self._media = media
        self._native_polls = native_polls
        self.asking = asyncio.Lock()  # held until a poll is noted: a vote may come before
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def send(self, inbound: Inbound, message: OutboundMessage) -> SendResult:
        """Say it, and tell how that went."""
        for _ in range(2):  # to the new id, where the group was upgraded meanwhile
            try:
                target = await self._places.target(inbound, message)
            except ValueError:  # the chat's key, out of an organization file, is no id of Telegram's
                return SendResult("dead")
            try:
                said = await self._say(message, target)
            except ChatMigrated as error:
                await self._places.moved(inbound, id_of(message.chat), str(error.new_chat_id))
            except TelegramError as error:
                return verdict(error)
            else:
                await self._add(inbound, message, target, said)
                return SendResult("sent", f"{target.mark}{said.message_id}")
        return SendResult("retry")

    async def _say(self, message: OutboundMessage, target: Target) -> Message:
        """The words; outside of a topic that is closed or gone."""
        try:
            return await self._words(message, target, target.topic)
        except BadRequest as error:
            if target.topic is None or not is_about_topic(str(error)):
                raise
            return await self._words(message, target, None)

    async def _words(self, message: OutboundMessage, target: Target, topic: int | None) -> Message:
        return await self._bot.send_message(
            chat_id=target.chat,
            text=message.text,
            entities=mentions_of(message),
            message_thread_id=topic,
            reply_parameters=_answering(target.reply_to),
            reply_markup=self._keyboard(message),
            link_preview_options=LinkPreviewOptions(is_disabled=True),  # whatever a resident links to is not fetched
        )

    def _keyboard(self, message: OutboundMessage) -> InlineKeyboardMarkup | None:
        buttons = [button for button in message.buttons if not (button.action == "rate" and self._polls(message))]
        return keyboard(buttons)

    def _polls(self, message: OutboundMessage) -> bool:
        """Whether the ratings of a message become a native poll: never in private, where there is nobody to see it."""
        rates = [button for button in message.buttons if button.action == "rate"]
        return self._native_polls and len(rates) == RATINGS and not is_private(message.chat)

    # ------------------------------------------------------------ behind the words

    async def _add(self, inbound: Inbound, message: OutboundMessage, target: Target, said: Message) -> None:
        behind: dict[str, Any] = {
            "chat_id": target.chat,
            "message_thread_id": said.message_thread_id if said.is_topic_message else None,
            "reply_parameters": _answering(said.message_id),
        }
        try:
            for ref in message.attachments:
                await self._photo(ref, behind)
            if self._polls(message):
                await self._poll(inbound, message, behind)
        except Exception as error:  # whatever it was: the words are out, and their id leads back to the ticket
            self._log.warning("words without their annex", key=message.key, reason=type(error).__name__)

    async def _photo(self, ref: str, behind: dict[str, Any]) -> None:
        found = await asyncio.to_thread(self._media.open, ref)
        if found is not None:
            await self._bot.send_photo(photo=found[0], filename="photo.jpg", **behind)

    async def _poll(self, inbound: Inbound, message: OutboundMessage, behind: dict[str, Any]) -> None:
        rates = [button for button in message.buttons if button.action == "rate"]
        async with self.asking:
            asked = await self._bot.send_poll(
                question=message.text[:QUESTION],
                options=[button.label[:LABEL] for button in rates],
                is_anonymous=False,
                **behind,
            )
            if asked.poll is not None:
                values = tuple(button.value for button in rates)
                poll = Poll(id_of(message.chat), rates[0].ticket_id, values)
                await self._places.asked(inbound, asked.poll.id, poll)


# ---------------------------------------------------------------- pure


def mentions_of(message: OutboundMessage) -> list[MessageEntity]:
    """Who is called in the text, as entities: they reach people without a username, too."""
    accounts = [id_of(account) if channel_of(account) == CHANNEL else "" for account in message.mentions]
    found = find(message.text, [f"@{name}" if name else "" for name in message.names])
    return [
        MessageEntity("text_mention", offset, length, user=User(int(accounts[index]), message.names[index], False))
        for index, offset, length in found
        if index < len(accounts) and accounts[index].isascii() and accounts[index].isdigit()
    ]


def keyboard(buttons: list[Button]) -> InlineKeyboardMarkup | None:
    """The buttons, one a line where they are many: phones are narrow. One that carries too much is left to words."""
    made = [
        InlineKeyboardButton(button.label, callback_data=data_of(button))
        for button in buttons
        if len(data_of(button).encode()) <= DATA
    ]
    rows = [[one] for one in made] if len(made) > 3 else [made]
    return InlineKeyboardMarkup(rows) if made else None


def data_of(button: Button) -> str:
    """What a button carries."""
    return f"{button.action}:{button.ticket_id}:{button.value}".removesuffix(":")


def _answering(message: int | None) -> ReplyParameters | None:
    return None if message is None else ReplyParameters(message, allow_sending_without_reply=True)


def is_about_topic(reason: str) -> bool:
    """Whether a refusal means the topic, not the chat."""
    return "thread not found" in reason.lower() or "TOPIC_" in reason.upper()


def verdict(error: TelegramError) -> SendResult:
    """What a failed sending means."""
    match error:
        case RetryAfter():
            return SendResult("retry", retry_after=seconds_of(error))
        case InvalidToken():
            return SendResult("held", retry_after=NO_TOKEN)
        case Forbidden() | BadRequest():  # thrown out, blocked, no such chat, may not write there
            return SendResult("dead")
        case NetworkError() if _was_not_sent(error):
            return SendResult("held", retry_after=NOT_SENT)
    return SendResult("uncertain")


def _was_not_sent(error: NetworkError) -> bool:
    """Nobody was reached, or Telegram itself says (5xx in its own words) that it did nothing; a gateway's word is no word."""
    return isinstance(error.__cause__, UNREACHED) or error.__cause__ is None


def seconds_of(error: RetryAfter) -> float:
    """How long Telegram wants to be left alone."""
    wait = error.retry_after
    return wait.total_seconds() if isinstance(wait, timedelta) else float(wait)
