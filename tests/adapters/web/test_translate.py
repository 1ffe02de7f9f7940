"""A page's command → what the bot hears, and what the bot says → a line: pure functions."""

from datetime import timedelta
from types import SimpleNamespace
from typing import cast
from zoneinfo import ZoneInfo

import pytest

from adapters.web.channel import line_of
from adapters.web.doing import Asked, message_of, press_of, quoted_id, spoken
from adapters.web.places import Place, Visitor
from adapters.web.view import recall_left, stored_id
from adapters.web.wire import Say, Tap
from bot.messages import Button, InboundMessage, Media, OutboundMessage, Press
from bot.ports import RoomMessage
from bot.render.catalog import load_catalog
from tests.adapters.web.house import NOON, ORG

ZHANG = Visitor("a1b2", "3-2-501")
COURT = Place("court", "web:court", "学苑小区居民群", "court", ZoneInfo("Asia/Shanghai"))
PRIVATE = Place("dm", "web:dm:a1b2", "", "", ZoneInfo("Asia/Shanghai"), private=True)
FROM_BOT = RoomMessage(7, "web:court", "bot", "", "1号件已登记", NOON, "key-1", None, {"number": 1, "ticket_id": "t1"})
FROM_NEIGHBOUR = RoomMessage(8, "web:court", "c3d4", "3-2-502", "早", NOON, "c3d4/m1", None, {"kind": "say"})


def asked(place: Place = COURT) -> Asked:
    return cast("Asked", SimpleNamespace(place=place, visitor=ZHANG, now=NOON, name=ZHANG.name, org=ORG))


def test_a_message_in_a_group() -> None:
    photo = Media("image", "p.jpg", "ref")

    heard = message_of(asked(), Say("m1", "路灯坏了"), None, ("bot",), (photo,))

    assert heard == InboundMessage(
        "web", "court", "a1b2", "a1b2/m1", NOON, "路灯坏了", "3-2-501", mentions=("bot",), media=(photo,)
    )
    assert heard.key == "web:court:a1b2/m1"


def test_a_private_message() -> None:
    heard = message_of(asked(PRIVATE), Say("m1", "我的件"), None, (), ())

    assert heard.private
    assert heard.chat_key == "web:dm:a1b2"


@pytest.mark.parametrize(("line", "id_", "number"), [(FROM_BOT, "7", 1), (FROM_NEIGHBOUR, "c3d4/m1", None)])
def test_a_quote_names_what_the_bot_knows(line: RoomMessage, id_: str, number: int | None) -> None:
    heard = message_of(asked(), Say("m1", "好的", reply=line.seq), line, (), ())

    assert (heard.reply_to, heard.reply_number) == (id_, number)
    assert quoted_id(line) == id_


def test_a_tap_and_its_words() -> None:
    tap, catalog = Tap("m1", "t1", "done", "灯泡换了", 7), load_catalog("zh_CN")

    assert press_of(asked(), tap, "a1b2/m1") == Press(
        "web", "court", "a1b2", "a1b2/m1", NOON, "done", "t1", text="灯泡换了", name="3-2-501"
    )
    assert spoken(catalog, tap, None) == "办结 灯泡换了"
    assert spoken(catalog, Tap("m1", "t1", "sign"), 12) == "12号件 收到"


def test_what_the_bot_says_becomes_a_line() -> None:
    message = OutboundMessage(
        "key-1", "web:court", "1号件已登记", "receipt", ("web:wang",), "t1", 1, (Button("收到", "sign", "t1"),)
    )

    line = line_of(message, NOON)

    assert (line.room, line.sender, line.text, line.client_id) == ("web:court", "bot", "1号件已登记", "key-1")
    assert line.payload == {
        "kind": "receipt",
        "number": 1,
        "ticket_id": "t1",
        "buttons": [{"label": "收到", "action": "sign", "ticket_id": "t1", "value": ""}],
        "mentions": ["web:wang"],
    }


def test_the_bot_shows_photos_like_anybody() -> None:
    line = line_of(OutboundMessage("key-2", "web:court", "办好了", "poll", attachments=("ref",)), NOON)

    assert line.payload["media"] == ["ref"]


def test_two_minutes_to_take_it_back() -> None:
    assert recall_left(FROM_NEIGHBOUR, NOON) == 120
    assert recall_left(FROM_NEIGHBOUR, NOON + timedelta(minutes=3)) == 0
    assert stored_id(ZHANG, "m1") == "a1b2/m1"
