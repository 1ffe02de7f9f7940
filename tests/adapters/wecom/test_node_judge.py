"""The official SDK for Node judges our fake, too: it logs in, hears, answers, and sends what we send."""

import asyncio
import base64
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom.outgoing import card_body, markdown_body
from adapters.wecom.photos import PART
from bot.messages import Button, OutboundMessage
from tests.adapters.wecom.site import GROUP, New, saying
from tests.peers import node
from tests.peers.house import tools
from tests.peers.story import photo
from tests.peers.wecom_server import BOT_ID, SECRET, FakeWecom, message, tapped

HOME = Path(__file__).parents[2] / "peers" / "wecom_node"
WORDS = OutboundMessage("k1", f"wecom:{GROUP}", "1号件已登记", "receipt", buttons=(Button("收到", "sign", "t-1"),))


@pytest.fixture
async def judge(server: FakeWecom) -> AsyncIterator[Process]:
    """The SDK in a process of its own, logged in."""
    folder = await asyncio.to_thread(node.installed, HOME, "judge.mjs")
    told = {"JUDGE_BOT": BOT_ID, "JUDGE_SECRET": SECRET, "JUDGE_URL": server.url(scheme="ws")}
    process = await asyncio.create_subprocess_exec(
        "node", "judge.mjs", cwd=folder, env=os.environ | told, stdin=PIPE, stdout=PIPE
    )
    assert await heard(process) == ("authenticated", None)
    yield process
    process.kill()
    await process.communicate()


async def heard(process: Process) -> tuple[str, Any]:
    """The next thing that it says."""
    assert process.stdout is not None
    line = json.loads(await asyncio.wait_for(process.stdout.readline(), 20))
    return line["event"], line["body"]


async def test_it_hears_and_answers(server: FakeWecom, judge: Process) -> None:
    await server.push("aibot_msg_callback", message(server, "ZhangSan", "我家停水", GROUP))

    assert await heard(judge) == ("heard", {"text": "@网格管家 我家停水", "errcode": 0})


async def test_it_says_what_we_say_and_hears_a_tap(server: FakeWecom, judge: Process) -> None:
    assert judge.stdin is not None
    card = card_body(WORDS, "网格管家")
    for body in (markdown_body(WORDS), card):
        judge.stdin.write(f"{json.dumps({'chat': GROUP, 'body': body})}\n".encode())
        assert await heard(judge) == ("sent", {"errcode": 0})
    assert [one.body["msgtype"] for one in server.sent] == ["markdown", "template_card"]

    await server.push(
        "aibot_event_callback", tapped(server, "ZhouMin", GROUP, "sign|t-1|", card["template_card"]["task_id"])
    )
    assert (await heard(judge))[0] == "tapped"


def brought(server: FakeWecom) -> list[tuple[str, dict[str, Any]]]:
    """What was sent to upload and show photos, without the names that the platform gave; the SDK's parts overtake."""
    named = {"upload_id", "chatid", "chat_type", "image"}
    frames = [one for one in server.frames if one["cmd"].startswith(("aibot_upload", "aibot_send"))]
    bodies = [
        (one["cmd"], {key: value for key, value in one["body"].items() if key not in named})
        for one in frames
        if one["body"].get("msgtype") != "markdown"
    ]
    return sorted(bodies, key=lambda one: (one[0], one[1].get("chunk_index", 0)))


async def test_it_brings_a_photo_as_we_do(server: FakeWecom, judge: Process, new: New, tmp_path: Path) -> None:
    assert judge.stdin is not None
    store = tools(tmp_path).media
    ref = store.put(photo(1200), "photo").ref or ""
    content, _type = store.open(ref) or (b"", "")
    assert len(content) > 2 * PART
    judge.stdin.write(f"{json.dumps({'chat': GROUP, 'photo': base64.b64encode(content).decode()})}\n".encode())
    assert await heard(judge) == ("sent", {"errcode": 0})
    its = brought(server)
    server.frames.clear()
    await (await new()).send(saying("疏通了", attachments=(ref,)))

    assert brought(server) == its
    assert list(server.uploads.kept.values()) == [content, content]
