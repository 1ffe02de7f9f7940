"""WeCom that is none: a strict server on loopback for the robot's connection, webhook robots, answers and photos.

It refuses what the documents forbid, so that a test fails where the real platform would. The official SDK is its judge.
"""

import asyncio
import base64
import hashlib
import json
import re
import secrets
import time
from contextlib import suppress
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from adapters.wecom.crypto import lock
from tests.peers.wecom_media import Uploads

BOT_ID, SECRET, WEBHOOK = "aib-test", "very-secret", "hook-key"
NAME = "网格管家"
BAD_SECRET, BAD_BODY, TOO_OFTEN, BAD_REQ_ID, BAD_WEBHOOK = 40001, 40058, 45009, 846605, 93000
BUSY = -1
# Instead of a code: taken and never answered; taken and the connection breaks; lost with the connection.
SILENT, CUT, LOST = -1000, -1001, -1002
GARBLED = -1003  # instead of a webhook's code: a page
TASK = re.compile(r"[A-Za-z0-9_@-]{1,128}")
CARDS = {"text_notice", "news_notice", "button_interaction", "vote_interaction", "multiple_interaction"}


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that the platform has taken."""

    id: str
    chat: str
    body: dict[str, Any]
    by: str = "robot"


@dataclass
class FakeWecom:
    """The platform's other side. ``codes`` are the answers to the next messages, then 0 again."""

    codes: list[int] = field(default_factory=list)
    statuses: list[int] = field(default_factory=list)  # HTTP statuses of the next webhook calls
    logins: list[int] = field(default_factory=list)  # the answers to the next logins
    deaf: bool = False  # no ping is answered
    sent: list[Sent] = field(default_factory=list)
    frames: list[dict[str, Any]] = field(default_factory=list)
    photos: dict[str, bytes] = field(default_factory=dict)
    fetching: int = 0
    busiest: int = 0  # photos that were fetched at the same time
    uploads: Uploads = field(default_factory=Uploads)
    answers: dict[str, str] = field(default_factory=dict)  # code of a response_url → chat
    port: int = 0
    subscribed: asyncio.Event = field(default_factory=asyncio.Event)
    subscriptions: int = 0

    def __post_init__(self) -> None:
        self._ids = count(1)
        self._socket: web.WebSocketResponse | None = None
        self._transport: asyncio.WriteTransport | None = None
        self._tasks: set[str] = set()
        self._events: dict[str, float] = {}  # req_id of what may be answered within 5 s
        self._runner: web.AppRunner | None = None

    # ------------------------------------------------------------ up and down

    async def start(self) -> None:
        app = web.Application()
        app.router.add_get("/ws", self._serve)
        app.router.add_post("/webhook", self._webhook)
        app.router.add_post("/answer/{code}", self._answer)
        app.router.add_get("/photo/{name}", self._photo)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self.port)
        await site.start()
        assert site._server is not None
        self.port = site._server.sockets[0].getsockname()[1]  # type: ignore[attr-defined]

    async def stop(self) -> None:
        self.cut()
        if self._runner is not None:
            await self._runner.cleanup()

    def url(self, path: str = "/ws", scheme: str = "http") -> str:
        return f"{scheme}://127.0.0.1:{self.port}{path}"

    def cut(self) -> None:
        """The connection breaks without a word."""
        self.subscribed.clear()
        if self._transport is not None:
            self._transport.abort()
        self._socket = self._transport = None

    async def hang_up(self) -> None:
        """The connection is closed as if all were well."""
        self.subscribed.clear()
        if self._socket is not None:
            await self._socket.close()

    # ------------------------------------------------------------ what people do

    async def push(self, cmd: str, body: dict[str, Any], req_id: str = "") -> str:
        """Tell the bot something."""
        async with asyncio.timeout(15):
            await self.subscribed.wait()
        req_id = req_id or f"req-{next(self._ids)}"
        self._events[req_id] = time.monotonic()
        assert self._socket is not None
        await self._socket.send_json({"cmd": cmd, "headers": {"req_id": req_id}, "body": body})
        return req_id

    async def raw(self, text: str) -> None:
        """Send anything."""
        assert self._socket is not None
        await self._socket.send_str(text)

    def new_id(self) -> str:
        return f"CAIQ{next(self._ids)}"

    def keep_photo(self, content: bytes) -> dict[str, str]:
        """An image as messages name it."""
        name, key = secrets.token_hex(4), secrets.token_bytes(32)
        self.photos[name] = lock(content, key)
        return {"url": self.url(f"/photo/{name}"), "aeskey": base64.b64encode(key).decode()}

    # ------------------------------------------------------------ the connection

    async def _serve(self, request: web.Request) -> web.WebSocketResponse:
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        with suppress(ConnectionError):
            async for message in socket:
                if message.type is WSMsgType.TEXT:
                    await self._take(socket, request, json.loads(message.data))
        if self._socket is socket:
            self._socket = None
            self.subscribed.clear()
        return socket

    async def _take(self, socket: web.WebSocketResponse, request: web.Request, frame: dict[str, Any]) -> None:
        self.frames.append(frame)
        req_id, cmd = frame["headers"]["req_id"], frame["cmd"]
        assert isinstance(req_id, str)
        assert req_id
        if cmd == "aibot_subscribe":
            await self._subscribe(socket, req_id, frame["body"])
            self._transport = request.transport if self._socket is socket else self._transport
            return
        if socket is not self._socket:
            await socket.close()
            return
        if cmd == "ping":
            if not self.deaf:
                await _ack(socket, req_id, 0)
            return
        if cmd.startswith("aibot_upload_media_"):
            code, given = self.uploads.take(cmd.removeprefix("aibot_upload_media_"), frame["body"])
            await _ack(socket, req_id, code, given)
            return
        code = self._judge(cmd, req_id, frame.get("body"))
        if code in {CUT, LOST}:
            self.cut()
        elif code != SILENT:
            await _ack(socket, req_id, code)

    async def _subscribe(self, socket: web.WebSocketResponse, req_id: str, body: dict[str, Any]) -> None:
        code = self.logins.pop(0) if self.logins else 0
        if code != 0 or body != {"bot_id": BOT_ID, "secret": SECRET}:
            await _ack(socket, req_id, code or BAD_SECRET)
            await socket.close()
            return
        older, self._socket = self._socket, socket
        if older is not None:
            event = {"msgid": self.new_id(), "aibotid": BOT_ID, "msgtype": "event"}
            body = {**event, "event": {"eventtype": "disconnected_event"}}
            await older.send_json({"cmd": "aibot_event_callback", "headers": {"req_id": "x"}, "body": body})
            await older.close()
        await _ack(socket, req_id, 0)
        self.subscriptions += 1
        self.subscribed.set()

    def _judge(self, cmd: str, req_id: str, body: Any) -> int:
        """The code for a request; what is taken is kept."""
        if cmd.startswith("aibot_respond_") and time.monotonic() - self._events.pop(req_id, -9.0) > 5:
            return BAD_REQ_ID
        if cmd == "aibot_respond_update_msg" and body["template_card"]["task_id"] not in self._tasks:
            return BAD_BODY
        if cmd in {"aibot_respond_welcome_msg", "aibot_respond_msg", "aibot_respond_update_msg"}:
            self.sent.append(Sent(self.new_id(), cmd, body))
            return 0
        if cmd != "aibot_send_msg" or not isinstance(body, dict):
            return BAD_BODY
        return self._take_message(body["chatid"], body)

    def _take_message(self, chat: str, body: dict[str, Any]) -> int:
        code = self.codes.pop(0) if self.codes else 0
        if code not in {0, SILENT, CUT}:
            return code
        if not self._is_message(body):
            return BAD_BODY
        self.sent.append(Sent(self.new_id(), chat, body))
        return code

    def _is_message(self, body: dict[str, Any]) -> bool:
        if not isinstance(body.get("chatid", "x"), str) or body.get("chat_type", 0) not in {0, 1, 2}:
            return False
        if body["msgtype"] == "markdown":
            return 0 < len(body["markdown"]["content"].encode()) <= 20_480
        if body["msgtype"] == "image":
            return body["image"].keys() == {"media_id"} and body["image"]["media_id"] in self.uploads.kept
        return body["msgtype"] == "template_card" and self._is_card(body["template_card"])

    def _is_card(self, card: dict[str, Any]) -> bool:
        task = card.get("task_id", "")
        words = card["main_title"].get("title") or card.get("sub_title_text")
        if card["card_type"] not in CARDS or not TASK.fullmatch(task) or task in self._tasks or not words:
            return False
        self._tasks.add(task)
        buttons = card.get("button_list", [])
        fine = all(0 < len(one["text"]) <= 10 and 0 < len(one["key"].encode()) <= 1024 for one in buttons)
        return fine and len(buttons) <= 6 and (bool(buttons) or card["card_type"] != "button_interaction")

    # ------------------------------------------------------------ HTTP

    async def _webhook(self, request: web.Request) -> web.Response:
        if self.statuses and (status := self.statuses.pop(0)) != 200:
            if status == SILENT:
                await asyncio.sleep(30)
            return web.Response(status=status, headers={"Retry-After": "7"})
        body = await request.json()
        if self.codes and self.codes[0] == GARBLED:
            self.codes.pop(0)
            return web.Response(text="<html>")
        code = BAD_WEBHOOK if request.query.get("key") != WEBHOOK else self.codes.pop(0) if self.codes else 0
        if code in {0, CUT} and not _is_webhook_message(body):
            code = BAD_BODY
        if code in {0, CUT}:
            self.sent.append(Sent(self.new_id(), "webhook", body, "webhook"))
        if code == CUT and request.transport is not None:
            request.transport.abort()
        return web.json_response({"errcode": code, "errmsg": "ok" if code == 0 else "no"})

    async def _answer(self, request: web.Request) -> web.Response:
        if self.statuses:
            return web.Response(status=self.statuses.pop(0))
        chat = self.answers.pop(request.match_info["code"], None)
        body = await request.json()
        code = BAD_BODY if chat is None else self._take_message(chat, body)
        return web.json_response({"errcode": code, "errmsg": ""})

    async def _photo(self, request: web.Request) -> web.Response:
        self.fetching += 1
        self.busiest = max(self.busiest, self.fetching)
        await asyncio.sleep(0.03)
        self.fetching -= 1
        content = self.photos.get(request.match_info["name"])
        return web.Response(status=404) if content is None else web.Response(body=content)


