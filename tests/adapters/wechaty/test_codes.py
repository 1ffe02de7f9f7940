"""Each code of gRPC, over a real wire, has its meaning; garbage has none and ends nothing but itself."""

import asyncio
import traceback
from collections.abc import AsyncIterator

import grpc
import pytest
from google.protobuf.message import DecodeError
from structlog.testing import capture_logs

from adapters.wechaty.channel import Patience, WechatyPlatform
from adapters.wechaty.translate import read_letter
from adapters.wechaty.wire import fields, message_class
from bot.ports import Refused, Tools
from tests.adapters.wechaty.conftest import Ear, chosen, listening, outgoing
from tests.adapters.wechaty.fake import GARBAGE, Misbehaving, event
from tests.adapters.wechaty.recordings import NOW, recorded
from tests.peers.wechaty import TOKEN

Code = grpc.StatusCode


@pytest.fixture
async def fake() -> AsyncIterator[Misbehaving]:
    async with Misbehaving() as server:
        yield server


def platform_at(fake: Misbehaving, tools: Tools) -> WechatyPlatform:
    return WechatyPlatform(chosen(f"127.0.0.1:{fake.port}"), tools, Patience(silence=2, answer=2, away=0.2, echo=0.1))


@pytest.mark.parametrize(
    ("code", "details", "state"),
    [
        (Code.UNKNOWN, "not logged in", "retry"),
        (Code.INTERNAL, "oops", "retry"),
        (Code.UNKNOWN, "timeout after 5000 ms", "uncertain"),
        (Code.UNAVAILABLE, "going away", "uncertain"),
        (Code.DEADLINE_EXCEEDED, "", "uncertain"),
        (Code.RESOURCE_EXHAUSTED, "slow down", "retry"),
        (Code.NOT_FOUND, "no such room", "dead"),
        (Code.PERMISSION_DENIED, "you were removed", "dead"),
        (Code.INVALID_ARGUMENT, "", "dead"),
        (Code.UNIMPLEMENTED, "", "dead"),
        (Code.FAILED_PRECONDITION, "not logged in", "retry"),
        (Code.UNAUTHENTICATED, "", "held"),
    ],
)
async def test_what_a_code_means_for_a_message(
    fake: Misbehaving, tools: Tools, ear: Ear, code: grpc.StatusCode, details: str, state: str
) -> None:
    fake.wrong["MessageSendText"] = (code, details)
    platform = platform_at(fake, tools)
    with capture_logs() as logs:
        async with listening(platform, ear):
            result = await platform.send(outgoing("1号件已登记"))
    [told] = [one for one in logs if one["event"] == "saying failed"]

    assert result.state == told["state"] == state
    assert told["reason"].startswith(code.name)
    assert ("?" in told["advice"]) == (state == "dead")  # what an operator may look at
    assert fake.calls.count("MessageSendText") == 1  # nothing is sent twice behind our back


