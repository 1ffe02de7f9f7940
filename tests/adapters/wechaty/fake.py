"""A gateway that misbehaves as the official one cannot be made to: it answers with any code, or with garbage."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import grpc

from adapters.wechaty.wire import message_class

GARBAGE = b"\xff\xff\xff\xff"


class Misbehaving(grpc.GenericRpcHandler):  # type: ignore[misc]  # grpc has no types
    """``wrong`` holds by call the code, or the bytes, that it answers with; all else is answered with an empty message.

    What stands in ``once`` comes before that, a single time.
    """

    def __init__(self) -> None:
        self.wrong: dict[str, tuple[grpc.StatusCode, str] | bytes] = {}
        self.once: dict[str, tuple[grpc.StatusCode, str] | bytes] = {}
        self.events: list[bytes] = [event(25, '{"contactId":"bot"}')]
        self.calls: list[str] = []
        self._server = grpc.aio.server()
        self._server.add_generic_rpc_handlers((self,))
        self.port = self._server.add_insecure_port("127.0.0.1:0")

    async def __aenter__(self) -> "Misbehaving":
        await self._server.start()
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self._server.stop(None)

    def service(self, handler_call_details: Any) -> Any:
        name = handler_call_details.method.rpartition("/")[2]
        if name == "Event":
            return grpc.unary_stream_rpc_method_handler(self._events)

        async def answer(_request: bytes, context: Any) -> bytes:
            self.calls.append(name)
            wrong = self.once.pop(name, self.wrong.get(name, b""))
            if not isinstance(wrong, bytes):
                await context.abort(*wrong)
            return wrong if isinstance(wrong, bytes) else b""

        return grpc.unary_unary_rpc_method_handler(answer)

    async def _events(self, _request: bytes, _context: Any) -> AsyncIterator[bytes]:
        for one in self.events:
            yield one
        if self.events:
            await asyncio.Event().wait()


def event(kind: int, payload: str) -> bytes:
    """An event as it travels."""
    content: bytes = message_class("EventResponse")(type=kind, payload=payload).SerializeToString()
    return content
