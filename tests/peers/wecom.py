"""WeCom as people see it: a group of colleagues with the robot in it, on the fake server."""

import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from pydantic import SecretStr

from adapters.wecom.channel import WecomChannel
from adapters.wecom.crypto import key_of, seal_letter, signature
from bot.ports import Platform
from bot.settings import WecomSettings
from tests.peers.house import tools
from tests.peers.peer import Fault, Seen
from tests.peers.wecom_server import BOT_ID, BUSY, CUT, SECRET, TOO_OFTEN, WEBHOOK, FakeWecom, Sent, message, tapped

GROUP = "wrkSFfCgAAxueyuan"
TOKEN, LETTERS = "GridStewardToken", "9cP4uJ0Qm3XkT7yZ1sVbW5eRfA8hNd2LgKiOoUxEwHa"
SOON = 0.1  # seconds instead of the minute that the platform is left alone


class WecomPeer:
    """Implements ``Peer``. Who does not address the robot is not told to it: the platform is made so."""

    chat = GROUP
    accounts: Mapping[str, str] = {"zhang": "ZhangSan", "wang": "WangWu", "zhou": "ZhouMin"}

    def __init__(self, tmp_path: Path) -> None:
        self.server = FakeWecom()
        self._tmp_path = tmp_path
        self._said: dict[str, tuple[str, dict[str, Any]]] = {}  # the words of each message, and the whole of it
        self._platform: Platform | None = None

    @property
    def platform(self) -> Platform:
        assert self._platform is not None
        return self._platform

    async def start(self) -> None:
        await self.server.start()
        await self.restart()

    async def restart(self) -> None:
        self._platform = WecomChannel(self._settings(), tools(self._tmp_path), longest_wait=SOON)

    def _settings(self) -> WecomSettings:
        url = self.server.url(scheme="ws")
        return WecomSettings(bot_id=BOT_ID, secret=SecretStr(SECRET), url=url, per_second=1000, chat_per_minute=6000)

    async def stop(self) -> None:
        await self.server.stop()

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
        body = message(self.server, self.accounts[who], text, "" if private else GROUP)
        if photo is not None:
            parts = [{"msgtype": "text", "text": body.pop("text")}]
            parts.append({"msgtype": "image", "image": self.server.keep_photo(photo)})
            body |= {"msgtype": "mixed", "mixed": {"msg_item": parts}}
        if reply_to is not None:
            body["quote"] = {"msgtype": "text", "text": {"content": self._words(reply_to)}}
        if at is not None:
            body["create_time"] = int(at.timestamp())
        self._said[body["msgid"]] = text, body
        if address or private:
            await self.again(body["msgid"])
        return str(body["msgid"])

    async def again(self, message: str) -> None:
        await self._tell("aibot_msg_callback", self._said[message][1])

    async def press(self, who: str, message: str, label: str) -> None:
        place = next(place for place, one in enumerate(self.server.sent) if one.id == message)
        card = next(one.body["template_card"] for one in self.server.sent[place:] if "template_card" in one.body)
        key = next(button["key"] for button in card["button_list"] if button["text"] == label)
        body = tapped(self.server, self.accounts[who], GROUP, key, card["task_id"])
        await self._tell("aibot_event_callback", body)

    async def seen(self, private: str = "") -> Sequence[Seen]:
        chat = self.accounts.get(private, private) if private else GROUP
        found: list[Seen] = []
        for seen in (_seen(one) for one in self.server.sent if _is_in(one, chat)):
            if found and seen.text.endswith("…") and found[-1].text.startswith(seen.text[:-1]):
                found[-1] = replace(found[-1], buttons=seen.buttons)  # the card under long words
            else:
                found.append(seen)
        return found

    async def rename(self, title: str) -> None:
        raise NotImplementedError("the platform tells a robot nothing of it")

    async def cut(self, clean: bool = False) -> None:
        if clean:
            await self.server.hang_up()
        else:
            self.server.cut()

    async def trouble(self, fault: Fault) -> None:
        self.server.codes.append({"limited": TOO_OFTEN, "broken": BUSY, "lost": CUT}[fault])

    async def _tell(self, cmd: str, body: dict[str, Any]) -> None:
        await self.server.push(cmd, body)

    def _words(self, message: str) -> str:
        """What a quote shows of a message: its words, and nothing that tells it from others."""
        found = next((one for one in self.server.sent if one.id == message), None)
        return self._said[message][0] if found is None else _seen(found).text


class WecomCallbackPeer(WecomPeer):
    """The same group told of by callbacks, with a webhook robot in it that speaks: it mentions, and has no buttons."""

    _runner: web.AppRunner | None = None

    async def restart(self) -> None:
        await super().restart()
        await self._unserve()
        app = web.Application()
        app.add_routes(self.platform.routes)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self._url = f"http://127.0.0.1:{self._runner.addresses[0][1]}/hook/wecom"

    async def stop(self) -> None:
        await self._unserve()
        await super().stop()

    async def _unserve(self) -> None:
        if self._runner is not None:
            await self._runner.cleanup()

    async def cut(self, clean: bool = False) -> None:
        """No connection is held that could break."""

    async def trouble(self, fault: Fault) -> None:
        if fault == "broken":
            self.server.statuses.append(502)
        else:
            await super().trouble(fault)

    def _settings(self) -> WecomSettings:
        return WecomSettings(
            bot_id=BOT_ID, callback_token=SecretStr(TOKEN), callback_key=SecretStr(LETTERS),
            webhooks={GROUP: SecretStr(WEBHOOK)}, webhook_url=self.server.url("/webhook"),
            per_second=1000, chat_per_minute=6000,
        )  # fmt: skip

    async def _tell(self, cmd: str, body: dict[str, Any]) -> None:
        chat = body.get("chatid", body["from"]["userid"])
        self.server.answers[body["msgid"]] = chat
        letter = {**body, "response_url": self.server.url(f"/answer/{body['msgid']}")}
        sealed, stamp, nonce = seal_letter(json.dumps(letter).encode(), key_of(LETTERS)), str(int(time.time())), chat
        query = {"msg_signature": signature(TOKEN, stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}
        async with (
            ClientSession() as session,
            session.post(self._url, params=query, json={"encrypt": sealed}) as response,
        ):
            assert response.status == 200, cmd


def _is_in(one: Sent, chat: str) -> bool:
    return one.chat == chat or (one.by == "webhook" and chat == GROUP)


def _seen(one: Sent) -> Seen:
    if one.body["msgtype"] == "text":
        return Seen(one.id, one.body["text"]["content"], tuple(one.body["text"]["mentioned_list"]))
    if one.body["msgtype"] == "markdown":
        return Seen(one.id, one.body["markdown"]["content"])
    if one.body["msgtype"] == "image":
        return Seen(one.id, "", photos=1)
    card = one.body["template_card"]
    return Seen(one.id, card["sub_title_text"], buttons=tuple(button["text"] for button in card["button_list"]))
