"""Payloads → events."""

from datetime import UTC, datetime
from typing import Any

import pytest

from adapters.telegram.told import read
from adapters.telegram.translate import Me
from bot.messages import BOT, Edit, InboundEvent, InboundMessage, Presence, Press, Rate, Renamed
from tests.adapters.telegram.payloads import (
    BOT_USER,
    CHAT,
    DATE,
    GROUP,
    PHOTO,
    PRIVATE,
    USER,
    change,
    entity,
    member,
    message,
    recorded,
    said,
    tap,
)

ME = Me(7001, "Grid_Steward_Bot", {"zhou_user": "503"})
NOW = datetime(2026, 11, 23, tzinfo=UTC)
RIGHTS = (
    "can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos", "can_send_videos",
    "can_send_video_notes", "can_send_voice_notes", "can_send_polls", "can_send_other_messages",
    "can_add_web_page_previews", "can_change_info", "can_invite_users", "can_pin_messages", "can_manage_topics",
    "can_edit_tag", "can_react_to_messages",
)  # fmt: skip
TICKET = "0123456789abcdef01234567"


def events(payload: Any) -> tuple[InboundEvent, ...]:
    told = read(payload, ME, NOW)
    return () if told is None else told.events


def heard(**content: Any) -> InboundMessage:
    """The one message that a payload tells."""
    (event,) = events(message(**content))
    assert isinstance(event, InboundMessage)
    return event


def test_words_in_a_group() -> None:
    event = heard(text="3号楼的化粪池又堵了")

    assert (event.chat_key, event.account, event.id) == (f"telegram:{GROUP}", "telegram:501", "42")
    assert (event.text, event.name, event.private) == ("3号楼的化粪池又堵了", "张 老师", False)
    assert event.at == datetime.fromtimestamp(DATE, UTC)


def test_words_to_the_bot_alone() -> None:
    event = heard(text="举报", chat=PRIVATE)

    assert (event.chat, event.private) == ("dm:501", True)


@pytest.mark.parametrize(
    ("text", "offset", "words"),
    [
        ("@grid_steward_bot 我家停水", 0, "我家停水"),
        ("@grid_steward_bot，我家停水", 0, "我家停水"),
        ("😀 @grid_steward_bot 我家停水", 3, "😀 @grid_steward_bot 我家停水"),
        ("我家停水 @grid_steward_bot", 5, "我家停水"),
        ("😀停水👨‍👩‍👧 @GRID_steward_bot", 13, "😀停水👨‍👩‍👧"),
        ("请@grid_steward_bot看看", 1, "请@grid_steward_bot看看"),
        ("@grid_steward_bot", 0, ""),
    ],
)
def test_the_bots_name_is_no_part_of_the_words(text: str, offset: int, words: str) -> None:
    event = heard(text=text, entities=[entity("mention", offset, 17)])

    assert (event.text, event.mentions) == (words, (BOT,))


def test_the_bots_name_on_both_sides() -> None:
    both = [entity("mention", 0, 17), entity("mention", 20, 17)]

    assert heard(text="@grid_steward_bot 停水@grid_steward_bot", entities=both).text == "停水"


def test_others_are_mentioned_by_id_where_it_is_known() -> None:
    text = "转派 @zhou_user @wang_user 小李"
    known = [
        entity("mention", 3, 10),
        entity("mention", 14, 10),
        entity("text_mention", 25, 2, user={**USER, "id": 77}),
    ]

    assert heard(text=text, entities=known).mentions == ("503", "@wang_user", "77")


@pytest.mark.parametrize(
    ("text", "words", "mentions"),
    [
        ("/privacy", "隐私", (BOT,)),
        ("/start@grid_steward_bot", "隐私", (BOT,)),
        ("/start@another_bot", "/start@another_bot", ()),
        ("/todo", "待办", (BOT,)),
        ("/unknown@grid_steward_bot x", "/unknown@grid_steward_bot x", (BOT,)),
    ],
)
def test_commands(text: str, words: str, mentions: tuple[str, ...]) -> None:
    event = heard(text=text, entities=[entity("bot_command", 0, len(text.split(maxsplit=1)[0]))])

    assert (event.text, event.mentions) == (words, mentions)


def test_quotes() -> None:
    assert heard(text="我家也是", reply_to_message=said(message_id=41)).reply_to == "41"
    elsewhere = said(message_id=41, chat={**CHAT, "id": -5})
    assert heard(text="我家也是", reply_to_message=elsewhere).reply_to is None


def test_the_first_message_of_a_topic_is_no_quote() -> None:
    opening = said(message_id=7, forum_topic_created={"name": "报修", "icon_color": 1})
    topic = {"message_thread_id": 7, "is_topic_message": True}

    assert heard(text="停水", reply_to_message=opening, **topic).reply_to is None
    assert heard(text="停水", reply_to_message=said(message_id=8, **topic), **topic).reply_to == "8"


