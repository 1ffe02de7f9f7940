"""A message of the bot → calls of the Bot API: said, or put in the place of an earlier one."""

from typing import Any

import structlog
from telegram import Bot, LinkPreviewOptions, Message
from telegram.error import BadRequest, ChatMigrated

from adapters.telegram.annex import Annex
from adapters.telegram.layout import answering, keyboard, mentions_of
from adapters.telegram.places import Places, Target
from adapters.telegram.translate import CHANNEL
from adapters.telegram.verdicts import is_about_topic, is_fixed, is_unchanged, verdict, why
from bot.messages import OutboundMessage, id_of
from bot.ports import Inbound, SendResult


class Sender:
    """Says what is to be said in one bot account."""

    def __init__(self, bot: Bot, places: Places, annex: Annex, pause: float) -> None:
        self._bot = bot
        self._places = places
        self._annex = annex
        self._pause = pause
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def send(self, inbound: Inbound, message: OutboundMessage) -> SendResult:
        """Say it, and tell how that went."""
        for _ in range(2):  # to the new id, where the group was upgraded meanwhile
            try:
                target = await self._places.target(inbound, message)
            except ValueError:
                reason = (
                    "no id of Telegram's: take the one that the log names as chat=telegram:… into the organization file"
                )
                self._log.warning("not sent", key=message.key, chat=message.chat, reason=reason)
                return SendResult("dead")
            try:
                return await (self._say if message.replaces is None else self._edit)(inbound, message, target)
            except ChatMigrated as error:
                await self._places.moved(inbound, id_of(message.chat), str(error.new_chat_id))
            except Exception as error:  # also an answer that is none: a login page says 200, too
                return self._failed(message, error)
        return SendResult("retry")

    def _failed(self, message: OutboundMessage, error: Exception) -> SendResult:
        result = verdict(error, self._pause)
        if result.state == "uncertain" and message.replaces is not None:  # the same edit twice is no second message
            return SendResult("retry")
        if result.state in {"dead", "uncertain"}:
            self._log.warning("not sent", key=message.key, chat=message.chat, state=result.state, reason=why(error))
        return result

    # ------------------------------------------------------------ anew

    async def _say(self, inbound: Inbound, message: OutboundMessage, target: Target) -> SendResult:
        """The words, outside of a topic that is closed or gone; then what belongs behind them."""
        try:
            said = await self._words(message, target, target.topic)
        except BadRequest as error:
            if target.topic is None or not is_about_topic(error):
                raise
            said = await self._words(message, target, None)
        await self._annex.follow(inbound, message, said)
        return SendResult("sent", f"{target.mark}{said.message_id}")

    async def _words(self, message: OutboundMessage, target: Target, topic: int | None) -> Message:
        return await self._bot.send_message(
            chat_id=target.chat,
            message_thread_id=topic,
            reply_parameters=answering(target.reply_to),
            **self._look(message),
        )

    def _look(self, message: OutboundMessage) -> dict[str, Any]:
        """What people see. Whatever a resident links to is not fetched; the ratings of a poll are no buttons."""
        polls = self._annex.polls(message)
        return {
            "text": message.text,
            "entities": mentions_of(message),
            "reply_markup": keyboard([one for one in message.buttons if not (polls and one.action == "rate")]),
            "link_preview_options": LinkPreviewOptions(is_disabled=True),
        }

    # ------------------------------------------------------------ in place

    async def _edit(self, _inbound: Inbound, message: OutboundMessage, target: Target) -> SendResult:
        """Other words and buttons for a message; a poll behind it stays. One that can't be edited stays as it was."""
        if target.replaces is None:
            self._log.info("card not edited", key=message.key, reason="no message of this chat any more")
            return SendResult("sent", message.replaces)
        try:
            await self._bot.edit_message_text(chat_id=target.chat, message_id=target.replaces, **self._look(message))
        except BadRequest as error:
            if is_fixed(error):
                self._log.info("card not edited", key=message.key, reason=str(error)[:200])
            elif not is_unchanged(error):
                raise
        return SendResult("sent", message.replaces)
