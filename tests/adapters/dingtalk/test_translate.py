"""A message to the robot becomes the bot's own shape, and whatever else comes becomes nothing."""

import copy
import json
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dingtalk.stream import frame_of, payload_of
from adapters.dingtalk.translate import Webhook, moment, pictures, translate, webhook, without_mention
from bot.messages import BOT, InboundMessage, Media
from tests.adapters.dingtalk import payloads

NAME = "网格管家"
AT = datetime(2026, 5, 21, 0, 54, 12, 678000, UTC)
ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=6,
)


def heard(payload: object) -> InboundMessage:
    message = translate(payload, NAME)
    assert message is not None
    return message


def test_a_message_in_a_group() -> None:
    message = heard(payloads.TEXT)

    assert message == InboundMessage(
        "dingtalk", "cidQ1w2E3r4==", "user123", "msgQ5z6+Y7x8==", AT, "我家停水了", "张阿姨",
        mentions=(BOT, "manager4220"),
    )  # fmt: skip
    assert webhook(payloads.TEXT) == Webhook(
        "https://oapi.dingtalk.com/robot/sendBySession?session=abc", datetime(2026, 5, 21, 2, 24, 12, 678000, UTC)
    )


def test_a_private_message() -> None:
    message = heard(payloads.PRIVATE)

    assert (message.chat, message.private, message.mentions) == ("dm:user123", True, ())


def test_somebody_outside_the_organization_has_the_id_that_dingtalk_made() -> None:
    assert heard(payloads.OUTSIDER).sender == "$:LWCP_v1:$Ff09GI=="


@pytest.mark.parametrize("staff", ["user123", "", BOT])
def test_a_staff_id_of_another_organization_names_nobody_here(staff: str) -> None:
    stranger = payloads.TEXT | {"senderCorpId": "dingother", "senderStaffId": staff}

    assert heard(stranger).sender == "$:LWCP_v1:$Ff09GI=="


def test_nobody_is_taken_for_the_bot() -> None:
    assert heard(payloads.TEXT | {"senderStaffId": BOT}).sender == "$:LWCP_v1:$Ff09GI=="
    posing = {"dingtalkId": "$:LWCP_v1:$x", "staffId": BOT}
    private = payloads.PRIVATE | {"atUsers": [posing]}
    assert heard(private).mentions == ()
    assert translate(payloads.TEXT | {"senderId": BOT}, NAME) is None


def test_the_bots_own_messages_are_nothing() -> None:
    assert translate(payloads.TEXT | {"senderId": payloads.ROBOT}, NAME) is None


def test_a_group_cannot_pass_for_a_private_chat() -> None:
    assert translate(payloads.TEXT | {"conversationId": "dm:manager4220"}, NAME) is None


def test_pictures_are_named_by_their_codes() -> None:
    assert heard(payloads.PICTURE).text == ""
    assert pictures(payloads.PICTURE) == ("mIofN681YE3f",)
    assert heard(payloads.RICH).text == "3号楼门口\n水漫出来了"
    assert pictures(payloads.RICH) == ("code1", "code2")
    assert pictures(payloads.TEXT) == pictures(payloads.AUDIO) == ()


def test_of_many_pictures_nine_are_fetched() -> None:
    many = {"richText": [{"downloadCode": f"c{number}"} for number in range(50)]}

    assert len(pictures(payloads.RICH | {"content": many})) == 9


def test_what_was_spoken_is_read() -> None:
    message = heard(payloads.AUDIO)

    assert (message.text, message.media) == ("楼道灯坏了", (Media("voice"),))


def test_films_and_files_are_mentioned() -> None:
    assert heard(payloads.VIDEO).media == (Media("video"),)
    assert heard(payloads.FILE).media == (Media("file", "通知.docx"),)


@pytest.mark.parametrize("kind", ["interactiveCard", "unknownMsgType", "chatRecord", "", None, 3])
def test_other_kinds_are_nothing(kind: object) -> None:
    assert translate(payloads.TEXT | {"msgtype": kind}, NAME) is None


def test_a_quote_leads_back() -> None:
    person, bot, sent = (
        heard(one) for one in (payloads.QUOTE_OF_PERSON, payloads.QUOTE_OF_BOT, payloads.QUOTE_OF_SENT)
    )

    assert (person.reply_to, person.reply_number) == ("msgOld==", None)  # a number in a resident's words is no ticket
    assert (bot.reply_to, bot.reply_number) == ("msgBot==", 12)
    assert (sent.reply_to, sent.reply_number) == ("RnvaN/abc==", 12)


