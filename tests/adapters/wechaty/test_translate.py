"""Recorded payloads become the bot's events; nothing that is sent can raise."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from adapters.wechaty.translate import (
    JOIN,
    LEAVE,
    TYPES,
    Around,
    mentions_of,
    presences,
    read_letter,
    renamed,
    subject,
    translate,
)
from bot.messages import BOT, InboundMessage, Media, Presence, Recall, Renamed
from tests.adapters.wechaty.recordings import NOW, event, letter, payload

AROUND = Around("bot", ("网格管家",), "张叔")
SAID_AT = datetime(2026, 11, 23, 15, 29, 49, 84000, tzinfo=UTC)
MANY = settings(max_examples=500, deadline=None, suppress_health_check=[HealthCheck.too_slow])  # the first is slow

odd = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)
mutated = st.dictionaries(st.sampled_from(sorted(payload("called"))), odd).map(
    lambda change: payload("called") | change
)


def said(name: str = "called", around: Around = AROUND, **changes: object) -> InboundMessage:
    message = translate(letter(name, **changes), around)
    assert isinstance(message, InboundMessage)
    return message


def test_a_call_in_a_group() -> None:
    assert said() == InboundMessage(
        "wechaty", "r1@chatroom", "zhang", str(payload("called")["id"]), SAID_AT,
        text="3号楼门口的化粪池又堵了", name="张叔", mentions=(BOT,),
    )  # fmt: skip


def test_a_private_message() -> None:
    message = said("private")

    assert (message.chat, message.private, message.text) == ("dm:zhang", True, "我要举报")


def test_a_quote_leaves_only_the_reply() -> None:
    message = said("quoting", Around("bot", ("网格管家",), reply_to="m1"))

    assert (message.text, message.reply_to, message.mentions) == ("我家也是", "m1", ())


def test_a_quote_of_the_bot_speaks_to_it() -> None:
    text = str(payload("quoting")["text"]).replace("张叔", "网格管家")

    assert said("quoting", text=text).mentions == (BOT,)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("@网格管家\u2005我家停水", "我家停水"),
        ("@网格管家\u00a0我家停水", "我家停水"),
        ("@网格管家 我家停水", "我家停水"),
        ("@网格管家，我家停水", "我家停水"),
        ("我家停水 @网格管家", "我家停水"),
        ("我家停水@网格管家\u2005", "我家停水"),
        ("@网格管家\u2005@网格管家\u2005我家停水", "我家停水"),
        ("请@网格管家\u2005来看看", "请@网格管家\u2005来看看"),
        ("@网格管家", ""),
    ],
)
def test_the_call_is_known_by_name_and_taken_off_the_ends(text: str, left: str) -> None:
    message = said(text=text, mention_ids=[])

    assert (message.text, message.mentions) == (left, (BOT,))


@pytest.mark.parametrize("text", ["@网格管家2号\u2005你好", "网格管家 你好", "a@b.cn", "@王阿姨\u2005你好"])
def test_other_names_are_not_the_bots(text: str) -> None:
    message = said(text=text, mention_ids=[])

    assert (message.text, message.mentions) == (text, ())


def test_names_are_no_patterns() -> None:
    assert mentions_of(letter(text="@a\u2005", mention_ids=[]), "bot", (".",)) == ()
    assert mentions_of(letter(text="@(a+)+$\u2005", mention_ids=[]), "bot", ("(a+)+$",)) == (BOT,)


def test_mentions_of_others_are_their_ids() -> None:
    assert said(mention_ids=["wang", "bot", "wang"]).mentions == ("wang", BOT)


def test_official_accounts_are_not_heard() -> None:
    official = [payload("called") | {"talker_id": who} for who in ("gh_1a2b", "weixin", "fmessage")]

    assert [read_letter(told, NOW) for told in official] == [None] * 3
    assert said(talker_id="weixin_wang").sender == "weixin_wang"


def test_a_photo_comes_with_its_stored_copy_or_without() -> None:
    stored = Media("image", "a.jpg", "0" * 32)

    assert letter("photo").file_call == "MessageImage"
    assert said("photo", Around("bot", file=stored)).media == (stored,)
    assert said("photo").media == ()


def test_a_pdf_arrives_as_unknown() -> None:
    pdf = Media("file", "notice.pdf")

    assert letter("pdf").file_call == "MessageFile"
    assert said("pdf", Around("bot", file=pdf)).media == (pdf,)
    assert translate(letter("pdf"), AROUND) is None  # somebody was nudged, or the like


@pytest.mark.parametrize(("type_", "media"), [("audio", "voice"), ("video", "video"), ("location", "location")])
def test_what_is_not_fetched_is_named(type_: str, media: str) -> None:
    message = said(type=TYPES.index(type_), text="<xml/>")

    assert (message.media[0].type, message.text) == (media, "")


@pytest.mark.parametrize("type_", ["emoticon", "red_envelope", "transfer", "mini_program", "url", "contact", "post"])
def test_stickers_red_packets_and_cards_are_nothing(type_: str) -> None:
    assert translate(letter(type=TYPES.index(type_)), AROUND) is None


def test_a_list_that_goes_round_is_text() -> None:
    assert said(type=TYPES.index("group_note"), text="#接龙\n1. 张叔").text == "#接龙\n1. 张叔"


def test_a_recall_names_the_message_that_was_taken_back() -> None:
    recalled = translate(letter(type=TYPES.index("recalled"), text="m1"), AROUND)

    assert recalled == Recall("wechaty", "r1@chatroom", "zhang", "m1", SAID_AT)
    assert translate(letter(type=TYPES.index("recalled"), text=""), AROUND) is None


@pytest.mark.parametrize(
    ("seconds", "nanos", "at"),
    [
        (1795447789, 84000000, SAID_AT),
        (1795447, 789000000, datetime(2026, 11, 23, 15, 29, 49, tzinfo=UTC)),  # a puppet that counts in seconds
        (0, 0, NOW),
        (-5, 0, NOW),
        (2**62, 0, NOW),
    ],
)
def test_times_in_seconds_or_milliseconds(seconds: int, nanos: int, at: datetime) -> None:
    assert said(receive_time={"seconds": seconds, "nanos": nanos}).at == at


def test_joins_and_leaves_with_the_bots_own() -> None:
    at = datetime(2026, 11, 23, 15, 29, 49, 113000, tzinfo=UTC)
    joined = presences(JOIN, event("join").payload, "bot", NOW)
    left = presences(LEAVE, event("leave").payload, "bot", NOW)

    assert joined == [
        Presence("wechaty", "r1@chatroom", "sun", at, True),
        Presence("wechaty", "r1@chatroom", BOT, at, True),
    ]
    assert left == [Presence("wechaty", "r1@chatroom", "sun", at + timedelta(milliseconds=2), False)]


def test_a_new_title_and_who_gave_it() -> None:
    told = json.loads(event("topic").payload)

    assert renamed(event("topic").payload, "bot", NOW) == Renamed(
        "wechaty", "r1@chatroom", "wang", datetime.fromtimestamp(told["timestamp"], UTC), "新"
    )


@pytest.mark.parametrize(
    ("changes", "sender"),
    [
        ({"changerId": "bot"}, BOT),
        ({"changerId": ""}, BOT),
        ({"changerId": None}, BOT),
        ({"changerId": "zhou"}, "zhou"),
    ],
)
def test_who_gave_a_title_may_be_unknown(changes: dict[str, object], sender: str) -> None:
    told = renamed(json.dumps(json.loads(event("topic").payload) | changes), "bot", NOW)

    assert told is not None
    assert told.sender == sender


@pytest.mark.parametrize("changes", [{"newTopic": ""}, {"newTopic": 7}, {"roomId": ""}, {"roomId": None}])
def test_no_title_is_none(changes: dict[str, object]) -> None:
    assert renamed(json.dumps(json.loads(event("topic").payload) | changes), "bot", NOW) is None


@MANY
@given(mutated)
def test_no_mutated_payload_raises(told: dict[str, object]) -> None:
    read = read_letter(told, NOW)
    if read is not None:
        event_ = translate(read, AROUND)
        assert event_ is None or event_.sender == told["talker_id"]


@MANY
@given(
    st.text(max_size=30)
    | odd.map(lambda value: json.dumps(value, default=str))
    | st.dictionaries(
        st.sampled_from(
            ["inviteeIdList", "removeeIdList", "roomId", "timestamp", "messageId", "newTopic", "changerId"]
        ),
        st.none() | st.integers() | st.floats() | st.text(max_size=5) | st.lists(st.integers() | st.text(max_size=5)),
    ).map(json.dumps)
)
def test_no_mutated_event_raises(told: str) -> None:
    assert isinstance(subject(told, "messageId"), str)
    assert all(one.chat and one.sender for kind in (JOIN, LEAVE) for one in presences(kind, told, "bot", NOW))
    title = renamed(told, "bot", NOW)
    assert title is None or (title.chat and title.sender and title.title)


def test_endless_nesting_is_nothing() -> None:
    assert subject("[" * 100_000, "messageId") == ""
