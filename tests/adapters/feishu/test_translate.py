"""The platform's events → the bot's: pure, and never broken by what comes."""

import json
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.feishu.translate import private_chat_of, translate
from bot.messages import BOT, InboundMessage, Media, Presence, Press, Rate, Recall, Renamed
from tests.peers.feishu import call, envelope, said
from tests.peers.feishu_messages import GROUP, ME

RECORDED = Path(__file__).parents[4] / "shared" / "data" / "bad-input" / "feishu"
OURS = call("@_user_1", ME, "网格管家")
ZHOU = call("@_user_2", "ou_zhou", "周敏")
AT = datetime(2026, 11, 23, 8, 0, tzinfo=UTC)
STAMP = str(int(AT.timestamp() * 1000))


def heard(content: Mapping[str, Any], kind: str = "text", **more: Any) -> InboundMessage:
    (event,) = translate(said("ou_zhang", content, "om_1", kind, **more), ME)
    assert isinstance(event, InboundMessage)
    return event


def test_a_message_in_a_group() -> None:
    message = heard({"text": "路灯坏了"}, create_time=STAMP)

    assert message == InboundMessage("feishu", GROUP, "ou_zhang", "om_1", AT, "路灯坏了")
    assert message.account == "feishu:ou_zhang"


def test_a_private_message_stands_in_the_chat_of_its_sender() -> None:
    payload = said("ou_zhang", {"text": "我的件"}, "om_1", chat="oc_p2p")
    (message,) = translate(payload, ME)

    assert isinstance(message, InboundMessage)
    assert (message.chat, message.private) == ("dm:ou_zhang", True)
    assert private_chat_of(payload) == "oc_p2p"
    assert private_chat_of(said("ou_zhang", {"text": "早"}, "om_1")) == ""


@pytest.mark.parametrize(
    ("text", "spoken"),
    [
        ("@_user_1 我家停水", "我家停水"),
        ("@_user_1，我家停水", "我家停水"),
        ("我家停水 @_user_1", "我家停水"),
        ("@_user_1", ""),
        ("请 @_user_1 看看", "请 @网格管家 看看"),
        ("@_user_2 @_user_1 在吗", "@周敏 @网格管家 在吗"),
        ("@_user_1 @_user_2 在吗", "@周敏 在吗"),
        ("@_all 停水了", "@所有人 停水了"),
        ("@_user_9 @_all_people", "@_user_9 @_all_people"),
    ],
)
def test_calls_become_names_and_that_of_the_bot_goes(text: str, spoken: str) -> None:
    message = heard({"text": text}, mentions=[OURS, ZHOU])

    assert message.text == spoken
    assert message.mentions == (BOT, "ou_zhou")


def test_the_tenth_person_is_not_the_first() -> None:
    message = heard({"text": "@_user_10 在吗"}, mentions=[OURS, call("@_user_10", "ou_wu", "吴刚")])

    assert message.text == "@吴刚 在吗"


def test_a_quote() -> None:
    assert heard({"text": "收到"}, parent_id="om_b2", root_id="om_b1").reply_to == "om_b2"
    assert heard({"text": "收到"}, root_id="om_b1").reply_to == "om_b1"


def test_rich_text_with_a_photo() -> None:
    lines = [
        [{"tag": "at", "user_id": "@_user_1", "user_name": "网格管家"}, {"tag": "text", "text": " 井盖没了"}],
        [{"tag": "img", "image_key": "img_1"}],
        [{"tag": "a", "text": "地图", "href": "https://example.org"}, {"tag": "emotion", "emoji_type": "CRY"}],
    ]

    for content in ({"title": "报事", "content": lines}, {"zh_cn": {"title": "报事", "content": lines}}):
        message = heard(content, "post", mentions=[OURS])
        assert message.text == "报事\n@网格管家 井盖没了\n地图 https://example.org"
        assert message.media == (Media("image", "img_1"),)


@pytest.mark.parametrize(
    ("kind", "content", "media"),
    [
        ("image", {"image_key": "img_1"}, Media("image", "img_1")),
        ("audio", {"file_key": "f", "duration": 2000}, Media("voice")),
        ("media", {"file_key": "f", "file_name": "a.mp4"}, Media("video", "a.mp4")),
        ("file", {"file_key": "f", "file_name": "a.pdf"}, Media("file", "a.pdf")),
        ("location", {"name": "3号楼", "longitude": "116.4", "latitude": "39.9"},
         Media("location", "3号楼", lat=39.9, lng=116.4)),
        ("location", {"name": "x", "longitude": "200", "latitude": "nan"}, Media("location", "x")),
    ],
)  # fmt: skip
def test_attachments(kind: str, content: Mapping[str, Any], media: Media) -> None:
    assert heard(content, kind).media == (media,)


