"""Callbacks: the platform posts events to us. What is not sealed as it should be is refused, and nothing of it is read.

The same sealed body sent again by somebody else is caught twice: by its age, and by the ids of what is in it.
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import structlog
from aiohttp import web

from adapters.feishu.content import fields_of, word
from adapters.feishu.crypto import ForgedError, decrypt, is_same, signature
from adapters.feishu.stream import Take
from bot.ports import Clock
from bot.settings import FeishuSettings

PATH = "/hook/feishu"
CHALLENGE = "url_verification"
# The platform comes again after 15 s, 5 min, 1 h and 6 h, and may seal a body only once.
OLDEST, AHEAD = 8 * 3600, 300  # seconds


def opened(raw: bytes, headers: Mapping[str, str], settings: FeishuSettings, now: datetime) -> dict[str, Any]:
    """The payload of a body. Raises ``ForgedError``. Only the one question at set-up, the challenge, comes unsigned."""
    key, token = settings.encrypt_key.get_secret_value(), settings.verification_token.get_secret_value()
    if not key or not token:
        raise ForgedError("no key to check with")
    is_signed = _is_signed(raw, headers, key, now)
    sealed = word(fields_of(raw.decode("utf-8", "replace")), "encrypt")
    payload = fields_of(decrypt(sealed, key).decode("utf-8", "replace"))
    if payload.get("type") == CHALLENGE:
        given = payload.get("token")
    elif is_signed:
        given = word(payload, "header", "token")
    else:
        raise ForgedError("signature")
    if not is_same(given, token):
        raise ForgedError("token")
    return payload


def _is_signed(raw: bytes, headers: Mapping[str, str], key: str, now: datetime) -> bool:
    timestamp, nonce = headers.get("X-Lark-Request-Timestamp", ""), headers.get("X-Lark-Request-Nonce", "")
    if not is_same(headers.get("X-Lark-Signature"), signature(timestamp, nonce, key, raw)):
        return False
    if not (timestamp.isascii() and timestamp.isdigit()) or len(timestamp) > 12:
        return False
    return -AHEAD <= now.timestamp() - int(timestamp) <= OLDEST


class Hook:
    """The webhook. ``take`` is None while nobody hears: then the platform is asked to come again."""

    def __init__(self, settings: FeishuSettings, clock: Clock) -> None:
        self._settings = settings
        self._clock = clock
        self.take: Take | None = None
        self._log = structlog.get_logger("feishu")

    async def handle(self, request: web.Request) -> web.Response:
        """One callback; answered after the commit."""
        raw = await request.read()
        try:
            payload = opened(raw, request.headers, self._settings, self._clock.now())
        except ForgedError as error:
            self._log.warning("callback refused", reason=str(error), peer=request.remote)
            return web.json_response({"msg": "refused"}, status=403)
        if payload.get("type") == CHALLENGE:
            return web.json_response({"challenge": word(payload, "challenge")})
        if self.take is None:
            return web.json_response({"msg": "not yet"}, status=503)
        return web.json_response(await self.take(payload))
