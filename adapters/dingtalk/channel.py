"""DingTalk as a platform: heard over the stream, spoken to in plain text.

A group is answered through the webhook that came with its last message, where people can be mentioned; later through the
robot's API, where they cannot. Text is never markup: only the message types for plain text are used.
"""

import asyncio
import json
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import ClientError, ClientWebSocketResponse, WSServerHandshakeError
from yarl import URL

from adapters.dingtalk.answers import THROTTLED, judged
from adapters.dingtalk.api import PATIENCE, TO_GROUP, TO_PERSON, Api, UnsentError
from adapters.dingtalk.stream import Stream
from adapters.dingtalk.translate import CHANNEL, PRIVATE_CHAT, pictures, translate, webhook
from adapters.dingtalk.webhooks import Webhooks
from bot.domain.errors import DomainError
from bot.messages import Capabilities, InboundMessage, Media, OutboundMessage, id_of
from bot.ports import Inbound, Refused, SendResult, Tools
from bot.settings import DingtalkSettings

HEARTBEAT = 30.0  # seconds between our pings; half as long without an answer is the end of the connection
MADE_ID = (
    "$:"  # so begins an id that DingTalk made for somebody outside; only a staff id can be written to or mentioned
)
RECENT = 200  # messages; DingTalk repeats what is not acknowledged within seconds
LONGEST = 3000  # characters: the API takes 15,000 bytes


class Dingtalk:
    """Implements ``ports.Platform``."""

    name = CHANNEL
    routes: Sequence[Any] = ()

    def __init__(
        self, settings: DingtalkSettings, tools: Tools, heartbeat: float = HEARTBEAT, patience: float = PATIENCE
    ) -> None:
        self.capabilities = Capabilities(
            buttons=False,
            max_length=LONGEST,
            hears_all=False,
            per_second=settings.per_second,
            chat_per_minute=settings.chat_per_minute,
        )
        self._tools = tools
        self._heartbeat = heartbeat
        self._api = Api(settings, tools.clock, patience)
        self._webhooks = Webhooks(tools.clock)
        self._inbound: Inbound | None = None
        self._recent: deque[str] = deque(maxlen=RECENT)  # keys of kept messages
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    # ------------------------------------------------------------ in

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """One connection of the stream, until it ends or falls silent."""
        self._inbound = inbound
        async with await self._connected(await self._api.stream()) as socket:
            ready()
            await Stream(socket, lambda payload: self._take(inbound, payload)).run()

    async def _connected(self, place: URL) -> ClientWebSocketResponse:
        try:
            return await self._api.session.ws_connect(place, heartbeat=self._heartbeat)
        except WSServerHandshakeError as error:  # its own words show the ticket
            raise ConnectionError(f"the stream answers {error.status}") from None

    async def _take(self, inbound: Inbound, payload: object) -> None:
        """Returns when the message and its webhook are kept."""
        message = translate(payload, self._tools.name)
        if message is None or message.key in self._recent:  # its pictures are not fetched twice
            return
        hook = webhook(payload)
        if hook is not None and self._api.is_own(hook.url):
            self._webhooks.keep(message.chat_key, hook)
        message = await self._with_pictures(message, pictures(payload))
        await inbound.receive(message, lambda uow: self._webhooks.note(uow, message.chat_key))
        self._recent.append(message.key)

    async def _with_pictures(self, message: InboundMessage, codes: Sequence[str]) -> InboundMessage:
        found = await asyncio.gather(*(self._picture(code) for code in codes))
        return replace(message, media=(*message.media, *(media for media in found if media is not None)))

    async def _picture(self, code: str) -> Media | None:
        """A stored picture; the message is worth more than it, and goes on without one that is broken."""
        content = await self._api.picture(code)
        if content is None:
            self._log.warning("picture not fetched")
            return None
        try:
            return await asyncio.to_thread(self._tools.media.put, content, "")
        except DomainError as error:
            self._log.warning("picture not taken", reason=error.key)
            return None

    # ------------------------------------------------------------ out

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send the text the best way that is open now."""
        try:
            return await self._sent(message)
        except UnsentError as error:
            return SendResult("held", retry_after=error.retry_after)
        except Refused:
            return SendResult("held", retry_after=THROTTLED)  # the secret may be put right while the bot runs
        except (ClientError, OSError):  # a timeout is an OSError; it had left, and nobody knows whether it arrived
            return SendResult("uncertain")

    async def _sent(self, message: OutboundMessage) -> SendResult:
        chat = id_of(message.chat)
        person = chat.removeprefix(PRIVATE_CHAT)
        body = {"msgKey": "sampleText", "msgParam": json.dumps({"content": message.text}, ensure_ascii=False)}
        if person != chat and not person.startswith(MADE_ID):
            return judged(await self._api.call(TO_PERSON, {"userIds": [person], **body}))
        result = await self._answered(message)
        if result is not None:
            return result
        if person != chat:
            return SendResult("dead")  # somebody outside the organization is only answered, while his webhook is fresh
        return judged(await self._api.call(TO_GROUP, {"openConversationId": chat, **body}))

    async def _answered(self, message: OutboundMessage) -> SendResult | None:
        """Answer through the chat's webhook; None where there is none, or it is not taken any more."""
        url = await self._webhooks.find(message.chat, self._inbound)
        if url is None:
            return None
        people = [id_of(account) for account in message.mentions if not id_of(account).startswith(MADE_ID)]
        at = {"atUserIds": people, "isAtAll": False}
        answer = await self._api.post(URL(url), {"msgtype": "text", "text": {"content": message.text}, "at": at})
        if answer.is_refused and not answer.is_final:
            self._webhooks.forget(message.chat)
            return None
        return judged(answer)

    # ------------------------------------------------------------

    async def probe(self) -> list[str]:
        """Whether DingTalk lets us in. Which rights a robot has it tells nobody before they are used."""
        try:
            await self._api.token()
            await self._api.stream()
        except Refused as error:
            return [str(error)]
        except (UnsentError, ClientError, OSError, ValueError) as error:
            return [f"连不上钉钉（{type(error).__name__}）"]
        return []

    async def close(self) -> None:
        """Hang up."""
        await self._api.close()
