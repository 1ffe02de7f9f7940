"""A Bot API that is none: as strict as the real one where it matters, on loopback. Fails on demand, and keeps every call."""

import asyncio
import contextlib
import json
import time
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any

from aiohttp import ClientError, ClientSession, MultipartReader, web

from tests.peers.telegram_calls import Calls
from tests.peers.telegram_chats import ApiError

TOKEN = "123456:AAExampleTokenOfTheFakeServer_0123456789"
NESTED = {
    "allowed_updates", "entities", "link_preview_options", "media", "options", "reply_markup", "reply_parameters",
}  # fmt: skip
WHOLE = {"chat_id", "limit", "max_connections", "message_id", "message_thread_id", "offset", "timeout"}
YES_NO = {"allows_multiple_answers", "is_anonymous", "show_alert", "drop_pending_updates"}
Json = dict[str, Any]


@dataclass(frozen=True)
class Fault:
    """How a call fails: an answer that is none of ours, or (status 0) none at all; before or after it was obeyed."""

    status: int = 0
    body: str = ""
    obeyed: bool = False
    hangs: bool = False


def refusal(code: int, description: str, **parameters: int) -> Fault:
    """An error in the Bot API's own words."""
    body: Json = {"ok": False, "error_code": code, "description": description}
    return Fault(code, json.dumps(body | ({"parameters": parameters} if parameters else {})))


class BotApi:
    """One bot's Bot API."""

    def __init__(self, hears_all: bool = True) -> None:
        self.chats = Calls(self.push, hears_all)
        self.calls: list[tuple[str, Json, Any]] = []
        self.faults: dict[str, list[Fault]] = defaultdict(list)
        self.updates: list[Json] = []  # not confirmed yet
        self.pushed: list[Json] = []
        self.hook: Json = {}
        self.delivered: list[int] = []  # status of each posting of the webhook
        self._allowed: set[str] = set()
        self._ids = count(870_000_001)
        self._news = asyncio.Event()
        self._poll = 0
        self._ending = False  # whoever waits for news is told that there are none
        self._port = 0
        self._runner: web.AppRunner | None = None
        self._postman: asyncio.Task[None] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    async def start(self) -> None:
        """Up, on the same port as before."""
        app = web.Application(client_max_size=50_000_000)
        app.router.add_route("*", "/bot{token}/{method}", self._call)
        app.router.add_get("/file/bot{token}/{path:.*}", self._file)
        self._runner = web.AppRunner(app, shutdown_timeout=0.01)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port, reuse_address=True)
        await site.start()
        self._port = self._runner.addresses[0][1]
        if self.hook:
            self._postman = asyncio.create_task(self._deliver())

    async def answer_all(self) -> None:
        """Nobody waits for news any more."""
        self._ending = True
        self._news.set()
        await asyncio.sleep(0.02)
        self._ending = False

    async def stop(self) -> None:
        """Down; what was pushed waits."""
        if self._runner is not None:
            await self._runner.cleanup()
        if self._postman is not None:
            self._postman.cancel()
            await asyncio.gather(self._postman, return_exceptions=True)
            self._postman = None

    def push(self, kind: str, content: Json) -> Json:
        """Something happened that the bot may be told."""
        update = {"update_id": next(self._ids), kind: content}
        if not self._allowed or kind in self._allowed:
            self.updates.append(update)
            self.pushed.append(update)
            self._news.set()
        return update

    def sent(self, method: str) -> list[Json]:
        """The arguments of all calls of a method."""
        return [params for name, params, _ in self.calls if name == method]

    # ------------------------------------------------------------ a call

    async def _call(self, request: web.Request) -> web.StreamResponse:
        method = request.match_info["method"]
        if request.match_info["token"] != TOKEN:
            return _error(ApiError(401, "Unauthorized"))
        fault = self.faults[method].pop(0) if self.faults[method] else None
        params = await _params(request, self.chats.files)
        if fault is not None and not fault.obeyed:
            return await _fail(request, fault)
        answer = await self._obeyed(method, params)
        return answer if fault is None else await _fail(request, fault)

    async def _obeyed(self, method: str, params: Json) -> web.StreamResponse:
        handler = getattr(self, f"_do_{method}", None) or getattr(self.chats, f"do_{method}", None)
        if handler is None:
            return _error(ApiError(404, "Not Found: method not found"))
        try:
            result = await handler(**params) if asyncio.iscoroutinefunction(handler) else handler(**params)
        except ApiError as error:
            return _error(error)
        except TypeError as error:  # an argument that the method does not know, or lacks
            return _error(ApiError(400, f"Bad Request: {error}"))
        self.calls.append((method, params, result))
        return web.json_response({"ok": True, "result": result})

    async def _file(self, request: web.Request) -> web.StreamResponse:
        fault = self.faults["file"].pop(0) if self.faults["file"] else None
        if fault is not None:
            return await _fail(request, fault)
        content = self.chats.files.get(request.match_info["path"])
        if request.match_info["token"] != TOKEN or content is None:
            return _error(ApiError(404, "Not Found"))
        return web.Response(body=content)

    # ------------------------------------------------------------ being heard

    async def _do_getUpdates(
        self,
        offset: int = 0,
        limit: int = 100,
        timeout: int = 0,  # noqa: ASYNC109 - an argument of the method
        allowed_updates: list[str] | None = None,
    ) -> list[Json]:
        """As the Bot API: asking from an update on confirms those before it."""
        if self.hook:
            raise ApiError(409, "Conflict: can't use getUpdates method while webhook is active")
        if allowed_updates is not None:
            self._allowed = set(allowed_updates)
        self.updates = [one for one in self.updates if one["update_id"] >= offset]
        self._poll += 1
        mine, self._news = self._poll, self._renewed()
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(timeout):
                while not self.updates and mine == self._poll and not self._ending:
                    self._news.clear()
                    await self._news.wait()
        if mine != self._poll:
            raise ApiError(409, "Conflict: terminated by other getUpdates request")
        return self.updates[:limit]

    def _renewed(self) -> asyncio.Event:
        """Whoever still waits is woken, to find out that somebody else asks."""
        self._news.set()
        return asyncio.Event()

    def _do_deleteWebhook(self, drop_pending_updates: bool = False) -> bool:
        self.hook = {}
        return True

    def _do_getWebhookInfo(self) -> Json:
        waiting = len(self.updates)
        info = {"url": self.hook.get("url", ""), "has_custom_certificate": False, "pending_update_count": waiting}
        if self.delivered and self.delivered[-1] != 200:
            info |= {"last_error_date": int(time.time()), "last_error_message": f"Wrong response: {self.delivered[-1]}"}
        return info

    def _do_setWebhook(
        self, url: str, secret_token: str = "", allowed_updates: list[str] | None = None, max_connections: int = 40
    ) -> bool:
        self.hook = {"url": url, "secret": secret_token}
        self._allowed = set(allowed_updates or ())
        if self._postman is None:
            self._postman = asyncio.create_task(self._deliver())
        return True

    async def _deliver(self) -> None:
        """Post what happens, in order, each until it is taken."""
        async with ClientSession() as session:
            while True:
                while not (self.updates and self.hook):
                    self._news.clear()
                    await self._news.wait()
                update, headers = self.updates[0], {"X-Telegram-Bot-Api-Secret-Token": self.hook["secret"]}
                try:
                    async with session.post(self.hook["url"], json=update, headers=headers) as answer:
                        self.delivered.append(answer.status)
                except ClientError:
                    self.delivered.append(0)
                if self.delivered[-1] == 200:
                    self.updates.remove(update)
                else:
                    await asyncio.sleep(0.02)


