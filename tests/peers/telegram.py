"""Telegram's side: a group, its people, and a strict fake of the Bot API."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import web
from pydantic import SecretStr

from adapters.telegram.channel import Rhythm, TelegramChannel
from bot.ports import Platform
from bot.settings import TelegramSettings
from tests.peers.house import tools
from tests.peers.peer import Fault, Seen
from tests.peers.telegram_chats import USERNAME, Json
from tests.peers.telegram_server import TOKEN, BotApi, refusal
from tests.peers.telegram_server import Fault as Breakage

GROUP = -1001234567890
PEOPLE = {"zhang": 501, "wang": 502, "zhou": 503}
NAMES = {"zhang": "张老师", "wang": "王大姐", "zhou": "周敏"}
SECRET = "a-word-of-our-own"
QUICK = Rhythm(hold=1, overdue=0.5, look=0.05, answer=1.0, pause=0.2)
FAULTS: Mapping[Fault, Breakage] = {
    "limited": refusal(429, "Too Many Requests: retry after 1", retry_after=1),
    "broken": refusal(500, "Internal Server Error"),
    "lost": Breakage(obeyed=True),
}


class TelegramPeer:
    """Implements ``Peer``. ``changes`` go into the channel's settings; ``hears_all`` is privacy mode switched off."""

    chat = str(GROUP)
    accounts: Mapping[str, str] = {name: str(id_) for name, id_ in PEOPLE.items()}

    def __init__(self, tmp_path: Path, *, hears_all: bool = True, rhythm: Rhythm = QUICK, **changes: Any) -> None:
        self.api = BotApi(hears_all)
        self._tmp_path = tmp_path
        self._rhythm = rhythm
        self._changes = changes
        self.media = tools(tmp_path).media
        self._hooks: web.AppRunner | None = None
        self._platform: Platform | None = None
        self._said: dict[str, Json] = {}

    @property
    def platform(self) -> Platform:
        assert self._platform is not None, "not started"
        return self._platform

    async def start(self) -> None:
        await self.api.start()
        self._hooks = await self._serve()
        for name, id_ in PEOPLE.items():
            self.api.chats.person(id_, NAMES[name], f"{name}_user")
        self.api.chats.group(GROUP, "学苑业主群")
        self._platform = self.channel()
        await self._platform.probe()

    def channel(self) -> Platform:
        """Another channel to the same bot account, as after a restart."""
        given: dict[str, Any] = {
            "token": SecretStr(TOKEN),
            "api_url": self.api.url,
            "webhook_secret": SecretStr(SECRET),
            "per_second": 1000,
            "chat_per_minute": 1000,
        }
        settings = TelegramSettings(**{**given, **self._changes})
        made = replace(tools(self._tmp_path), url=self.hook_url, media=self.media)
        return TelegramChannel(settings, made, self._rhythm)

    async def stop(self) -> None:
        await self.api.stop()
        if self._hooks is not None:
            await self._hooks.cleanup()

    @property
    def hook_url(self) -> str:
        """How webhooks reach the bot."""
        assert self._hooks is not None, "not started"
        return f"http://127.0.0.1:{self._hooks.addresses[0][1]}"

    async def _serve(self) -> web.AppRunner:
        """The bot's own server: the channel's routes on it, also those of the channel that comes after a restart."""

        async def answer(request: web.Request) -> web.StreamResponse:
            for route in self.platform.routes:
                if (route.method, route.path) == (request.method, request.path):
                    found: web.StreamResponse = await route.handler(request)
                    return found
            raise web.HTTPNotFound

        app = web.Application()
        app.router.add_route("*", "/{path:.*}", answer)
        runner = web.AppRunner(app, shutdown_timeout=0.01)
        await runner.setup()
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        return runner

    async def restart(self) -> None:
        """A new channel in place of the old one; it asks first whether it hears all, as it did when the peer started."""
        await self.platform.close()
        self._platform = self.channel()
        await self._platform.probe()

    async def say(
        self,
        who: str,
        text: str,
        *,
        reply_to: str | None = None,
        address: bool = False,
        photo: bytes | None = None,
        private: bool = False,
        at: datetime | None = None,
    ) -> str:
        words = f"@{USERNAME} {text}" if address else text
        chat = PEOPLE[who] if private else GROUP
        date = {} if at is None else {"date": int(at.timestamp())}
        said = self.api.chats.say(chat, PEOPLE[who], words, reply_to=reply_to, photo=photo, **date)
        self._said[str(said["message_id"])] = said
        return str(said["message_id"])

    async def again(self, message: str) -> None:
        self.api.push("message", self._said[message])

    async def press(self, who: str, message: str, label: str) -> None:
        self.api.chats.tap(GROUP, PEOPLE[who], int(message), label)

    async def seen(self, private: str = "") -> Sequence[Seen]:
        chat = (PEOPLE.get(private) or int(private)) if private else GROUP
        return [
            _seen(one) for (where, _), one in self.api.chats.messages.items() if where == chat and one["from"]["is_bot"]
        ]

    async def rename(self, title: str) -> None:
        self.api.chats.rename(GROUP, PEOPLE["zhang"], title)

    async def cut(self, clean: bool = False) -> None:
        if clean:
            await self.api.answer_all()
        await self.api.stop()
        await self.api.start()

    async def trouble(self, fault: Fault) -> None:
        self.api.faults["sendMessage"].append(FAULTS[fault])


def _seen(message: Mapping[str, Any]) -> Seen:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    quoted = message.get("reply_to_message", {}).get("message_id")
    return Seen(
        str(message["message_id"]),
        message.get("text", ""),
        tuple(str(one["user"]["id"]) for one in message.get("entities", ()) if one["type"] == "text_mention"),
        tuple(one["text"] for row in rows for one in row),
        int("photo" in message),
        None if quoted is None else str(quoted),
    )
