"""WeChat's other side: the official gateway over its mock puppet, a process of Node. The gateway is real, WeChat is not.

Its packages are installed once, under ``var/peers``, from the lock file beside it; where Node is missing the test is skipped,
except in CI.
"""

import asyncio
import base64
import json
import os
import random
import shutil
import socket
import subprocess
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import uuid4

import grpc
from aiohttp import ClientError, ClientSession

from adapters.wechaty.channel import Patience, WechatyPlatform
from bot.ports import Tools
from bot.settings import WechatySettings
from tests.peers import node
from tests.peers.house import tools
from tests.peers.peer import Fault, Seen

HERE = Path(__file__).with_suffix("")
TOKEN = "insecure_11111111-2222-3333-4444-555555555555"
ROOM, BOT, BOT_NAME = "r1@chatroom", "bot", "网格管家"
DASHES = "- - - - - - - - - - - - - - -"
START = 30.0  # seconds that Node may take on a busy machine
TEXT = 7  # wechaty-puppet's number for a message of words


def installed() -> Path:
    """The folder with the gateway and its packages; skips the test where they cannot be had."""
    return node.installed(HERE, "gateway.mjs")


def free_port() -> int:
    """A port of loopback that nobody listens on; none that the system gives away by itself before Node has started."""
    chance = random.SystemRandom()  # a seeded one would choose alike in tests that run side by side
    while True:
        with socket.socket() as found, suppress(OSError):
            found.bind(("127.0.0.1", chance.randrange(20_000, 30_000)))
            return int(found.getsockname()[1])


