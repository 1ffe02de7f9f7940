"""What DingTalk tells of a group becomes the bot's own shape, and whatever else comes becomes nothing."""

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from adapters.dingtalk.events import events
from bot.messages import BOT, Presence, Renamed
from tests.adapters.dingtalk.test_translate import ANYTHING

AT = datetime(2020, 12, 15, 10, 14, 7, 528000, UTC)
TOLD: dict[str, Any] = {
    "timeStamp": 1608027247528,
    "chatId": "chat676e50a07",
    "corpId": "dinge8a56572f80b",
    "operatorUnionId": "ZPbvHDqDO",
    "openConversationId": "cidmfW==",
    "operator": "user456",
}
KINDS = ["chat_update_title", "chat_disband", "chat_quit", "chat_add_member", "chat_remove_member"]


def test_a_new_title() -> None:
    assert events("chat_update_title", TOLD | {"title": " 开放平台 "}) == [
        Renamed("dingtalk", "cidmfW==", "user456", AT, "开放平台")
    ]


@pytest.mark.parametrize(("kind", "joined"), [("chat_add_member", True), ("chat_remove_member", False)])
def test_people_come_and_are_sent_away(kind: str, joined: bool) -> None:
    found = events(kind, TOLD | {"userId": ["u1", "u2"], "unionId": ["x", "y"]})

    assert found == [Presence("dingtalk", "cidmfW==", who, AT, joined) for who in ("u1", "u2")]


def test_who_leaves_did_it_himself() -> None:
    assert events("chat_quit", TOLD) == [Presence("dingtalk", "cidmfW==", "user456", AT, joined=False)]


def test_in_a_group_that_is_no_more_the_bot_is_not_either() -> None:
    assert events("chat_disband", TOLD) == [Presence("dingtalk", "cidmfW==", BOT, AT, joined=False)]


@pytest.mark.parametrize(
    ("kind", "changes"),
    [
        ("chat_add_member", {"userId": [BOT, "", 3, None]}),
        ("chat_add_member", {"userId": "u1"}),
        ("chat_add_member", {"openConversationId": "dm:u1", "userId": ["u1"]}),
        ("chat_quit", {"operator": BOT}),
        ("chat_quit", {"timeStamp": None}),
        ("chat_update_title", {"title": "  "}),
        ("chat_update_title", {"title": 3}),
        ("chat_update_owner", {"owner": "u1"}),
        ("", {"title": "x", "userId": ["u1"]}),
    ],
)
def test_what_is_nothing(kind: str, changes: dict[str, object]) -> None:
    assert events(kind, TOLD | changes) == []


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(KINDS), st.sampled_from(sorted(TOLD)), ANYTHING)
def test_nothing_raises(kind: str, name: str, value: object) -> None:
    assert events(kind, value) == []
    for found in events(kind, TOLD | {"userId": ["u1"], name: value}):
        assert found.sender
