"""Photos behind the words; whatever becomes of them, the words are said, and once."""

from pathlib import Path

import pytest

from bot.messages import Button
from tests.adapters.feishu.conftest import NewFeishu
from tests.adapters.feishu.outbox import SIGN, message, photo_in, plain
from tests.peers.feishu_messages import Fault
from tests.peers.feishu_server import FeishuServer


@pytest.mark.parametrize("fault", [Fault(234006), Fault(hang="before")])
async def test_a_photo_that_is_not_taken_is_left_out(
    server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path, fault: Fault
) -> None:
    server.faulty["/images"] = fault

    result = await new_feishu(patience=0.3).send(message(attachments=(photo_in(tmp_path),)))

    assert result.state == "sent"
    assert len(server.sent[0].content["zh_cn"]["content"]) == 1


async def test_a_photo_that_came_too_soon_is_tried_again(
    server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path
) -> None:
    server.faulty["/images"] = Fault(99991400)

    assert (await new_feishu().send(message(attachments=(photo_in(tmp_path),)))).state == "held"
    assert not server.sent


async def test_a_photo_goes_along(server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path) -> None:
    await new_feishu().send(message(attachments=(photo_in(tmp_path), "0" * 32)))

    assert server.uploaded[0].startswith(b"\xff\xd8")
    assert server.sent[0].content["zh_cn"]["content"][1] == [{"tag": "img", "image_key": "img_up1"}]


@pytest.mark.parametrize("buttons", [(), SIGN])
async def test_a_photo_that_the_platform_will_not_show_does_not_take_the_words_with_it(
    server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path, buttons: tuple[Button, ...]
) -> None:
    server.spoilt.add("img_up1")

    result = await new_feishu().send(message(attachments=(photo_in(tmp_path),), buttons=buttons))

    assert result.state == "sent"
    assert [plain(sent.content) for sent in server.sent] == [["1号件已登记"]]


async def test_a_photo_that_cannot_be_read_does_not_either(
    server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path
) -> None:
    ref = photo_in(tmp_path)
    path = tmp_path / "media" / ref[:2] / ref[2:4] / f"{ref}.jpg"
    path.unlink()
    path.mkdir()

    assert (await new_feishu().send(message(attachments=(ref,)))).state == "sent"