async def test_a_token_that_the_gateway_repeats_stands_in_no_log(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.wrong["MessageSendText"] = fake.wrong["MessagePayload"] = (
        Code.UNAUTHENTICATED,
        f'Invalid Wechaty TOKEN "{TOKEN}"',
    )
    fake.events.append(event(2, '{"messageId":"m1"}'))
    platform = platform_at(fake, tools)
    told: list[BaseException | None] = []
    with capture_logs() as logs:
        for _ in range(3):  # then the event is left out, with its reason
            async with listening(platform, ear) as task:
                await platform.send(outgoing("1号件已登记"))
                await asyncio.wait({task}, timeout=0.5)
                told.append(task.exception() if task.done() and not task.cancelled() else None)

    assert isinstance(told[0], Refused)
    assert {"saying failed", "event left out"} <= {one["event"] for one in logs}
    assert TOKEN not in repr(logs) + "".join(traceback.format_exception(told[0]))


async def test_only_the_first_line_of_an_error_is_its_reason(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    """What Node adds names functions: timeoutPromise is no timeout."""
    fake.wrong["MessageSendText"] = (Code.UNKNOWN, "Error: not logged in\n    at timeoutPromise: timed out (a.js:1)")
    platform = platform_at(fake, tools)
    async with listening(platform, ear):
        assert (await platform.send(outgoing("1号件已登记"))).state == "retry"


async def test_a_message_that_the_puppet_does_not_know_yet_is_heard(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.once["MessagePayload"] = (Code.UNKNOWN, "no payload yet")
    fake.wrong["MessagePayload"] = bytes.fromhex(recorded()["called"]["message"])
    fake.events.append(event(2, '{"messageId":"m1"}'))
    async with listening(platform_at(fake, tools), ear):
        await ear.heard(1)

    assert ear.texts() == ["3号楼门口的化粪池又堵了"]


async def test_what_is_said_over_a_closed_connection_was_surely_not_said(
    fake: Misbehaving, tools: Tools, ear: Ear
) -> None:
    """It may break while the day's allowance is asked for."""
    platform = platform_at(fake, tools)
    async with listening(platform, ear) as task:
        ear.before_query = platform.close
        result = await platform.send(outgoing("1号件已登记"))
        await asyncio.wait({task})

    assert result.state == "held"
    assert "MessageSendText" not in fake.calls


async def test_no_proxy_of_the_environment_gets_the_bare_token(
    fake: Misbehaving, tools: Tools, ear: Ear, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    async with listening(platform_at(fake, tools), ear) as task:
        assert not task.done()


async def test_garbage_is_left_out(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.wrong["MessagePayload"] = GARBAGE
    fake.events.append(event(2, '{"messageId":"m1"}'))
    fake.events.append(event(19, '{"inviteeIdList":["sun"],"roomId":"r1@chatroom"}'))
    async with listening(platform_at(fake, tools), ear) as task:
        await ear.heard(1)
        assert not task.done()


async def test_a_stream_of_garbage_ends_it(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.events.append(GARBAGE)
    async with listening(platform_at(fake, tools), ear) as task:
        with pytest.raises(Exception, match="cannot be read"):
            await asyncio.wait_for(task, 5)


async def test_an_event_that_always_breaks_the_connection_is_left_out(
    fake: Misbehaving, tools: Tools, ear: Ear
) -> None:
    """Else the bot were deaf for ever."""
    fake.wrong["MessagePayload"] = (Code.UNAVAILABLE, "the puppet died of it")
    platform = platform_at(fake, tools)
    fake.events.append(event(2, '{"messageId":"m1"}'))
    async with listening(platform, ear) as task:
        with pytest.raises(Exception, match="died of it"):
            await asyncio.wait_for(task, 5)
    fake.events.pop()
    async with listening(platform, ear) as task:
        with pytest.raises(Exception, match="died of it"):
            await asyncio.wait_for(task, 5)
    async with listening(platform, ear) as task:
        await asyncio.wait({task}, timeout=0.5)
        assert not task.done()
    assert fake.calls.count("MessagePayload") == 3


async def test_a_stream_that_ends_as_if_all_were_well(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.events.clear()

    async with asyncio.timeout(5):
        await platform_at(fake, tools).hear(ear, lambda: None)  # returns: whoever called connects again


@pytest.mark.parametrize("name", [name for name, one in recorded().items() if "message" in one])
def test_no_flipped_bit_raises(name: str) -> None:
    content = bytes.fromhex(recorded()[name]["message"])
    for place in range(8 * len(content)):
        flipped = bytearray(content)
        flipped[place // 8] ^= 1 << place % 8
        try:
            message = message_class("MessagePayloadResponse").FromString(bytes(flipped))
        except DecodeError:
            continue  # gRPC gives None for it: the test above
        read_letter(fields(message), NOW)


async def test_a_puppet_that_knows_no_names_is_heard_all_the_same(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.wrong["ContactPayload"] = fake.wrong["RoomMemberPayload"] = (Code.UNKNOWN, "no such contact")
    fake.wrong["MessagePayload"] = bytes.fromhex(recorded()["called"]["message"])
    fake.events.append(event(2, '{"messageId":"m1"}'))
    async with listening(platform_at(fake, tools), ear):
        await ear.heard(1)

    assert ear.texts() == ["3号楼门口的化粪池又堵了"]


async def test_a_login_of_nobody_is_none(fake: Misbehaving, tools: Tools, ear: Ear) -> None:
    fake.events[:] = [event(25, "{}")]
    with pytest.raises(ConnectionError, match="who is logged in"):
        async with listening(platform_at(fake, tools), ear):
            pass
