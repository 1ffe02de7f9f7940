"""Events as a real Synapse gave them (payloads.json), and everything that hostile clients may make of them."""

import json
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nio import SyncResponse  # type: ignore[import-untyped]

from adapters.matrix.hearing import inside
from adapters.matrix.translate import Photo, Setting, answered, changed, moved, photo, translate
from bot.messages import BOT, Edit, InboundEvent, InboundMessage, Media, Presence, Press, Rate, Recall, Renamed

PAYLOADS: dict[str, Any] = json.loads((Path(__file__).parent / "payloads.json").read_text(encoding="utf-8"))
ME, ROOM = "@bot:test.local", "!xueyuan:test.local"
ZHANG = "@zhang:test.local"
HERE = Setting(ME, ROOM, called=("网格管家", "bot"), name="张三")
EXTRA = json.loads(
    """[null, true, -1, 1e400, 99999999999999999999, "", "\\ud800", [], [[]], {}, {"a": null}, "m.replace"]"""
)
MUTANTS = st.recursive(
    st.sampled_from(EXTRA) | st.text(max_size=20) | st.integers(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


def _heard(name: str, setting: Setting = HERE) -> InboundEvent | None:
    return translate(PAYLOADS[name], setting)


def _message(name: str, setting: Setting = HERE) -> InboundMessage:
    heard = _heard(name, setting)
    assert isinstance(heard, InboundMessage)
    return heard


def _at(name: str) -> datetime:
    return datetime.fromtimestamp(PAYLOADS[name]["origin_server_ts"] / 1000, UTC)


def test_a_message_is_whole() -> None:
    assert _heard("mention_other") == InboundMessage(
        "matrix",
        ROOM,
        ZHANG,
        "$mention_other",
        _at("mention_other"),
        "王阿姨 在吗",
        "张三",
        mentions=("@wang:test.local",),
    )


@pytest.mark.parametrize("name", ["mention", "pill"])
def test_the_call_to_the_bot_is_a_mention_and_no_text(name: str) -> None:
    message = _message(name)

    assert (message.text, message.mentions) == ("我家停水", (BOT,))


@pytest.mark.parametrize(
    ("body", "text", "is_called"),
    [
        ("@网格管家 我家停水", "我家停水", True),
        ("我家停水 @网格管家", "我家停水", True),
        ("我家停水@网格管家", "我家停水", True),
        ("@bot：我家停水", "我家停水", True),
        ("网格管家真好", "网格管家真好", False),
        ("听说网格管家 很好", "听说网格管家 很好", False),
        ("bottle", "bottle", False),
    ],
)
def test_names_in_a_text(body: str, text: str, is_called: bool) -> None:
    event = {**PAYLOADS["mention_other"], "content": {"msgtype": "m.text", "body": body}}
    message = translate(event, HERE)

    assert isinstance(message, InboundMessage)
    assert (message.text, BOT in message.mentions) == (text, is_called)


def test_everybody_called_is_nobody_called() -> None:
    assert _message("room").mentions == ()


@pytest.mark.parametrize(
    ("name", "text", "quoted"),
    [
        ("reply", "收到", "$ours"),
        ("reply_fallback", "收到", "$ours"),
        ("thread", "还没好", "$ours"),
        ("thread_reply", "那边呢", "$first"),
    ],
)
def test_quotes(name: str, text: str, quoted: str) -> None:
    message = _message(name)

    assert (message.text, message.reply_to) == (text, quoted)


def test_a_private_chat_is_named_by_its_sender() -> None:
    message = _message("mention_other", replace(HERE, private=True))

    assert (message.chat, message.private) == (f"dm:{ZHANG}", True)


@pytest.mark.parametrize(
    "name",
    ["own", "notice", "sticker", "sealed", "odd_reaction", "redacted", "wang_join", "sealed_image"],
)
def test_what_is_nothing_to_the_bot(name: str) -> None:
    assert _heard(name) is None


def test_photos_and_places() -> None:
    stored = Media("image", "p.jpg", "ref")
    assert photo(PAYLOADS["image"]) == Photo("test.local", "AbC-1", "p.jpg", 1234)
    assert _message("image", replace(HERE, media=(stored,))).media == (stored,)
    assert _message("caption", replace(HERE, media=(stored,))).text == "楼道堆物"
    assert (_message("voice").text, _message("voice").media) == ("", (Media("voice", "v.ogg"),))
    assert _message("location").media == (Media("location", "这里", None, 31.2304, 121.4737),)
    assert photo(PAYLOADS["sealed_image"]) is None


@pytest.mark.parametrize("address", ["http://evil/x", "mxc://a/../b", "mxc://a/b/c", "mxc://a b/c", "mxc://a/b?c", ""])
def test_an_address_that_is_none_is_not_fetched(address: str) -> None:
    content = {**PAYLOADS["image"]["content"], "url": address}

    assert photo({**PAYLOADS["image"], "content": content}) is None


def test_votes() -> None:
    ours = replace(HERE, ours="poll t1")
    for name, rating in (("vote", 4), ("vote_stable", 2), ("reaction_5", 5)):
        assert answered(PAYLOADS[name]) == "$ours"
        assert _heard(name, ours) == Rate("matrix", ROOM, ZHANG, f"${name}", _at(name), rating, "t1", name="张三")
        assert _heard(name) is None, "no message of ours"
        assert _heard(name, replace(HERE, ours="ping t1")) is None, "nobody asked"
    assert _heard("vote_spoilt", ours) is None


def test_a_thumb_on_a_call_signs() -> None:
    zhou = "@zhou:test.local"
    pressed = Press("matrix", ROOM, zhou, "$reaction_thumb", _at("reaction_thumb"), "sign", "t1", name="周敏")
    assert _heard("reaction_thumb", replace(HERE, ours="receipt t1", name="周敏")) == pressed
    assert _heard("reaction_thumb", replace(HERE, ours="poll t1")) is None
    assert _heard("reaction_heart", replace(HERE, ours="receipt t1")) is None


def test_changes_count_from_the_writer_alone() -> None:
    mine = replace(HERE, author=ZHANG)
    assert changed(PAYLOADS["edit"]) == changed(PAYLOADS["redaction"]) == "$first"
    assert _heard("edit", mine) == Edit("matrix", ROOM, ZHANG, "$first", _at("edit"), "3号楼的灯全坏了")
    assert _heard("redaction", mine) == Recall("matrix", ROOM, ZHANG, "$first", _at("redaction"))
    for other in (replace(HERE, author="@wang:test.local"), HERE):
        assert _heard("edit", other) is None
        assert _heard("redaction", other) is None


def test_a_redaction_of_an_old_room_version_names_its_message_outside() -> None:
    old = {**PAYLOADS["redaction"], "content": {}}
    new = {key: value for key, value in PAYLOADS["redaction"].items() if key != "redacts"}

    assert changed(old) == changed(new) == "$first"


def test_coming_and_going() -> None:
    left = _heard("wang_leave")
    assert left == Presence("matrix", ROOM, "@wang:test.local", _at("wang_leave"), False, "wang")
    own = _heard("own_leave")
    assert isinstance(own, Presence)
    assert (own.sender, own.joined) == (BOT, False)
    joined = {**PAYLOADS["wang_join"], "unsigned": {}}
    assert isinstance(found := translate(joined, HERE), Presence)
    assert (found.joined, found.name) == (True, "8-1-802王阿姨")


def test_a_new_title_counts_only_as_state() -> None:
    """In many rooms anybody may send an event of any type; what sets the title has a state key."""
    event = {**PAYLOADS["renamed_room"], "sender": ZHANG}
    content = {"name": "学苑邻里群"}
    renamed = {**event, "content": content}
    assert translate(renamed, HERE) == Renamed("matrix", ROOM, ZHANG, _at("renamed_room"), "学苑邻里群")

    stateless = {key: value for key, value in renamed.items() if key != "state_key"}
    for odd in (stateless, {**renamed, "state_key": "x"}, {**event, "content": {}}, {**event, "content": {"name": ""}}):
        assert translate(odd, HERE) is None
    assert translate(renamed, replace(HERE, private=True)) is None


def test_an_upgrade_counts_only_as_state() -> None:
    head = {"type": "m.room.tombstone", "sender": ZHANG, "event_id": "$t", "origin_server_ts": 1}
    upgrade = {**head, "state_key": "", "content": {"replacement_room": "!new:test.local"}}
    assert moved(upgrade) == "!new:test.local"
    for odd in ({**upgrade, "state_key": None}, {**upgrade, "content": {"replacement_room": "#new:test.local"}}):
        assert not moved(odd)


def test_history_from_before_we_came_is_not_read() -> None:
    said, left = PAYLOADS["mention_other"], PAYLOADS["own_leave"]
    came = {**left, "content": {"membership": "join"}, "unsigned": {"prev_content": {"membership": "invite"}}}
    renamed = {**came, "unsigned": {"prev_content": {"membership": "join"}}}

    assert inside([said, came, said], ME) == [came, said]
    assert inside([said, left, said, came, said], ME) == [said, left, came, said]
    assert inside([said, renamed, said], ME) == [said, renamed, said]
    assert inside([said], ME) == [said]


def _paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(found for key, one in inner for found in _paths(one, (*path, key)))]


def _mutated(event: Any, path: tuple[Any, ...], value: Any) -> Any:
    if not path:
        return value
    copied = dict(event) if isinstance(event, dict) else list(event)
    copied[path[0]] = _mutated(copied[path[0]], path[1:], value)
    return copied


@settings(max_examples=2000, deadline=None)
@given(st.data())
def test_no_mutated_event_raises(data: st.DataObject) -> None:
    event: Any = PAYLOADS[data.draw(st.sampled_from(sorted(PAYLOADS)))]
    for _ in range(data.draw(st.integers(1, 3))):
        path = data.draw(st.sampled_from(_paths(event)))
        event = _mutated(event, path, data.draw(MUTANTS))
    setting = replace(HERE, ours="poll t", author=ZHANG)

    translate(event, setting)
    photo(event)
    assert isinstance(changed(event) + answered(event) + moved(event), str)


@settings(max_examples=500, deadline=None)
@given(st.data())
def test_no_content_breaks_the_librarys_reading_of_a_batch(data: st.DataObject) -> None:
    """One event that nio cannot read would come again for ever, and with it everything after."""
    event = PAYLOADS[data.draw(st.sampled_from(sorted(PAYLOADS)))]
    path = data.draw(st.sampled_from(_paths(event["content"])))
    event = {**event, "content": _mutated(event["content"], path, data.draw(MUTANTS))}
    timeline = {"events": [event], "limited": False, "prev_batch": "p"}
    batch = {
        "next_batch": "n",
        "rooms": {"join": {ROOM: {"timeline": timeline}}, "leave": {ROOM: {"timeline": timeline}}},
    }

    found = SyncResponse.from_dict(batch)
    assert [one.source for one in found.rooms.join[ROOM].timeline.events] == [event]


def test_foreign_events_of_other_platforms_are_nothing() -> None:
    events: list[Any] = [None, 1, "x", [], {}, {"type": "m.room.message"}, {"sender": "@a", "event_id": "$1"}]
    for event in events:
        assert translate(event, HERE) is None