@pytest.mark.parametrize("kind", ["sticker", "hongbao", "share_chat", "merge_forward", "interactive", "system", "vote"])
def test_what_is_no_message_is_not_heard(kind: str) -> None:
    assert translate(said("ou_zhang", {"text": "x"}, "om_1", kind), ME) == ()


@pytest.mark.parametrize("kind", ["app", "bot", "anonymous", ""])
def test_other_bots_and_we_ourselves_are_not_heard(kind: str) -> None:
    payload = said("ou_zhang", {"text": "路灯坏了"}, "om_1")
    payload["event"]["sender"]["sender_type"] = kind

    assert translate(payload, ME) == ()


def test_recalled() -> None:
    event = {"message_id": "om_1", "chat_id": GROUP, "recall_time": STAMP, "recall_type": "message_owner"}

    (recall,) = translate(envelope("im.message.recalled_v1", event, "e1"), ME)

    assert isinstance(recall, Recall)
    assert (recall.chat, recall.id) == (GROUP, "om_1")
    assert translate(envelope("im.message.recalled_v1", event | {"recall_type": "group_owner"}, "e1"), ME) == ()


def test_people_come_and_go_several_at_once() -> None:
    users = [{"name": "张姐", "user_id": {"open_id": "ou_a"}}, {"name": "王哥", "user_id": {"open_id": "ou_b"}}]
    event = {"chat_id": GROUP, "users": users}

    came = translate(envelope("im.chat.member.user.added_v1", event, "e1"), ME)
    went = translate(envelope("im.chat.member.user.deleted_v1", event, "e2"), ME)

    assert [(one.sender, one.name, one.joined) for one in came if isinstance(one, Presence)] == [
        ("ou_a", "张姐", True),
        ("ou_b", "王哥", True),
    ]
    assert [one.joined for one in went if isinstance(one, Presence)] == [False, False]


@pytest.mark.parametrize(
    ("kind", "joined"),
    [("im.chat.member.bot.added_v1", True), ("im.chat.member.bot.deleted_v1", False), ("im.chat.disbanded_v1", False)],
)
def test_the_bot_itself_comes_and_goes(kind: str, joined: bool) -> None:
    (presence,) = translate(envelope(kind, {"chat_id": GROUP, "name": "学苑业主群"}, "e1"), ME)

    assert isinstance(presence, Presence)
    assert (presence.chat, presence.sender, presence.joined) == (GROUP, BOT, joined)


def test_a_new_title() -> None:
    event = {"chat_id": GROUP, "operator_id": {"open_id": "ou_zhou"}, "after_change": {"name": "学苑邻里群"}}
    payload = envelope("im.chat.updated_v1", event, "e1")
    payload["header"]["create_time"] = STAMP

    assert translate(payload, ME) == (Renamed("feishu", GROUP, "ou_zhou", AT, "学苑邻里群"),)
    del event["operator_id"]
    assert translate(payload, ME) == (Renamed("feishu", GROUP, BOT, AT, "学苑邻里群"),)


@pytest.mark.parametrize("after", [None, {}, {"avatar": "x"}, {"name": ""}, {"name": " "}, {"name": 1}])
def test_other_settings_of_a_group_are_no_new_title(after: object) -> None:
    assert translate(envelope("im.chat.updated_v1", {"chat_id": GROUP, "after_change": after}, "e1"), ME) == ()


def tap(value: object, who: str = "ou_zhou") -> dict[str, Any]:
    """A button is tapped: its event's time is in microseconds."""
    event = {"operator": {"open_id": who}, "action": {"value": value, "tag": "button"},
             "context": {"open_message_id": "om_b1", "open_chat_id": GROUP}}  # fmt: skip
    payload = envelope("card.action.trigger", event, "e7")
    payload["header"]["create_time"] = f"{STAMP}000"
    return payload


def test_a_tap() -> None:
    value = {"action": "sign", "ticket": "t1", "value": "", "to": ""}

    assert translate(tap(value), ME) == (Press("feishu", GROUP, "ou_zhou", "e7", AT, "sign", "t1"),)


