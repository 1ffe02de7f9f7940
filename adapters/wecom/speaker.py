"""Saying what the bot has to say: by a webhook robot where the chat has one, by the robot's connection, or as an answer.

With callbacks there is no connection: the robot may answer each message once within an hour, at an address that came with it.
"""

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.wecom.cards import Deck
from adapters.wecom.codes import result_of
from adapters.wecom.http import Http
from adapters.wecom.link import Link, UnsentError
from adapters.wecom.outgoing import (
    PHOTO_BYTES,
    card_body,
    markdown_body,
    robot_bodies,
    robot_photo,
    target_of,
    webhook_body,
    webhook_photo,
)
from adapters.wecom.photos import upload
from adapters.wecom.translate import CHANNEL, origin_of
from adapters.wecom.wording import fingerprint
from bot.messages import OutboundMessage, id_of
from bot.ports import Clock, SendResult, Tools
from bot.settings import WecomSettings

WAIT = 5.0  # seconds until a connection that is away may be back
GOOD_FOR = timedelta(minutes=55)  # of an hour
CHATS = 10_000
SPEAKLESS = "nobody has spoken there within the hour: give the group a webhook robot (wecom.webhooks)"


class Line:
    """The connection as it comes and goes. What can't be said meanwhile waits on the disk: nobody was reached."""

    def __init__(self) -> None:
        self.link: Link | None = None

    async def say(self, body: dict[str, Any], platform_id: str | None) -> SendResult:
        """Send a body over the connection."""
        if self.link is None:
            return SendResult("held", retry_after=WAIT)
        try:
            ack = await self.link.ask("aibot_send_msg", body)
        except UnsentError:
            return SendResult("held", retry_after=WAIT)
        except OSError:  # a timeout is one: it may have arrived
            return SendResult("uncertain", platform_id)
        return result_of(ack, platform_id)

    async def show(self, target: Mapping[str, Any], content: bytes) -> SendResult:
        """Send a photo. Raises what went wrong while it was uploaded: nobody has seen it then."""
        if self.link is None:
            return SendResult("held", retry_after=WAIT)
        return await self.say({**target, **robot_photo(await upload(self.link, content))}, None)


class Answers:
    """The addresses at which chats may be answered, each good once."""

    def __init__(self, http: Http, clock: Clock, trusted: str) -> None:
        self._http = http
        self._clock = clock
        self._trusted = "/".join((*trusted.split("/")[:3], ""))  # up to the host
        self._open: dict[str, tuple[str, datetime]] = {}

    def remember(self, body: Mapping[str, Any]) -> None:
        """Keep the address that came with a letter, where it is the platform's own."""
        now, url = self._clock.now(), body.get("response_url")
        origin = origin_of(body, now)
        if origin is None or not isinstance(url, str) or not url.startswith(self._trusted):
            return
        self._open.pop(origin.chat, None)
        self._open[origin.chat] = url, now + GOOD_FOR
        if len(self._open) > CHATS:
            del self._open[next(iter(self._open))]

    async def say(self, chat: str, body: dict[str, Any], platform_id: str | None) -> SendResult:
        """Answer a chat; one that has not been heard lately can't be spoken to."""
        url, until = self._open.pop(chat, ("", self._clock.now()))
        if until <= self._clock.now():
            where = chat.partition(":")[0]  # of a private chat nothing
            structlog.get_logger("channel").warning("no way to speak", channel=CHANNEL, chat=where, advice=SPEAKLESS)
            return SendResult("dead")
        result = await self._http.post(url, body, platform_id)
        if result.state in {"held", "retry"}:  # not used up; a newer one is as good
            self._open.setdefault(chat, (url, until))
        return result


class Speaker:
    """Finds the way for each message. ``answers`` is given where callbacks are heard instead of a connection."""

    def __init__(self, settings: WecomSettings, tools: Tools, http: Http, line: Line, answers: Answers | None) -> None:
        self.deck = Deck()
        self._settings = settings
        self._http = http
        self._line = line
        self._answers = answers
        self._title = tools.name
        self._media = tools.media
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def send(self, message: OutboundMessage) -> SendResult:
        """The result is that of the words: they say what the buttons do, too."""
        key = self._settings.webhooks.get(id_of(message.chat))
        secret = key.get_secret_value() if key is not None else ""
        result = await (self._by_webhook(message, secret) if secret else self._by_robot(message))
        if result.state == "sent":
            await self._show_all(message, secret)
        return result

    async def _by_webhook(self, message: OutboundMessage, key: str) -> SendResult:
        name, body = fingerprint(message.text), webhook_body(message)
        result = await self._http.post(self._settings.webhook_url, body, name, key)
        if result.state == "dead":  # the webhook robot was removed: the other one is still there
            return await self._by_robot(message)
        if result.state == "sent" and message.buttons and self._answers is None:
            await self._robot(message, card_body(message, self._title))
        return result

    async def _by_robot(self, message: OutboundMessage) -> SendResult:
        first, *rest = robot_bodies(message, self._title)
        result = await self._robot(message, first)
        if result.state == "dead" and first["msgtype"] != "markdown" and self._answers is None:
            return await self._robot(message, markdown_body(message))  # a card that is refused: words are taken
        if result.state == "sent" and self._answers is None:
            for body in rest:
                await self._robot(message, body)
        return result

    async def _robot(self, message: OutboundMessage, body: dict[str, Any]) -> SendResult:
        name = fingerprint(message.text)
        if "template_card" in body:
            self.deck.keep(body["template_card"])
        if self._answers is not None:
            return await self._answers.say(id_of(message.chat), body, name)
        return await self._line.say({**target_of(message), **body}, name)

    async def _show_all(self, message: OutboundMessage, key: str) -> None:
        """The photos. One that fails is left out: the words are said, and nothing may have them said again."""
        for ref in message.attachments:
            try:
                found = await asyncio.to_thread(self._media.open, ref)
                trouble = "" if found is None else await self._show(message, found[0], key)
            except Exception as error:
                trouble = f"{type(error).__name__}: {error}"[:300]
            if trouble:
                self._log.warning("photo not sent", reason=trouble)

    async def _show(self, message: OutboundMessage, content: bytes, key: str) -> str:
        """By the webhook robot where it can, else by the robot. Gives why it was not sent, "" where it was."""
        result = SendResult("dead")
        if key and len(content) <= PHOTO_BYTES:
            result = await self._http.post(self._settings.webhook_url, webhook_photo(content), None, key)
        if result.state == "dead" and self._answers is not None:
            return "with callbacks only a webhook robot can show a photo, of 2 MB at most"
        if result.state == "dead":
            result = await self._line.show(target_of(message), content)
        return "" if result.state == "sent" else result.state
