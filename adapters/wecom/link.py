"""One long connection: requests get their answers, everything else that comes is handed on in order."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from secrets import token_hex
from typing import Any

from aiohttp import ClientWebSocketResponse, WSMsgType

from adapters.wecom.codes import Ack, ack_of
from adapters.wecom.translate import event_name, object_in
from bot.ports import Refused

DISPLACED = "企业微信报告：同一个机器人在别处建立了连接，这里的被断开了。一个机器人只能运行一个程序。"


class UnsentError(Exception):
    """The connection had ended before anything was written."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Something that the platform tells: its body, and the id under which it may be answered."""

    req_id: str
    body: dict[str, Any]


class Link:
    """A connection that stands. ``patience`` is in seconds and for each answer."""

    def __init__(self, socket: ClientWebSocketResponse, hand_on: Callable[[Frame], None], patience: float) -> None:
        self._socket = socket
        self._hand_on = hand_on
        self._patience = patience
        self._asked: dict[str, asyncio.Future[Ack]] = {}

    async def ask(self, cmd: str, body: object = None, req_id: str = "") -> Ack:
        """Send a request and wait for its answer. Raises ``UnsentError``, or OSError where it may have arrived."""
        if self._socket.closed:
            raise UnsentError(cmd)
        req_id = req_id or f"{cmd}_{token_hex(8)}"
        answer: asyncio.Future[Ack] = asyncio.get_running_loop().create_future()
        self._asked[req_id] = answer
        frame: dict[str, object] = {"cmd": cmd, "headers": {"req_id": req_id}}
        try:
            async with asyncio.timeout(self._patience):
                await self._socket.send_json(frame if body is None else {**frame, "body": body})
                return await answer
        finally:
            del self._asked[req_id]

    async def read(self) -> None:
        """Until the connection ends, however it does. Raises ``Refused`` where another program has taken our place."""
        try:
            async for message in self._socket:
                if message.type is WSMsgType.TEXT:
                    self._take(message.data)
            if (error := self._socket.exception()) is not None:
                raise error
        finally:
            for answer in self._asked.values():
                if not answer.done():
                    answer.set_exception(ConnectionResetError("the connection ended before the answer"))

    def _take(self, data: str) -> None:
        frame = object_in(data)
        headers = frame.get("headers")
        req_id = headers.get("req_id") if isinstance(headers, dict) else None
        req_id = req_id if isinstance(req_id, str) else ""
        body = frame.get("body")
        if "cmd" not in frame:
            answer = self._asked.get(req_id)
            if answer is not None and not answer.done():
                answer.set_result(ack_of(frame))
        elif event_name(body) == "disconnected_event":
            raise Refused(DISPLACED)
        elif isinstance(body, dict):
            self._hand_on(Frame(req_id, body))
