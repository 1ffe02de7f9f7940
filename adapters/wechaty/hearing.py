"""Hearing: an event names a message, the gateway is asked for it, and the bot is given what concerns it."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

import structlog

from adapters.wechaty.files import file_of
from adapters.wechaty.gateway import Gateway, GatewayError
from adapters.wechaty.quotes import Recent, digest, said_note
from adapters.wechaty.translate import (
    JOIN,
    LEAVE,
    NAME,
    SAID,
    TOPIC,
    Around,
    Letter,
    mentions_of,
    presences,
    read_letter,
    renamed,
    subject,
    translate,
)
from adapters.wechaty.wire import fields
from bot.messages import BOT, InboundEvent
from bot.ports import Inbound, Tools
from bot.settings import WechatySettings

MESSAGE = 2
TRIES = 3  # of one event, over broken connections
FOLLOWING = 180.0  # seconds in which more words, or a photo, belong to what was said to the bot
SPEAKERS = 1000  # remembered for that
HICCUP = 0.5  # seconds after which a puppet that does not know a message yet is asked again
CALL_SIGNS = frozenset("@＠")


@dataclass(frozen=True, slots=True)
class Self:
    """The account that the bot speaks with, and how people call it."""

    id: str = ""
    names: tuple[str, ...] = ()


class Hearing:
    """What the bot makes of events. Holds what a broken connection must not lose."""

    def __init__(self, settings: WechatySettings, tools: Tools, echo: float) -> None:
        self.me = Self()
        self.recent = Recent()
        self._hears_all = settings.hears_all
        self._tools = tools
        self._echo = echo
        self._unfinished: tuple[int, str] | None = None
        self._tries = 0
        self._speaking: dict[tuple[str, str], float] = {}
        self._awaited: dict[str, asyncio.Future[str]] = {}
        self._log = structlog.get_logger("channel").bind(channel=NAME)

    async def catch_up(self, gateway: Gateway, inbound: Inbound) -> None:
        """The event during which the connection broke: the gateway does not tell it again."""
        if self._unfinished is not None:
            await self.take(gateway, inbound, *self._unfinished)

    async def take(self, gateway: Gateway, inbound: Inbound, kind: int, payload: str) -> None:
        """Do all that an event causes; raises where the connection, or the bot, is at its end."""
        self._tries = self._tries + 1 if self._unfinished == (kind, payload) else 1
        self._unfinished = (kind, payload)
        try:
            await self._take(gateway, inbound, kind, payload)
        except Exception as error:  # whatever it was, one event may not keep the bot deaf for ever
            is_answer = isinstance(error, GatewayError) and not error.breaks
            if not is_answer and self._tries < TRIES:
                raise
            self._log.warning("event left out", kind=kind, reason=f"{type(error).__name__}: {error}"[:300])
        self._unfinished = None

    async def _take(self, gateway: Gateway, inbound: Inbound, kind: int, payload: str) -> None:
        if kind == MESSAGE:
            await self._message(gateway, inbound, subject(payload, "messageId"))
        elif kind in {JOIN, LEAVE}:
            for presence in presences(kind, payload, self.me.id, self._tools.clock.now()):
                await inbound.receive(presence, _nothing)
        elif kind == TOPIC:
            title = renamed(payload, self.me.id, self._tools.clock.now())
            if title is not None:
                await inbound.receive(title, _nothing)

    async def _message(self, gateway: Gateway, inbound: Inbound, identifier: str) -> None:
        told = fields(await self._payload(gateway, identifier))
        letter = read_letter(told, self._tools.clock.now())
        if letter is None:
            return
        if letter.talker == self.me.id:
            self._own(letter, told)
            return
        if letter.type in SAID:
            self.recent.keep(letter.chat, letter.text, letter.id)
        names = await self._names(gateway, letter)
        if self._is_heard(letter, names):
            event = await self._translated(gateway, inbound, letter, names)
            if event is not None:
                await inbound.receive(event, _nothing)

    async def _payload(self, gateway: Gateway, identifier: str) -> Any:
        """A message; a second time where the puppet has no answer: the gateway will not tell of it again."""
        try:
            return await gateway.call("MessagePayload", id=identifier)
        except GatewayError as error:
            if error.breaks:
                raise
        await asyncio.sleep(HICCUP)
        return await gateway.call("MessagePayload", id=identifier)

    async def _translated(
        self, gateway: Gateway, inbound: Inbound, letter: Letter, names: tuple[str, ...]
    ) -> InboundEvent | None:
        around = Around(
            self.me.id,
            names,
            await self.name_of(gateway, letter.room, letter.talker),
            await self._quoted(inbound, letter),
            await file_of(gateway, self._tools.media, letter) if letter.file_call else None,
        )
        return translate(letter, around)

    def _is_heard(self, letter: Letter, names: tuple[str, ...]) -> bool:
        """All of it, or what is said to the bot and what the same person adds within the linking window."""
        if self._hears_all or not letter.room or letter.type == "recalled":
            return True
        now, who = asyncio.get_running_loop().time(), (letter.room, letter.talker)
        if BOT in mentions_of(letter, self.me.id, names):
            if len(self._speaking) >= SPEAKERS:
                self._speaking = {one: at for one, at in self._speaking.items() if now - at < FOLLOWING}
            self._speaking[who] = now
        return now - self._speaking.get(who, -FOLLOWING) < FOLLOWING

    async def _names(self, gateway: Gateway, letter: Letter) -> tuple[str, ...]:
        """How the bot is called in this chat. Its name in the group is asked for where an @ or a quote may mean it."""
        if not letter.room or (letter.quote is None and not CALL_SIGNS & set(letter.text)):
            return self.me.names
        return tuple(dict.fromkeys([*self.me.names, *filter(None, [await self._alias(gateway, letter.room)])]))

    async def _alias(self, gateway: Gateway, room: str) -> str:
        try:
            return str((await gateway.call("RoomMemberPayload", id=room, member_id=self.me.id)).room_alias)
        except GatewayError as error:
            if error.breaks:
                raise
            return ""

    async def name_of(self, gateway: Gateway, room: str, account: str) -> str:
        """The name in the group, else the account's own; a name is only shown, so that none is no harm."""
        try:
            if room:
                member = await gateway.call("RoomMemberPayload", id=room, member_id=account)
                if name := str(member.room_alias or member.name):
                    return name
            return str((await gateway.call("ContactPayload", id=account)).name)
        except GatewayError as error:
            if error.breaks:
                raise
            return ""

    async def _quoted(self, inbound: Inbound, letter: Letter) -> str | None:
        """The id of what is quoted: seen or said lately, else said by the bot before it was started anew."""
        if letter.quote is None:
            return None
        words = letter.quote.words
        if (found := self.recent.find(letter.chat, words)) is not None:
            return found
        key = said_note(letter.chat, words)
        return await inbound.query(lambda uow, _org, _now: uow.connections.noted(NAME, key))

    # ------------------------------------------------------------ our own messages come back

    def _own(self, letter: Letter, told: dict[str, object]) -> None:
        chat, text = letter.room or f"dm:{told.get('listener_id')}", str(told.get("text"))
        self.recent.keep(chat, text, letter.id)
        awaited = self._awaited.get(digest(chat, text))
        if awaited is not None and not awaited.done():
            awaited.set_result(letter.id)

    @contextmanager
    def own(self, chat: str, text: str) -> Iterator[Callable[[], Awaitable[str]]]:
        """Look out for our own message while it is sent: some puppets give no id, and some answers never come."""
        key = digest(chat, text)
        awaited = self._awaited[key] = asyncio.get_running_loop().create_future()

        async def heard() -> str:
            with suppress(TimeoutError):
                return await asyncio.wait_for(awaited, self._echo)
            return ""

        try:
            yield heard
        finally:
            self._awaited.pop(key, None)


def _nothing(_uow: object) -> None:
    """No record of our own goes with an event."""