class GatewayProcess:
    """A gateway; what people do is told to it over its control port. Belongs to no event loop: many tests may share one."""

    def __init__(self, environment: Mapping[str, str] | None = None) -> None:
        self.port, self._control = free_port(), free_port()
        self._environment = dict(environment or {})
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"127.0.0.1:{self.port}"

    def start(self) -> None:
        """Bring it up; the same ports each time."""
        ports = {"GW_PORT": str(self.port), "CTL_PORT": str(self._control), "GW_TOKEN": TOKEN}
        self._process = subprocess.Popen(
            [shutil.which("node") or "node", "gateway.mjs"], cwd=installed(), env=os.environ | ports | self._environment,
            stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stdout.readline() == b"ready\n"

    def kill(self) -> None:
        """As ``kill -9``."""
        if self._process is not None:
            self._process.kill()
            self._process.communicate()  # closes its pipe, too
            self._process = None

    async def do(self, act: str, **values: object) -> Any:
        """Have something happen."""
        address = f"http://127.0.0.1:{self._control}/{act}"
        async with ClientSession() as session, session.post(address, json=values) as response:
            told = json.loads(await response.text())
        assert response.status == 200, told
        return told

    async def end_stream(self) -> None:
        """Another client calls ``Stop``, as PyPI's wechaty does when it starts: the stream ends as if all were well."""
        async with grpc.aio.insecure_channel(self.endpoint) as channel:
            stop = channel.unary_unary("/wechaty.Puppet/Stop")
            await stop(b"", metadata=(("authorization", f"Wechaty {TOKEN}"),))
        await self.do("start")

    async def listened(self) -> None:
        """Wait until somebody listens: what is said before is lost."""
        async with asyncio.timeout(START):
            while not (await self._state()).get("listening"):  # noqa: ASYNC110 - it rings no bell
                await asyncio.sleep(0.02)

    async def _state(self) -> Mapping[str, object]:
        try:
            found: Mapping[str, object] = await self.do("state")
        except ClientError:
            return {}
        return found


class WechatyPeer:
    """Implements ``Peer`` on a gateway."""

    chat = ROOM
    accounts: Mapping[str, str] = {"zhang": "zhang", "wang": "wang", "zhou": "zhou"}

    def __init__(self, tmp_path: Path, **settings: Any) -> None:
        self.gateway = GatewayProcess()
        self.tools: Tools = tools(tmp_path)
        self._settings = settings
        self.platform = self.connected()
        self._gone: list[Seen] = []  # what the bot said before the gateway was killed
        self._gone_private: dict[str, list[Seen]] = {}
        self._said: dict[str, tuple[str, str]] = {}  # of each message who said it, and what

    def connected(self) -> WechatyPlatform:
        """An adapter as after a start of the bot."""
        quick: dict[str, Any] = {"jitter_seconds": 0, "per_second": 1000, "chat_per_minute": 100000, "per_day": 10000}
        chosen = quick | self._settings
        settings = WechatySettings(endpoint=self.gateway.endpoint, token=TOKEN, tls="off", **chosen)
        return WechatyPlatform(settings, self.tools, Patience(silence=5.0, again=0.1, echo=2.0))

    async def start(self) -> None:
        await asyncio.to_thread(self.gateway.start)

    async def stop(self) -> None:
        await asyncio.to_thread(self.gateway.kill)

    async def say(
        self,
        who: str,
        text: str,
        *,
        reply_to: str | None = None,
        address: bool = False,
        photo: bytes | None = None,
        private: bool = False,
        at: datetime | None = None,
    ) -> str:
        await self.gateway.listened()
        said = written = f"@{BOT_NAME}\u2005{text}" if address else text
        if reply_to is not None:
            name, words = await self._quotable(reply_to)
            written = f"「{name}：{words}」\n{DASHES}\n{written}"
        identifier = uuid4().hex
        place = {"listenerId": BOT} if private else {"roomId": ROOM, "mentionIdList": [BOT] if address else []}
        written_at = int((at or datetime.now(UTC)).timestamp() * 1000)
        await self.gateway.do(
            "raw", id=identifier, type=TEXT, talkerId=who, text=written, timestamp=written_at, **place
        )
        self._said[identifier] = (who, said)
        if photo is not None:
            await self._show(who, photo, private)
        await self.gateway.do("taken")
        return identifier

    async def _show(self, who: str, photo: bytes, private: bool) -> None:
        """WeChat knows no captions: a photo is a message of its own, behind the words."""
        place = {} if private else {"room": ROOM}
        content = base64.b64encode(photo).decode()
        await self.gateway.do("file", **{"from": who}, base64=content, name="p.png", **place)

    async def again(self, message: str) -> None:
        await self.gateway.listened()
        await self.gateway.do("event", name="message", payload={"messageId": message})

    async def press(self, who: str, message: str, label: str) -> None:
        raise AssertionError("WeChat has no buttons")

    async def seen(self, private: str = "") -> Sequence[Seen]:
        try:
            said = await self.gateway.do("outbox")
        except ClientError:  # it is just being killed
            said = []
        here = [_seen(one) for one in said if (one.get("listenerId") == private if private else one.get("roomId"))]
        return [*(self._gone_private.get(private, []) if private else self._gone), *here]

    async def rename(self, title: str) -> None:
        await self.gateway.listened()
        await self.gateway.do("topic", room=ROOM, text=title, by="zhang")

    async def trouble(self, fault: Fault) -> None:
        moods: dict[Fault, dict[str, object]] = {
            "limited": {"failOnce": "操作过于频繁，请稍后再试"},
            "broken": {"failOnce": "the puppet has crashed"},
            "lost": {"breakOnce": True},
        }
        await self.gateway.do("mood", **moods[fault])

    async def restart(self) -> None:
        self.platform = self.connected()

    async def cut(self, clean: bool = False) -> None:
        if clean:
            await self.gateway.end_stream()
            return
        self._gone = list(await self.seen())
        self._gone_private = {who: list(await self.seen(who)) for who in self.accounts}
        await asyncio.to_thread(self.gateway.kill)
        await asyncio.to_thread(self.gateway.start)

    async def _quotable(self, message: str) -> tuple[str, str]:
        """How WeChat shows a message in a quote: the name and the words, no id."""
        if message in self._said:
            return self._said[message]
        return BOT_NAME, next(one.text for one in await self.seen() if one.id == message)


def _seen(one: Mapping[str, Any]) -> Seen:
    mentions = tuple(one.get("mentionIdList") or ())
    return Seen(one["id"], one.get("text") or "", mentions, photos=int(one["hasFile"]))
