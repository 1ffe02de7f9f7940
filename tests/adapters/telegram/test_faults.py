"""Breaks, doubles, delays: nothing is lost that Telegram tells again, and nothing is confirmed too early."""

import asyncio
from typing import Any

import pytest

from bot.messages import InboundMessage
from bot.ports import Refused
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import message, picture, tap
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_server import TOKEN, Fault, refusal

ZHANG = PEOPLE["zhang"]
HIDDEN = TOKEN.partition(":")[2]
BREAKS = [
    Fault(),
    Fault(obeyed=True),
    Fault(hangs=True),
    Fault(hangs=True, obeyed=True),
    Fault(500, "nonsense"),
    Fault(502, "<html>"),
    Fault(200, "{"),
    Fault(200, '{"ok": true}'),
    Fault(200, '{"ok": true, "result": 5}'),
    refusal(429, "Too Many Requests", retry_after=1),
    refusal(409, "Conflict: terminated by other getUpdates request"),
]


def confirmed(line: Line) -> list[int]:
    """The offsets that were asked from."""
    return [one["offset"] for one in line.api.sent("getUpdates") if "offset" in one]


def polled_in_vain(line: Line) -> bool:
    """Whether a poll that confirms something has come back empty."""
    polls = [(asked, given) for name, asked, given in line.api.calls if name == "getUpdates"]
    return any("offset" in asked and given == [] for asked, given in polls)


async def test_an_update_is_confirmed_after_its_commit(line: Line) -> None:
    line.ledger.open.clear()
    line.chats.say(GROUP, ZHANG, "堵了")
    await asyncio.sleep(0.1)
    assert not confirmed(line)
    assert len(line.api.updates) == 1

    line.ledger.open.set()
    await line.ledger.heard()

    await line.confirmed()
    assert line.ledger.texts == ["堵了"]


async def test_what_could_not_be_kept_is_told_again(line: Line) -> None:
    line.ledger.failures = 2
    for text in ("一", "二", "三"):
        line.chats.say(GROUP, ZHANG, text)

    await line.ledger.heard(3)

    assert line.ledger.texts == ["一", "二", "三"]


@pytest.mark.parametrize("fault", BREAKS, ids=str)
async def test_every_break_is_lived_through(line: Line, fault: Fault) -> None:
    line.api.faults["getUpdates"] = [fault, fault]
    line.chats.say(GROUP, ZHANG, "一")
    await line.ledger.until("一")
    line.chats.say(GROUP, ZHANG, "二")

    await line.ledger.until("二")

    assert not line.api.faults["getUpdates"]
    assert list(dict.fromkeys(line.ledger.texts)) == ["一", "二"]


async def test_telegram_is_left_alone_when_it_asks(lines: Lines, monkeypatch: pytest.MonkeyPatch) -> None:
    """Before it is asked again, not before it shows that nobody hears."""
    slept: list[float] = []
    sleep = asyncio.sleep

    async def note(seconds: float) -> None:
        slept.append(seconds)
        await sleep(0)

    async with lines() as line:
        line.api.faults["getMe"] = [refusal(429, "Too Many Requests", retry_after=700)]
        monkeypatch.setattr(asyncio, "sleep", note)
        with pytest.raises(Exception, match="Flood"):
            await line.peer.platform.hear(line.ledger, lambda: None)
        assert 700 not in slept
        line.api.faults["getMe"] = [Fault(401, "{}")]
        with pytest.raises(Refused):
            await line.peer.platform.hear(line.ledger, lambda: None)

        assert 700 in slept


async def test_a_half_open_line_is_noticed(line: Line) -> None:
    """The poll is held for a second; an answer that is overdue by half a one more ends the connection."""
    line.api.faults["getUpdates"] = [Fault(hangs=True)]
    await _until(lambda: not line.api.faults["getUpdates"])
    line.chats.say(GROUP, ZHANG, "还在吗")

    async with asyncio.timeout(8):
        await line.ledger.heard()


async def test_a_server_that_dies_comes_back(line: Line) -> None:
    await line.peer.cut()
    line.chats.say(GROUP, ZHANG, "堵了")

    assert await line.ledger.heard()


async def test_one_odd_update_loses_no_other(line: Line) -> None:
    odd: list[dict[str, Any]] = [
        {"date": 1_790_000_000_000, "message_id": 1, "chat": {"id": GROUP, "type": "supergroup"}},
        {"message_id": []},
    ]
    line.chats.say(GROUP, ZHANG, "一")
    for content in odd:
        line.api.push("message", content)
    line.api.push("callback_query", {"id": "1", "from": line.chats.users[ZHANG]})
    line.chats.say(GROUP, ZHANG, "二")

    await line.ledger.heard(2)

    assert line.ledger.texts == ["一", "二"]


async def test_the_same_update_twice_is_the_same_message(line: Line) -> None:
    """The core claims keys: so both have to be the same."""
    once = line.chats.say(GROUP, ZHANG, "堵了")
    line.api.push("message", once)
    query = tap("sign:0123456789abcdef01234567")["callback_query"]
    line.api.push("callback_query", query)
    line.api.push("callback_query", query)

    first, second, press, again = await line.ledger.heard(4)

    assert isinstance(first, InboundMessage)
    assert isinstance(second, InboundMessage)
    assert first.key == second.key
    assert getattr(press, "id", 1) == getattr(again, "id", 2)


