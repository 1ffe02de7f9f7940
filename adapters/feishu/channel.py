"""Feishu as a platform: hears over the long connection or by callbacks, speaks through the API."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any
from weakref import WeakValueDictionary

import structlog
from aiohttp import ClientError, web

from adapters.feishu.api import Api, NotSentError
from adapters.feishu.content import word
from adapters.feishu.hook import PATH, Hook
from adapters.feishu.names import Names
from adapters.feishu.probing import missing
from adapters.feishu.sending import Sender
from adapters.feishu.stream import Stream
from adapters.feishu.translate import CHANNEL, private_chat_of, translate
from bot.domain.errors import DomainError
from bot.messages import (
    BOT,
    Capabilities,
    InboundEvent,
    InboundMessage,
    Media,
    OutboundMessage,
    Presence,
    Press,
    Rate,
    Recall,
    key_of,
)
from bot.ports import Inbound, Refused, SendResult, Tools, UnitOfWork
from bot.settings import FeishuSettings

LONGEST = 4000  # characters: a card holds 30 KB
PHOTOS = 9  # of one message
# What a tap on a button shows at once. What came of it is said in the chat.
TOAST = {"toast": {"type": "info", "content": "收到", "i18n": {"zh_cn": "收到", "zh_tw": "收到", "en_us": "Received"}}}


class Feishu:
    """Implements ``ports.Platform``."""

    name = CHANNEL

    def __init__(self, settings: FeishuSettings, tools: Tools, api: Api | None = None) -> None:
        self.capabilities = Capabilities(
            max_length=LONGEST, keyed=True, edits=True, hears_all=settings.hears_all,
            per_second=settings.per_second, chat_per_minute=settings.chat_per_minute,
        )  # fmt: skip
        self._settings = settings
        self._tools = tools
        self._api = api or Api(settings)
        self._sender = Sender(self._api, tools.media)
        self._names = Names(self._api)
        self._hook = Hook(settings, tools.clock)
        self.routes: Sequence[Any] = [web.post(PATH, self._hook.handle)] if settings.mode == "callback" else []
        self._turns: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._log = structlog.get_logger("feishu")

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Until the connection ends; by callbacks there is none, and it lasts until it is cancelled."""
        me = await self._who_we_are()

        async def take(payload: object) -> Mapping[str, Any]:
            for event in translate(payload, me):
                await self._in_turn(event, payload, inbound)
            return TOAST if word(payload, "header", "event_type") == "card.action.trigger" else {}

        if self._settings.mode == "connection":
            await Stream(self._api, self._settings, take).run(ready)
            return
        if not (self._settings.encrypt_key.get_secret_value() and self._settings.verification_token.get_secret_value()):
            raise Refused("回调方式需要 encrypt_key 和 verification_token")
        self._hook.take = take
        try:
            ready()
            await asyncio.Event().wait()
        finally:
            self._hook.take = None

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send a message under its key."""
        return await self._sender.send(message)

    async def probe(self) -> list[str]:
        """What the app may not do, or is not set up for."""
        return await missing(self._api, self._settings)

    async def close(self) -> None:
        """Hang up."""
        await self._api.close()

    async def _who_we_are(self) -> str:
        answer = await self._api.get("/open-apis/bot/v3/info")
        me = word(answer.body, "bot", "open_id")
        if answer.code or not me:
            raise ConnectionError(f"who are we? status {answer.status}, code {answer.code} {answer.words}")
        return me

    async def _in_turn(self, event: InboundEvent, payload: object, inbound: Inbound) -> None:
        """Events of one chat one after the other, also where one waits for its photo; a tap is answered at once."""
        there = word(payload, "event", "message", "chat_id")  # a recall calls a private chat by this name, too
        turn = event.id if isinstance(event, Press | Rate) else there or event.chat
        async with self._turns.setdefault(turn, asyncio.Lock()):
            if isinstance(event, InboundMessage):
                event = await self._complete(event, inbound)
            elif isinstance(event, Recall):
                event = await self._located(event, inbound)
            elif isinstance(event, Presence):
                self._meet(event)

            def note(uow: UnitOfWork) -> None:
                if chat := private_chat_of(payload):
                    uow.connections.note(CHANNEL, f"p2p:{chat}", event.sender, self._tools.clock.now())

            await inbound.receive(event, note)

    def _meet(self, presence: Presence) -> None:
        """Newcomers are known by name; of our own coming the log tells which group it is, for the organization file."""
        if presence.sender == BOT:
            self._log.info("joined a group" if presence.joined else "left a group", chat=presence.chat)
        elif presence.joined and presence.name:
            self._names.learn(presence.chat, presence.sender, presence.name)

    async def _located(self, recall: Recall, inbound: Inbound) -> Recall:
        """A recall names the private chat by an id that only the chat's messages explain."""
        account = await inbound.query(lambda uow, _org, _now: uow.connections.noted(CHANNEL, f"p2p:{recall.chat}"))
        return replace(recall, chat=f"dm:{account}", sender=account) if account else recall

    async def _complete(self, message: InboundMessage, inbound: Inbound) -> InboundMessage:
        """The message with its sender's name and its photos; of a group that nobody has named, nothing is fetched."""
        name = "" if message.private else self._names.known(message.chat, message.sender)
        photos = any(one.type == "image" for one in message.media)
        if (name is None or photos) and (message.private or await self._is_ours(message, inbound)):
            name = await self._names.ask(message.chat, message.sender) if name is None else name
            message = replace(message, media=await self._stored(message))
        return replace(message, name=name) if name else message

    async def _is_ours(self, message: InboundMessage, inbound: Inbound) -> bool:
        key = key_of(CHANNEL, message.chat)
        return await inbound.query(lambda _uow, org, _now: key in org.groups)

    async def _stored(self, message: InboundMessage) -> tuple[Media, ...]:
        kept = [await self._kept(message.id, one) for one in message.media[:PHOTOS]]
        return tuple(media for media in kept if media is not None)

    async def _kept(self, id_: str, media: Media) -> Media | None:
        """A photo in our own folder; without a copy where it could not be fetched, and none where it is no photo."""
        if media.type != "image":
            return media
        try:
            content = await self._api.download(id_, media.name)
            return Media("image") if content is None else await asyncio.to_thread(self._tools.media.put, content, "")
        except DomainError as error:
            self._log.info("photo refused", reason=error.key)
            return None
        except (ClientError, OSError, NotSentError, Refused) as error:
            self._log.warning("photo not fetched", reason=type(error).__name__)
            return Media("image")
