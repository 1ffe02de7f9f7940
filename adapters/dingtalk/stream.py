"""One connection of the stream: frames in, acknowledgements out.

Pings are answered at once; messages are worked off one after another behind them and acknowledged when their effects are
kept. What was not acknowledged comes again.
"""

import asyncio
import json
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from aiohttp import ClientWebSocketResponse, WSMsgType

from adapters.dingtalk.api import EVENTS, MESSAGES
from adapters.dingtalk.translate import CHANNEL

WAITING = 1000  # messages; then the reader waits too
FAREWELL = 5.0  # seconds in which what was taken in is finished after the platform hangs up
TAKEN, UNKNOWN = 200, 404
HEARD = '{"response": "OK"}'
NOTED = '{"status": "SUCCESS", "message": "success"}'  # what they want to read of an event, else it comes again
KEPT = {("CALLBACK", MESSAGES): HEARD, ("EVENT", EVENTS): NOTED}  # what is worked off, and how it is acknowledged


@dataclass(frozen=True, slots=True)
class Frame:
    """An envelope of the stream; ``data`` is JSON in a string, ``event`` the kind of an event."""

    type: str
    topic: str
    id: str
    data: str
    event: str = ""


Take = Callable[[Frame], Awaitable[None]]


def frame_of(raw: object) -> Frame | None:
    """A frame, or None where it is none."""
    try:
        envelope = json.loads(raw) if isinstance(raw, str) else None
    except (ValueError, RecursionError):
        return None
    headers = envelope.get("headers") if isinstance(envelope, dict) else None
    if not isinstance(envelope, dict) or not isinstance(headers, dict):
        return None
    kind, topic, id_ = envelope.get("type"), headers.get("topic"), headers.get("messageId")
    if not isinstance(kind, str) or not isinstance(topic, str) or not isinstance(id_, str):
        return None
    data, event = envelope.get("data"), headers.get("eventType")
    return Frame(kind, topic, id_, data if isinstance(data, str) else "{}", event if isinstance(event, str) else "")


def payload_of(frame: Frame) -> Any:
    """What a frame carries, or None where it is no JSON."""
    try:
        return json.loads(frame.data)
    except (ValueError, RecursionError):
        return None


def ack(frame: Frame, code: int = TAKEN, data: str = HEARD) -> str:
    """The acknowledgement of a frame."""
    headers = {"contentType": "application/json", "messageId": frame.id}
    message = "OK" if code == TAKEN else "not implement"
    return json.dumps({"code": code, "headers": headers, "message": message, "data": data})


class Stream:
    """Reads one connection until it ends."""

    def __init__(self, socket: ClientWebSocketResponse, take: Take) -> None:
        self._socket = socket
        self._take = take
        self._waiting: asyncio.Queue[Frame | None] = asyncio.Queue(WAITING)
        self._log = structlog.get_logger("channel").bind(channel=CHANNEL)

    async def run(self) -> None:
        """Until the platform hangs up, or a message cannot be kept: then it is not acknowledged, and the error raised."""
        worker = asyncio.create_task(self._work(), name="dingtalk messages")
        reader = asyncio.create_task(self._read(), name="dingtalk frames")
        try:
            await asyncio.wait({worker, reader}, return_when=asyncio.FIRST_COMPLETED)
            if not worker.done():
                await asyncio.wait({worker}, timeout=FAREWELL)
        finally:
            worker.cancel()
            reader.cancel()
            results = await asyncio.gather(worker, reader, return_exceptions=True)
        for result in results:
            if isinstance(result, Exception):
                raise result

    async def _read(self) -> None:
        """Ends with the connection, or when the platform asks to come again."""
        try:
            async for message in self._socket:
                frame = frame_of(message.data) if message.type == WSMsgType.TEXT else None
                if frame is None:
                    self._log.warning("odd frame")
                elif await self._sort(frame):
                    return
            if (error := self._socket.exception()) is not None:
                raise ConnectionError(f"{type(error).__name__}: {error}")
        finally:
            with suppress(asyncio.QueueFull):
                self._waiting.put_nowait(None)

    async def _sort(self, frame: Frame) -> bool:
        """Answer what can be answered at once, put the rest behind; True for the last frame."""
        if frame.type == "SYSTEM":
            await self._socket.send_str(ack(frame, data=frame.data))
        elif (frame.type, frame.topic) in KEPT:
            await self._waiting.put(frame)
        else:
            await self._socket.send_str(ack(frame, UNKNOWN))
        return (frame.type, frame.topic) == ("SYSTEM", "disconnect")

    async def _work(self) -> None:
        while (frame := await self._waiting.get()) is not None:
            await self._take(frame)
            with suppress(ConnectionError):  # it is kept; it comes again and is known then
                await self._socket.send_str(ack(frame, data=KEPT[frame.type, frame.topic]))
