"""The long connection: events come over a WebSocket that we open, so that nobody has to reach us.

Where the official client answers an event at once, this one answers when its effects are committed. What was not answered
comes again.
"""

import asyncio
import json
from base64 import b64encode
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import parse_qs, urlsplit

import structlog
from aiohttp import ClientError, ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from adapters.feishu.api import BROKEN, OK, TOO_MANY, Answer, Api
from adapters.feishu.content import fields_of, word
from adapters.feishu.frames import CONTROL, DATA, Frame, decode, encode
from bot.ports import Refused
from bot.settings import FeishuSettings

ENDPOINT = "/callback/ws/endpoint"
BUSY = frozenset({1, 1000040343})  # the platform's own troubles: they pass
FORBIDDEN = "403"  # what the handshake's own header says
HEARTBEAT = 20.0  # seconds between pings of the WebSocket itself; no pong within half of it ends the connection
PING = 120.0  # seconds between pings in frames, where the platform does not say
SILENCE = 3  # so many of those without a single frame end the connection
PARTS, WAITING = 100, 64  # parts of one event, and events whose parts are waited for
LARGEST = 4_000_000  # bytes of a frame
IN_HAND = 200  # events; more are left on the line, and the platform sends them again if that takes long

Take = Callable[[object], Awaitable[Mapping[str, Any]]]


class DeafError(Exception):
    """The connection stands, and nothing comes."""


@dataclass(frozen=True, slots=True)
class _Endpoint:
    url: str
    service: int
    ping: float


class Stream:
    """One connection. ``take`` is given each event and returns its answer after the commit."""

    def __init__(
        self, api: Api, settings: FeishuSettings, take: Take, heartbeat: float = HEARTBEAT, in_hand: int = IN_HAND
    ) -> None:
        self._api = api
        self._settings = settings
        self._take = take
        self._heartbeat = heartbeat
        self._room = asyncio.Semaphore(in_hand)
        self._parts = Parts()
        self._ping = PING
        self._log = structlog.get_logger("feishu")

    async def run(self, ready: Callable[[], None]) -> None:
        """Hear until the connection ends."""
        endpoint = await self._endpoint()
        self._ping = endpoint.ping
        try:
            connecting = self._api.session.ws_connect(endpoint.url, heartbeat=self._heartbeat, max_msg_size=LARGEST)
            async with connecting as socket:
                ready()
                await self._serve(socket, endpoint.service)
        except WSServerHandshakeError as error:
            raise _handshake(error) from error

    async def _serve(self, socket: ClientWebSocketResponse, service: int) -> None:
        tasks = {asyncio.create_task(self._keep_alive(socket, service))}
        try:
            while (raw := await self._next(socket)) is not None:
                await self._room.acquire()
                task = asyncio.create_task(self._handle(socket, raw))  # a photo on its way holds nobody up
                tasks.add(task)
                task.add_done_callback(tasks.discard)
                task.add_done_callback(lambda _task: self._room.release())
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def _next(self, socket: ClientWebSocketResponse) -> bytes | None:
        """The next frame; None where the other side closed."""
        while True:
            try:
                message = await socket.receive(timeout=SILENCE * self._ping)
            except TimeoutError:
                raise DeafError("no frame came") from None
            if message.type is WSMsgType.BINARY:
                return bytes(message.data)
            if message.type is WSMsgType.ERROR:
                raise DeafError(str(socket.exception()))
            if message.type in {WSMsgType.CLOSE, WSMsgType.CLOSING, WSMsgType.CLOSED}:
                if (broken := socket.exception()) is not None:
                    raise DeafError(f"{type(broken).__name__}: {broken}")
                return None

    async def _keep_alive(self, socket: ClientWebSocketResponse, service: int) -> None:
        while True:
            await socket.send_bytes(encode(Frame(CONTROL, service, {"type": "ping"})))
            await asyncio.sleep(self._ping)

    async def _handle(self, socket: ClientWebSocketResponse, raw: bytes) -> None:
        try:
            frame = decode(raw)
        except ValueError as error:
            self._log.warning("odd frame", reason=str(error)[:100])
            return
        if frame.method == CONTROL:
            self._ping = _ping_of(fields_of(frame.payload.decode("utf-8", "replace"))) or self._ping
        elif frame.method == DATA and frame.headers.get("type") == "event":
            payload = self._parts.whole(frame)
            if payload is not None:
                await self._answer(socket, frame, payload)

    async def _answer(self, socket: ClientWebSocketResponse, frame: Frame, payload: bytes) -> None:
        try:
            answer = await self._take(fields_of(payload.decode("utf-8", "replace")))
            said: dict[str, object] = {"code": OK}
            if answer:
                said["data"] = b64encode(json.dumps(answer).encode()).decode()
        except Exception as error:  # the platform is told, and will come again
            self._log.error("event failed", reason=f"{type(error).__name__}: {error}"[:300])
            said = {"code": BROKEN}
        try:
            await socket.send_bytes(encode(replace(frame, payload=json.dumps(said).encode())))
        except (ClientError, OSError):  # the connection ended meanwhile: the event comes again, and is known
            self._log.info("answer lost")

    async def _endpoint(self) -> _Endpoint:
        secret = self._settings.app_secret.get_secret_value()
        answer = await self._api.anonymous(ENDPOINT, {"AppID": self._settings.app_id, "AppSecret": secret})
        if answer.status != OK or answer.code in BUSY or answer.is_limited or answer.is_down:
            raise _no_endpoint(answer)
        if answer.code:
            raise Refused(f"长连接被拒绝（{answer.code} {answer.words}）")
        url = word(answer.data, "URL")
        if urlsplit(url).scheme not in {"ws", "wss"}:  # said here: the client's own error would show the ticket in it
            raise ConnectionError("an endpoint that is none")
        service = parse_qs(urlsplit(url).query).get("service_id", ["0"])[0]
        number = int(service) if service.isascii() and service.isdigit() else 0
        return _Endpoint(url, number, _ping_of(answer.data.get("ClientConfig")) or PING)


