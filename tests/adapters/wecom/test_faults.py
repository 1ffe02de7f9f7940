"""Breaks of every kind: what the platform has told is not lost and not doubled, and the operator reads what is wrong."""

import asyncio
import io
import random
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.wecom.channel import WecomChannel
from bot import supervision
from bot.app import SystemClock
from bot.live import Bot
from bot.messages import Button, OutboundMessage
from bot.ports import Refused
from bot.settings import WecomSettings
from bot.supervision import Supervisor
from storage.open import Storage
from tests.adapters.wecom.watched import Watched
from tests.fakes import CLEAR
from tests.peers.house import house, tools
from tests.peers.wecom import GROUP, WecomPeer
from tests.peers.wecom_server import BOT_ID, SECRET, FakeWecom, message, tapped


def channel_to(
    server: FakeWecom, tmp_path: Path, secret: str = SECRET, beat: float = 30.0, patience: float = 5.0
) -> WecomChannel:
    settings = WecomSettings(bot_id=BOT_ID, secret=SecretStr(secret), url=server.url(scheme="ws"))
    return WecomChannel(settings, tools(tmp_path), beat=beat, patience=patience)


@asynccontextmanager
async def heard(channel: WecomChannel, bot: Any) -> AsyncIterator["asyncio.Task[None]"]:
    """While it is heard, once."""
    ready = asyncio.Event()
    task = asyncio.create_task(channel.hear(bot, ready.set))
    waiting = asyncio.create_task(ready.wait())
    await asyncio.wait((task, waiting), return_when=asyncio.FIRST_COMPLETED)
    try:
        yield task
    finally:
        waiting.cancel()
        task.cancel()
        await asyncio.gather(task, waiting, return_exceptions=True)
        await channel.close()


