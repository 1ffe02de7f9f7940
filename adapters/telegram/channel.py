"""The channel: one bot account, heard by long polling or by webhook."""

import asyncio
import json
import logging
import os
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any, TypeGuard, cast
from urllib.parse import urlencode, urlsplit

from telegram import Bot, User
from telegram.constants import UpdateType
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError
from telegram.request import HTTPXRequest

from adapters.telegram.annex import Annex
from adapters.telegram.ear import Ear
from adapters.telegram.places import Places
from adapters.telegram.sending import Sender
from adapters.telegram.translate import CHANNEL, Me
from adapters.telegram.verdicts import seconds_of
from adapters.telegram.webhook import PATH, Webhook
from bot.messages import Capabilities, OutboundMessage
from bot.ports import Inbound, Refused, SendResult, Tools
from bot.settings import TelegramSettings

WANTED = [
    UpdateType.MESSAGE, UpdateType.EDITED_MESSAGE, UpdateType.CALLBACK_QUERY, UpdateType.MY_CHAT_MEMBER,
    UpdateType.CHAT_MEMBER, UpdateType.POLL_ANSWER,
]  # fmt: skip
SECRET = re.compile(r"[A-Za-z0-9_-]{1,256}")  # as Telegram takes it
LONGEST = 2048  # characters: Telegram takes 4096, an emoji counts as two
PICKUP = 5.0  # seconds until what is to be said before we ever were connected is tried again
DEAF = (
    "隐私模式开着：群里只听得到命令、@机器人和对机器人的回复。"
    "要听全群，请在 @BotFather 用 /setprivacy 关掉，再把机器人移出群、重新拉进群；或者把机器人设为群管理员"
)


class LostError(Exception):
    """The connection ended; says why in words that hold no token."""


@dataclass(frozen=True, slots=True)
class Rhythm:
    """Seconds: how long a poll waits for news, how much later its answer is overdue, how often a webhook is looked at, how
    long any other answer may take, until what never left us is tried again.
    """

    hold: int = 25
    overdue: float = 10.0
    look: float = 60.0
    answer: float = 10.0
    pause: float = 15.0


