"""What stands between the bot and its homeserver, as a reverse proxy does: everything that is said through it may go wrong.

The answers are the real server's. Only what is said of troubles is made up here, as Synapse and its proxies word it.
"""

import asyncio
import json
from collections.abc import Mapping

from aiohttp import ClientError, ClientSession, ClientTimeout, web
from yarl import URL

from tests.peers.peer import Fault

LIMITED = {"errcode": "M_LIMIT_EXCEEDED", "error": "Too Many Requests", "retry_after_ms": 100}
BROKEN = {"errcode": "M_UNKNOWN", "error": "Internal server error"}
KEPT = {"Authorization", "Content-Type"}


class Gate:
    """Forwards to a homeserver; ``faults`` are used up by what is said next."""

    def __init__(self, target: str) -> None:
        self.url = ""
        self.faults: list[Fault] = []
        self.position = ""  # where the bot has read to
        self._back = ""  # where it is sent back to
        self._turned = asyncio.Event()
        self._target = target
        self._session: ClientSession | None = None
        self._runner: web.AppRunner | None = None

    async def open(self) -> None:
        """Begin to forward."""
        self._session = ClientSession(timeout=ClientTimeout(total=None), auto_decompress=False)
        app = web.Application(client_max_size=50_000_000)
        app.add_routes([web.get("/_matrix/client/v3/sync", self._sync), web.route("*", "/{path:.*}", self._pass)])
        self._runner = web.AppRunner(app, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0]
        self.url = f"http://{host}:{port}"

    async def close(self) -> None:
        """Hang up."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._session is not None:
            await self._session.close()

    async def turn_back(self, position: str) -> None:
        """The bot reads on from an older position, as where a restart kept it from noting the newer one."""
        self._back = position
        self._turned.set()
        while self._back:  # noqa: ASYNC110 - it is used up by the next question
            await asyncio.sleep(0.01)

    async def _sync(self, request: web.Request) -> web.StreamResponse:
        query = dict(request.query)
        while True:
            asking = asyncio.create_task(self._ask(request, query))
            turning = asyncio.create_task(self._turned.wait())
            try:
                await asyncio.wait((asking, turning), return_when=asyncio.FIRST_COMPLETED)
                if asking.done() or "since" not in query:
                    return self._noted(await asking)
            finally:
                asking.cancel()
                turning.cancel()
            query["since"], self._back = self._back, ""
            self._turned.clear()

    def _noted(self, answer: web.Response) -> web.Response:
        if answer.status == 200 and isinstance(answer.body, bytes):
            self.position = json.loads(answer.body)["next_batch"]
        return answer

    async def _pass(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults.pop() if self.faults and "/send/m.room.message/" in request.path else None
        if fault == "limited":
            return web.json_response(LIMITED, status=429)
        if fault == "broken":
            return web.json_response(BROKEN, status=500)
        answer = await self._ask(request, request.query)
        if fault == "lost":
            _abort(request)
        return answer

    async def _ask(self, request: web.Request, query: Mapping[str, str]) -> web.Response:
        """What the homeserver answers; where it is away the connection breaks."""
        assert self._session is not None
        headers = {name: value for name, value in request.headers.items() if name in KEPT}
        address = URL(f"{self._target}{request.rel_url.raw_path}", encoded=True).with_query(query)
        body = await request.read()
        try:
            async with self._session.request(request.method, address, headers=headers, data=body) as answer:
                kind = {"Content-Type": answer.headers.get("Content-Type", "application/json")}
                return web.Response(status=answer.status, body=await answer.read(), headers=kind)
        except ClientError:
            _abort(request)
            return web.Response(status=502)


def _abort(request: web.Request) -> None:
    if request.transport is not None:
        request.transport.abort()
