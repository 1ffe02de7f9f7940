"""What each body of the platform means. The bodies are shaped after its documents and its SDK's types (2026-11)."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.wecom.translate import Picture, event_name, pictures, tapped_card, translate
from adapters.wecom.wording import fingerprint
from bot.messages import BOT, InboundEvent, InboundMessage, Media, Press, Rate

PAYLOADS: dict[str, dict[str, Any]] = json.loads((Path(__file__).parent / "payloads.json").read_text(encoding="utf-8"))
NOW = datetime(2026, 11, 23, 8, 0, 30, tzinfo=UTC)
SENT = datetime.fromtimestamp(1795420800, UTC)
URL = "https://ww-aibot-img-1258476243.cos.ap-guangzhou.myqcloud.com/BHoPdA3/"
KEY = "7sPfZ7NG2v6oAVrDWNVSGZ1mAGZyfIPtAYOVVVfuqZg="


def read(name: str, **changes: Any) -> InboundEvent | None:
    return translate(PAYLOADS[name] | changes, NOW, "网格管家")


def said(name: str, **changes: Any) -> InboundMessage:
    event = read(name, **changes)
    assert isinstance(event, InboundMessage)
    return event


def test_a_text_of_a_group_is_addressed() -> None:
    event = said("text in a group")

    assert (event.chat_key, event.account, event.id) == ("wecom:wrkSFfCgAA", "wecom:ZhangSan", "CAIQ1")
    assert (event.text, event.mentions, event.private, event.at) == ("我家停水", (BOT,), False, NOW)
    assert (event.reply_to, event.reply_number, event.media) == (None, None, ())


def test_a_text_in_private_has_the_chat_of_its_sender() -> None:
    event = said("text in private")

    assert (event.chat, event.private, event.mentions, event.text) == ("dm:ZhangSan", True, (), "我要举报")


def test_a_quote_is_known_by_its_words_and_by_its_number() -> None:
    event = said("text with a quote")

    assert (event.text, event.reply_number) == ("收到", 1)
    assert event.reply_to == fingerprint("1号件已登记（排水管网，3号楼）。@周敏 请看一下，回“收到”即签收。")


def test_a_quote_with_two_numbers_names_none() -> None:
    event = said("text with a quote", quote={"msgtype": "text", "text": {"content": "3号件和5号件是同一件事"}})
    assert event.reply_number is None


def test_words_of_a_mixed_message_stand_beside_its_photos() -> None:
    assert said("mixed").text == "井盖没了"
    assert pictures(PAYLOADS["mixed"]) == (Picture(f"{URL}cdnimg?sign=q", KEY),)


def test_a_photo_alone_is_a_message_once_it_is_stored() -> None:
    stored = Media("image", "a.jpg", "0" * 32)

    assert read("image") is None
    event = translate(PAYLOADS["image"], NOW, "网格管家", (stored,))
    assert isinstance(event, InboundMessage)
    assert (event.text, event.media) == ("", (stored,))


def test_what_was_spoken_is_text_and_a_file_is_named() -> None:
    assert said("voice").text == "电梯困人了"
    assert said("file").media == (Media("file"),)


@pytest.mark.parametrize(
    ("words", "text"),
    [
        ("@网格管家 我家停水", "我家停水"),
        ("@网格管家\u2005我家停水", "我家停水"),
        ("我家停水@网格管家 ", "我家停水"),
        ("转派 @网格管家 吧", "转派 @网格管家 吧"),
        ("@小助手 我家停水", "我家停水"),  # the robot is called differently over there
        ("@张三 你看 @网格管家", "@张三 你看"),
        ("@网格管家", ""),
    ],
)
def test_the_robots_name_is_no_word(words: str, text: str) -> None:
    event = read("text in a group", text={"content": words})
    assert (event.text if isinstance(event, InboundMessage) else "") == text


def test_a_mention_typed_in_private_stays() -> None:
    assert said("text in private", text={"content": "@李四 不管事"}).text == "@李四 不管事"


def test_taps() -> None:
    assert read("button") == Press("wecom", "wrkSFfCgAA", "ZhangSan", "CAIQ9", SENT, "sign", "t-1")
    flat = read("button in a private chat, flat")
    assert flat == Rate("wecom", "dm:ZhangSan", "ZhangSan", "CAIQ10", SENT, 5, "t-1")
    assert read("vote") == Rate("wecom", "wrkSFfCgAA", "ZhangSan", "CAIQ11", SENT, 4, "t-1")


@pytest.mark.parametrize(
    "key", ["", "sign", "rate|t-1|6", "rate|t-1|", "rate|t-1|５", "|t-1|", "sign||", "a|b|c|d", None, 5, []]
)
def test_a_foreign_button_means_nothing(key: object) -> None:
    event = {"eventtype": "template_card_event", "template_card_event": {"event_key": key, "task_id": "x"}}
    assert read("button", event=event) is None


@pytest.mark.parametrize("name", ["enter chat", "feedback", "displaced", "stream refresh"])
def test_what_nobody_said_is_no_event(name: str) -> None:
    assert read(name) is None


def test_events_have_names() -> None:
    assert event_name(PAYLOADS["displaced"]) == "disconnected_event"
    assert event_name(PAYLOADS["enter chat"]) == "enter_chat"
    assert event_name(PAYLOADS["text in a group"]) == ""


def test_the_robots_own_words_are_not_heard() -> None:
    assert read("text in a group", **{"from": {"userid": "aib-test"}}) is None


@pytest.mark.parametrize(
    ("stamp", "at"),
    [
        (1795420800, SENT),
        (1795420800000, NOW),  # milliseconds
        (-1, NOW),
        (10**30, NOW),
        (int((NOW + timedelta(hours=1)).timestamp()), NOW),
        ("1795420800", NOW),
        (None, NOW),
    ],
)
def test_a_time_that_cannot_be_is_ours(stamp: object, at: datetime) -> None:
    event = read("text in a group", create_time=stamp)
    assert isinstance(event, InboundMessage)
    assert event.at == at


@pytest.mark.parametrize("odd", ["", "x" * 257, "a\nb", "\ud800", 5, None, ["a"], {"a": 1}])
def test_odd_ids_are_nobodys(odd: Any) -> None:
    assert read("text in a group", msgid=odd) is None
    assert read("text in a group", chatid=odd) is None
    assert read("text in a group", **{"from": {"userid": odd}}) is None


def test_half_a_character_can_be_stored() -> None:
    assert said("text in private", text={"content": "停\ud83d水"}).text.encode() == "停?水".encode()


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.sampled_from(["text", "event", "mixed"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


def _paths(value: object, at: tuple[str | int, ...] = ()) -> list[tuple[str | int, ...]]:
    here: list[tuple[str | int, ...]] = [at] if at else []
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return here + [path for key, inner in items for path in _paths(inner, (*at, key))]


SPOTS = [(name, path) for name, body in PAYLOADS.items() for path in _paths(body)]


@given(st.sampled_from(SPOTS), JUNK)
def test_nothing_that_is_changed_raises(spot: tuple[str, tuple[str | int, ...]], junk: object) -> None:
    name, path = spot
    body = json.loads(json.dumps(PAYLOADS[name]))
    place: Any = body
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = junk

    _holds(translate(body, NOW, "网格管家"), junk)
    pictures(body)
    event_name(body)
    tapped_card(body)


@given(JUNK)
def test_nothing_at_all_raises(junk: object) -> None:
    assert translate(junk, NOW, "网格管家") is None


def _holds(event: InboundEvent | None, junk: object) -> None:
    """An event can be stored: its texts are whole characters, its time is aware."""
    if event is None:
        return
    for text in (event.chat, event.sender, getattr(event, "text", "")):
        text.encode()
    assert event.at.tzinfo is not None
    assert event.channel == "wecom", junk
