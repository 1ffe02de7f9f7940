"""Names and photos are fetched beside a message, and hold nobody up where they do not come."""

import asyncio
from dataclasses import replace

from bot.domain.org import Group
from bot.messages import InboundMessage, Media, Recall
from tests.adapters.feishu.conftest import Ear, NewFeishu, hearing
from tests.peers.feishu import envelope, said
from tests.peers.feishu_messages import GROUP, Fault
from tests.peers.feishu_server import FeishuServer
from tests.peers.story import photo


def with_the_group(ear: Ear) -> Ear:
    """The group stands in the organization file."""
    group = Group("feishu", GROUP, "xueyuan")
    ear.org = replace(ear.org, groups={**ear.org.groups, group.key: group})
    return ear


def names(ear: Ear) -> list[str]:
    return [event.name for event in ear.heard if isinstance(event, InboundMessage)]


async def test_names_are_asked_for_once_and_learned(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    came = {"chat_id": GROUP, "users": [{"name": "5-2-301新邻居", "user_id": {"open_id": "ou_new"}}]}

    async with hearing(new_feishu(), with_the_group(ear)):
        await server.happen(said("ou_zhang", {"text": "早"}, "om_1"))
        await server.happen(said("ou_wang", {"text": "早"}, "om_2"))
        await server.happen(said("ou_new", {"text": "早"}, "om_3"))
        await server.happen(envelope("im.chat.member.user.added_v1", came, "e4"))
        await server.happen(said("ou_new", {"text": "早"}, "om_5"))

    assert names(ear) == ["3-1-502张姐", "王大爷", "", "5-2-301新邻居"]
    assert len([path for path in server.calls if path.endswith("/members")]) == 2  # its two pages


async def test_whoever_goes_or_comes_without_a_name_keeps_the_one_we_know(
    server: FeishuServer, new_feishu: NewFeishu, ear: Ear
) -> None:
    moved = {"chat_id": GROUP, "users": [{"user_id": {"open_id": "ou_zhang"}}]}

    async with hearing(new_feishu(), with_the_group(ear)):
        await server.happen(said("ou_zhang", {"text": "早"}, "om_1"))
        for kind in ("deleted", "added"):
            await server.happen(envelope(f"im.chat.member.user.{kind}_v1", moved, f"e-{kind}"))
        await server.happen(said("ou_zhang", {"text": "早"}, "om_2"))

    assert names(ear) == ["3-1-502张姐"] * 2


async def test_without_the_scope_people_have_no_names(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    server.known.clear()

    async with hearing(new_feishu(), with_the_group(ear)):
        await server.happen(said("ou_zhang", {"text": "早"}, "om_1"))
        await server.happen(said("ou_zhang", {"text": "早"}, "om_2"))

    assert names(ear) == ["", ""]
    assert len([path for path in server.calls if path.endswith("/members")]) == 1


async def test_a_list_of_names_that_does_not_come_holds_nobody_up(
    server: FeishuServer, new_feishu: NewFeishu, ear: Ear
) -> None:
    server.faulty["/members"] = Fault(hang="before")

    async with hearing(new_feishu(patience=0.3), with_the_group(ear)):
        await server.happen(said("ou_zhang", {"text": "早"}, "om_1"))

    assert names(ear) == [""]


async def test_a_photo_comes_also_where_the_token_was_spent_before_its_time(
    server: FeishuServer, new_feishu: NewFeishu, ear: Ear
) -> None:
    server.pictures["img_1"] = photo()
    server.messages.add("om_1")

    async with hearing(new_feishu(), ear):
        server.tokens.clear()
        await server.happen(said("ou_zhang", {"image_key": "img_1"}, "om_1", "image", "oc_p2p"))

    (message,) = ear.heard
    assert isinstance(message, InboundMessage)
    assert [media.ref is not None for media in message.media] == [True]


async def test_a_recall_does_not_overtake_its_message_where_that_waits_for_a_photo(
    server: FeishuServer, new_feishu: NewFeishu, ear: Ear
) -> None:
    server.faulty["/resources"] = Fault(hang="before")
    recall = {"message_id": "om_1", "chat_id": "oc_p2p", "recall_type": "message_owner"}

    async with hearing(new_feishu(patience=0.3), ear):
        await asyncio.gather(
            server.happen(said("ou_zhang", {"image_key": "img_1"}, "om_1", "image", "oc_p2p")),
            server.happen(envelope("im.message.recalled_v1", recall, "e2")),
        )

    assert [type(event) for event in ear.heard] == [InboundMessage, Recall]
    assert ear.heard[1].chat == "dm:ou_zhang"


async def test_a_photo_that_does_not_come_is_told_of_all_the_same(
    server: FeishuServer, new_feishu: NewFeishu, ear: Ear
) -> None:
    server.faulty["/resources"] = Fault(hang="before")

    async with hearing(new_feishu(patience=0.3), with_the_group(ear)):
        await server.happen(said("ou_zhang", {"image_key": "img_1"}, "om_1", "image"))

    (message,) = ear.heard
    assert isinstance(message, InboundMessage)
    assert message.media == (Media("image"),)
