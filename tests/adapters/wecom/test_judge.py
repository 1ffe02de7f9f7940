"""The official SDK judges our fake: what it takes and how it answers is what the SDK expects of the platform.

Its defects, worked round here: it wants TLS even for ws://, and after a clean close it never comes back.
"""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from adapters.wecom.cards import Deck
from adapters.wecom.outgoing import card_body, markdown_body, robot_photo
from bot.messages import Button, OutboundMessage
from tests.adapters.wecom.judge import SDK, WIRE
from tests.peers.wecom_server import BOT_ID, SECRET, FakeWecom, message, tapped

GROUP = "wrkSFfCgAA"
WORDS = OutboundMessage("k1", f"wecom:{GROUP}", "1号件已登记", "receipt", buttons=(Button("收到", "sign", "t-1"),))


class Quiet:
    """Its logger."""

    def debug(self, *words: object) -> None:
        """Nothing."""

    info = warn = error = debug


class Judge:
    """The SDK's client and what it heard."""

    def __init__(self, server: FakeWecom, secret: str = SECRET) -> None:
        options = {"bot_id": BOT_ID, "secret": secret, "ws_url": server.url(scheme="ws"), "heartbeat_interval": 50}
        self.client = SDK.WSClient(SDK.WSClientOptions(logger=Quiet(), reconnect_interval=50, **options))
        self.heard: asyncio.Queue[tuple[str, Any]] = asyncio.Queue()
        for name in ("authenticated", "error", "message.text", "message.mixed", "event.template_card_event",
                     "event.enter_chat", "event.disconnected_event"):  # fmt: skip
            self.client.on(name, lambda *what, name=name: self.heard.put_nowait((name, what[0] if what else None)))

    async def next(self) -> tuple[str, Any]:
        return await asyncio.wait_for(self.heard.get(), 5)


@pytest.fixture
async def judge(server: FakeWecom, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Judge]:
    """The SDK, logged in."""
    monkeypatch.setattr(WIRE, "_SSL_CONTEXT", None)
    judge = Judge(server)
    await judge.client.connect()
    assert (await judge.next())[0] == "authenticated"
    yield judge
    judge.client.disconnect()
    await asyncio.sleep(0.05)


async def test_it_hears_what_people_say(server: FakeWecom, judge: Judge) -> None:
    quote = {"msgtype": "text", "text": {"content": "1号件已登记"}}
    await server.push("aibot_msg_callback", message(server, "ZhangSan", "我家停水", GROUP, quote=quote))
    name, frame = await judge.next()

    assert (name, frame["body"]["text"]["content"]) == ("message.text", "@网格管家 我家停水")
    ack = await judge.client.reply_stream(frame, "s1", "好的", True)
    assert ack["errcode"] == 0
    with pytest.raises(Exception, match="846605"):  # one answer to one request
        await judge.client.reply_stream({"headers": {"req_id": "unknown"}}, "s2", "好的", True)


async def test_it_says_what_we_say(server: FakeWecom, judge: Judge) -> None:
    server.uploads.kept["media-1"] = b"a photo"
    for body in (markdown_body(WORDS), card_body(WORDS, "网格管家"), robot_photo("media-1")):
        ack = await judge.client.send_message(GROUP, body)
        assert ack["errcode"] == 0
    assert [one.body["msgtype"] for one in server.sent] == ["markdown", "template_card", "image"]


async def test_it_hears_a_tap_and_changes_the_card(server: FakeWecom, judge: Judge) -> None:
    card = card_body(WORDS, "网格管家")
    await judge.client.send_message(GROUP, card)
    task = card["template_card"]["task_id"]
    await server.push("aibot_event_callback", tapped(server, "ZhouMin", GROUP, "sign|t-1|", task))
    name, frame = await judge.next()

    assert name == "event.template_card_event"
    ack = await judge.client.update_template_card(frame, card["template_card"], ["ZhouMin"])
    assert ack["errcode"] == 0
    deck = Deck()
    deck.keep(card["template_card"])
    ours = deck.marked(task, "sign|t-1|", "ZhouMin")
    assert ours is not None
    assert ours.keys() == server.sent[-1].body.keys()


async def test_it_is_refused_and_limited_as_we_are(server: FakeWecom, judge: Judge) -> None:
    server.codes = [45009]
    with pytest.raises(Exception, match="45009"):
        await judge.client.send_message(GROUP, markdown_body(WORDS))
    with pytest.raises(Exception, match="40058"):
        await judge.client.send_message(GROUP, {"msgtype": "text", "text": {"content": "x"}})


async def test_it_comes_back_after_a_break(server: FakeWecom, judge: Judge) -> None:
    server.cut()
    assert (await judge.next())[0] == "authenticated"


async def test_its_photos_are_ours(server: FakeWecom, judge: Judge) -> None:
    image = server.keep_photo(b"a photo")
    content, _name = await judge.client.download_file(image["url"], image["aeskey"])
    assert content == b"a photo"


async def test_its_pings_are_answered(server: FakeWecom, judge: Judge) -> None:
    async with asyncio.timeout(5):
        while sum(frame["cmd"] == "ping" for frame in server.frames) < 4:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.02)
    assert judge.client.is_connected


async def test_a_wrong_secret_is_told(server: FakeWecom, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(WIRE, "_SSL_CONTEXT", None)
    judge = Judge(server, "wrong")
    await judge.client.connect()
    name, error = await judge.next()
    judge.client.disconnect()
    await asyncio.sleep(0.05)

    assert name == "error"
    assert "40001" in str(error)
