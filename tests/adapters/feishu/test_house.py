"""The whole bot behind the adapter: photos, names, private chats, recalls, and nothing lost or doubled."""

import asyncio
import io
from pathlib import Path

import pytest
from PIL import Image

from bot.domain.ticket import Ticket
from bot.messages import BOT
from tests.fakes import CLEAR
from tests.peers.feishu import FeishuPeer, call, envelope, said
from tests.peers.feishu_messages import GROUP, ME
from tests.peers.house import House


def peer_of(lived: House) -> FeishuPeer:
    assert isinstance(lived.peer, FeishuPeer)
    return lived.peer


def photo() -> bytes:
    """A picture with a place in its EXIF."""
    content, exif = io.BytesIO(), Image.Exif()
    exif[0x010E] = "3-1-502"
    Image.new("RGB", (64, 48), "red").save(content, "JPEG", exif=exif)
    return content.getvalue()


async def one_ticket(lived: House) -> Ticket:
    await lived.shown("1号件已登记")
    (ticket,) = lived.tickets()
    return ticket


async def test_a_photo_is_kept_without_what_it_tells(lived: House, tmp_path: Path) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"], address=True, photo=photo())

    await one_ticket(lived)

    (kept,) = [path.read_bytes() for path in (tmp_path / "media").rglob("*.jpg")]
    assert kept.startswith(b"\xff\xd8")
    assert b"3-1-502" not in kept


@pytest.mark.parametrize("content", [b"no photo", b""])
async def test_a_broken_photo_does_not_take_the_words_with_it(lived: House, tmp_path: Path, content: bytes) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"], photo=content)

    await one_ticket(lived)
    assert not list((tmp_path / "media").rglob("*.jpg"))


async def test_a_photo_that_cannot_be_had_does_not_either(lived: House) -> None:
    peer = peer_of(lived)
    lines = [[{"tag": "text", "text": CLEAR["drainage"]}], [{"tag": "img", "image_key": "img_gone"}]]
    await peer.server.happen(said("ou_zhang", {"title": "", "content": lines}, "om_1", "post"))

    await one_ticket(lived)


async def test_a_photo_that_is_too_large_is_not_taken(lived: House) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"], photo=bytes(15_000_001))

    await one_ticket(lived)


async def test_the_list_of_members_tells_the_names(lived: House) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"])

    ticket = await one_ticket(lived)

    words = lived.read(lambda uow: uow.words.of(ticket.id))
    assert words[0].account == "feishu:ou_zhang"
    asked = [path for path in peer_of(lived).server.calls if path.endswith("/members")]
    await lived.peer.say("wang", "我家也是，臭死了")
    assert len(asked) == 2  # pages; and once is enough for an hour
    assert [path for path in peer_of(lived).server.calls if path.endswith("/members")] == asked


async def test_of_a_group_that_nobody_has_named_nothing_is_fetched(lived: House) -> None:
    server = peer_of(lived).server
    server.pictures["img_1"] = photo()
    payload = said("ou_zhang", {"image_key": "img_1"}, "om_1", "image", chat="oc_other")
    payload["event"]["message"]["chat_type"] = "group"
    server.messages.add("om_1")
    await server.happen(payload)

    assert not [path for path in server.calls if "oc_other" in path or "resources" in path]


async def test_a_private_matter_stays_private(lived: House) -> None:
    await lived.peer.say("zhang", "我的件", private=True)

    async with asyncio.timeout(5):
        while not await lived.peer.seen("zhang"):  # noqa: ASYNC110 - the other side rings no bell
            await asyncio.sleep(0.02)
    assert not await lived.peer.seen()


async def test_recalled_before_anybody_signed(lived: House) -> None:
    id_ = await lived.peer.say("zhang", CLEAR["drainage"])
    ticket = await one_ticket(lived)
    event = {"message_id": id_, "chat_id": GROUP, "recall_type": "message_owner"}

    await peer_of(lived).server.happen(envelope("im.message.recalled_v1", event, "e9"))

    await lived.until(lambda: (found := lived.read(lambda uow: uow.tickets.get(ticket.id))) and not found.is_open)


