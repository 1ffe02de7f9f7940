"""What the bot says, as the platform gets it, and what becomes of it where something goes wrong."""

import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image
from structlog.testing import capture_logs

from adapters.feishu.channel import LONGEST
from adapters.feishu.outgoing import content_of, idempotency
from adapters.feishu.results import REASONS
from bot.messages import Button, OutboundMessage
from bot.ports import SendResult
from tests.adapters.feishu.conftest import NewFeishu
from tests.peers.feishu import tools_of
from tests.peers.feishu_messages import GROUP, Fault
from tests.peers.feishu_server import FeishuServer
from tests.peers.feishu_wire import check_content

HOSTILE = [
    '<at user_id="all">所有人</at> 停水', "<at id=all></at>", "[钓鱼](https://evil.example)", "**粗** <b>x</b>", "@_all @_user_1",
    '"}]]}', "\\u003cat", "{{7*7}}", "<font color=red>x</font>", "﷽" * 50,
]  # fmt: skip


def message(text: str = "1号件已登记", chat: str = f"feishu:{GROUP}", **fields: Any) -> OutboundMessage:
    return OutboundMessage(**{"key": "k1", "chat": chat, "text": text, "kind": "reply", **fields})


SIGN = (Button("收到", "sign", "t1"),)


async def test_words_go_into_the_group(server: FeishuServer, new_feishu: NewFeishu) -> None:
    result = await new_feishu().send(message())

    assert result == SendResult("sent", server.sent[0].id)
    assert (server.sent[0].to, server.sent[0].kind) == (GROUP, "post")
    assert server.sent[0].content["zh_cn"]["content"] == [[{"tag": "text", "text": "1号件已登记"}]]


async def test_words_for_one_person_alone(server: FeishuServer, new_feishu: NewFeishu) -> None:
    await new_feishu().send(message("@周敏 您好", "feishu:dm:ou_zhou", mentions=("feishu:ou_zhou",), names=("周敏",)))

    assert server.sent[0].to == "ou_zhou"
    assert server.sent[0].content["zh_cn"]["content"] == [[{"tag": "text", "text": "@周敏 您好"}]]


async def test_an_answer_quotes_and_where_the_quoted_is_gone_it_stands_alone(
    server: FeishuServer, new_feishu: NewFeishu
) -> None:
    feishu = new_feishu()
    server.messages.add("om_p1")

    assert (await feishu.send(message(key="k1", reply_to="om_p1"))).state == "sent"
    assert (await feishu.send(message(key="k2", reply_to="om_recalled"))).state == "sent"
    assert (await feishu.send(message(key="k3", reply_to="../../x?y"))).state == "sent"
    assert [one.reply_to for one in server.sent] == ["om_p1", None, None]


def test_mentions_stand_where_the_text_calls() -> None:
    called = message(
        "1号件。@周敏 请看，@周敏民 也请看",
        mentions=("feishu:ou_zhou", "feishu:ou_min", "feishu:ou_wu", "web:x"),
        names=("周敏", "周敏民", "吴刚", "某人"),
    )

    kind, content = content_of(called)

    assert kind == "post"
    assert content["zh_cn"]["content"] == [
        [{"tag": "at", "user_id": "ou_wu"}],
        [{"tag": "text", "text": "1号件。"}, {"tag": "at", "user_id": "ou_zhou"}, {"tag": "text", "text": " 请看，"},
         {"tag": "at", "user_id": "ou_min"}, {"tag": "text", "text": " 也请看"}],
    ]  # fmt: skip


def test_a_card_with_buttons() -> None:
    kind, content = content_of(
        message("@周敏 1号件已登记", mentions=("feishu:ou_zhou",), names=("周敏",), buttons=SIGN), ["img_1"]
    )

    assert kind == "interactive"
    assert content["config"]["enable_forward"] is False
    ping, words, photo, buttons = content["elements"]
    assert ping["text"] == {"tag": "lark_md", "content": "<at id=ou_zhou></at>"}
    assert words["text"] == {"tag": "plain_text", "content": "1号件已登记"}
    assert photo["img_key"] == "img_1"
    assert buttons["actions"][0]["value"] == {"action": "sign", "ticket": "t1", "value": "", "to": ""}


@pytest.mark.parametrize("account", ["all", 'ou_x"></at><at id=all', "ou_x ou_y", "", "ou_", "OU_x"])
def test_nobody_is_pinged_by_an_odd_id(account: str) -> None:
    for buttons in ((), SIGN):
        odd = message("@所有人 x", mentions=(f"feishu:{account}",), names=("所有人",), buttons=buttons)
        _kind, content = content_of(odd)
        assert '"at"' not in json.dumps(content)
        assert "lark_md" not in json.dumps(content)


