"""WeChat as a platform: heard over one stream of events, spoken to by calls, slowly."""

import asyncio
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog

from adapters.wechaty.allowance import take
from adapters.wechaty.gateway import ANSWER, EventStream, Gateway, GatewayError, fault_of, in_words, open_gateway
from adapters.wechaty.hearing import Hearing, Self
from adapters.wechaty.quotes import said_note
from adapters.wechaty.speaking import DEAD, PAUSE, say, show, text_of, verdict
from adapters.wechaty.translate import NAME, subject
from bot.domain.org import Organization
from bot.messages import Capabilities, OutboundMessage, id_of
from bot.ports import Inbound, Refused, SendResult, Tools, UnitOfWork
from bot.settings import WechatySettings

STOPPED = 3600.0  # seconds: only a restart ends it
SOON = 1.0  # seconds after which a message that nobody took asks again whether the gateway is there, and waits for it
LENGTH = 1000  # characters of a message; WeChat's own limit is not documented
LOGIN, LOGOUT, ERROR = 25, 26, 16


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds: of silence before the gateway is asked whether it lives, for its answer, for a gateway that is away, before a
    refused message is tried again, and for our own message to come back.
    """

    silence: float = 30.0
    answer: float = ANSWER
    away: float = 60.0
    again: float = PAUSE
    echo: float = 5.0


class WechatyPlatform:
    """Implements ``ports.Platform``."""

    routes: Sequence[Any] = ()

    def __init__(self, settings: WechatySettings, tools: Tools, patience: Patience | None = None) -> None:
        self.name = NAME
        self.capabilities = Capabilities(
            buttons=False,
            max_length=LENGTH,
            hears_all=settings.hears_all,
            per_second=settings.per_second,
            chat_per_minute=settings.chat_per_minute,
        )
        self._settings = settings
        self._tools = tools
        self._patience = patience or Patience()
        self._hearing = Hearing(settings, tools, self._patience.echo)
        self._gateway: Gateway | None = None
        self._inbound: Inbound | None = None
        self._up = asyncio.Event()
        self._jitter = random.Random()  # noqa: S311 - spreads messages, guards nothing
        self._log = structlog.get_logger("channel").bind(channel=NAME)

    # ------------------------------------------------------------ in

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Listen until the stream ends, the account is logged out, or the gateway gives no sign of life."""
        self._inbound = inbound
        self._gateway = gateway = await open_gateway(self._settings, self._patience.answer)
        stream = gateway.events()
        try:
            await self._log_in(stream, gateway)
            ready()
            self._up.set()
            await self._hearing.catch_up(gateway, inbound)
            await self._listen(stream, gateway, inbound)
        except EOFError:
            return
        except GatewayError as error:
            raise in_words(error) from error
        finally:
            self._up.clear()
            await stream.close()
            await gateway.close()

    async def _log_in(self, stream: EventStream, gateway: Gateway) -> None:
        """The gateway says at once who we are, if it is logged in."""
        try:
            async with asyncio.timeout(self._patience.silence):
                while (event := await stream.read(self._patience.silence)).type != LOGIN:
                    pass
        except TimeoutError:
            raise ConnectionError("网关没有登录微信：请在网关上扫码") from None
        await self._know_myself(gateway, subject(event.payload, "contactId"))

    async def _know_myself(self, gateway: Gateway, account: str) -> None:
        if not account:  # it would take its own words for a resident's
            raise ConnectionError("the gateway does not say who is logged in")
        name = await self._hearing.name_of(gateway, "", account)
        self._hearing.me = Self(account, tuple(dict.fromkeys(one for one in (name, self._tools.name) if one)))

    async def _listen(self, stream: EventStream, gateway: Gateway, inbound: Inbound) -> None:
        while True:
            try:
                event = await stream.read(self._patience.silence)
            except TimeoutError:
                await self._check(gateway)
                continue
            if event.type == LOGIN:
                await self._know_myself(gateway, subject(event.payload, "contactId"))
            elif event.type == LOGOUT:
                raise ConnectionError("微信退出了登录：请在网关上重新扫码")
            elif event.type == ERROR:
                self._log.warning("the gateway has trouble", told=event.payload[:300])
            else:
                await self._hearing.take(gateway, inbound, event.type, event.payload)

    async def _check(self, gateway: Gateway) -> None:
        """Silence is well where it answers: puppets send heartbeats as they like, and some send none."""
        try:
            await gateway.call("ContactPayload", id=self._hearing.me.id, within=self._patience.silence)
        except GatewayError as error:
            if error.breaks:
                raise

    # ------------------------------------------------------------ out

    async def send(self, message: OutboundMessage) -> SendResult:
        """Say it, after a pause of chance; past the day's allowance not before midnight UTC."""
        if self._settings.stopped:
            return SendResult("held", retry_after=STOPPED)
        try:
            async with asyncio.timeout(self._patience.away):
                await self._up.wait()
        except TimeoutError:
            return SendResult("held", retry_after=SOON)
        await self._hesitate()
        if self._gateway is None or self._inbound is None or not self._up.is_set():
            return SendResult("held", retry_after=SOON)
        photos = await self._photos(message.attachments)
        if seconds := await self._allowed(self._inbound, 1 + len(photos)):
            return SendResult("held", retry_after=seconds)
        result = await self._say(self._gateway, self._inbound, message)
        if result.state == "sent":
            await self._show(self._gateway, message, photos)
        return result

    async def _hesitate(self) -> None:
        """As a person does."""
        await asyncio.sleep(self._jitter.uniform(0, self._settings.jitter_seconds))

    async def _photos(self, refs: Sequence[str]) -> list[bytes]:
        """What is still in the store. Read before anything is said: no photo may cost the words."""
        found: list[bytes] = []
        for ref in refs:
            try:
                stored = await asyncio.to_thread(self._tools.media.open, ref)
            except OSError as error:
                self._log.warning("photo left out", ref=ref, reason=str(error))
                continue
            if stored is not None:
                found.append(stored[0])
        return found

    async def _allowed(self, inbound: Inbound, count: int) -> float:
        """Seconds until so many messages may go out, 0 for now."""
        try:
            return await take(inbound, count, self._settings.per_day)
        except Exception as error:  # of the database: nothing has been said yet, and that is what the core is to hear
            self._log.error("allowance not taken", reason=f"{type(error).__name__}: {error}"[:300])
            return self._patience.again

    async def _say(self, gateway: Gateway, inbound: Inbound, message: OutboundMessage) -> SendResult:
        """Say the words. Where the answer is lost, our own message that comes back tells that they were said."""
        chat, text = id_of(message.chat), text_of(message)
        with self._hearing.own(chat, text) as heard:
            try:
                identifier = await say(gateway, message) or await heard()
            except GatewayError as error:
                result = self._failed(message, error)
                if result.state != "uncertain" or not (identifier := await heard()):
                    return result
        if identifier:
            await self._remember(inbound, chat, text, identifier)
        return SendResult("sent", identifier or None)

    def _failed(self, message: OutboundMessage, error: GatewayError) -> SendResult:
        result = verdict(error, self._patience.again)
        self._log.warning(
            "saying failed", key=message.key, chat=message.chat, state=result.state, reason=str(error),
            advice=DEAD.get(error.code, ""),
        )  # fmt: skip
        return result

    async def _show(self, gateway: Gateway, message: OutboundMessage, photos: Sequence[bytes]) -> None:
        """Photos behind the words. One that fails is left out: the words stand in the chat and are not said again."""
        for number, content in enumerate(photos, 1):
            await self._hesitate()
            try:
                await show(gateway, message.chat, f"{number}.jpg", content)
            except GatewayError as error:
                self._log.warning("photo not shown", key=message.key, chat=message.chat, reason=str(error))
                if error.breaks:
                    return

    async def _remember(self, inbound: Inbound, chat: str, text: str, identifier: str) -> None:
        """A quote of it must lead back to it, also after a restart of the bot."""
        self._hearing.recent.keep(chat, text, identifier)

        def job(uow: UnitOfWork, _org: Organization, now: datetime) -> None:
            uow.connections.note(NAME, said_note(chat, text), identifier, now)

        try:
            await inbound.query(job)
        except Exception as error:  # it has been said all the same
            self._log.error("what was said is not noted", reason=f"{type(error).__name__}: {error}"[:300])

    # ------------------------------------------------------------

    async def probe(self) -> list[str]:
        """Ask whether the gateway lets us in; its stream of events is left to who listens."""
        if fault := await asyncio.to_thread(fault_of, self._settings):
            return [fault]
        gateway = await open_gateway(self._settings, self._patience.answer)
        try:
            await gateway.call("ContactPayload", id=self._hearing.me.id)
        except GatewayError as error:
            told = in_words(error)
            if isinstance(told, Refused):
                return [str(told)]
            return [f"连不上网关 {self._settings.endpoint}（{error}）"] if error.breaks else []
        finally:
            await gateway.close()
        return []

    async def close(self) -> None:
        """Hang up."""
        self._up.clear()
        if self._gateway is not None:
            await self._gateway.close()
