"""One message on its way: photos first, then the words with them, under the message's key; or an edit of what was said."""

import asyncio
from collections.abc import Sequence
from urllib.parse import quote

import structlog
from aiohttp import ClientError

from adapters.feishu.api import Answer, Api, NotSentError
from adapters.feishu.content import compact, word
from adapters.feishu.outgoing import content_of, idempotency, receiver
from adapters.feishu.results import LATER, PAUSE, is_gone, reason, verdict
from bot.messages import OutboundMessage
from bot.ports import MediaStore, Refused, SendResult

MESSAGES = "/open-apis/im/v1/messages"
REFUSED = 60.0  # seconds: somebody has to put the secret right


class Sender:
    """Sends, and says what became of it."""

    def __init__(self, api: Api, media: MediaStore) -> None:
        self._api = api
        self._media = media
        self._log = structlog.get_logger("feishu")

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send or edit. Nothing is ever uncertain: a key, or an edit that says the same, may be sent again."""
        try:
            return await self._sent(message)
        except Refused as error:
            self._log.warning("not sent", key=message.key, reason=str(error))
            return SendResult("held", retry_after=REFUSED)
        except NotSentError as error:
            self._log.warning("not sent", key=message.key, reason=str(error))
            return SendResult("held", retry_after=error.pause)
        except (ClientError, OSError) as error:
            self._log.warning("no answer", key=message.key, reason=type(error).__name__)
            return SendResult("retry", retry_after=LATER)

    async def _sent(self, message: OutboundMessage) -> SendResult:
        photos = await self._photos(message)
        answer = await self._told(message, photos)
        if photos and verdict(answer, message.replaces).state == "dead":  # it may be them: the words go without
            self._log.warning("photos left out", key=message.key, reason=reason(answer))
            answer = await self._told(message, ())
        result = verdict(answer, message.replaces)
        if result.state != "sent":
            self._log.warning("not sent", key=message.key, became=result.state, reason=reason(answer))
        elif answer.code:
            self._log.info("a card stays as it was", id=message.replaces, code=answer.code, reason=answer.words)
        return result

    async def _told(self, message: OutboundMessage, photos: Sequence[str]) -> Answer:
        """Where an answer stays out, once more at once: that doubles nothing."""
        try:
            return await self._tell(message, photos)
        except (ClientError, OSError):
            return await self._tell(message, photos)

    async def _tell(self, message: OutboundMessage, photos: Sequence[str]) -> Answer:
        kind, content = content_of(message, photos)
        if message.replaces is not None:
            return await self._api.patch(_path(message.replaces), {"content": compact(content)})
        body = {"msg_type": kind, "content": compact(content), "uuid": idempotency(message)}
        if message.reply_to is not None:
            answer = await self._api.post(f"{_path(message.reply_to)}/reply", body)
            if not is_gone(answer):
                return answer
        id_type, identifier = receiver(message)
        return await self._api.post(MESSAGES, {"receive_id": identifier, **body}, receive_id_type=id_type)

    async def _photos(self, message: OutboundMessage) -> list[str]:
        """The keys of the photos at the platform."""
        keys = [await self._photo(ref) for ref in message.attachments]
        return [key for key in keys if key]

    async def _photo(self, ref: str) -> str:
        """Empty where it is gone, or cannot be brought there: the words go. Only for a limit that passes they wait."""
        try:
            found = await asyncio.to_thread(self._media.open, ref)
            if found is None:
                return ""
            answer = await self._api.upload(found[0])
        except (ClientError, OSError) as error:
            self._log.warning("photo left out", reason=type(error).__name__)
            return ""
        if answer.is_limited:
            raise NotSentError(f"too many photos for now: code {answer.code}", answer.pause or PAUSE)
        if answer.code:
            self._log.warning("photo left out", reason=reason(answer))
        return word(answer.data, "image_key")


def _path(message: str) -> str:
    return f"{MESSAGES}/{quote(message, safe='')}"