@pytest.mark.parametrize(
    ("content", "type_"),
    [
        ({"photo": PHOTO}, "image"),
        ({"document": {"file_id": "d", "file_unique_id": "d", "mime_type": "image/png"}}, "image"),
        ({"document": {"file_id": "d", "file_unique_id": "d", "file_name": "表.pdf"}}, "file"),
        ({"voice": {"file_id": "v", "file_unique_id": "v", "duration": 3}}, "voice"),
        ({"location": {"latitude": 30.5, "longitude": 114.3}}, "location"),
    ],
)
def test_what_hangs_on_a_message(content: dict[str, Any], type_: str) -> None:
    event = heard(caption="这里", **content)

    assert ([one.type for one in event.media], event.text) == ([type_], "这里")


def test_an_album_is_a_message_for_each_part() -> None:
    parts = [
        heard(message_id=n, photo=PHOTO, media_group_id="9", **({"caption": "堵了"} if n == 1 else {})) for n in (1, 2)
    ]

    assert [(part.id, part.text, len(part.media)) for part in parts] == [("1", "堵了", 1), ("2", "", 1)]


def test_edits() -> None:
    (event,) = events({"update_id": 1, "edited_message": said(text="4号楼", edit_date=DATE + 5)})

    assert event == Edit("telegram", str(GROUP), "501", "42", datetime.fromtimestamp(DATE + 5, UTC), "4号楼")


def test_taps() -> None:
    assert events(tap(f"sign:{TICKET}")) == (
        Press("telegram", str(GROUP), "501", "777", NOW, "sign", TICKET, name="张 老师"),
    )
    assert events(tap(f"rate:{TICKET}:5")) == (
        Rate("telegram", str(GROUP), "501", "777", NOW, 5, TICKET, name="张 老师"),
    )


@pytest.mark.parametrize("data", ["", "x", ":", "rate", f"rate:{TICKET}:6", f"rate:{TICKET}:", f"rate:{TICKET}:５"])
def test_taps_of_a_changed_client(data: str) -> None:
    assert events(tap(data)) == ()


def test_coming_and_going() -> None:
    inside, outside = member("member"), member("left")
    other = {**USER, "id": 502, "first_name": "王"}

    assert [one.joined for one in _presences(change("chat_member", outside, inside))] == [True]
    assert [one.joined for one in _presences(change("chat_member", inside, member("kicked", until_date=0)))] == [False]
    assert not events(change("chat_member", inside, member("creator", is_anonymous=False)))
    restricted: dict[str, Any] = {**dict.fromkeys(RIGHTS, False), "until_date": 0}
    assert not events(change("chat_member", inside, member("restricted", is_member=True, **restricted)))
    assert [
        one.joined
        for one in _presences(change("chat_member", inside, member("restricted", is_member=False, **restricted)))
    ] == [False]
    assert [one.sender for one in _presences(message(new_chat_members=[USER, other, BOT_USER]))] == ["501", "502"]
    assert [one.joined for one in _presences(message(left_chat_member=USER))] == [False]


def test_the_bots_own_coming_and_going() -> None:
    inside, outside = member("member", BOT_USER), member("left", BOT_USER)

    assert [(one.sender, one.joined) for one in _presences(change("my_chat_member", outside, inside))] == [(BOT, True)]
    assert [(one.sender, one.joined) for one in _presences(change("my_chat_member", inside, outside))] == [(BOT, False)]
    assert not events(change("my_chat_member", inside, outside, PRIVATE))


def test_a_new_title() -> None:
    assert events(message(new_chat_title="邻里<b>@all")) == (
        Renamed("telegram", str(GROUP), "501", datetime.fromtimestamp(DATE, UTC), "邻里<b>@all"),
    )
    (anonymous,) = events(message(new_chat_title="新", sender_chat=CHAT, **{"from": {**USER, "is_bot": True}}))
    assert isinstance(anonymous, Renamed)
    assert anonymous.sender == BOT


def _presences(payload: Any) -> list[Presence]:
    found = [event for event in events(payload) if isinstance(event, Presence)]
    assert len(found) == len(events(payload))
    return found


@pytest.mark.parametrize(
    "content",
    [
        {"text": "广告", "from": {**USER, "is_bot": True}},
        {"text": "以群的名义", "sender_chat": CHAT},
        {"text": "频道", "chat": {"id": -1005, "type": "channel", "title": "x"}},
        {"sticker": {"file_id": "s", "file_unique_id": "s", "width": 1, "height": 1, "is_animated": False}},
        {"new_chat_title": 5},
        {"new_chat_title": "频道", "chat": {"id": -1005, "type": "channel", "title": "x"}},
        {"pinned_message": said(text="x")},
        {"date": DATE * 1000, "text": "毫秒"},
        {"text": 5},
        {"text": ["x"]},
        {"text": "x", "message_id": "42"},
        {"text": "x", "from": {**USER, "id": True}},
    ],
)
def test_what_is_not_heard(content: dict[str, Any]) -> None:
    assert events(message(**content)) == ()


@pytest.mark.parametrize("payload", [None, [], "x", 5, {}, {"update_id": 1}, {"update_id": "x", "message": []}])
def test_what_is_no_update(payload: Any) -> None:
    assert events(payload) == ()


def test_recorded_updates() -> None:
    """Voice, audio and file of the collection are of before 2019: they lack an id that Telegram has sent ever since."""
    found = [events(payload) for payload in recorded()]

    assert [type(one[0]).__name__ if one else "" for one in found] == [
        *["InboundMessage"] * 4, "Edit", "InboundMessage", *[""] * 6,
    ]  # fmt: skip
