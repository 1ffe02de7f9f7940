"""What the bot says, as the platform gets it."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feishu.channel import LONGEST
from adapters.feishu.outgoing import content_of, idempotency
from bot.messages import Button
from bot.ports import SendResult
from tests.adapters.feishu.conftest import NewFeishu
from tests.adapters.feishu.outbox import SIGN, message, plain
from tests.peers.feishu_messages import GROUP
from tests.peers.feishu_server import FeishuServer
from tests.peers.feishu_wire import check_content

HOSTILE = [
    '<at user_id="all">所有人</at> 停水', "<at id=all></at>", "[钓鱼](https://evil.example)", "**粗** <b>x</b>", "@_all @_user_1",
    '"}]]}', "\\u003cat", "{{7*7}}", "<font color=red>x</font>", "﷽" * 50,
]  # fmt: skip


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
    assert plain(server.sent[0].content) == [words]


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


async def test_a_long_message_is_not_too_large(server: FeishuServer, new_feishu: NewFeishu) -> None:
    for number, letter in enumerate("件😀"):
        for buttons in ((), SIGN):
            long = message(letter * LONGEST, key=f"k{number}{len(buttons)}", buttons=buttons)
            assert (await new_feishu().send(long)).state == "sent"