@pytest.mark.parametrize(
    ("words", "number"),
    [("12号件已登记", 12), ("這是12號件", 12), ("No. 12 is registered", 12), ("12号件和13号件", None), ("你好", None)],
)
def test_the_number_in_the_bots_own_words(words: str, number: int | None) -> None:
    payload = copy.deepcopy(payloads.QUOTE_OF_BOT)
    payload["text"]["repliedMsg"]["content"] = {"content": words}

    assert heard(payload).reply_number == number


def test_in_private_only_an_id_leads_back() -> None:
    """A candidate's question names another ticket: quoting it must not speak of that one."""
    assert heard(payloads.QUOTE_OF_BOT | {"conversationType": "1"}).reply_number is None


@pytest.mark.parametrize(
    ("said", "left"),
    [
        ("@网格管家 我家停水", "我家停水"),
        (" @网格管家\u2005我家停水", "我家停水"),
        ("我家停水 @网格管家", "我家停水"),
        ("@网格管家", ""),
        ("@网格管家 @网格管家", ""),
        ("请@网格管家来", "请@网格管家来"),
        ("@网格管家员 来", "@网格管家员 来"),
        ("3号楼@张三", "3号楼@张三"),
    ],
)
def test_the_bots_name_is_taken_out(said: str, left: str) -> None:
    assert without_mention(said, NAME) == left


def test_without_a_name_nothing_is_taken_out() -> None:
    assert without_mention(" @ 你好 @", "") == "@ 你好 @"


@pytest.mark.parametrize("value", [None, True, "", "x", "²", "-1", 1e300, float("nan"), "9" * 400, [], {}])
def test_odd_times_are_none(value: object) -> None:
    assert moment(value) is None


def test_times_may_be_written_in_digits() -> None:
    assert moment("1779324852678") == moment(1779324852678) == AT


@pytest.mark.parametrize("missing", ["msgId", "createAt", "conversationType", "msgtype"])
def test_without_what_matters_there_is_no_message(missing: str) -> None:
    assert translate({key: value for key, value in payloads.TEXT.items() if key != missing}, NAME) is None


@settings(max_examples=600, deadline=None)
@given(data=st.data())
def test_no_mutated_payload_raises(data: st.DataObject) -> None:
    payload: Any = copy.deepcopy(data.draw(st.sampled_from(payloads.ALL)))
    for _ in range(data.draw(st.integers(1, 4))):
        _mutate(payload, data)

    message = translate(payload, NAME)
    codes, hook = pictures(payload), webhook(payload)

    assert message is None or message.sender not in ("", BOT)
    assert all(type(code) is str for code in codes)
    assert hook is None or hook.url


def _mutate(payload: Any, data: st.DataObject) -> None:
    """Something anywhere inside becomes anything."""
    place = payload
    while True:
        keys = list(place) if isinstance(place, dict) else list(range(len(place)))
        if not keys:
            return
        key = data.draw(st.sampled_from(keys))
        inner = place[key]
        if isinstance(inner, dict | list) and inner and data.draw(st.booleans()):
            place = inner
            continue
        place[key] = data.draw(ANYTHING)
        return


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_nothing_at_all_raises(payload: object) -> None:
    assert translate(payload, NAME) is None
    assert (pictures(payload), webhook(payload)) == ((), None)


@settings(max_examples=600, deadline=None)
@given(st.data())
def test_no_damaged_frame_raises(data: st.DataObject) -> None:
    headers = {"topic": "/v1.0/im/bot/messages/get", "messageId": "m1"}
    whole = json.dumps({"type": "CALLBACK", "headers": headers, "data": json.dumps(payloads.TEXT)})
    raw = bytearray(whole.encode())
    for _ in range(data.draw(st.integers(1, 5))):
        raw[data.draw(st.integers(0, len(raw) - 1))] ^= 1 << data.draw(st.integers(0, 7))

    frame = frame_of(raw.decode("utf-8", "replace"))

    if frame is not None:
        translate(payload_of(frame), NAME)


@pytest.mark.parametrize(
    "raw", ["", "[]", "null", "[" * 100_000, '{"headers": 1}', b"{}", None, '{"type":1,"headers":{}}']
)
def test_what_is_no_frame(raw: object) -> None:
    assert frame_of(raw) is None
