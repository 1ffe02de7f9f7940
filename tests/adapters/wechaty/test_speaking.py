"""What is said, and what each of the gateway's answers means for it."""

import pytest

from adapters.wechaty.gateway import GatewayError, fault_of, in_words
from adapters.wechaty.speaking import conversation_of, text_of, verdict
from bot.messages import OutboundMessage
from bot.ports import Refused, SendResult
from bot.settings import WechatySettings


def message(text: str, *names: str) -> OutboundMessage:
    return OutboundMessage("k", "wechaty:r1@chatroom", text, "progress", names=names)


def test_private_chats_and_groups_are_conversations() -> None:
    assert conversation_of("wechaty:dm:wxid_1") == "wxid_1"
    assert conversation_of("wechaty:r1@chatroom") == "r1@chatroom"


@pytest.mark.parametrize(
    ("text", "names", "sent"),
    [
        ("@周敏 1号件已登记", ("周敏",), "@周敏\u20051号件已登记"),
        ("请@周敏、@吴刚 看看", ("周敏", "吴刚"), "请@周敏\u2005、@吴刚\u2005看看"),
        ("@周敏", ("周敏",), "@周敏\u2005"),
        ("@周敏 @周敏 看看", ("周敏", "周敏"), "@周敏\u2005@周敏\u2005看看"),
        ("@周敏\u2005看看", ("周敏",), "@周敏\u2005看看"),
        ("@周敏敏 与 @周敏", ("周敏",), "@周敏敏 与 @周敏\u2005"),
        (r"@a\1.b 看", (r"a\1.b",), "@a\\1.b\u2005看"),
        ("1号件", ("周敏",), "1号件"),
    ],
)
def test_a_mention_is_written_as_wechat_does(text: str, names: tuple[str, ...], sent: str) -> None:
    assert text_of(message(text, *names)) == sent


@pytest.mark.parametrize(
    ("code", "details", "state"),
    [
        ("UNAVAILABLE", "failed to connect to all addresses; last error: …Connection refused", "held"),
        ("UNAVAILABLE", "Socket closed", "uncertain"),
        ("UNAVAILABLE", "recvmsg:Connection reset by peer", "uncertain"),
        ("DEADLINE_EXCEEDED", "Deadline Exceeded", "uncertain"),
        ("CANCELLED", "Channel closed!", "uncertain"),
        ("UNKNOWN", "timeout after 5000 ms", "uncertain"),
        ("UNKNOWN", "request timed out", "uncertain"),
        ("UNKNOWN", "connect ETIMEDOUT 10.0.0.1:443", "uncertain"),
        ("INTERNAL", "socket hang up", "uncertain"),
        ("UNKNOWN", "not logged in", "retry"),
        ("INTERNAL", "oops", "retry"),
        ("UNAUTHENTICATED", "Invalid Wechaty TOKEN", "held"),
        ("RESOURCE_EXHAUSTED", "too many", "retry"),
        ("UNKNOWN", "Error: 操作过于频繁，请稍后再试", "retry"),
        ("FAILED_PRECONDITION", "not logged in", "retry"),
        ("CLOSED", "the connection was closed before", "held"),
        ("NOT_FOUND", "no such room", "dead"),
        ("PERMISSION_DENIED", "not a member", "dead"),
        ("INVALID_ARGUMENT", "", "dead"),
        ("UNIMPLEMENTED", "", "dead"),
    ],
)
def test_what_an_error_means_for_a_message(code: str, details: str, state: str) -> None:
    result = verdict(GatewayError(code, details))

    assert result.state == state
    assert (result.retry_after > 0) == (state in {"retry", "held"})


@pytest.mark.parametrize(
    ("code", "details"),
    [
        ("RESOURCE_EXHAUSTED", ""),
        ("UNKNOWN", "Error: 操作过于频繁"),
        ("INTERNAL", "Sending too fast"),
        ("UNKNOWN", "Rate limited"),
        ("UNAVAILABLE", "Received http2 header with status: 429"),
    ],
)
def test_too_fast_waits_longer_than_a_hiccup(code: str, details: str) -> None:
    assert verdict(GatewayError(code, details), 60) == SendResult("retry", retry_after=600)
    assert verdict(GatewayError("UNKNOWN", "oops"), 60) == SendResult("retry", retry_after=60)


def test_errors_in_words() -> None:
    assert isinstance(in_words(GatewayError("UNAUTHENTICATED", "")), Refused)
    assert "another client" in str(in_words(GatewayError("ALREADY_EXISTS", "")))
    assert str(in_words(GatewayError("UNAVAILABLE", "gone"))) == "UNAVAILABLE: gone"


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"stopped": True}, "stopped"),
        ({"token": ""}, "token"),
        ({"tls": "off", "endpoint": "192.168.1.5:18788"}, "127.0.0.1"),
        ({"tls": "off", "endpoint": "gateway.example:18788"}, "127.0.0.1"),
        ({"tls": "built_in"}, "wechaty.ca"),
        ({"tls": "own_ca", "ca": "/no/such/file.pem"}, "/no/such/file.pem"),
        ({"tls": "off"}, ""),
        ({"tls": "off", "endpoint": "[::1]:18788"}, ""),
        ({"tls": "own_ca", "endpoint": "gateway.example:18788"}, ""),
    ],
)
def test_settings_that_lead_nowhere_are_said_in_words(changes: dict[str, object], words: str) -> None:
    chosen = {"endpoint": "127.0.0.1:18788", "token": "t"} | changes
    fault = fault_of(WechatySettings.model_validate(chosen))

    assert words in fault
    assert bool(fault) == bool(words)