class TelegramChannel:
    """Implements ``ports.Platform``."""

    def __init__(self, settings: TelegramSettings, tools: Tools, rhythm: Rhythm | None = None) -> None:
        os.environ.setdefault("PTB_TIMEDELTA", "true")  # the SDK's way to choose times of its next version
        logging.getLogger("httpx").setLevel(logging.WARNING)  # it tells every address, and the token stands in them
        # It tells whole answers that are no JSON; a proxy's page may repeat the address. What is wrong we tell ourselves.
        logging.getLogger("telegram.request").setLevel(logging.CRITICAL)
        self.name = CHANNEL
        self.capabilities = Capabilities(
            polls=settings.native_polls,
            max_length=LONGEST,
            hears_all=False,  # until Telegram says otherwise
            edits=True,
            per_second=settings.per_second,
            chat_per_minute=settings.chat_per_minute,
        )
        self._settings = settings
        self._tools = tools
        self._rhythm = rhythm or Rhythm()
        self._token = settings.token.get_secret_value()
        self._line = self._request(2)  # of its own: a poll that waits keeps no message from going out
        base = settings.api_url.rstrip("/")
        self._bot = Bot(self._token, f"{base}/bot", f"{base}/file/bot", self._request(64), self._line)
        self._places = Places()
        annex = Annex(self._bot, self._places, tools.media, settings.native_polls)
        self._sender = Sender(self._bot, self._places, annex, self._rhythm.pause)
        self._ear = Ear(self._bot, self._places, tools, annex.asking)
        self._webhook = Webhook(settings.webhook_secret.get_secret_value(), self._take)
        self.routes: Sequence[Any] = self._webhook.routes if settings.mode == "webhook" else ()
        self._inbound: Inbound | None = None
        self._saying: set[asyncio.Task[SendResult]] = set()
        self._me: Me | None = None
        self._offset: int | None = None
        self._rest = 0.0  # seconds for which Telegram wants to be left alone before we connect again

    def _request(self, lines: int) -> HTTPXRequest:
        wait = self._rhythm.answer
        return HTTPXRequest(
            lines, read_timeout=wait, write_timeout=wait, connect_timeout=wait, pool_timeout=wait,
            proxy=self._settings.proxy or None,
        )  # fmt: skip

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        """Until the connection ends. What was not committed is not confirmed, and Telegram tells it again."""
        self._inbound = inbound
        rest, self._rest = self._rest, 0.0  # only now: so it shows meanwhile that nobody hears
        await asyncio.sleep(rest)
        try:
            self._me = self._known(await self._bot.get_me())
            await self._places.open(inbound)
            await (self._serve(ready) if self._settings.mode == "webhook" else self._poll(inbound, self._me, ready))
        except InvalidToken:
            raise Refused("Telegram 不认这个令牌：请在 @BotFather 核对 telegram.token") from None
        except RetryAfter as error:
            self._rest = seconds_of(error)
            raise LostError(self._told(error)) from None
        except Conflict:
            raise LostError("同一个令牌另有程序在收消息：只能留一个") from None
        except TelegramError as error:
            raise LostError(self._told(error)) from None

    async def send(self, message: OutboundMessage) -> SendResult:
        """Say it."""
        if self._inbound is None:
            return SendResult("held", retry_after=PICKUP)
        saying = asyncio.create_task(self._sender.send(self._inbound, message), name="say telegram")
        self._saying.add(saying)
        saying.add_done_callback(self._saying.discard)
        return await saying

    async def probe(self) -> list[str]:
        """Who we are, whether the group is heard, and whether the webhook can work."""
        try:
            user = await self._bot.get_me()
        except InvalidToken:
            return ["Telegram 不认这个令牌：请在 @BotFather 核对 telegram.token"]
        except Exception as error:  # also an answer that is none: a hotel's login page says 200, too
            return [f"连不上 {self._settings.api_url}（{self._told(error)}）；在中国大陆要设 telegram.proxy"]
        self._known(user)
        faults = [] if user.can_read_all_group_messages else [DEAF]
        if not user.can_join_groups:
            faults.append("机器人不能进群：请在 @BotFather 用 /setjoingroups 打开")
        return faults + self._webhook_faults()

    async def close(self) -> None:
        """Hang up; what is being said right now gets the time of an answer to come to its end."""
        self._inbound = None
        if self._saying:
            _, late = await asyncio.wait(self._saying, timeout=self._rhythm.answer)
            for saying in late:
                saying.cancel()
            await asyncio.gather(*late, return_exceptions=True)
        await self._line.shutdown()
        await self._bot.request.shutdown()

    # ------------------------------------------------------------ who we are

    def _known(self, user: User) -> Me:
        """What Telegram says of the bot: also whether it overhears groups (as an admin it does anyway)."""
        self.capabilities = replace(self.capabilities, hears_all=bool(user.can_read_all_group_messages))
        return Me(user.id, user.username or "", self._places.usernames)

    def _told(self, error: Exception) -> str:
        secret = self._token.rpartition(":")[2] or self._token  # however the colon before it is written in an address
        return str(error).replace(secret, "…")[:200]

    def _webhook_faults(self) -> list[str]:
        if self._settings.mode != "webhook":
            return []
        faults = []
        if not SECRET.fullmatch(self._settings.webhook_secret.get_secret_value()):
            faults.append(
                "telegram.webhook_secret 要填：1–256 个字母、数字、_、-；没有它分不出是不是 Telegram 来的消息"
            )
        own_server = urlsplit(self._settings.api_url).scheme == "http"  # a Bot API server of one's own takes http, too
        if urlsplit(self._tools.url).scheme != "https" and not own_server:
            faults.append("web.public_url 不是 https：Telegram 只往 https 送消息")
        return faults

    # ------------------------------------------------------------ polling

    async def _poll(self, inbound: Inbound, me: Me, ready: Callable[[], None]) -> None:
        """Ask again and again. An update is confirmed by asking for the next one, so only after its commit."""
        await self._bot.delete_webhook()
        updates = await self._news(0)
        ready()
        while True:
            for update in updates:
                await self._ear.take(inbound, me, update)
                self._offset = int(update["update_id"]) + 1
            updates = await self._news(self._rhythm.hold)

    async def _news(self, hold: int) -> list[Mapping[str, Any]]:
        """The next updates, as they are: the SDK's own method drops all of them where one is odd.

        An empty answer confirms what was before. Then no number is named any more: after a quiet week Telegram counts anew.
        """
        asked = {"timeout": hold, "allowed_updates": json.dumps(WANTED)}
        if self._offset is not None:
            asked["offset"] = self._offset
        url = f"{self._bot.base_url}/getUpdates?{urlencode(asked)}"
        found = await self._line.post(url, read_timeout=hold + self._rhythm.overdue)
        if not isinstance(found, list):
            raise LostError("getUpdates: no list")
        if not found:
            self._offset = None
        return [one for one in cast("list[Any]", found) if is_update(one)]

    # ------------------------------------------------------------ webhook

    async def _serve(self, ready: Callable[[], None]) -> None:
        """Say where we are, and look now and then whether Telegram still reaches us."""
        if faults := self._webhook_faults():
            raise Refused("；".join(faults))
        url = f"{self._tools.url.rstrip('/')}{PATH}"
        secret = self._settings.webhook_secret.get_secret_value()
        await self._bot.set_webhook(url, allowed_updates=WANTED, secret_token=secret, max_connections=1)
        ready()
        while True:
            await asyncio.sleep(self._rhythm.look)
            info = await self._bot.get_webhook_info()
            if info.url != url:
                raise LostError("有人改了 webhook 地址")
            if info.pending_update_count and self._is_recent(info.last_error_date):
                raise LostError(f"Telegram 送不到消息：{info.last_error_message or ''}"[:200])

    def _is_recent(self, at: datetime | None) -> bool:
        """Telegram tells of the last error for ever; one of long ago says nothing of now."""
        return at is not None and self._tools.clock.now() - at < timedelta(seconds=2 * self._rhythm.look + 1)

    async def _take(self, payload: Mapping[str, Any]) -> bool:
        if self._inbound is None or self._me is None:
            return False
        await self._ear.take(self._inbound, self._me, payload)
        return True


def is_update(payload: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether a payload can be confirmed at all."""
    return isinstance(payload, dict) and type(payload.get("update_id")) is int
