"""The webhook: Telegram posts one update at a time and comes again until it reads 200."""

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from aiohttp import web

PATH = "/hook/telegram"
HEADER = "X-Telegram-Bot-Api-Secret-Token"

Take = Callable[[Mapping[str, Any]], Awaitable[bool]]


class Webhook:
    """Takes updates in, one after another. ``take`` is False while the bot is not listening: Telegram keeps them then."""

    def __init__(self, secret: str, take: Take) -> None:
        self._secret = secret.encode()
        self._take = take
        self._one = asyncio.Lock()
        self.routes = (web.post(PATH, self.receive),)

    async def receive(self, request: web.Request) -> web.Response:
        """Answers 200 only after the commit."""
        if not self.is_theirs(request.headers.getall(HEADER, [])):
            raise web.HTTPForbidden
        try:
            payload = json.loads(await request.read())
        except (ValueError, RecursionError):
            raise web.HTTPBadRequest from None
        if not isinstance(payload, dict):
            raise web.HTTPBadRequest
        async with self._one:
            heard = await self._take(payload)
        return web.Response(status=200 if heard else 503)

    def is_theirs(self, given: list[str]) -> bool:
        """Whether somebody knows the secret: told in a time that says nothing of how near a guess was."""
        if len(given) != 1 or not self._secret:
            return False
        return hmac.compare_digest(given[0].encode("utf-8", "surrogateescape"), self._secret)
