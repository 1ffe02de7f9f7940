"""The official SDK for Node judges our fake, too: it logs in, hears, answers, and sends what we send."""

import asyncio
import json
import os
from asyncio.subprocess import PIPE, Process
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from adapters.wecom.outgoing import card_body, markdown_body
from bot.messages import Button, OutboundMessage
from tests.peers import node
from tests.peers.wecom_server import BOT_ID, SECRET, FakeWecom, message, tapped

HOME = Path(__file__).parents[2] / "peers" / "wecom_node"
GROUP = "wrkSFfCgAA"
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
