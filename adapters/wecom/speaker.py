"""Saying what the bot has to say: by a webhook robot where the chat has one, by the robot's connection, or as an answer.

With callbacks there is no connection: the robot may answer each message once within an hour, at an address that came with it.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import structlog

from adapters.wecom.cards import Deck
from adapters.wecom.codes import result_of
from adapters.wecom.http import Http
from adapters.wecom.link import Link, UnsentError
from adapters.wecom.outgoing import card_body, markdown_body, robot_bodies, target_of, webhook_body
from adapters.wecom.translate import origin_of
from adapters.wecom.wording import fingerprint
from bot.messages import OutboundMessage, id_of
from bot.ports import Clock, SendResult
from bot.settings import WecomSettings

WAIT = 5.0  # seconds until a connection that is away may be back
GOOD_FOR = timedelta(minutes=55)  # of an hour
CHATS = 10_000


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
        if len(self._open) >= CHATS:
            self._open.clear()
        self._open[origin.chat] = url, now + GOOD_FOR

    async def say(self, chat: str, body: dict[str, Any], platform_id: str | None) -> SendResult:
        """Answer a chat; one that has not been heard lately can't be spoken to."""
        url, until = self._open.pop(chat, ("", self._clock.now()))
        if until <= self._clock.now():
            structlog.get_logger("channel").warning("no way to speak", channel="wecom", chat=chat.partition(":")[0])
            return SendResult("dead")
        return await self._http.post(url, body, platform_id)


class Speaker:
    """Finds the way for each message. ``answers`` is given where callbacks are heard instead of a connection."""

    def __init__(self, settings: WecomSettings, http: Http, line: Line, answers: Answers | None, title: str) -> None:
        self.deck = Deck()
        self._settings = settings
        self._http = http
        self._line = line
        self._answers = answers
        self._title = title

    async def send(self, message: OutboundMessage) -> SendResult:
        """The result is that of the words: they say what the buttons do, too."""
        key = self._settings.webhooks.get(id_of(message.chat))
        if key is None:
            return await self._by_robot(message)
        name, body = fingerprint(message.text), webhook_body(message)
        result = await self._http.post(self._settings.webhook_url, body, name, key.get_secret_value())
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
