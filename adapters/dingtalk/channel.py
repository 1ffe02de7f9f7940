"""DingTalk as a platform: heard over the stream, spoken to as ``sending`` knows."""

import asyncio
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import ClientError, ClientResponseError, ClientWebSocketResponse
from yarl import URL

from adapters.dingtalk.api import PATIENCE, Api, UnsentError
from adapters.dingtalk.events import events
from adapters.dingtalk.sending import Speaker
from adapters.dingtalk.stream import Frame, Stream, payload_of
from adapters.dingtalk.translate import CHANNEL, pictures, title, translate, webhook
from adapters.dingtalk.webhooks import Webhooks
from bot.domain.errors import DomainError
from bot.messages import BOT, Capabilities, InboundMessage, Media, OutboundMessage, Renamed
from bot.ports import Inbound, Refused, SendResult, Tools
from bot.settings import DingtalkSettings

HEARTBEAT = 30.0  # seconds between our pings; half as long without an answer is the end of the connection
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
        self._speaker = Speaker(self._api, self._webhooks, tools.media)
        self._recent: deque[str] = deque(maxlen=RECENT)  # keys of kept messages
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    # ------------------------------------------------------------ in

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """One connection of the stream, until it ends or falls silent."""
        self._webhooks.read_from(inbound)
        async with await self._connected(await self._api.stream()) as socket:
            ready()
            await Stream(socket, lambda frame: self._take(inbound, frame)).run()

    async def _connected(self, place: URL) -> ClientWebSocketResponse:
        try:
            return await self._api.session.ws_connect(place, heartbeat=self._heartbeat)
        except ClientResponseError as error:  # its own words show the ticket
            raise ConnectionError(f"the stream answers {error.status}") from None

    async def _take(self, inbound: Inbound, frame: Frame) -> None:
        """Returns when what the frame tells is kept."""
        payload = payload_of(frame)
        if frame.type == "EVENT":
            for event in events(frame.event, payload):
                await inbound.receive(event, lambda _uow: None)
        else:
            await self._listen(inbound, payload)

    async def _listen(self, inbound: Inbound, payload: object) -> None:
        """A message and its webhook."""
        message = translate(payload, self._tools.name)
        if message is None or message.key in self._recent:  # its pictures are not fetched twice
            return
        chat, hook = message.chat_key, webhook(payload)
        if hook is not None and self._api.is_own(hook.url):
            self._webhooks.keep(chat, hook)
        group = await inbound.query(lambda _uow, org, _now: org.groups.get(chat))
        if group is not None:
            await self._look_at_title(inbound, message, group.title, title(payload))
        if group is not None or message.private:  # what strangers show each other is none of ours
            message = await self._with_pictures(message, pictures(payload))
        await inbound.receive(message, lambda uow: self._webhooks.note(uow, chat))
        self._recent.append(message.key)

    async def _look_at_title(self, inbound: Inbound, message: InboundMessage, known: str, told: str) -> None:
        """Every message names its group: so a new title is known also where the app does not subscribe to events."""
        if told not in ("", known):
            renamed = Renamed(CHANNEL, message.chat, BOT, message.at, told)
            await inbound.receive(renamed, lambda _uow: None)

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
        except (DomainError, OSError) as error:
            self._log.warning("picture not taken", reason=getattr(error, "key", type(error).__name__))
            return None

    # ------------------------------------------------------------ out

    async def send(self, message: OutboundMessage) -> SendResult:
        """Say it the best way that is open now."""
        return await self._speaker.send(message)

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