@pytest.mark.parametrize("words", HOSTILE)
@pytest.mark.parametrize("buttons", [(), SIGN])
async def test_words_of_people_are_never_markup(
    server: FeishuServer, new_feishu: NewFeishu, words: str, buttons: tuple[Button, ...]
) -> None:
    result = await new_feishu().send(message(words, buttons=buttons))

    assert result.state == "sent"
    check_content(server.sent[0].kind, server.sent[0].content, set())
    (plain,) = _plain(server.sent[0].content)
    assert plain == words


def _plain(content: dict[str, Any]) -> list[str]:
    if "elements" in content:
        return [one["text"]["content"] for one in content["elements"] if one["tag"] == "div"]
    return ["".join(one["text"] for one in line) for line in content["zh_cn"]["content"]]


@settings(max_examples=300, deadline=None)
@given(
    text=st.text(max_size=60),
    names=st.lists(st.sampled_from(["周敏", "周", "a.*", "\\", "@", ""]), max_size=3),
    data=st.data(),
)
def test_whatever_is_written_the_pieces_are_the_words(text: str, names: list[str], data: st.DataObject) -> None:
    called = "".join(data.draw(st.permutations([text, *(f"@{name}" for name in names if name)])))
    accounts = tuple(f"feishu:ou_{place}" for place in range(len(names)))

    _kind, content = content_of(message(called, mentions=accounts, names=tuple(names)))

    name_of = {f"ou_{place}": name for place, name in enumerate(names)}
    pieces = [[one for one in line if one["tag"] == "text"] for line in content["zh_cn"]["content"]]
    pinged = [one["user_id"] for line in content["zh_cn"]["content"] for one in line if one["tag"] == "at"]
    assert sorted(pinged) == sorted(name_of)
    assert "<at" not in json.dumps(content).replace(json.dumps(called)[1:-1], "")
    if not any(name_of.values()):
        assert "\n".join(one["text"] for line in pieces for one in line) == called


async def test_the_same_key_is_said_once(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu, long_key = new_feishu(), message(key="k" * 80)

    first, second = await feishu.send(long_key), await feishu.send(long_key)

    assert first == second
    assert len(server.sent) == 1
    assert idempotency(long_key) != idempotency(message(key="k" * 81))


def photo_in(folder: Path) -> str:
    """The name of a stored photo."""
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(picture, "PNG")
    ref = tools_of(folder).media.put(picture.getvalue(), "x.png").ref
    assert ref is not None
    return ref


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
    assert [_plain(sent.content) for sent in server.sent] == [["1号件已登记"]]


async def test_a_photo_that_cannot_be_read_does_not_either(
    server: FeishuServer, new_feishu: NewFeishu, tmp_path: Path
) -> None:
    ref = photo_in(tmp_path)
    path = tmp_path / "media" / ref[:2] / ref[2:4] / f"{ref}.jpg"
    path.unlink()
    path.mkdir()

    assert (await new_feishu().send(message(attachments=(ref,)))).state == "sent"


async def test_a_long_message_is_not_too_large(server: FeishuServer, new_feishu: NewFeishu) -> None:
    for number, letter in enumerate("件😀"):
        for buttons in ((), SIGN):
            long = message(letter * LONGEST, key=f"k{number}{len(buttons)}", buttons=buttons)
            assert (await new_feishu().send(long)).state == "sent"


# ---------------------------------------------------------------- edits


async def test_a_card_takes_other_words_and_buttons(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    first = await feishu.send(message(buttons=SIGN))
    done = (Button("办结", "done", "t1"),)

    for key, buttons in (("k2", done), ("k3", done), ("k4", ())):
        edit = message("1号件在办", key=key, buttons=buttons, replaces=first.platform_id)
        assert await feishu.send(edit) == first
        assert _plain(server.sent[0].content) == ["1号件在办"]
        labels = [
            one["actions"][0]["text"]["content"] for one in server.sent[0].content["elements"] if "actions" in one
        ]
        assert labels == [button.label for button in buttons]
    assert len(server.sent) == 1


@pytest.mark.parametrize("code", [230011, 230031, 230110, 232009])
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
    assert _plain(server.sent[0].content) == ["1号件在办"]


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


# ---------------------------------------------------------------- what goes wrong


@pytest.mark.parametrize("code", sorted(REASONS))
async def test_what_is_given_up_is_told_in_words(server: FeishuServer, new_feishu: NewFeishu, code: int) -> None:
    server.faults = [Fault(code, 400)]

    with capture_logs() as logs:
        assert await new_feishu().send(message()) == SendResult("dead")

    assert logs[0]["reason"].startswith(f"{REASONS[code]}（{code} ")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        (Fault(99991400, 429, {"x-ogw-ratelimit-reset": "7"}), SendResult("retry", retry_after=7)),
        (Fault(99991400, 400), SendResult("retry", retry_after=2)),
        (Fault(1, 429, {"Retry-After": "3"}), SendResult("retry", retry_after=3)),
        (Fault(1, 429, {"Retry-After": "soon"}), SendResult("retry", retry_after=2)),
        (Fault(230020, 400), SendResult("retry", retry_after=2)),
        (Fault(11232, 400), SendResult("retry", retry_after=2)),
        (Fault(230049, 400), SendResult("retry", retry_after=2)),
        (Fault(99991403, 400), SendResult("held", retry_after=3600)),
        (Fault(99991403, 429), SendResult("held", retry_after=3600)),
        (Fault(1, 500), SendResult("retry", retry_after=30)),
        (Fault(1, 503, {"Retry-After": "9"}), SendResult("held", retry_after=9)),
        (Fault(page="<h1>502</h1>", status=502), SendResult("held", retry_after=30)),
        (Fault(page="<h1>forbidden by the proxy</h1>", status=403), SendResult("held", retry_after=30)),
        (Fault(page="<h1>please log in</h1>"), SendResult("held", retry_after=30)),
        (Fault(230001, 400), SendResult("dead")),
        (Fault(230002, 400), SendResult("dead")),
        (Fault(230013, 400), SendResult("dead")),
        (Fault(230025, 400), SendResult("dead")),
        (Fault(230027, 400), SendResult("dead")),
        (Fault(99991672, 403), SendResult("dead")),
        (Fault(0, 301, {"Location": "https://elsewhere.example"}), SendResult("held", retry_after=30)),
    ],
)
async def test_each_refusal_has_its_meaning(
    server: FeishuServer, new_feishu: NewFeishu, fault: Fault, result: SendResult
) -> None:
    server.faults = [fault]

    assert await new_feishu().send(message()) == result
    assert not server.sent


