"""A fake DingTalk on loopback: gateway, stream, robot API and webhooks; strict about what it is sent.

What is not acknowledged comes again with the next connection, as the real one does. The official SDK is the judge of it,
see ``tests/adapters/dingtalk/test_judge.py``.
"""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any

from aiohttp import WSMsgType, web

from tests.peers.dingtalk_faults import Fault, errs, refuse
from tests.peers.dingtalk_world import (
    CORP,
    GROUP,
    ID,
    MESSAGES,
    PEOPLE,
    SECRET,
    TITLE,
    message,
    milliseconds,
    quote,
)
from tests.peers.peer import Seen

TO_GROUP, TO_PERSON = "/v1.0/robot/groupMessages/send", "/v1.0/robot/oToMessages/batchSend"
WEBHOOK, UPLOAD = "/robot/sendBySession", "/media/upload"


@dataclass
class Chat:
    """One chat's webhook and what the bot said in it."""

    seen: list[Seen] = field(default_factory=list)


class FakeDingtalk:
    """The server's side."""

    def __init__(self) -> None:
        self.url = ""
        self.chats: dict[str, Chat] = {}  # by group id, or dm:<account>
        self.hooks: dict[str, str] = {}  # session → chat
        self.token = "token-1"
        self.pending: dict[str, dict[str, Any]] = {}  # frames, by message id, until they are acknowledged
        self.acks: list[dict[str, Any]] = []
        self.files: dict[str, bytes] = {}  # pictures of people, by download code
        self.uploads: dict[str, bytes] = {}  # pictures of the bot, by media id
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.opened: list[dict[str, Any]] = []
        self.fetched: list[str] = []  # access tokens
        self.faults: dict[str, list[Fault]] = {}  # by path; after: accepted all the same
        self.faults_after: dict[str, list[Fault]] = {}
        self.answers_pings = True
        self.fresh_seconds = 5400.0
        self.title = TITLE
        self.sockets: list[tuple[web.Request, web.WebSocketResponse]] = []
        self._tickets: set[str] = set()
        self._ids = count(1)
        self._acked = asyncio.Condition()
        self._runner: web.AppRunner | None = None

    async def start(self) -> None:
        """Listen on a free port."""
        app = web.Application()
        app.router.add_post("/v1.0/gateway/connections/open", self._open)
        app.router.add_get("/connect", self._connect)
        app.router.add_post("/v1.0/oauth2/accessToken", self._access)
        app.router.add_post(TO_GROUP, self._to_group)
        app.router.add_post(TO_PERSON, self._to_person)
        app.router.add_post("/v1.0/robot/messageFiles/download", self._download)
        app.router.add_get("/files/{code}", self._file)
        app.router.add_post(WEBHOOK, self._by_session)
        app.router.add_post(UPLOAD, self._upload)
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"

    async def stop(self) -> None:
        """Hang up on everybody."""
        for _, socket in self.sockets:
            await socket.close()
        if self._runner is not None:
            await self._runner.cleanup()

    # ------------------------------------------------------------ what people do

    def payload(
        self, sender: str, text: str, private: bool = False, quoted: Seen | None = None, at: datetime | None = None
    ) -> dict[str, Any]:
        """A message to the robot with the address at which its chat can be answered."""
        body, session = message(sender, text, private, at), f"session{next(self._ids)}"
        self.hooks[session] = f"dm:{sender}" if private else GROUP
        body |= {
            "msgId": f"msg{next(self._ids)}",
            "sessionWebhook": f"{self.url}/robot/sendBySession?session={session}",
            "sessionWebhookExpiredTime": milliseconds() + int(self.fresh_seconds * 1000),
        }
        if not private:
            body["conversationTitle"] = self.title
        if quoted is not None:
            quote(body, quoted)
        return body

    async def push(self, payload: object, topic: str = MESSAGES, kind: str = "CALLBACK", event: str = "") -> str:
        """Send a frame on the newest connection, now or as soon as there is one; gives the frame's id."""
        id_ = f"frame{next(self._ids)}"
        headers = {"appId": "app", "connectionId": "c1", "contentType": "application/json", "messageId": id_}
        headers |= {"time": str(milliseconds()), "topic": topic}
        if event:
            headers |= {"eventType": event, "eventId": id_, "eventCorpId": CORP, "eventBornTime": str(milliseconds())}
        data = payload if isinstance(payload, str) else json.dumps(payload, ensure_ascii=False)
        self.pending[id_] = {"specVersion": "1.0", "type": kind, "headers": headers, "data": data}
        await self._deliver([id_])
        return id_

    async def acknowledged(self, id_: str, seconds: float = 10.0) -> None:
        """Wait until a frame is acknowledged."""
        async with asyncio.timeout(seconds), self._acked:
            await self._acked.wait_for(lambda: id_ not in self.pending)

    def chat(self, name: str) -> Chat:
        """A chat by its id."""
        return self.chats.setdefault(name, Chat())

    async def hang_up(self) -> None:
        """Every connection ends as if all were well."""
        for _, socket in list(self.sockets):
            await socket.close()

    def abort(self) -> None:
        """Every connection breaks without a word."""
        for request, _ in self.sockets:
            if request.transport is not None:
                request.transport.abort()
        self.sockets.clear()

    async def _deliver(self, ids: Sequence[str]) -> None:
        if self.sockets and not (socket := self.sockets[-1][1]).closed:
            for id_ in ids:
                await socket.send_str(json.dumps(self.pending[id_]))

    # ------------------------------------------------------------ the stream

    async def _open(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.opened.append(body)
        if (fault := await self._fault(request.path)) is not None:
            return fault
        topics = {one["topic"] for one in body["subscriptions"] if one["type"] == "CALLBACK"}
        if (body["clientId"], body["clientSecret"]) != (ID, SECRET):
            return refuse(401, "authFailed", "鉴权失败")
        if MESSAGES not in topics:
            return refuse(400, "invalidParameter", "subscriptions")
        self._tickets.add(ticket := f"ticket+{next(self._ids)}=")
        return web.json_response({"endpoint": f"{self.url.replace('http', 'ws', 1)}/connect", "ticket": ticket})

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        ticket = request.query.get("ticket", "")
        if ticket not in self._tickets:
            raise web.HTTPUnauthorized
        self._tickets.remove(ticket)
        socket = web.WebSocketResponse(autoping=self.answers_pings)
        await socket.prepare(request)
        self.sockets.append((request, socket))
        await self._deliver(list(self.pending))
        async for frame in socket:
            if frame.type == WSMsgType.TEXT:
                await self._take_ack(json.loads(frame.data))
        self.sockets = [one for one in self.sockets if one[1] is not socket]
        return socket

    async def _take_ack(self, ack: dict[str, Any]) -> None:
        assert isinstance(ack["code"], int)
        assert isinstance(ack["data"], str)
        json.loads(ack["data"])
        self.acks.append(ack)
        async with self._acked:
            if ack["code"] in (200, 404):
                self.pending.pop(ack["headers"]["messageId"], None)
            self._acked.notify_all()

    # ------------------------------------------------------------ the API

    async def _access(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        if (fault := await self._fault(request.path)) is not None:
            return fault
        if body != {"appKey": ID, "appSecret": SECRET}:
            return refuse(400, "invalidClientIdOrSecret", "无效的clientId或者clientSecret")
        self.fetched.append(self.token)
        return web.json_response({"accessToken": self.token, "expireIn": 7200})

    async def _to_group(self, request: web.Request) -> web.StreamResponse:
        body, refusal = await self._robot(request, {"robotCode", "openConversationId", "msgKey", "msgParam"})
        if refusal is not None:
            return refusal
        return await self._said(request, body["openConversationId"], body)

    async def _to_person(self, request: web.Request) -> web.StreamResponse:
        body, refusal = await self._robot(request, {"robotCode", "userIds", "msgKey", "msgParam"})
        if refusal is not None:
            return refusal
        (person,) = body["userIds"]
        if person not in PEOPLE.values():
            lists = {"invalidStaffIdList": [person], "flowControlledStaffIdList": []}
            return web.json_response({"processQueryKey": f"key{next(self._ids)}", **lists})
        return await self._said(request, f"dm:{person}", body)

    async def _said(self, request: web.Request, chat: str, body: dict[str, Any]) -> web.StreamResponse:
        assert len(body["msgParam"].encode()) <= 15_000
        key, param = f"key{next(self._ids)}", json.loads(body["msgParam"])
        if body["msgKey"] == "sampleImageMsg":
            assert set(param) == {"photoURL"}
            assert param["photoURL"] in self.uploads
            self.chat(chat).seen.append(Seen(key, "", photos=1))
        else:
            assert (body["msgKey"], set(param)) == ("sampleText", {"content"})
            self.chat(chat).seen.append(Seen(key, param["content"]))
        if (fault := await self._fault(request.path, after=True)) is not None:
            return fault
        return web.json_response({"processQueryKey": key})

    async def _by_session(self, request: web.Request) -> web.StreamResponse:
        body = await request.json()
        self.calls.append((request.path, body))
        if (fault := await self._fault(request.path)) is not None:
            return fault
        chat = self.hooks.get(request.query.get("session", ""))
        if chat is None:
            return web.json_response({"errcode": 300001, "errmsg": "session 不存在"})
        assert set(body) == {"msgtype", "text", "at"}
        assert (body["msgtype"], set(body["text"])) == ("text", {"content"})
        assert not body["at"].get("isAtAll")
        assert all(person in PEOPLE.values() for person in body["at"]["atUserIds"])
        mentions = tuple(body["at"]["atUserIds"])
        self.chat(chat).seen.append(Seen(f"m{next(self._ids)}", body["text"]["content"], mentions))
        if (fault := await self._fault(request.path, after=True)) is not None:
            return fault
        return web.json_response({"errcode": 0, "errmsg": "ok"})

    async def _upload(self, request: web.Request) -> web.StreamResponse:
        """The old dialect: the token stands in the address."""
        form = await request.post()
        photo = form["media"]
        assert isinstance(photo, web.FileField)
        assert (form["type"], photo.content_type, set(form)) == ("image", "image/jpeg", {"type", "media"})
        with photo.file as file:
            content = file.read()
        self.calls.append((request.path, {"type": form["type"]}))
        if (fault := await self._fault(request.path)) is not None:
            return fault
        if request.query.get("access_token") != self.token:
            return errs(40014)()
        self.uploads[media := f"@upload{next(self._ids)}"] = content
        return web.json_response({"errcode": 0, "errmsg": "ok", "type": "image", "media_id": media, "created_at": 1})

    async def _download(self, request: web.Request) -> web.StreamResponse:
        body, refusal = await self._robot(request, {"robotCode", "downloadCode"})
        if refusal is not None:
            return refusal
        if body["downloadCode"] not in self.files:
            return refuse(400, "unknownError", "downloadCode")
        return web.json_response({"downloadUrl": f"{self.url}/files/{body['downloadCode']}"})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        if (fault := await self._fault("/files")) is not None:
            return fault
        return web.Response(body=self.files[request.match_info["code"]], content_type="image/png")

    async def _robot(self, request: web.Request, fields: set[str]) -> tuple[dict[str, Any], web.StreamResponse | None]:
        """The body of a call, and what is wrong with it."""
        body = await request.json()
        self.calls.append((request.path, body))
        if (fault := await self._fault(request.path)) is not None:
            return body, fault
        if request.headers.get("x-acs-dingtalk-access-token") != self.token:
            return body, refuse(401, "InvalidAuthentication", "不合法的access_token")
        if set(body) != fields or body["robotCode"] != ID:
            return body, refuse(400, "miss.param", f"{sorted(body)}")
        return body, None

    async def _fault(self, path: str, after: bool = False) -> web.StreamResponse | None:
        """What a test has put in the way."""
        waiting = (self.faults_after if after else self.faults).get(path, [])
        fault = waiting.pop(0) if waiting else None
        if isinstance(fault, int | float):
            await asyncio.sleep(fault)
            return None
        return fault() if fault is not None else None