async def until(found: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 - the other side rings no bell
            await asyncio.sleep(0.01)


async def test_a_clean_close_is_an_end_like_any_other(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    async with heard(channel_to(server, tmp_path), bot) as task:
        await server.hang_up()
        await asyncio.wait_for(task, 5)


async def test_a_break_is_an_end(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    async with heard(channel_to(server, tmp_path), bot) as task:
        server.cut()
        with suppress(OSError):
            await asyncio.wait_for(task, 5)
        assert task.done()


async def test_a_connection_that_is_dead_and_open_is_noticed(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    async with heard(channel_to(server, tmp_path, beat=0.05, patience=0.5), bot) as task:
        await until(lambda: sum(frame["cmd"] == "ping" for frame in server.frames) >= 2)
        server.deaf = True
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(task, 5)


async def test_a_wrong_secret_is_told_in_words(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    async with heard(channel_to(server, tmp_path, "wrong"), bot) as task:
        with pytest.raises(Refused, match=r"40001.*核对 bot_id 和 secret"):
            await task


async def test_a_platform_that_is_busy_is_asked_again(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    server.logins = [45009]
    async with heard(channel_to(server, tmp_path), bot) as task:
        with pytest.raises(ConnectionError, match="45009"):
            await task


async def test_a_missing_secret_asks_nobody(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    async with heard(channel_to(server, tmp_path, ""), bot) as task:
        with pytest.raises(Refused, match="secret"):
            await task
    assert server.frames == []


async def test_two_programs_do_not_throw_each_other_out_for_ever(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    async with heard(channel_to(server, tmp_path), bot) as first, heard(channel_to(server, tmp_path), bot) as second:
        with pytest.raises(Refused, match="别处"):
            await asyncio.wait_for(first, 5)
        assert not second.done()


async def test_nobody_there_is_an_error_that_passes(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    channel = channel_to(server, tmp_path)
    await server.stop()
    async with heard(channel, bot) as task:
        with pytest.raises(OSError, match="Cannot connect"):
            await task


async def test_the_same_message_again_does_nothing(
    server: FakeWecom, bot: Bot, storage: Storage, tmp_path: Path
) -> None:
    body, watched = message(server, "ZhangSan", "隐私"), Watched(bot)
    async with heard(channel_to(server, tmp_path), watched):
        for _ in range(3):
            await server.push("aibot_msg_callback", body)
        await until(lambda: len(watched.taken) == 3)
    assert len(storage.desk.run(lambda uow: uow.outbox.in_state("pending", 10))) == 1


async def test_what_was_heard_survives_a_break_before_it_was_committed(
    server: FakeWecom, bot: Bot, tmp_path: Path
) -> None:
    channel, watched = channel_to(server, tmp_path), Watched(bot)
    watched.broken = True
    first = asyncio.create_task(channel.hear(watched, lambda: None))
    for text in ("隐私", "我的件"):
        await server.push("aibot_msg_callback", message(server, "ZhangSan", text))
    with pytest.raises(OSError, match="disk full"):
        await asyncio.wait_for(first, 5)
    watched.broken = False
    async with heard(channel, watched):
        await until(lambda: len(watched.taken) == 2)
    assert [getattr(event, "text", "") for event in watched.taken] == ["隐私", "我的件"]


async def test_no_more_is_held_than_can_be_held(
    server: FakeWecom, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("adapters.wecom.channel.WAITING", 3)
    channel, watched = channel_to(server, tmp_path), Watched(bot)
    watched.stuck.clear()
    async with heard(channel, watched):
        with capture_logs() as logs:
            for _ in range(5):
                await server.push("aibot_msg_callback", message(server, "ZhangSan", "隐私"))
            await until(lambda: len(logs) == 2)
        watched.stuck.set()
        await until(lambda: len(watched.taken) == 3)
    assert {one["event"] for one in logs} == {"not heard: too much waits to be taken"}


async def test_nonsense_from_the_platform_is_passed_over(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    watched = Watched(bot)
    async with heard(channel_to(server, tmp_path), watched) as task:
        for raw in ("", "{", "[]", "1", "[" * 100_000, '{"cmd":1}', '{"headers":5,"errcode":0}', '{"cmd":"x","body":[]}',
                    '{"cmd":"aibot_msg_callback","headers":{"req_id":[]},"body":{"from":[]}}',
                    '{"headers":{"req_id":"unasked"},"errcode":0}'):  # fmt: skip
            await server.raw(raw)
        await server.push("aibot_msg_callback", message(server, "ZhangSan", "隐私"))
        await until(lambda: len(watched.taken) == 1)
        assert not task.done()


async def test_who_opens_the_chat_is_welcomed(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    body = message(server, "ZhangSan", "") | {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
    async with heard(channel_to(server, tmp_path), bot):
        req_id = await server.push("aibot_event_callback", body)
        await until(lambda: bool(server.sent))
    [welcome] = server.sent
    assert (welcome.chat, welcome.body["msgtype"]) == ("aibot_respond_welcome_msg", "text")
    assert server.frames[-1]["headers"]["req_id"] == req_id


async def test_who_taps_sees_it_on_the_card(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    channel = channel_to(server, tmp_path)
    button = Button("5 很满意", "rate", "t-1", "5")
    async with heard(channel, bot):
        await channel.send(OutboundMessage("k1", f"wecom:{GROUP}", "办得怎么样", "poll", buttons=(button,)))
        card = server.sent[0].body["template_card"]
        for key, task in (("rate|t-1|5", "unknown"), ("rate|t-1|4", card["task_id"]), ("rate|t-1|5", card["task_id"])):
            await server.push("aibot_event_callback", tapped(server, "ZhangSan", GROUP, key, task))
        await until(lambda: len(server.sent) == 2)
    marked = server.sent[1].body
    assert (marked["response_type"], marked["userids"]) == ("update_template_card", ["ZhangSan"])
    assert marked["template_card"] == {**card, "main_title": {"title": "网格管家", "desc": "✓ 5 很满意"}}


def _picture() -> bytes:
    content = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(content, "PNG")
    return content.getvalue()


@pytest.mark.parametrize(("photo", "kept"), [(_picture(), 1), (b"no picture", 0), (b"x" * 16_000_000, 0)])
async def test_photos_are_kept_and_broken_ones_cost_no_words(
    server: FakeWecom, bot: Bot, tmp_path: Path, photo: bytes, kept: int
) -> None:
    watched, body = Watched(bot), message(server, "ZhangSan", "")
    parts = [
        {"msgtype": "text", "text": {"content": "井盖没了"}},
        {"msgtype": "image", "image": server.keep_photo(photo)},
    ]
    async with heard(channel_to(server, tmp_path), watched):
        await server.push("aibot_msg_callback", body | {"msgtype": "mixed", "mixed": {"msg_item": parts}})
        await until(lambda: bool(watched.taken))
    event = watched.taken[0]
    assert (getattr(event, "text", ""), len(getattr(event, "media", ()))) == ("井盖没了", kept)


async def test_few_photos_are_fetched_at_a_time(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    watched = Watched(bot)
    parts = [{"msgtype": "image", "image": server.keep_photo(_picture())} for _ in range(9)]
    body = message(server, "ZhangSan", "") | {"msgtype": "mixed", "mixed": {"msg_item": parts}}
    async with heard(channel_to(server, tmp_path), watched):
        await server.push("aibot_msg_callback", body)
        await until(lambda: bool(watched.taken))
    assert len(getattr(watched.taken[0], "media", ())) == 9
    assert server.busiest <= 4


async def test_a_photo_with_a_wrong_key_costs_no_words(server: FakeWecom, bot: Bot, tmp_path: Path) -> None:
    watched, image = Watched(bot), server.keep_photo(_picture())
    for broken in (
        {**image, "aeskey": "eA=="},
        {**image, "url": server.url("/photo/none")},
        {"url": "http://127.0.0.1:1/"},
    ):
        parts = [{"msgtype": "text", "text": {"content": "井盖没了"}}, {"msgtype": "image", "image": broken}]
        body = message(server, "ZhangSan", "") | {"msgtype": "mixed", "mixed": {"msg_item": parts}}
        async with heard(channel_to(server, tmp_path), watched):
            await server.push("aibot_msg_callback", body)
            await until(lambda: bool(watched.taken))
        assert getattr(watched.taken.pop(), "media", None) == ()


async def test_a_supervisor_brings_it_back_each_time(
    server: FakeWecom, bot: Bot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervision, "FIRST", 0.01)
    channel = channel_to(server, tmp_path)
    task = asyncio.create_task(Supervisor(channel, bot, SystemClock(), random.Random(1)).run())
    for times, end in enumerate((server.hang_up, server.cut, server.hang_up), 1):
        await asyncio.wait_for(server.subscribed.wait(), 5)
        assert server.subscriptions == times
        if (ended := end()) is not None:
            await ended
    await asyncio.wait_for(server.subscribed.wait(), 5)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    await channel.close()


async def test_a_ticket_goes_on_after_a_restart_and_a_quote_still_leads_to_it(tmp_path: Path) -> None:
    peer = WecomPeer(tmp_path)
    await peer.start()
    try:
        async with house(tmp_path, peer) as built:
            await peer.say("zhang", CLEAR["drainage"], address=True)
            asked = await built.shown("1号件已登记")
            await peer.cut()
            await peer.say("zhou", "收到", reply_to=asked.id, address=True)
            await built.until(lambda: built.told()[0]["state"] == "in_progress")
            await peer.say("zhou", "办结：已经疏通了", reply_to=asked.id, address=True)
            await built.shown("办得怎么样")
            assert len(built.told()) == 1
    finally:
        await peer.stop()


async def test_probing_says_what_is_missing(server: FakeWecom, tmp_path: Path) -> None:
    found = []
    for secret in (SECRET, "wrong", ""):
        channel = channel_to(server, tmp_path, secret)
        found.append(await channel.probe())
        await channel.close()
    await server.stop()
    channel = channel_to(server, tmp_path)
    found.append(await channel.probe())
    await channel.close()

    assert found[0] == []
    assert ["40001" in found[1][0], "secret" in found[2][0], "连不上" in found[3][0]] == [True, True, True]
