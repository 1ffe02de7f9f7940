"""The official client as a judge of our server: what it accepts there is what the adapter is tested against."""

import asyncio
import json
import sys
from base64 import b64decode, b64encode
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

from adapters.feishu.frames import Frame, decode, encode
from adapters.feishu.hook import opened
from adapters.feishu.outgoing import content_of
from adapters.feishu.translate import translate
from bot.messages import InboundMessage, OutboundMessage
from tests.peers.feishu import envelope, said, settings_of, system_now
from tests.peers.feishu_messages import GROUP, ME
from tests.peers.feishu_server import FeishuServer
from tests.peers.feishu_wire import TOKEN, frame_of, sealed, seals

ROOT = Path(__file__).parents[3]
Ask = Callable[..., Awaitable[Any]]

pytestmark = pytest.mark.skipif(
    find_spec("lark_oapi") is None, reason="lark-oapi is not installed: run `make setup-judges`"
)


@asynccontextmanager
async def judge(url: str) -> AsyncIterator[Ask]:
    """The official client, in front of a server."""
    command = (sys.executable, "-W", "ignore", "-m", "tests.adapters.feishu.judge", url)
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    given, answers = process.stdin, process.stdout
    assert given is not None
    assert answers is not None

    async def ask(do: str, **task: object) -> Any:
        given.write(json.dumps({"do": do, **task}).encode() + b"\n")
        return json.loads(await asyncio.wait_for(answers.readline(), 60))

    try:
        yield ask
    finally:
        given.close()
        await asyncio.wait_for(process.wait(), 10)


def coded(raw: bytes) -> str:
    return b64encode(raw).decode()


async def test_the_official_client_agrees_with_us(server: FeishuServer) -> None:
    """One story, for the client takes its time to load."""
    async with judge(server.url) as ask:
        await seals_and_callbacks(server, ask)
        await frames(ask)
        await calls(server, ask)
        await the_long_connection(server, ask)


async def seals_and_callbacks(server: FeishuServer, ask: Ask) -> None:
    payload = said("ou_zhang", {"text": "路灯坏了"}, "om_1")
    body = sealed(payload)
    headers = seals(body)

    ours = opened(body, headers, settings_of(server), system_now())
    (message,) = translate(ours, ME)
    assert isinstance(message, InboundMessage)
    assert await ask("dispatch", body=coded(body), headers=headers) == {"status": 200, "content": {"msg": "success"}}
    assert await ask("heard") == [message.text]

    bad = headers | {"X-Lark-Signature": "0" * 64}
    assert (await ask("dispatch", body=coded(body), headers=bad))["status"] == 500
    challenge = sealed({"challenge": "c-1", "token": TOKEN, "type": "url_verification"})
    assert (await ask("dispatch", body=coded(challenge), headers={}))["content"] == {"challenge": "c-1"}


async def frames(ask: Ask) -> None:
    ours = Frame(1, 33, {"type": "event", "message_id": "m", "键": "值"}, bytes(range(256)), 2**63, 7)

    method, service, headers, payload, again = await ask("frame", raw=coded(encode(ours)))

    assert (method, service, headers, b64decode(payload)) == (1, 33, ours.headers, ours.payload)
    assert decode(b64decode(again)) == ours
    theirs = await ask("frame", raw=coded(frame_of(0, {"type": "pong"}, b"{}")))
    assert theirs[:3] == [0, 33, {"type": "pong"}]


async def calls(server: FeishuServer, ask: Ask) -> None:
    words = json.dumps({"text": "1号件已登记"})

    code, id_ = await ask("send", to=GROUP, key="k1", kind="text", content=words)
    assert (code, id_) == (0, server.sent[0].id)
    assert await ask("send", to=GROUP, key="k1", kind="text", content=words) == [0, id_]
    assert (await ask("send", to="oc_elsewhere", key="k2", kind="text", content=words))[0] == 230002
    _kind, card = content_of(OutboundMessage("k3", f"feishu:{GROUP}", "1号件已登记", "reply", replaces="x"))
    _code, id_ = await ask("send", to=GROUP, key="k3", kind="interactive", content=json.dumps(card))
    assert await ask("edit", id=id_, content=json.dumps(card)) == 0
    assert await ask("edit", id=server.sent[0].id, content=json.dumps(card)) == 230001  # no card
    assert await ask("reply", to=id_, content=words) == [0]
    assert await ask("upload", photo=coded(b"photo")) == [0, "img_up1"]
    assert server.uploaded == [b"photo"]
    assert "ou_zhang" in await ask("members", chat=GROUP)


async def the_long_connection(server: FeishuServer, ask: Ask) -> None:
    server.parts = 3
    await ask("listen")
    await server.happen(said("ou_zhang", {"text": "井盖没了"}, "om_2"))
    assert (await ask("heard"))[-1] == "井盖没了"
    assert server.answers[-1] == {}

    event = {"operator": {"open_id": "ou_zhou"}, "action": {"value": {"action": "sign"}, "tag": "button"},
             "context": {"open_chat_id": GROUP}}  # fmt: skip
    await server.happen(envelope("card.action.trigger", event, "e1"))
    assert server.answers[-1]["toast"]["content"] == "收到"

    renamed = {"chat_id": GROUP, "after_change": {"name": "学苑邻里群"}}
    await server.happen(envelope("im.chat.updated_v1", renamed, "e2"))
    assert (await ask("heard"))[-1] == "学苑邻里群"

    await server.close_cleanly()
    await server.happen(said("ou_zhang", {"text": "又来了"}, "om_3"))
    assert (await ask("heard"))[-1] == "又来了"