def _is_webhook_message(body: dict[str, Any]) -> bool:
    if body["msgtype"] == "text":
        return 0 < len(body["text"]["content"].encode()) <= 2048
    content = base64.b64decode(body["image"]["base64"], validate=True)
    md5 = hashlib.md5(content, usedforsecurity=False).hexdigest()
    return body["msgtype"] == "image" and len(content) <= 2 * 1024 * 1024 and body["image"]["md5"] == md5


async def _ack(socket: web.WebSocketResponse, req_id: str, code: int, body: dict[str, Any] | None = None) -> None:
    answer = {"headers": {"req_id": req_id}, "errcode": code, "errmsg": "ok" if code == 0 else "no"}
    await socket.send_json(answer if body is None else {**answer, "body": body})


def message(server: FakeWecom, who: str, text: str, chat: str = "", **more: Any) -> dict[str, Any]:
    """A text as the platform tells it: in a group with the robot's name before it, in private without."""
    place = {"chatid": chat, "chattype": "group"} if chat else {"chattype": "single"}
    words = f"@{NAME} {text}" if chat else text
    body = {"msgid": server.new_id(), "aibotid": BOT_ID, **place, "from": {"userid": who}}
    return {**body, "msgtype": "text", "text": {"content": words}, **more}


def tapped(server: FakeWecom, who: str, chat: str, key: str, task: str) -> dict[str, Any]:
    """A tap on a card's button."""
    place = {"chatid": chat, "chattype": "group"} if chat else {"chattype": "single"}
    card = {"card_type": "button_interaction", "event_key": key, "task_id": task}
    event = {"eventtype": "template_card_event", "template_card_event": card}
    body = {"msgid": server.new_id(), "create_time": int(time.time()), "aibotid": BOT_ID, **place}
    return {**body, "from": {"userid": who}, "msgtype": "event", "event": event}
