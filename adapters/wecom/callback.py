"""Callbacks: the platform posts encrypted letters to us. Each is signed, fresh and taken once; else it is refused, unread.

What has failed on our side may come again: the platform repeats what was not answered with 200.
"""

import json
from collections.abc import Awaitable, Callable
from datetime import datetime
from secrets import token_hex
from typing import Any

from aiohttp import web

from adapters.wecom.crypto import ForgedError, is_signed, key_of, open_letter, seal_letter, signature
from adapters.wecom.translate import object_in
from bot.ports import Clock
from bot.settings import WecomSettings

PATH = "/hook/wecom"
WINDOW = 300.0  # seconds between their clock and ours
LONGEST = 1_000_000  # bytes of a letter
Take = Callable[[dict[str, Any]], Awaitable[dict[str, Any] | None]]


class Callback:
    """The two routes. ``take`` gets each letter and gives the answer to it, if there is one."""

    def __init__(self, settings: WecomSettings, clock: Clock, take: Take) -> None:
        self._token = settings.callback_token.get_secret_value()
        self._key = key_of(settings.callback_key.get_secret_value())
        self._clock = clock
        self._take = take
        self._seen: dict[str, datetime] = {}  # signatures within the window

    @property
    def routes(self) -> tuple[web.RouteDef, ...]:
        """For the web server to serve."""
        return (web.get(PATH, self.verify, allow_head=False), web.post(PATH, self.receive))

    async def verify(self, request: web.Request) -> web.Response:
        """The platform asks whether it is us that it has been told of."""
        sealed = request.query.get("echostr", "")
        self._check(request, sealed)
        return web.Response(body=self._opened(sealed), content_type="text/plain")

    async def receive(self, request: web.Request) -> web.Response:
        """Take a letter; 200 only after its effects are committed."""
        sealed = _sealed(await _body(request))
        claimed = self._check(request, sealed)
        letter = object_in(self._opened(sealed))
        if claimed in self._seen:
            raise web.HTTPForbidden
        self._seen[claimed] = self._clock.now()
        try:
            answer = await self._take(letter)
        except BaseException:
            self._seen.pop(claimed, None)
            raise
        return web.Response() if answer is None else web.json_response(self.seal(answer))

    def seal(self, answer: dict[str, Any]) -> dict[str, Any]:
        """An answer in its envelope."""
        sealed = seal_letter(json.dumps(answer).encode(), self._key)
        stamp, nonce = str(int(self._clock.now().timestamp())), token_hex(8)
        proof = signature(self._token, stamp, nonce, sealed)
        return {"encrypt": sealed, "msgsignature": proof, "timestamp": int(stamp), "nonce": nonce}

    def _check(self, request: web.Request, sealed: str) -> str:
        """The signature, where it is right and of now."""
        query = request.query
        claimed, stamp, nonce = (query.get(name, "") for name in ("msg_signature", "timestamp", "nonce"))
        now = self._clock.now()
        self._forget(now)
        if not is_signed(claimed, self._token, stamp, nonce, sealed) or not _is_fresh(stamp, now):
            raise web.HTTPForbidden
        return claimed

    def _forget(self, now: datetime) -> None:
        """Signatures whose time is over are refused by their time."""
        while self._seen:
            oldest = next(iter(self._seen))
            if (now - self._seen[oldest]).total_seconds() <= 2 * WINDOW:
                return
            del self._seen[oldest]

    def _opened(self, sealed: str) -> bytes:
        try:
            return open_letter(sealed, self._key)
        except ForgedError:
            raise web.HTTPForbidden from None


def _is_fresh(stamp: str, now: datetime) -> bool:
    if not (stamp.isascii() and stamp.isdigit()) or len(stamp) > 12:
        return False
    return abs(now.timestamp() - int(stamp)) <= WINDOW


async def _body(request: web.Request) -> bytes:
    """A body, refused as soon as it grows too long."""
    body = bytearray()
    async for chunk in request.content.iter_chunked(64 * 1024):
        body += chunk
        if len(body) > LONGEST:
            raise web.HTTPRequestEntityTooLarge(LONGEST, len(body))
    return bytes(body)


def _sealed(body: bytes) -> str:
    """The ciphertext in a body."""
    found = object_in(body).get("encrypt")
    if not isinstance(found, str):
        raise web.HTTPForbidden
    return found
