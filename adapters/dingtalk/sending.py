"""How the bot speaks on DingTalk: plain text, and photos behind it.

A group is answered through the webhook that came with its last message, where people can be mentioned; later through the
robot's API, where they cannot. Text is never markup: only the message types for plain text are used.
"""

import asyncio
import json
from collections.abc import Sequence
from typing import Any

import structlog
from aiohttp import ClientError
from yarl import URL

from adapters.dingtalk.answers import THROTTLED, Answer, judged
from adapters.dingtalk.api import TO_GROUP, TO_PERSON, Api, UnsentError
from adapters.dingtalk.translate import CHANNEL, PRIVATE_CHAT
from adapters.dingtalk.webhooks import Webhooks
from bot.messages import OutboundMessage, channel_of, id_of
from bot.ports import MediaStore, Refused, SendResult

# So begins an id that DingTalk made for somebody outside; only a staff id can be written to or mentioned.
MADE_ID = "$:"
SHOWN = 3  # photos of one message: each is a message of its own, and past 20 a minute a chat is closed for ten
Call = tuple[str, dict[str, Any]]  # of the robot's API: its path and its body


class Speaker:
    """Sends what the bot says; one attempt each."""

    def __init__(self, api: Api, webhooks: Webhooks, media: MediaStore) -> None:
        self._api = api
        self._webhooks = webhooks
        self._media = media
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def send(self, message: OutboundMessage) -> SendResult:
        """The words the best way that is open now, then the photos: whatever becomes of those, the words are said."""
        result = await self._words(message)
        if result.state == "sent":
            for ref in message.attachments[:SHOWN]:
                await self._photo(message, ref)
        return result

    async def _words(self, message: OutboundMessage) -> SendResult:
        try:
            return await self._said(message)
        except UnsentError as error:
            return self._failed(message, SendResult("held", retry_after=error.retry_after), f"not reached: {error}")
        except Refused as error:  # the secret may be put right while the bot runs
            return self._failed(message, SendResult("held", retry_after=THROTTLED), str(error))
        except (ClientError, OSError) as error:  # a timeout is an OSError; it had left, and nobody knows if it arrived
            return self._failed(message, SendResult("uncertain"), f"no answer: {type(error).__name__}")

    async def _said(self, message: OutboundMessage) -> SendResult:
        call = _address(id_of(message.chat))
        if call is None or call[0] == TO_GROUP:  # staff are written to at any time
            answer = await self._answered(message)
            if answer is not None:
                return self._verdict(message, answer)
        if call is None:
            reason = "somebody outside the organization is only answered, for a while after he spoke"
            return self._failed(message, SendResult("dead"), reason)
        return self._verdict(message, await self._api.call(*_filled(call, "sampleText", content=message.text)))

    async def _answered(self, message: OutboundMessage) -> Answer | None:
        """Answer through the chat's webhook; None where there is none, or it is not taken any more."""
        url = await self._webhooks.find(message.chat)
        if url is None:
            return None
        at = {"atUserIds": _staff(message.mentions), "isAtAll": False}
        answer = await self._api.post(URL(url), {"msgtype": "text", "text": {"content": message.text}, "at": at})
        if answer.is_refused and not answer.is_final and not answer.is_foreign:
            self._webhooks.forget(message.chat)
            return None
        return answer

    async def _photo(self, message: OutboundMessage, ref: str) -> None:
        """A photo that is gone from the store is left out."""
        call = _address(id_of(message.chat))
        try:
            stored = await asyncio.to_thread(self._media.open, ref)
            reason = await self._shown(call, stored[0]) if stored and call else ""
        except (UnsentError, Refused, ClientError, OSError) as error:
            reason = type(error).__name__
        if reason:
            self._log.warning("photo left out", key=message.key, reason=reason)

    async def _shown(self, call: Call, photo: bytes) -> str:
        """Upload a photo and show it; gives back why that did not work, empty where it did."""
        uploaded = await self._api.upload(photo)
        if not uploaded.media_id:
            return uploaded.words()
        answer = await self._api.call(*_filled(call, "sampleImageMsg", photoURL=uploaded.media_id))
        return "" if judged(answer).state == "sent" else answer.words()

    def _verdict(self, message: OutboundMessage, answer: Answer) -> SendResult:
        result = judged(answer)
        return result if result.state == "sent" else self._failed(message, result, answer.words())

    def _failed(self, message: OutboundMessage, result: SendResult, reason: str) -> SendResult:
        """Who runs the bot has to read why; the outbox only knows that."""
        self._log.warning("sending failed", state=result.state, key=message.key, chat=message.chat, reason=reason)
        return result


def _address(chat: str) -> Call | None:
    """Which call of the robot's API reaches a chat, and how it names it; None for somebody outside the organization."""
    if not chat.startswith(PRIVATE_CHAT):
        return TO_GROUP, {"openConversationId": chat}
    person = chat.removeprefix(PRIVATE_CHAT)
    return None if person.startswith(MADE_ID) else (TO_PERSON, {"userIds": [person]})


def _staff(accounts: Sequence[str]) -> list[str]:
    """Who of them can be mentioned; an id of another channel may equal a staff id, and names somebody else."""
    return [id_of(one) for one in accounts if channel_of(one) == CHANNEL and not id_of(one).startswith(MADE_ID)]


def _filled(call: Call, kind: str, **param: str) -> Call:
    """A call with what it is to say."""
    path, body = call
    return path, {**body, "msgKey": kind, "msgParam": json.dumps(param, ensure_ascii=False)}