async def test_a_spent_token_is_made_anew(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await feishu.send(message(key="k1"))
    server.tokens.clear()

    assert (await feishu.send(message(key="k2"))).state == "sent"
    assert server.calls.count("token") == 2


async def test_a_token_that_is_never_good_waits(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faults = [Fault(99991663, 400), Fault(99991663, 400)]

    assert (await new_feishu().send(message())).state == "held"


async def test_a_wrong_secret_waits_for_somebody_to_put_it_right(new_feishu: NewFeishu) -> None:
    with capture_logs() as logs:
        assert (await new_feishu(app_secret="wrong").send(message())).state == "held"
    assert "app_secret" in logs[0]["reason"]
    assert "wrong" not in str(logs)


@pytest.mark.parametrize("token", [{"code": 99991400, "msg": "too many"}, {"nothing": 1}])
async def test_a_token_that_does_not_come_now_is_no_wrong_secret(
    server: FeishuServer, new_feishu: NewFeishu, token: dict[str, Any]
) -> None:
    server.token = token

    assert (await new_feishu().send(message())).state == "held"


async def test_nothing_is_said_after_the_end(new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await feishu.close()

    assert (await feishu.send(message())).state == "held"


async def test_silence_before_the_work_was_done(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faults = [Fault(hang="before")]

    assert (await new_feishu(patience=0.3).send(message())).state == "sent"
    assert len(server.sent) == 1


async def test_silence_after_the_work_was_done_doubles_nothing(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.faults = [Fault(hang="after")]

    result = await new_feishu(patience=0.3).send(message())

    assert result == SendResult("sent", server.sent[0].id)
    assert len(server.sent) == 1


async def test_after_lasting_silence_it_is_said_again_under_its_key(
    server: FeishuServer, new_feishu: NewFeishu
) -> None:
    server.faults = [Fault(hang="after"), Fault(hang="before")]
    feishu = new_feishu(patience=0.3)

    assert (await feishu.send(message())).state == "retry"
    assert await feishu.send(message()) == SendResult("sent", server.sent[0].id)
    assert len(server.sent) == 1


async def test_an_answer_without_the_id_is_asked_for_again(server: FeishuServer, new_feishu: NewFeishu) -> None:
    server.forgetful = True

    assert (await new_feishu().send(message())).state == "retry"


async def test_a_platform_that_is_away_is_tried_again(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await feishu.send(message(key="k1"))
    await server.stop()

    assert (await feishu.send(message(key="k2"))).state == "held"
    await server.start()
    assert (await feishu.send(message(key="k2"))).state == "sent"


async def test_a_first_message_while_the_platform_is_away(server: FeishuServer, new_feishu: NewFeishu) -> None:
    feishu = new_feishu()
    await server.stop()

    assert (await feishu.send(message())).state == "held"