async def test_recalled_in_a_private_chat(lived: House) -> None:
    id_ = await lived.peer.say("zhang", f"学苑小区{CLEAR['drainage']}", private=True)
    found = await lived.until(lambda: lived.read(lambda uow: uow.words.ticket_ids(f"feishu:dm:ou_zhang:{id_}")))
    event = {"message_id": id_, "chat_id": "oc_p2p_zhang", "recall_type": "message_owner"}

    await peer_of(lived).server.happen(envelope("im.message.recalled_v1", event, "e9"))

    await lived.until(lambda: (one := lived.read(lambda uow: uow.tickets.get(found[0]))) and not one.is_open)


async def test_the_bot_is_taken_in_and_says_once_what_it_does(lived: House) -> None:
    server = peer_of(lived).server
    for _ in range(2):
        payload = envelope("im.chat.member.bot.added_v1", {"chat_id": GROUP}, "e1")
        payload["header"]["create_time"] = "1790000000000"
        await server.happen(payload)

    await lived.shown("闲聊不保存")
    assert len(await lived.peer.seen()) == 1


async def test_delivered_again_and_again_nothing_is_doubled(lived: House) -> None:
    server = peer_of(lived).server
    payload = said("ou_zhang", {"text": f"@_user_1 {CLEAR['drainage']}"}, "om_1", mentions=[call("@_user_1", ME, BOT)])

    await asyncio.gather(*(server.happen(payload, times=3) for _ in range(3)))
    await one_ticket(lived)
    await server.happen(payload)

    assert len(lived.tickets()) == 1
    assert len(await lived.peer.seen()) == 1


async def test_a_tap_delivered_again_is_one_tap(lived: House) -> None:
    await lived.peer.say("zhang", CLEAR["drainage"])
    ticket = await one_ticket(lived)
    value = {"action": "sign", "ticket": ticket.id, "value": "", "to": ""}
    event = {"operator": {"open_id": "ou_zhou"}, "action": {"value": value}, "context": {"open_chat_id": GROUP}}

    await peer_of(lived).server.happen(envelope("card.action.trigger", event, "e1"), times=3)

    signed = lived.read(lambda uow: [one.kind for one in uow.audit.of(ticket.id)])
    assert len([kind for kind in signed if kind in {"acknowledged", "signed"}]) <= 1
    assert lived.tickets()[0].assignee == "zhou"


async def test_a_later_message_that_comes_first_is_heard_too(lived: House) -> None:
    server = peer_of(lived).server
    first, second = (
        said("ou_zhang", {"text": text}, id_) for text, id_ in (("大家早", "om_1"), (CLEAR["noise"], "om_2"))
    )

    await server.happen(second)
    await server.happen(first)

    await one_ticket(lived)


async def test_what_was_said_while_the_line_was_down_arrives(lived: House) -> None:
    await lived.peer.cut()
    await asyncio.gather(*(lived.peer.say("zhang", CLEAR[kind]) for kind in ("drainage", "noise", "parking")))

    await lived.until(lambda: len(lived.tickets()) == 3)


async def test_the_bot_starts_anew_in_the_middle_of_a_ticket(lived: House) -> None:
    """What it heard and did not acknowledge comes again, and its card still leads to the ticket."""
    id_ = await lived.peer.say("zhang", CLEAR["drainage"])
    ticket = await one_ticket(lived)
    await lived.end()
    again = asyncio.create_task(lived.peer.again(id_))

    await lived.peer.restart()
    await lived.open()
    await asyncio.wait_for(again, 5)
    ping = await lived.shown("1号件已登记")
    await lived.peer.press("zhou", ping.id, "收到")

    await lived.until(lambda: lived.tickets()[0].state == "in_progress")
    assert [one.id for one in lived.tickets()] == [ticket.id]
    assert len([seen for seen in await lived.peer.seen() if "已登记" in seen.text]) == 1
