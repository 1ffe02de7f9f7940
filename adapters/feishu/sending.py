"""One message on its way: photos first, then the words, under the message's key."""

import asyncio
from urllib.parse import quote

import structlog
from aiohttp import ClientError

from adapters.feishu.api import Answer, Api, NotSentError
from adapters.feishu.content import word
from adapters.feishu.outgoing import compact, content_of, idempotency, receiver
from adapters.feishu.results import is_gone, verdict
from bot.messages import OutboundMessage
from bot.ports import MediaStore, Refused, SendResult

MESSAGES = "/open-apis/im/v1/messages"
UNREACHED, REFUSED = 2.0, 60.0  # seconds until the next try


class Sender:
    """Sends, and says what became of it."""

    def __init__(self, api: Api, media: MediaStore) -> None:
        self._api = api
        self._media = media
        self._log = structlog.get_logger("feishu")

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send; where an answer stays out, once more under the same key, which doubles nothing."""
        try:
            photos = await self._photos(message)
            try:
                answer = await self._say(message, photos)
            except (ClientError, OSError):
                answer = await self._say(message, photos)
        except Refused:
            return SendResult("retry", retry_after=REFUSED)
        except NotSentError:
            return SendResult("retry", retry_after=UNREACHED)
        except (ClientError, OSError):
            return SendResult("uncertain")
        result = verdict(answer)
        if result.state != "sent":
            self._log.warning("not sent", key=message.key, code=answer.code, status=answer.status, reason=answer.words)
        return result

    async def _say(self, message: OutboundMessage, photos: list[str]) -> Answer:
        kind, content = content_of(message, photos)
        body = {"msg_type": kind, "content": compact(content), "uuid": idempotency(message)}
        if message.reply_to is not None:
            answer = await self._api.post(f"{MESSAGES}/{quote(message.reply_to, safe='')}/reply", body)
            if not is_gone(answer):
                return answer
        id_type, identifier = receiver(message)
        return await self._api.post(MESSAGES, {"receive_id": identifier, **body}, receive_id_type=id_type)

    async def _photos(self, message: OutboundMessage) -> list[str]:
        """The keys of the photos at the platform. One that cannot be brought there is left out: the words go."""
        keys = [await self._photo(ref) for ref in message.attachments]
        return [key for key in keys if key]

    async def _photo(self, ref: str) -> str:
        found = await asyncio.to_thread(self._media.open, ref)
        if found is None:
            return ""
        try:
            answer = await self._api.upload(found[0])
        except (ClientError, OSError) as error:
            self._log.warning("photo left out", reason=type(error).__name__)
            return ""
        if verdict(answer).state == "retry":
            raise NotSentError(f"photo: code {answer.code}")
        return word(answer.data, "image_key")
