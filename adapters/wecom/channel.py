"""WeCom as a platform: heard over a long connection or by callbacks, spoken to by the same robot or by webhook robots."""

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any

import structlog
from aiohttp import ClientError, ClientWSTimeout, web

from adapters.wecom.callback import Callback
from adapters.wecom.codes import AGAIN, UNCLEAR
from adapters.wecom.http import Http
from adapters.wecom.intake import Intake
from adapters.wecom.link import Frame, Link, UnsentError
from adapters.wecom.speaker import Answers, Line, Speaker
from adapters.wecom.translate import CHANNEL, event_name, tapped_card
from bot.messages import Capabilities, OutboundMessage
from bot.ports import Inbound, Refused, SendResult, Tools
from bot.settings import WecomSettings

BEAT = 30.0  # seconds between pings
PATIENCE = 10.0  # seconds for an answer
LONGEST_WAIT = 3600.0  # seconds until a message is tried again, whatever the platform asks for
FRAME = 1_000_000  # bytes of one
WAITING = 10_000  # frames that were heard and not yet taken
PLAIN, WITH_WEBHOOKS = 2000, 600  # characters; a webhook robot's text has 2048 bytes
WELCOME = "您好，我是{name}。有事直接说：在哪里、出了什么事。回“隐私”看我记什么、不记什么。"
UNSET = "企业微信：还没有填 secret（或回调用的 callback_token 和 callback_key）。"
INSECURE = "企业微信的回调要走 https：请把 web.public_url 填成 https:// 开头的地址。"
REFUSED = "企业微信拒绝了机器人（{code} {why}），请核对 bot_id 和 secret。"


