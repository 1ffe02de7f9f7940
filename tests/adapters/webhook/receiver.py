"""A receiver of webhooks on loopback, and the verification that its makers would write from the specification alone."""

import hashlib
import hmac
import json
from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer


def is_genuine(secret: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Whether one of the signatures is that of this secret: Standard Webhooks 1.0.0, "Signature scheme"."""
    key = b64decode(secret[len("whsec_") :])
    content = b".".join([headers["webhook-id"].encode(), headers["webhook-timestamp"].encode(), body])
    expected = b64encode(hmac.new(key, content, hashlib.sha256).digest())
    given = [one.split(",", 1) for one in headers["webhook-signature"].split(" ")]
    return any(version == "v1" and hmac.compare_digest(expected, value.encode()) for version, value in given)


@dataclass
class Receiver:
    """Takes what is posted, and answers as a test says."""

    answer: Callable[[web.Request], Awaitable[web.StreamResponse]]
    heard: list[tuple[Mapping[str, str], bytes]] = field(default_factory=list)
    server: TestServer | None = None

    async def take(self, request: web.Request) -> web.StreamResponse:
        """One post."""
        self.heard.append((request.headers.copy(), await request.read()))
        return await self.answer(request)

    @property
    def url(self) -> str:
        """Where it listens."""
        assert self.server is not None
        return f"http://127.0.0.1:{self.server.port}/in"

    @property
    def ids(self) -> list[str]:
        """The keys of all that was posted, as often as it was."""
        return [headers["webhook-id"] for headers, _ in self.heard]

    @property
    def types(self) -> list[str]:
        """What it was told, each message once however often it came."""
        once: dict[str, dict[str, Any]] = {headers["webhook-id"]: json.loads(body) for headers, body in self.heard}
        return [body["type"] for body in once.values()]


async def says(request: web.Request) -> web.StreamResponse:
    """An answer that takes it."""
    assert request.method == "POST"
    return web.Response(status=204)


def status(code: int, **headers: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """An answer with a status."""

    async def answer(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=code, text="<b>no</b>", headers={k.replace("_", "-"): v for k, v in headers.items()})

    return answer