def test_a_rating() -> None:
    value = {"action": "rate", "ticket": "t1", "value": "4", "to": ""}

    assert translate(tap(value), ME) == (Rate("feishu", GROUP, "ou_zhou", "e7", AT, 4, "t1"),)
    for rating in ("0", "6", "", "４", "four", "11"):
        assert translate(tap(value | {"value": rating}), ME) == ()


def test_a_private_button_is_good_for_whom_it_was_sent_to() -> None:
    value = {"action": "register", "ticket": "t1", "value": "", "to": "ou_zhou"}

    (press,) = translate(tap(value), ME)

    assert press.chat == "dm:ou_zhou"
    assert translate(tap(value, "ou_wang"), ME) == ()


@pytest.mark.parametrize(
    "value", [None, [], "sign", {}, {"action": "sign"}, {"ticket": "t1"}, {"action": 1, "ticket": []}]
)
def test_a_button_of_somebody_else_means_nothing(value: object) -> None:
    assert translate(tap(value), ME) == ()


@pytest.mark.skipif(not RECORDED.is_dir(), reason="../shared is absent: the recorded events are not tried")
def test_recorded_events() -> None:
    events = json.loads((RECORDED / "events.json").read_text(encoding="utf-8"))

    (plain,), (calling,) = (translate(event, "open_id") for event in events)

    assert isinstance(plain, InboundMessage)
    assert isinstance(calling, InboundMessage)
    assert (plain.text, plain.sender, plain.private) == ("bot /say 12345", "ou_23e65b***4fd28", False)
    assert (calling.text, calling.mentions, calling.chat) == ("/say 34567", (BOT,), "chat_id")


MIXED = [
    said("ou_zhang", {"text": "@_user_1 路灯坏了"}, "om_1", mentions=[OURS, ZHOU], parent_id="om_b1"),
    said("ou_zhang", {"title": "", "content": [[{"tag": "img", "image_key": "k"}]]}, "om_1", "post"),
    said("ou_zhang", {"latitude": "1", "longitude": "2"}, "om_1", "location"),
    envelope("im.message.recalled_v1", {"message_id": "m", "chat_id": "c", "recall_type": "message_owner"}, "e"),
    envelope("im.chat.member.user.added_v1", {"chat_id": "c", "users": [{"user_id": {"open_id": "a"}}]}, "e"),
    envelope("im.chat.member.bot.added_v1", {"chat_id": "c"}, "e"),
    envelope("im.chat.updated_v1", {"chat_id": "c", "after_change": {"name": "n"}}, "e"),
    tap({"action": "rate", "ticket": "t1", "value": "4", "to": ""}),
]
JUNK = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=20)
    | st.just("9" * 400)
    | st.just("../.."),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=5,
)


def places(node: object, path: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    """Every place of a payload, also inside of the JSON strings."""
    steps = list(node.items()) if isinstance(node, dict) else list(enumerate(node)) if isinstance(node, list) else []
    return [path, *(place for step, inner in steps for place in places(inner, (*path, step)))]


def mutated(node: Any, path: tuple[str | int, ...], junk: object) -> Any:
    """The payload with something else at one place."""
    if not path:
        return junk
    step, *rest = path
    copy: Any = dict(node) if isinstance(node, dict) else list(node)
    copy[step] = mutated(node[step], tuple(rest), junk)
    return copy


@settings(max_examples=500, deadline=None)
@given(data=st.data(), junk=JUNK)
def test_no_odd_payload_raises(data: st.DataObject, junk: object) -> None:
    payload = data.draw(st.sampled_from(MIXED))
    path = data.draw(st.sampled_from(places(payload)))

    for event in translate(mutated(payload, path, junk), ME):
        assert event.chat
        assert event.at.tzinfo is not None


@settings(max_examples=300, deadline=None)
@given(content=JUNK, kind=st.sampled_from(["text", "post", "image", "file", "location"]))
def test_no_odd_content_raises(content: object, kind: str) -> None:
    payload = said("ou_zhang", {}, "om_1", kind)
    for raw in (content, json.dumps(content), json.dumps({"zh_cn": content, "content": content, "text": content})):
        payload["event"]["message"]["content"] = raw
        translate(payload, ME)


def test_a_deep_payload_does_not_exhaust_the_stack() -> None:
    payload = said("ou_zhang", {}, "om_1")
    payload["event"]["message"]["content"] = "[" * 200_000

    (message,) = translate(payload, ME)

    assert isinstance(message, InboundMessage)
    assert message.text == ""
