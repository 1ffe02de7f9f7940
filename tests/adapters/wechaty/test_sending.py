"""What goes out, as it arrives at the official gateway."""

import asyncio
import json

import pytest

from adapters.wechaty.gateway import open_gateway
from bot.ports import Tools
from tests.adapters.wechaty.conftest import Ear, chosen, listening, outbox, outgoing, photo, platform_at
from tests.peers.wechaty import GatewayProcess


async def test_photos_go_out(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    stored = tools.media.put(photo(700), "leak.png").ref
    assert stored is not None
    content, _type = tools.media.open(stored) or (b"", "")
    assert len(content) > 300_000
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        result = await platform.send(outgoing("整改前后", attachments=(stored,)))
        text, file = await outbox(gateway)
        link = await open_gateway(chosen(gateway.endpoint))
        box = await link.call("MessageFile", id=file["id"])
        arrived = await link.download(json.loads(box.file_box)["uuid"], 15_000_000)
        await link.close()

    assert result.state == "sent"
    assert (text["text"], result.platform_id, file["hasFile"]) == ("整改前后", text["id"], True)
    assert arrived == content


async def test_mentions_and_private_messages_go_out(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        await platform.send(outgoing("@周敏 1号件已登记", mentions=("wechaty:zhou",), names=("周敏",)))
        await platform.send(outgoing("您的件已登记", chat="wechaty:dm:zhang"))
        group, private = await outbox(gateway)

    assert (group["text"], group["mentionIdList"]) == ("@周敏\u20051号件已登记", ["zhou"])
    assert (private["listenerId"], private.get("roomId")) == ("zhang", None)


async def test_an_id_that_the_puppet_does_not_give_is_heard(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    await gateway.do("mood", withoutId=True)
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        result = await platform.send(outgoing("1号件已登记"))
        [sent] = await outbox(gateway)

    assert (result.state, result.platform_id) == ("sent", sent["id"])


async def test_a_puppet_that_fails_is_asked_again_later(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        await gateway.do("mood", fail="not logged in")
        refused = await platform.send(outgoing("一"))
        await gateway.do("mood", fail="timeout after 5000 ms")
        unclear = await platform.send(outgoing("二"))

    assert (refused.state, unclear.state) == ("retry", "uncertain")
    assert await outbox(gateway) == []


async def test_a_photo_that_fails_leaves_it_uncertain(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    """The text stands in the group: sending all of it again would double it."""
    stored = tools.media.put(photo(20), "leak.png").ref
    assert stored is not None
    await gateway.do("mood", failFile="too fast")
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        result = await platform.send(outgoing("整改前后", attachments=(stored, "0" * 32)))
        [text] = await outbox(gateway)

    assert (result.state, result.platform_id) == ("uncertain", text["id"])


async def test_each_message_waits_a_while(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = platform_at(gateway, tools, jitter_seconds=1_000_000)
    async with listening(platform, ear):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(platform.send(outgoing("1号件已登记")), 0.2)
        assert await outbox(gateway) == []
