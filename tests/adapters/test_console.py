"""The terminal as a chat: lines become messages, quotes lead to tickets, time can be let pass."""

import asyncio
import io
from datetime import UTC, datetime, timedelta

import pytest

from adapters.console import ConsoleChannel, ConsoleState, steer, translate, waiting
from adapters.orgfile import read_org
from bot.app import DEMO_ORG
from bot.console import converse
from bot.messages import OutboundMessage
from bot.settings import Settings

AT = datetime(2026, 7, 8, 1, tzinfo=UTC)


def state() -> ConsoleState:
    """A speaker in a room."""
    return ConsoleState("web", "gate", "wang")


def test_a_name_before_a_colon_speaks_from_then_on() -> None:
    here = state()
    first, second = translate("li: 灯坏了", here, AT), translate("就是3号楼", here, AT)
    assert first is not None
    assert second is not None
    assert (first.sender, first.text) == ("li", "灯坏了")
    assert second.sender == "li"
    assert first.id != second.id


def test_a_quote_is_the_newest_message_about_the_ticket() -> None:
    here, lines = state(), list[str]()
    channel = ConsoleChannel(here, lines.append)
    sent = asyncio.run(channel.send(OutboundMessage("k1", "web:gate", "1号件已登记", "receipt", number=1)))
    message = translate("zhou: >1 收到", here, AT)
    assert sent.platform_id == "k1"
    assert message is not None
    assert (message.reply_to, message.text) == ("k1", "收到")
    assert "1号件已登记" in lines[0]


def test_an_unknown_quote_names_the_number() -> None:
    message = translate(">9 收到", state(), AT)
    assert message is not None
    assert (message.reply_to, message.reply_number) == (None, 9)


def test_rooms_private_chat_and_time() -> None:
    here = state()
    assert steer("/room other", here)
    assert here.room == "other"
    assert steer("/dm", here)
    message = translate("在吗", here, AT)
    assert message is not None
    assert (message.chat, message.private) == ("dm:wang", True)
    assert not steer("你好", here)
    assert waiting("/wait 2h") == timedelta(hours=2)
    assert waiting("/wait long") is None
    assert translate("   ", here, AT) is None


def test_a_whole_conversation(monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[str] = []
    monkeypatch.setattr("sys.stdin", io.StringIO("张: 3号楼的路灯坏了，麻烦修一下\n/wait 30d\n/quit\n"))
    converse(Settings(), read_org(DEMO_ORG), lines.append)
    assert any("1号件已登记" in line for line in lines)