def _error(error: ApiError) -> web.Response:
    body: Json = {"ok": False, "error_code": error.code, "description": error.description}
    return web.json_response(body | ({"parameters": error.parameters} if error.parameters else {}), status=error.code)


async def _fail(request: web.Request, fault: Fault) -> web.StreamResponse:
    if fault.hangs:
        await asyncio.Event().wait()
    if not fault.status:
        assert request.transport is not None
        request.transport.abort()
    return web.Response(status=fault.status or 500, text=fault.body, content_type="application/json")


async def _params(request: web.Request, uploads: dict[str, bytes]) -> Json:
    """Arguments as query, JSON, form or multipart; nested ones as JSON text."""
    given: Json = dict(request.query)
    if request.content_type == "application/json":
        given |= await request.json()
    elif request.content_type == "multipart/form-data":
        given |= await _parts(await request.multipart(), uploads)
    elif request.can_read_body:
        given |= dict(await request.post())
    return {name: _value(name, value) for name, value in given.items()}


async def _parts(reader: MultipartReader, uploads: dict[str, bytes]) -> Mapping[str, Any]:
    """A file in place of the argument that names it; those that a nested one names are uploads of that name."""
    found: Json = {}
    files: dict[str, bytes] = {}
    while (part := await reader.next()) is not None:
        assert not isinstance(part, MultipartReader)
        if part.filename:
            files[str(part.name)] = bytes(await part.read())
        else:
            found[str(part.name)] = await part.text()
    named = str(found)
    uploads |= {f"attach://{name}": one for name, one in files.items()}
    attached = {name: files.get(one.removeprefix("attach://"), one) for name, one in found.items()}
    return {**attached, **{name: one for name, one in files.items() if f"attach://{name}" not in named}}


def _value(name: str, value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if name in NESTED:
        return json.loads(value)
    if name in WHOLE:
        return int(value)
    return value.lower() == "true" if name in YES_NO else value
