"""A Feishu that is none: the open platform's API and its events, on loopback, stricter than the real one.

It checks tokens, ids, types and shapes, knows idempotency keys, seals its callbacks, and delivers an event again until it
is answered.
"""

import asyncio
import json
from base64 import b64decode
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import ClientError, ClientSession, ClientTimeout, DummyCookieJar, WSMsgType, web

from tests.peers.feishu_messages import ME, Fault, Messages
from tests.peers.feishu_wire import FRAME, RefusedError, frame_of, require, sealed, seals

APP, SECRET = "cli_grid", "app-secret"
AGAIN = 0.05  # seconds after which an event that was not answered is delivered again; 15 in life
PATIENCE = 15.0  # seconds after which nobody is there
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class FeishuServer(Messages):
    """The platform's side of one app and one group."""

    def __init__(self) -> None:
        super().__init__()
        self.faulty: dict[str, Fault] = {}  # of every call whose path holds this
        self.calls: list[str] = []
        self.answers: list[dict[str, Any]] = []  # to events, in order
        self.scopes: dict[str, int] = {}
        self.endpoint: dict[str, Any] | None = None  # instead of a true endpoint
        self.token: dict[str, Any] | None = None  # instead of a true token
        self.handshake: dict[str, str] | None = None  # headers of a refused handshake
        self.callback = ""  # where events are posted to; else they go over the long connection
        self.ping = 120.0
        self.deaf = False  # answers no pings
        self.url = ""
        self.tokens: set[str] = set()
        self.parts = 1
        self._socket: web.WebSocketResponse | None = None
        self._there = asyncio.Event()
        self._acks: dict[str, asyncio.Future[dict[str, Any]]] = {}
        self._runner: web.AppRunner | None = None
        self._port = 0

    # ------------------------------------------------------------ life

    async def start(self) -> None:
        """Begin to listen, on the same port as before."""
        app = web.Application()
        app.add_routes(
            [
                web.post("/open-apis/auth/v3/tenant_access_token/internal", self._token),
                web.get("/open-apis/bot/v3/info", self._guarded(self._info)),
                web.get("/open-apis/application/v6/scopes", self._guarded(self._scopes)),
                web.get("/open-apis/im/v1/chats/{chat}/members", self._guarded(self._members)),
                web.get("/open-apis/im/v1/messages/{id}/resources/{key}", self._guarded(self.resource)),
                web.post("/open-apis/im/v1/messages", self._guarded(self.say)),
                web.patch("/open-apis/im/v1/messages/{id}", self._guarded(self.say)),
                web.post("/open-apis/im/v1/messages/{id}/reply", self._guarded(self.say)),
                web.post("/open-apis/im/v1/images", self._guarded(self.image)),
                web.post("/callback/ws/endpoint", self._open),
                web.get("/ws", self._connect),
            ]
        )
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]
        self.url = f"http://127.0.0.1:{self._port}"

    async def stop(self) -> None:
        """As when a server dies: nothing is said farewell to."""
        self.break_off()
        if self._runner is not None:
            await self._runner.cleanup()
            self._runner = None

    def break_off(self) -> None:
        """The long connection breaks."""
        if self._socket is not None and (transport := self._socket._req.transport) is not None:  # type: ignore[union-attr]
            transport.abort()
        self._forget()

    async def close_cleanly(self) -> None:
        """The long connection ends as if all were well."""
        if self._socket is not None:
            await self._socket.close()
        self._forget()

    def _forget(self) -> None:
        self._socket = None
        self._there.clear()
        for waiting in self._acks.values():
            if not waiting.done():
                waiting.cancel()
        self._acks.clear()

    # ------------------------------------------------------------ events

    async def happen(self, payload: dict[str, Any], times: int = 1) -> None:
        """Deliver an event until it is answered; ``times`` asks for as many answers, as where one was lost."""
        async with asyncio.timeout(PATIENCE):
            while times > 0:
                if await (self._post(payload) if self.callback else self._push(payload)):
                    times -= 1
                else:
                    await asyncio.sleep(AGAIN)

    async def _post(self, payload: dict[str, Any]) -> bool:
        body = sealed(payload)
        try:
            async with (
                ClientSession(cookie_jar=DummyCookieJar(), timeout=ClientTimeout(total=3)) as session,
                session.post(self.callback, data=body, headers=seals(body)) as response,
            ):
                if response.status == 200:
                    self.answers.append(await response.json())
                return response.status == 200
        except (ClientError, OSError):
            return False

    async def _push(self, payload: dict[str, Any]) -> bool:
        await self._there.wait()
        socket, id_, raw = self._socket, f"m{next(self._ids)}", json.dumps(payload).encode()
        if socket is None:
            return False
        ack = self._acks[id_] = asyncio.get_running_loop().create_future()
        size = -(-len(raw) // self.parts)
        head = {"type": "event", "message_id": id_, "trace_id": "t", "sum": str(self.parts)}
        try:
            for seq in reversed(range(self.parts)):  # the worst order
                part = raw[seq * size : (seq + 1) * size]
                await socket.send_bytes(frame_of(1, {**head, "seq": str(seq)}, part))
            answer = await asyncio.wait_for(ack, 3)
        except (asyncio.CancelledError, TimeoutError, ClientError, OSError):
            if (task := asyncio.current_task()) is not None and task.cancelling():
                raise
            return False
        self.answers.append(json.loads(b64decode(answer["data"])) if answer.get("data") else {})
        return bool(answer["code"] == 200)

    # ------------------------------------------------------------ the long connection

    async def _open(self, request: web.Request) -> web.StreamResponse:
        given = await request.json()
        if self.endpoint is not None:
            return web.json_response(self.endpoint)
        if (given.get("AppID"), given.get("AppSecret")) != (APP, SECRET):
            return web.json_response({"code": 1000040344, "msg": "app_id or app_secret is invalid"})
        url = f"ws://127.0.0.1:{self._port}/ws?device_id=d1&service_id=33"
        return web.json_response({"code": 0, "msg": "ok", "data": {"URL": url, "ClientConfig": self._config()}})

    def _config(self) -> dict[str, float]:
        """All of it each time: the official client forgets what a pong leaves out, and breaks."""
        return {"ReconnectCount": -1, "ReconnectInterval": 1, "ReconnectNonce": 0, "PingInterval": self.ping}

    async def _connect(self, request: web.Request) -> web.StreamResponse:
        if self.handshake is not None:
            return web.Response(status=400, headers=self.handshake)
        socket = web.WebSocketResponse(autoping=not self.deaf)
        await socket.prepare(request)
        self._socket = socket
        self._there.set()
        async for message in socket:
            if message.type is WSMsgType.BINARY and not self.deaf:
                await self._take(socket, message.data)
        if self._socket is socket:
            self._forget()
        return socket

    async def _take(self, socket: web.WebSocketResponse, raw: bytes) -> None:
        frame = FRAME.FromString(raw)
        headers = {header.key: header.value for header in frame.headers}
        if frame.method == 0:
            assert headers["type"] == "ping"
            assert frame.service == 33
            await socket.send_bytes(frame_of(0, {"type": "pong"}, json.dumps(self._config()).encode()))
        elif (ack := self._acks.pop(headers["message_id"], None)) is not None and not ack.done():
            ack.set_result(json.loads(frame.payload))

    # ------------------------------------------------------------ the API

    async def _token(self, request: web.Request) -> web.StreamResponse:
        self.calls.append("token")
        given = await request.json()
        if self.token is not None:
            return web.json_response(self.token)
        if (given.get("app_id"), given.get("app_secret")) != (APP, SECRET):
            return web.json_response({"code": 10014, "msg": "app secret invalid"})
        token = f"t-{next(self._ids)}"
        self.tokens.add(token)
        return web.json_response({"code": 0, "msg": "ok", "tenant_access_token": token, "expire": 7200})

    def _guarded(self, handler: Handler) -> Handler:
        async def guarded(request: web.Request) -> web.StreamResponse:
            self.calls.append(request.path)
            try:
                if request.headers.get("Authorization", "").removeprefix("Bearer ") not in self.tokens:
                    raise RefusedError(99991663)
                fault = next((fault for part, fault in self.faulty.items() if part in request.path), Fault())
                if fault.hang:
                    await asyncio.Event().wait()
                require(not fault.code, fault.code)
                return await handler(request)
            except RefusedError as error:
                return web.json_response({"code": error.code, "msg": "refused"}, status=error.status)

        return guarded

    async def _info(self, _request: web.Request) -> web.StreamResponse:
        bot = {"activate_status": 2, "app_name": "网格管家", "open_id": ME}
        return web.json_response({"code": 0, "msg": "ok", "bot": bot})

    async def _scopes(self, _request: web.Request) -> web.StreamResponse:
        scopes = [{"scope_name": name, "grant_status": status} for name, status in self.scopes.items()]
        return web.json_response({"code": 0, "data": {"scopes": scopes}})

    async def _members(self, request: web.Request) -> web.StreamResponse:
        require(request.match_info["chat"] in self.known, 232006)
        items = [{"member_id_type": "open_id", "member_id": id_, "name": name} for id_, name in self.members.items()]
        start = int(request.query.get("page_token", "0"))
        data = {"items": items[start : start + 2], "has_more": start + 2 < len(items), "page_token": str(start + 2)}
        return web.json_response({"code": 0, "data": data})