class Parts:
    """Events that come in parts."""

    def __init__(self) -> None:
        self._waiting: OrderedDict[str, dict[int, bytes]] = OrderedDict()

    def whole(self, frame: Frame) -> bytes | None:
        """The event, once all of it has come."""
        count, place = _number(frame.headers, "sum"), _number(frame.headers, "seq")
        if count <= 1:
            return frame.payload
        if count > PARTS or place >= count:
            return None
        id_ = frame.headers.get("message_id", "")
        parts = self._waiting.setdefault(id_, {})
        parts[place] = frame.payload
        if len(parts) < count:
            if len(self._waiting) > WAITING:
                self._waiting.popitem(last=False)
            return None
        del self._waiting[id_]
        return b"".join(parts[place] for place in sorted(parts))


def _number(headers: Mapping[str, str], name: str) -> int:
    given = headers.get(name, "")
    return int(given) if given.isascii() and given.isdigit() and len(given) < 6 else 0


def _ping_of(config: object) -> float:
    """The seconds between pings that the platform wants; 0 where it says nothing of use."""
    given = config.get("PingInterval") if isinstance(config, dict) else None
    return float(min(given, 600)) if isinstance(given, int | float) and given > 0 else 0.0


def _no_endpoint(answer: Answer) -> Exception:
    if answer.status in {401, 403}:
        return Refused(f"长连接被拒绝（{answer.status} {answer.words}）")
    kind = "too many calls" if answer.status == TOO_MANY else "no endpoint"
    return ConnectionError(f"{kind}: status {answer.status}, code {answer.code} {answer.words}")


def _handshake(error: WSServerHandshakeError) -> Exception:
    """Too many connections of one app are no refusal: the others may end."""
    headers: Mapping[str, str] = error.headers or {}
    if headers.get("handshake-status") == FORBIDDEN:
        return Refused(f"长连接被拒绝（{headers.get('handshake-msg', '')[:200]}）")
    return ConnectionError(f"handshake {error.status}: {headers.get('handshake-msg', '')[:200]}")
