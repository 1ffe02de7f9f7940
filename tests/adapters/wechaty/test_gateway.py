"""The official gateway is the judge: what the adapter says it understands, and the other way round."""

import asyncio
import base64
from time import time_ns

import pytest

from adapters.wechaty.channel import Patience, WechatyPlatform
from bot.messages import BOT, InboundMessage, Presence, Recall, Renamed
from bot.ports import Refused, Tools
from tests.adapters.wechaty.conftest import Ear, chosen, listening, outgoing, platform_at, say
from tests.adapters.wechaty.recordings import DASHES
from tests.peers.story import photo
from tests.peers.wechaty import ROOM, GatewayProcess


async def test_people_are_heard(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    async with listening(platform_at(gateway, tools), ear):
        called = await say(gateway, "zhang", "@网格管家\u2005我家停水", "bot")
        await say(gateway, "wang", "我要举报", room=None)
        await say(gateway, "bot", "我自己说的")
        await say(gateway, "wang", f"「张叔：我家停水」\n{DASHES}\n我家也是")
        events = await ear.heard(3)

    first, second, third = events
    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert isinstance(third, InboundMessage)
    assert (first.id, first.text, first.name, first.mentions) == (called, "我家停水", "张叔", (BOT,))
    assert (second.chat, second.private, second.name) == ("dm:wang", True, "王阿姨")
    assert (third.text, third.reply_to) == ("我家也是", None)  # what was shown still had the call in it


async def test_a_quote_leads_to_the_newest_of_its_words(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    async with listening(platform_at(gateway, tools), ear):
        await say(gateway, "zhang", "楼道灯坏了")
        newest = await say(gateway, "zhang", "楼道灯坏了")
        await say(gateway, "wang", f"「张叔：楼道灯坏了」\n{DASHES}\n我家也是")
        events = await ear.heard(3)

    assert isinstance(events[2], InboundMessage)
    assert events[2].reply_to == newest


async def test_only_who_speaks_to_the_bot_is_heard(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    """And what the same person adds: a photo, a place."""
    async with listening(platform_at(gateway, tools, hears_all=False), ear):
        await say(gateway, "wang", "晚上包饺子")
        await say(gateway, "zhang", "@网格管家\u2005我家停水", "bot")
        await say(gateway, "wang", "几点？")
        await say(gateway, "zhang", "3号楼")
        await say(gateway, "wang", "我也要说", room=None)
        await ear.heard(3)

    assert ear.texts() == ["我家停水", "3号楼", "我也要说"]


async def test_joins_leaves_titles_and_recalls(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    async with listening(platform_at(gateway, tools), ear):
        await gateway.do("join", room=ROOM, who=["zhou", "bot"], by="wang")
        await gateway.do("leave", room=ROOM, who=["zhou"], by="wang")
        await gateway.do("topic", room=ROOM, text="新群名", by="wang")
        await gateway.do(
            "raw", id=f"m{time_ns()}", talkerId="zhang", roomId=ROOM, type=13, text="m8", timestamp=1_795_447_789_000
        )
        await gateway.do("leave", room=ROOM, who=["bot"], by="wang")
        events = await ear.heard(6)

    presences = [(one.sender, one.joined) for one in events if isinstance(one, Presence)]
    assert presences == [("zhou", True), (BOT, True), ("zhou", False), (BOT, False)]
    assert isinstance(events[3], Renamed)
    assert (events[3].title, events[3].sender) == ("新群名", "wang")
    assert isinstance(events[4], Recall)
    assert events[4].id == "m8"


async def test_photos_come_in(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    content = photo()
    assert len(content) > 300_000
    async with listening(platform_at(gateway, tools), ear):
        for name, data in (("leak.png", content), ("broken.png", b"no picture"), ("notice.pdf", b"%PDF-1.4")):
            told = base64.b64encode(data).decode()
            await gateway.do("file", **{"from": "zhang"}, room=ROOM, name=name, base64=told)
        events = await ear.heard(3)

    large, broken, pdf = (event.media for event in events if isinstance(event, InboundMessage))
    assert large[0].ref is not None
    assert tools.media.open(large[0].ref) is not None
    assert broken == ()
    assert (pdf[0].type, pdf[0].name, pdf[0].ref) == ("file", "notice.pdf", None)


async def test_a_quote_of_the_bot_is_known_after_a_restart(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        result = await platform.send(outgoing("@周敏 1号件已登记", names=("周敏",)))
    async with listening(platform_at(gateway, tools, hears_all=False), ear):
        await say(gateway, "zhou", f"「网格管家：@周敏\u20051号件已登记」\n{DASHES}\n收到")
        [event] = await ear.heard(1)

    assert isinstance(event, InboundMessage)
    assert (event.text, event.reply_to, event.mentions) == ("收到", result.platform_id, (BOT,))


async def test_a_burst(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    said = [f"第{number}句" for number in range(200)]
    async with listening(platform_at(gateway, tools), ear):
        for text in said:
            await say(gateway, "zhang", text)
        await ear.heard(200)

    assert ear.texts() == said


async def test_a_second_client_is_told_so_and_harms_nobody(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    async with listening(platform_at(gateway, tools), ear):
        with pytest.raises(ConnectionError, match="another client"):
            async with listening(platform_at(gateway, tools), ear):
                pass
        assert await platform_at(gateway, tools).probe() == []
        await say(gateway, "zhang", "还在吗")
        await ear.heard(1)


async def test_a_wrong_token_is_refused(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    wrong = platform_at(gateway, tools, token="insecure_wrong")
    with pytest.raises(Refused, match="token"):
        async with listening(wrong, ear):
            pass

    assert "token" in (await wrong.probe())[0]


async def test_a_logout_ends_it_and_a_login_is_waited_for(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = platform_at(gateway, tools)
    async with listening(platform, ear) as task:
        await gateway.do("logout")
        with pytest.raises(ConnectionError, match="扫码"):
            await asyncio.wait_for(task, 5)
        result = await platform.send(outgoing("有人吗"))
    with pytest.raises(ConnectionError, match="扫码"):
        async with listening(platform, ear):
            pass
    waiting = asyncio.create_task(gateway.do("login"))
    async with listening(platform, ear):
        await waiting

    assert result.state == "held"


async def test_silence_is_no_end(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = WechatyPlatform(chosen(gateway.endpoint), tools, Patience(silence=0.3))
    async with listening(platform, ear) as task:
        await asyncio.sleep(1)
        assert not task.done()
        await say(gateway, "zhang", "还在")
        await ear.heard(1)


async def test_a_message_that_could_not_be_stored_is_taken_after_all(
    gateway: GatewayProcess, tools: Tools, ear: Ear
) -> None:
    """The gateway tells nothing twice: what broke the connection is asked for again."""
    platform, ear.broken = platform_at(gateway, tools), 1
    async with listening(platform, ear) as task:
        await say(gateway, "zhang", "我家停水")
        with pytest.raises(OSError, match="disk"):
            await asyncio.wait_for(task, 5)
    async with listening(platform, ear):
        await ear.heard(1)

    assert ear.texts() == ["我家停水"]


async def test_names_in_the_group_count(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    """The bot's, by which people call it, and the sender's."""
    await gateway.do("alias", id="bot", text="小管家")
    await gateway.do("alias", id="zhang", text="8-1-802 老张")
    async with listening(platform_at(gateway, tools, hears_all=False), ear):
        await say(gateway, "zhang", "@小管家\u2005我家停水")
        await say(gateway, "zhang", "＠小管家 我家停水")
        await say(gateway, "zhang", "@小管家\u2005我家停水", "bot")
        await say(gateway, "wang", f"「小管家：1号件已登记」\n{DASHES}\n我家停水")
        events = await ear.heard(4)

    heard = [(event.name, event.text, event.mentions) for event in events if isinstance(event, InboundMessage)]
    assert heard == [("8-1-802 老张", "我家停水", (BOT,))] * 3 + [("王阿姨", "我家停水", (BOT,))]


async def test_events_that_lead_nowhere_end_nothing(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    async with listening(platform_at(gateway, tools), ear):
        for payload in ({"messageId": "nope"}, {"messageId": 7}, {}):
            await gateway.do("event", name="message", payload=payload)
        await gateway.do("event", name="room-join", payload={"inviteeIdList": "sun"})
        await gateway.do("event", name="room-invite", payload={"roomInvitationId": "i1"})
        await gateway.do("event", name="friendship", payload={"friendshipId": "f1"})
        await gateway.do("scan")
        await say(gateway, "zhang", "还在")
        await ear.heard(1)

    assert ear.texts() == ["还在"]
