"""Telegram Desktop's result.json."""

import json
from typing import Any

import pytest

from adapters.chatlog import ChatLogError
from tests.adapters.chatlog.shapes import Export, account

AT = {"date": "2026-03-01T09:12:33", "date_unixtime": "1772327553"}
WANG = {"from": "王阿姨", "from_id": "user17"}


def export_of(*messages: object) -> str:
    chat = {"name": "学苑园", "type": "private_supergroup", "id": 9, "messages": messages}
    return json.dumps(chat, ensure_ascii=False, indent=1)


def message(**fields: object) -> dict[str, Any]:
    return {"id": 5, "type": "message", **AT, **WANG, "text": "灯坏了", **fields}


def test_a_message(export: Export) -> None:
    assert export.lines(export_of(message())) == [
        {
            "at": "2026-03-01T09:12:33+08:00", "chat": "xueyuan", "from": "17", "id": "5", "name": "王阿姨", "text": "灯坏了",
        }
    ]  # fmt: skip


def test_a_time_without_an_offset_is_the_zones(export: Export) -> None:
    [line] = export.lines(export_of(message(date_unixtime=None)))
    assert line["at"] == "2026-03-01T09:12:33+08:00"


def test_text_in_pieces_and_mentions(export: Export) -> None:
    pieces = [
        "灯",
        {"type": "bold", "text": "坏了"},
        " ",
        {"type": "mention_name", "text": "李四", "user_id": 18},
        5,
        None,
    ]
    [line] = export.lines(export_of(message(text=pieces)))
    assert (line["text"], line["mentions"]) == ("灯坏了 李四5", ["18"])


def test_answers(export: Export) -> None:
    lines, notes = export.of(
        export_of(message(), message(id=6, reply_to_message_id=5), message(id=7, reply_to_message_id=1))
    )
    assert [line.get("reply_to") for line in lines] == [None, "5", None]
    assert notes == ["第 25 行：回复的消息“1”不在文件里；这条当作普通消息"]


@pytest.mark.parametrize(
    ("fields", "media"),
    [
        ({"photo": "photos/p1.jpg"}, {"type": "image", "name": "p1.jpg"}),
        ({"photo": "(File not included.)"}, {"type": "image"}),
        ({"media_type": "voice_message", "file": "v/a.ogg"}, {"type": "voice", "name": "a.ogg"}),
        ({"media_type": "video_file", "file": "v/a.mp4"}, {"type": "video", "name": "a.mp4"}),
        ({"file": "files/x", "file_name": "通知.pdf"}, {"type": "file", "name": "通知.pdf"}),
        ({"file": "files/x.png", "mime_type": "image/png"}, {"type": "image", "name": "x.png"}),
        (
            {"location_information": {"latitude": 30.5, "longitude": 114}, "place_name": "东门"},
            {"type": "location", "name": "东门", "lat": 30.5, "lng": 114.0},
        ),
        ({"location_information": {"latitude": "x", "longitude": 1e9}}, {"type": "location"}),
    ],
)
def test_media(fields: dict[str, Any], media: dict[str, Any], export: Export) -> None:
    [line] = export.lines(export_of(message(**fields)))
    assert line["media"] == [media]


def test_stickers_and_polls_have_words(export: Export) -> None:
    sticker = message(text="", media_type="sticker", file="s.webp", sticker_emoji="👍")
    poll = message(id=6, text="", poll={"question": "几点修？", "answers": []})
    assert [(line["text"], line.get("media")) for line in export.lines(export_of(sticker, poll))] == [
        ("👍", None),
        ("几点修？", None),
    ]


def test_who_comes_and_goes(export: Export) -> None:
    def service(action: str, **fields: object) -> dict[str, Any]:
        return {"id": 1, "type": "service", **AT, "actor": "王阿姨", "actor_id": "user17", "action": action, **fields}

    lines = export.lines(
        export_of(
            service("join_group_by_link"), service("invite_members", members=["李四", None]),
            service("remove_members", members=["王阿姨"]), service("pin_message"),
        )
    )  # fmt: skip
    assert [line.get("join") or line.get("leave") for line in lines] == ["17", account("李四"), "17"]


def test_an_edited_message_stands_as_it_was_last(export: Export) -> None:
    [line] = export.lines(export_of(message(edited="2026-03-01T10:00:00", text="灯修好了")))
    assert (line["at"][11:16], line["text"]) == ("09:12", "灯修好了")


def test_a_message_twice_and_another_with_its_id(export: Export) -> None:
    lines, notes = export.of(export_of(message(), message(), message(text="水停了")))
    assert [line["id"] for line in lines] == ["5", "5~24"]
    assert notes == ["第 15 行：编号 5 的消息和前面一条完全相同，没有再导入"]


def test_a_file_cut_off_is_read_up_to_there(export: Export) -> None:
    text = export_of(message(), message(id=6))
    lines, notes = export.of(text[: text.index('"id": 6') + 40])
    assert len(lines) == 1
    assert notes == ["第 15 行：从这里起不是 JSON，或者文件不完整，后面的没有导入"]


def test_messages_that_are_none(export: Export) -> None:
    lines, notes = export.of(export_of(7, message(), message(date="soon", date_unixtime="")))
    assert len(lines) == 1
    assert notes == ["第 6 行：不是一条消息，没有导入", "第 16 行：“soon”不是时间，没有导入"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("{}", "没有 messages"),
        ('{"chats": {"list": [{"messages": []}, {"messages": []}]}}', "好几个群"),
        ('{"messages": []}', "没有读到一条消息"),
    ],
)
def test_a_file_that_cannot_be_taken(text: str, reason: str, export: Export) -> None:
    with pytest.raises(ChatLogError, match=reason):
        export.of(text)
