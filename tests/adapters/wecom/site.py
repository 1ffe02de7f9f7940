"""The adapter behind a real web server, and the platform's pen: it seals and signs letters."""

import asyncio
import io
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import ClientSession, web
from pydantic import SecretStr

from adapters.wecom import connect
from adapters.wecom.callback import PATH
from adapters.wecom.channel import WecomChannel
from adapters.wecom.crypto import key_of, seal_letter, signature
from bot.messages import Button, OutboundMessage
from bot.ports import Inbound
from bot.settings import WecomSettings
from tests.fakes import FakeClock
from tests.peers.house import tools
from tests.peers.wecom import LETTERS, TOKEN
from tests.peers.wecom_server import BOT_ID, FakeWecom

GROUP = "wrkSFfCgAA"
New = Callable[..., Awaitable[WecomChannel]]
KEY = key_of(LETTERS)
NOW = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)


def saying(text: str = "1号件已登记", *buttons: Button, **more: Any) -> OutboundMessage:
    return OutboundMessage(
        **{"key": "k1", "chat": f"wecom:{GROUP}", "text": text, "kind": "x", "buttons": buttons, **more}
    )


class Site:
    """The adapter behind a real web server, and the platform's pen."""

    def __init__(self, server: FakeWecom, tmp_path: Path) -> None:
        self.clock = FakeClock(NOW)
        self.server = server
        settings = WecomSettings(
            bot_id=BOT_ID, callback_token=SecretStr(TOKEN), callback_key=SecretStr(LETTERS),
            webhook_url=server.url("/webhook"),
        )  # fmt: skip
        platform = connect(settings, replace(tools(tmp_path), clock=self.clock))
        assert isinstance(platform, WecomChannel)
        self.platform = platform
        self.session = ClientSession()
        self.url = ""

    def signed(self, sealed: str, nonce: str = "n", at: datetime | None = None) -> dict[str, str]:
        stamp = str(int((at or self.clock.now()).timestamp()))
        return {"msg_signature": signature(TOKEN, stamp, nonce, sealed), "timestamp": stamp, "nonce": nonce}

    def letter(self, body: dict[str, Any], nonce: str = "n") -> tuple[dict[str, str], bytes]:
        sealed = seal_letter(json.dumps(body).encode(), KEY)
        return self.signed(sealed, nonce), json.dumps({"encrypt": sealed}).encode()

    async def post(self, query: dict[str, str], raw: bytes) -> tuple[int, bytes]:
        async with self.session.post(self.url, params=query, data=io.BytesIO(raw)) as response:
            return response.status, await response.read()

    async def tell(self, body: dict[str, Any], nonce: str = "n") -> tuple[int, bytes]:
        return await self.post(*self.letter(body, nonce))


@asynccontextmanager
async def heard(site: Site, bot: Inbound) -> AsyncIterator[None]:
    """While the supervisor hears it."""
    ready = asyncio.Event()
    task = asyncio.create_task(site.platform.hear(bot, ready.set))
    await ready.wait()
    try:
        yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


@asynccontextmanager
async def served(server: FakeWecom, tmp_path: Path) -> AsyncIterator[Site]:
    site = Site(server, tmp_path)
    app = web.Application()
    app.add_routes(site.platform.routes)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    listener = web.TCPSite(runner, "127.0.0.1", 0)
    await listener.start()
    site.url = f"http://127.0.0.1:{runner.addresses[0][1]}{PATH}"
    yield site
    await site.session.close()
    await site.platform.close()
    await runner.cleanup()