class WecomChannel:
    """Implements ``ports.Platform``. ``beat``, ``patience`` and ``longest_wait`` are in seconds."""

    name = CHANNEL

    def __init__(
        self, settings: WecomSettings, tools: Tools,
        beat: float = BEAT, patience: float = PATIENCE, longest_wait: float = LONGEST_WAIT,
    ) -> None:  # fmt: skip
        key = settings.callback_key.get_secret_value()
        self.capabilities = Capabilities(
            mentions=bool(settings.webhooks), hears_all=False,
            max_length=WITH_WEBHOOKS if settings.webhooks else PLAIN,
            per_second=settings.per_second, chat_per_minute=settings.chat_per_minute,
        )  # fmt: skip
        self._settings = settings
        self._secure = tools.url.startswith("https://")
        self._welcome = {"msgtype": "text", "text": {"content": WELCOME.format(name=tools.name)}}
        self._beat = beat
        self._patience = patience
        self._longest_wait = longest_wait
        self._http = Http(patience)
        self._line = Line()
        self._answers = Answers(self._http, tools.clock, settings.webhook_url) if key else None
        self._speaker = Speaker(settings, tools, self._http, self._line, self._answers)
        self._intake = Intake(self._http, tools, key)
        self._callback = Callback(settings, tools.clock, self._take_letter) if key else None
        self.routes: Sequence[Any] = self._callback.routes if self._callback else ()
        self._waiting: deque[Frame] = deque()  # heard and not yet committed; outlives a connection
        self._arrived = asyncio.Event()
        self._inbound: Inbound | None = None
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def send(self, message: OutboundMessage) -> SendResult:
        """Say it, by whichever way there is."""
        result = await self._speaker.send(message)
        return replace(result, retry_after=min(result.retry_after, self._longest_wait))

    async def close(self) -> None:
        """Hang up."""
        self._line.link = None
        await self._http.close()

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Hand on what is heard until the connection ends. With callbacks there is none: it never does."""
        if self._callback is not None:
            await self._await_letters(inbound, ready)
            return
        while self._waiting:  # the platform repeats nothing: what the last connection brought is not lost with it
            await self._take_next(inbound, None)
        async with self._connected() as link:
            await _first_of(link.read(), self._speak_for(link, inbound, ready))

    async def probe(self) -> list[str]:
        """Log in once. The platform allows one connection: a bot that runs is disconnected by this."""
        if self._callback is not None:
            return [] if self._secure else [INSECURE]
        try:
            async with self._connected() as link:
                await _first_of(link.read(), self._log_in(link))
        except Refused as error:
            return [str(error)]
        except (ClientError, OSError, UnsentError) as error:
            return [f"企业微信连不上（{type(error).__name__}），请检查网络。"]
        return []

    # ------------------------------------------------------------ the long connection

    @asynccontextmanager
    async def _connected(self) -> AsyncIterator[Link]:
        if not self._settings.secret.get_secret_value():
            raise Refused(UNSET)
        timeout = ClientWSTimeout(ws_close=self._patience)
        async with asyncio.timeout(self._patience):
            socket = await self._http.session.ws_connect(self._settings.url, timeout=timeout, max_msg_size=FRAME)
        async with socket:
            yield Link(socket, self._hand_on, self._patience)

    async def _log_in(self, link: Link) -> None:
        body = {"bot_id": self._settings.bot_id, "secret": self._settings.secret.get_secret_value()}
        ack = await link.ask("aibot_subscribe", body)
        if ack.code in AGAIN or ack.code == UNCLEAR:
            raise ConnectionError(f"{ack.code} {ack.why}")
        if ack.code != 0:
            raise Refused(REFUSED.format(code=ack.code, why=ack.why))

    async def _speak_for(self, link: Link, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Log in, then do both: keep the connection alive and work off what it brings."""
        await self._log_in(link)
        self._line.link = link
        ready()
        try:
            await _first_of(self._ping(link), self._work(inbound, link))
        finally:
            self._line.link = None

    async def _ping(self, link: Link) -> None:
        """Ends by an error when an answer stays away: the connection is dead although nobody has closed it."""
        while True:
            await asyncio.sleep(self._beat)
            await link.ask("ping")

    def _hand_on(self, frame: Frame) -> None:
        """Nobody can make the bot hold more than so much: what comes beyond that is not heard."""
        if len(self._waiting) >= WAITING:
            self._log.error("not heard: too much waits to be taken", waiting=WAITING)
            return
        self._waiting.append(frame)
        self._arrived.set()

    async def _work(self, inbound: Inbound, link: Link) -> None:
        while True:
            while self._waiting:
                await self._take_next(inbound, link)
            self._arrived.clear()
            await self._arrived.wait()

    async def _take_next(self, inbound: Inbound, link: Link | None) -> None:
        """One frame: it leaves the queue only when it is committed."""
        frame = self._waiting[0]
        answer = await self._taken(frame.body, inbound)
        if answer is not None and link is not None:
            await self._answer(link, frame.req_id, answer)
        self._waiting.popleft()

    async def _taken(self, body: dict[str, Any], inbound: Inbound) -> dict[str, Any] | None:
        """Take a body; gives the answer that the platform shows at once: a greeting, or the tapped card with its mark."""
        if event_name(body) == "enter_chat":
            return self._welcome
        await self._intake.take(body, inbound)
        tap = tapped_card(body)
        return self._speaker.deck.marked(*tap) if tap else None

    async def _answer(self, link: Link, req_id: str, answer: dict[str, Any]) -> None:
        """Only shown: where it fails, nothing is lost."""
        kind = "welcome" if answer is self._welcome else "update"
        try:
            ack = await link.ask(f"aibot_respond_{kind}_msg", answer, req_id)
        except (OSError, UnsentError) as error:
            self._log.info("no answer", kind=kind, reason=type(error).__name__)
        else:
            if ack.code != 0:
                self._log.info("no answer", kind=kind, reason=f"{ack.code} {ack.why}")

    # ------------------------------------------------------------ callbacks

    async def _await_letters(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        self._inbound = inbound
        ready()
        try:
            await asyncio.Event().wait()
        finally:
            self._inbound = None

    async def _take_letter(self, body: dict[str, Any]) -> dict[str, Any] | None:
        if self._inbound is None or self._answers is None:
            raise web.HTTPServiceUnavailable
        self._answers.remember(body)
        return await self._taken(body, self._inbound)


async def _first_of(*jobs: Coroutine[Any, Any, None]) -> None:
    """Until the first of several jobs ends; the others are stopped. Raises what it raised."""
    tasks = [asyncio.create_task(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in tasks:
        if task in done:
            task.result()
