"""What goes out, as it arrives at the official gateway."""

import asyncio
import json

import pytest
from structlog.testing import capture_logs

from adapters.wechaty.gateway import open_gateway
from bot.ports import Tools
from tests.adapters.wechaty.conftest import Ear, chosen, listening, outbox, outgoing, platform_at
from tests.peers.story import photo
from tests.peers.wechaty import GatewayProcess


def stored_photo(tools: Tools) -> str:
    stored = tools.media.put(photo(20), "leak.png").ref
    assert stored is not None
    return stored


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


async def test_a_photo_that_fails_costs_no_words(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    """The text stands in the group: it is said, whatever became of the photo."""
    await gateway.do("mood", failFile="too fast")
    platform = platform_at(gateway, tools)
    with capture_logs() as logs:
        async with listening(platform, ear):
            result = await platform.send(outgoing("整改前后", attachments=(stored_photo(tools), stored_photo(tools))))
            [text] = await outbox(gateway)

    assert (result.state, result.platform_id) == ("sent", text["id"])
    assert [one["event"] for one in logs] == ["photo not shown"] * 2


async def test_a_photo_that_is_gone_is_left_out_and_counts_for_nothing(
    gateway: GatewayProcess, tools: Tools, ear: Ear
) -> None:
    platform = platform_at(gateway, tools, per_day=3)
    gone = stored_photo(tools)
    tools.media.delete(gone)
    with capture_logs() as logs:
        async with listening(platform, ear):
            first = await platform.send(outgoing("整改前后", attachments=(gone, stored_photo(tools))))
            second = await platform.send(outgoing("还有一张", attachments=(gone,)))
            third = await platform.send(outgoing("再说一句"))
            said = await outbox(gateway)

    assert [first.state, second.state, third.state] == ["sent", "sent", "held"]
    assert [one["hasFile"] for one in said] == [False, True, False]
    assert logs == []


async def test_a_store_that_cannot_be_read_costs_no_words(
    gateway: GatewayProcess, tools: Tools, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_ref: str) -> None:
        raise PermissionError("not yours")

    ref = stored_photo(tools)
    monkeypatch.setattr(tools.media, "open", broken)
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        result = await platform.send(outgoing("整改前后", attachments=(ref,)))
        [text] = await outbox(gateway)

    assert (result.state, text["text"]) == ("sent", "整改前后")


async def test_photos_come_as_slowly_as_words(
    gateway: GatewayProcess, tools: Tools, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    pauses: list[float] = []
    platform = platform_at(gateway, tools, jitter_seconds=0)

    async def hesitate() -> None:
        pauses.append(len(await outbox(gateway)))

    monkeypatch.setattr(platform, "_hesitate", hesitate)
    async with listening(platform, ear):
        await platform.send(outgoing("整改前后", attachments=(stored_photo(tools), stored_photo(tools))))

    assert pauses == [0, 1, 2]


async def test_a_database_in_trouble_neither_loses_nor_doubles_words(
    gateway: GatewayProcess, tools: Tools, ear: Ear
) -> None:
    platform = platform_at(gateway, tools)
    async with listening(platform, ear):
        ear.broken_queries = 1
        unsaid = await platform.send(outgoing("一"))
        assert await outbox(gateway) == []

        async def break_the_next() -> None:
            ear.broken_queries = 1

        ear.before_query = (
            break_the_next  # that of the day's allowance goes through, the note of what was said does not
        )
        said = await platform.send(outgoing("二"))
        [text] = await outbox(gateway)

    assert unsaid.state == "held"
    assert (said.state, said.platform_id) == ("sent", text["id"])


async def test_each_message_waits_a_while(gateway: GatewayProcess, tools: Tools, ear: Ear) -> None:
    platform = platform_at(gateway, tools, jitter_seconds=1_000_000)
    async with listening(platform, ear):
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(platform.send(outgoing("1号件已登记")), 0.2)
        assert await outbox(gateway) == []
