"""Cards that are changed in place."""

from pathlib import Path

import pytest
from structlog.testing import capture_logs

from bot.messages import Button
from bot.ports import SendResult
from tests.adapters.feishu.conftest import NewFeishu
from tests.adapters.feishu.outbox import SIGN, message, photo_in, plain
from tests.peers.feishu_messages import Fault
from tests.peers.feishu_server import FeishuServer


async def test_a_card_takes_other_words_and_buttons(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    first = await feishu.send(message(buttons=SIGN))
    done = (Button("办结", "done", "t1"),)

    for key, buttons in (("k2", done), ("k3", done), ("k4", ())):
        edit = message("1号件在办", key=key, buttons=buttons, replaces=first.platform_id)
        assert await feishu.send(edit) == first
        assert plain(server.sent[0].content) == ["1号件在办"]
        labels = [
            one["actions"][0]["text"]["content"] for one in server.sent[0].content["elements"] if "actions" in one
        ]
        assert labels == [button.label for button in buttons]
    assert len(server.sent) == 1


@pytest.mark.parametrize("code", [230001, 230011, 230031, 230110, 232009])
async def test_a_card_that_is_fixed_stays_as_it_was(server: FeishuServer, new_feishu: NewFeishu, code: int) -> None:
    server.faults = [Fault(code, 400)]

    with capture_logs() as logs:
        result = await new_feishu().send(message(replaces="om_old"))

    assert result == SendResult("sent", "om_old")
    assert [(log["log_level"], log["code"]) for log in logs] == [("info", code)]


@pytest.mark.parametrize("hang", ["before", "after", "cut"])
async def test_an_edit_that_may_have_gone_through_is_made_again(
    server: FeishuServer, new_feishu: NewFeishu, hang: str
) -> None:
    feishu = new_feishu(patience=0.3)
    first = await feishu.send(message(buttons=SIGN))
    edit = message("1号件在办", key="k2", replaces=first.platform_id)
    server.faults = [Fault(hang=hang), Fault(hang=hang)]

    assert (await feishu.send(edit)).state == "retry"
    assert await feishu.send(edit) == first
    assert plain(server.sent[0].content) == ["1号件在办"]


@pytest.mark.parametrize(("code", "state"), [(230020, "retry"), (230027, "dead")])
async def test_other_refusals_of_an_edit_are_told(
    server: FeishuServer, new_feishu: NewFeishu, code: int, state: str
) -> None:
    server.faults = [Fault(code, 400)]

    assert (await new_feishu().send(message(replaces="om_1"))).state == state


async def test_nobody_can_make_an_edit_reach_elsewhere(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.messages.add("om_1")

    await new_feishu().send(message(replaces="om_1/reply?x"))

    assert not server.sent


async def test_a_photo_stands_in_the_edited_card(server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path) -> None:
    feishu = new_feishu()
    first = await feishu.send(message(buttons=SIGN))

    await feishu.send(message("办好了", replaces=first.platform_id, attachments=(photo_in(tmp_path),)))

    assert [one["tag"] for one in server.sent[0].content["elements"]] == ["div", "img"]