async def test_numbers_may_begin_anew(line: Line) -> None:
    """After a quiet week Telegram counts from somewhere else, also below."""
    line.chats.say(GROUP, ZHANG, "一")
    await line.ledger.heard()
    await line.confirmed()
    async with asyncio.timeout(10):
        while not polled_in_vain(line):  # noqa: ASYNC110 - the fake rings no bell
            await asyncio.sleep(0.02)
    line.api.updates.append({**message(text="二"), "update_id": 5})
    line.api._news.set()

    assert await line.ledger.heard(2)


async def test_a_restart_loses_nothing(lines: Lines) -> None:
    """What was being handled when the process ended is told to the next one."""
    async with lines() as line:
        async with line.heard():
            line.chats.say(GROUP, ZHANG, "一")
            await line.ledger.heard()
            line.ledger.open.clear()
            line.chats.say(GROUP, ZHANG, "二")
            await asyncio.sleep(0.05)
        line.chats.say(GROUP, ZHANG, "三")
        line.ledger.open.set()
        await line.peer.restart()

        async with line.heard():
            await line.ledger.until("三")

        assert list(dict.fromkeys(line.ledger.texts)) == ["一", "二", "三"]


async def test_closing_ends_everything(lines: Lines) -> None:
    async with lines() as line:
        async with line.heard():
            await line.send("一")
        await line.peer.platform.close()
        await line.peer.platform.close()

        assert (await line.send("二")).state == "held"


async def test_nothing_is_being_said_after_closing(line: Line) -> None:
    line.api.faults["sendMessage"] = [Fault(hangs=True)]
    saying = asyncio.create_task(line.send())
    await _until(lambda: not line.api.faults["sendMessage"])

    await line.peer.platform.close()

    await asyncio.sleep(0)  # who waits for it hears of its end
    assert saying.done()


async def test_a_wrong_token_is_told_without_showing_it(lines: Lines) -> None:
    wrong = "1:wrong-token"
    async with lines(token=wrong) as line:
        with pytest.raises(Refused) as told:
            await line.peer.platform.hear(line.ledger, lambda: None)

        (fault,) = await line.peer.platform.probe()
        assert "BotFather" in fault
        assert wrong not in f"{told.value}{fault}"


async def test_nothing_that_breaks_tells_the_token(lines: Lines, caplog: pytest.LogCaptureFixture) -> None:
    async with lines() as line:
        pages = [Fault(404, f"https://x/bot{TOKEN}/getMe"), Fault(502, f"<a>/bot{TOKEN.replace(':', '%3A')}</a>")]
        for fault in [*(one for one in BREAKS if not one.hangs), *pages]:
            line.api.faults["getMe"] = [fault, fault]
            with pytest.raises(Exception) as told:  # noqa: PT011 - of whatever kind
                await line.peer.platform.hear(line.ledger, lambda: None)
            assert HIDDEN not in str(told.value)
            assert not any(HIDDEN in one for one in await line.peer.platform.probe())
    assert not [one for one in caplog.records if one.name != "asyncio" and HIDDEN in one.getMessage()]


async def test_no_sending_that_breaks_tells_the_token(line: Line, capfd: pytest.CaptureFixture[str]) -> None:
    page = f"<html>/bot{TOKEN}/sendMessage</html>"
    ref = line.peer.media.put(picture(), "x.jpg").ref or ""
    for status in (400, 403, 404, 502):
        line.api.faults["sendMessage"] = [Fault(status, page)]
        await line.send()
        line.api.faults["sendPhoto"] = [Fault(status, page)]
        assert (await line.send(attachments=(ref,))).state == "sent"

    told = "".join(capfd.readouterr())
    assert "annex" in told
    assert HIDDEN not in told


async def test_privacy_mode_is_noticed(lines: Lines) -> None:
    async with lines(hears_all=False) as line:
        (fault,) = await line.peer.platform.probe()

        assert "隐私模式" in fault
        assert not line.peer.platform.capabilities.hears_all
        line.chats.me["can_read_all_group_messages"] = True
        assert await line.peer.platform.probe() == []
        assert line.peer.platform.capabilities.hears_all


async def test_a_bot_that_may_not_join(lines: Lines) -> None:
    async with lines() as line:
        line.chats.me["can_join_groups"] = False

        assert "setjoingroups" in (await line.peer.platform.probe())[0]


async def test_a_webhook_needs_a_secret(lines: Lines) -> None:
    async with lines(mode="webhook", webhook_secret="") as line:
        assert any("webhook_secret" in one for one in await line.peer.platform.probe())
        with pytest.raises(Refused):
            await line.peer.platform.hear(line.ledger, lambda: None)


async def test_nobody_is_there(lines: Lines) -> None:
    async with lines() as line:
        await line.api.stop()

        assert "telegram.proxy" in (await line.peer.platform.probe())[0]
        await line.api.start()


async def test_a_proxy_is_used(lines: Lines) -> None:
    """Nobody listens at the proxy: so nothing arrives, and nothing goes past it."""
    async with lines(proxy="socks5://127.0.0.1:9") as line:
        assert "连不上" in (await line.peer.platform.probe())[0]
        assert not line.api.calls


async def _until(found: Any) -> None:
    async with asyncio.timeout(5):
        while not found():  # noqa: ASYNC110 - the fake rings no bell
            await asyncio.sleep(0.005)
