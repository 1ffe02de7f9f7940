"""What can go wrong on the fake DingTalk."""

from collections.abc import Callable

from aiohttp import web
from aiohttp.abc import AbstractStreamWriter

Fault = (
    Callable[[], web.StreamResponse] | float
)  # an answer instead of the right one, or seconds to keep the caller waiting


class Silence(web.Response):
    """No answer: the line breaks instead."""

    async def prepare(self, request: web.BaseRequest) -> AbstractStreamWriter | None:
        if request.transport is not None:
            request.transport.abort()
        return await super().prepare(request)


def fails(status: int, code: str = "", **headers: str) -> Callable[[], web.StreamResponse]:
    """An answer of the new dialect."""
    return lambda: web.json_response({"code": code, "message": "so"}, status=status, headers=headers)


def errs(errcode: int) -> Callable[[], web.StreamResponse]:
    """An answer of the old dialect."""
    return lambda: web.json_response({"errcode": errcode, "errmsg": "so"})


def refuse(status: int, code: str, message: str) -> web.StreamResponse:
    """A refusal of the new dialect."""
    return web.json_response({"code": code, "message": message, "requestid": "r"}, status=status)
