"""What becomes of a message: each code and each fault of the platform has its own end."""

import asyncio
import socket

import pytest
from aiohttp import ClientSession
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.wecom.link import Link
from adapters.wecom.speaker import Line
from bot.messages import Button
from bot.ports import SendResult
from tests.adapters.wecom.site import GROUP, New, saying
from tests.peers.wecom_server import CUT, GARBLED, LOST, SILENT, WEBHOOK, FakeWecom

LONG = "很长的话" * 40


SIGN = Button("收到", "sign", "t-1")
RATES = tuple(Button(f"{n} 很满意", "rate", "t-1", str(n)) for n in range(5, 0, -1))


@pytest.mark.parametrize(
    ("code", "state", "wait"),
    [
        (0, "sent", 0.0),
        (-1, "retry", 5.0),
        (45009, "retry", 60.0),
        (45033, "retry", 5.0),
        (40008, "dead", 0.0),
        (93001, "dead", 0.0),
        (93006, "dead", 0.0),
        (846605, "dead", 0.0),
        (99999999, "dead", 0.0),
        (SILENT, "uncertain", 0.0),
        (CUT, "uncertain", 0.0),
        (LOST, "uncertain", 0.0),
    ],
)
async def test_codes_of_the_robot(server: FakeWecom, new: New, code: int, state: str, wait: float) -> None:
    channel = await new(patience=0.5 if code == SILENT else 5.0)
    server.codes = [code]
    result = await channel.send(saying())

    assert (result.state, result.retry_after) == (state, wait)
    assert (result.platform_id is not None) is (state in {"sent", "uncertain"})


async def test_words_without_markup_go_to_their_chat(server: FakeWecom, new: New) -> None:
    channel = await new()
    await channel.send(saying("**1号件** <@all> [点我](http://x)"))
    await channel.send(saying("私下说", chat="wecom:dm:ZhouMin"))

    first, second = (one.body for one in server.sent)
    assert first == {
        "chatid": GROUP, "chat_type": 2, "msgtype": "markdown",
        "markdown": {"content": "＊＊1号件＊＊ ＜@all＞ ［点我］(http://x)"},
    }  # fmt: skip
    assert (second["chatid"], second["chat_type"]) == ("ZhouMin", 1)


async def test_a_short_message_with_buttons_is_one_card(server: FakeWecom, new: New) -> None:
    channel = await new()
    await channel.send(saying("办得怎么样", *RATES))

    [card] = [one.body["template_card"] for one in server.sent]
    assert (card["main_title"]["title"], card["sub_title_text"]) == ("网格管家", "办得怎么样")
    assert [(one["text"], one["key"]) for one in card["button_list"]] == [
        (f"{n} 很满意", f"rate|t-1|{n}") for n in range(5, 0, -1)
    ]


async def test_a_long_message_with_buttons_is_words_and_a_card(server: FakeWecom, new: New) -> None:
    channel = await new()
    await channel.send(saying(LONG, SIGN))

    words, card = (one.body for one in server.sent)
    assert words["markdown"]["content"] == LONG
    assert card["template_card"]["sub_title_text"] == f"{LONG[:111]}…"


async def test_a_card_that_is_refused_is_said_in_words(server: FakeWecom, new: New) -> None:
    channel = await new()
    server.codes = [40058]
    assert (await channel.send(saying("1号件", SIGN))).state == "sent"
    assert [one.body["msgtype"] for one in server.sent] == ["markdown"]


async def test_a_webhook_mentions_and_the_robot_brings_the_buttons(server: FakeWecom, new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    assert channel.capabilities.mentions
    await channel.send(saying("@周敏 <b>看</b>", SIGN, mentions=("wecom:ZhouMin",), names=("周敏",)))

    words, card = server.sent
    assert words.body == {"msgtype": "text", "text": {"content": "@周敏 <b>看</b>", "mentioned_list": ["ZhouMin"]}}
    assert card.body["template_card"]["button_list"][0]["text"] == "收到"


@pytest.mark.parametrize(
    ("statuses", "codes", "state", "wait"),
    [
        ([429], [], "retry", 7.0),
        ([503], [], "held", 7.0),
        ([500], [], "uncertain", 0.0),
        ([502], [], "uncertain", 0.0),
        ([SILENT], [], "uncertain", 0.0),
        ([], [45009], "retry", 60.0),
        ([], [-1], "retry", 5.0),
        ([], [GARBLED], "uncertain", 0.0),
    ],
)
async def test_codes_of_a_webhook(
    server: FakeWecom, new: New, statuses: list[int], codes: list[int], state: str, wait: float
) -> None:
    channel = await new(patience=0.5 if SILENT in statuses else 5.0, webhooks={GROUP: SecretStr(WEBHOOK)})
    server.statuses, server.codes = statuses, codes
    result = await channel.send(saying())

    assert (result.state, result.retry_after) == (state, wait)
    assert server.sent == []


async def test_a_webhook_that_is_gone_leaves_the_robot(server: FakeWecom, new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr("removed")})
    assert (await channel.send(saying())).state == "sent"
    assert [one.by for one in server.sent] == ["robot"]


async def test_a_webhook_that_cannot_be_reached_costs_no_try(new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)}, webhook_url="http://127.0.0.1:1/webhook")
    with capture_logs() as logs:
        assert (await channel.send(saying())).state == "held"
    assert [one["event"] for one in logs] == ["not reached"]


async def test_too_long_words_are_cut_to_the_platforms_bytes(server: FakeWecom, new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    await channel.send(saying("网" * 2000))
    await channel.send(saying("网" * 9000, chat="wecom:dm:ZhouMin"))

    assert len(server.sent[0].body["text"]["content"].encode()) <= 2048
    assert len(server.sent[1].body["markdown"]["content"].encode()) <= 20_480


async def test_while_the_connection_is_away_a_message_waits_on_the_disk(server: FakeWecom, new: New) -> None:
    channel = await new()
    server.cut()
    async with asyncio.timeout(5):
        while channel._line.link is not None:  # noqa: ASYNC110 - it rings no bell
            await asyncio.sleep(0.01)
    assert await channel.send(saying()) == SendResult("held", retry_after=5.0)


async def test_a_connection_that_has_ended_sends_nothing(server: FakeWecom) -> None:
    async with ClientSession() as session, session.ws_connect(server.url()) as socket:
        line = Line()
        line.link = Link(socket, lambda _frame: None, 1.0)
        await socket.close()
        assert await line.say({}, None) == SendResult("held", retry_after=5.0)
    assert server.frames == []


async def test_a_host_that_takes_no_connection_costs_no_try(new: New) -> None:
    """It is not refused, it just does not come about: nobody was reached."""
    with socket.socket() as full, socket.socket() as first, socket.socket() as second:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        for waiting in (first, second):  # they fill the queue of connections that nobody takes
            waiting.setblocking(False)
            waiting.connect_ex(full.getsockname())
        url = f"http://127.0.0.1:{full.getsockname()[1]}/webhook"
        channel = await new(patience=1.0, webhooks={GROUP: SecretStr(WEBHOOK)}, webhook_url=url)
        assert (await channel.send(saying())).state == "held"


async def test_after_the_end_nothing_is_opened_any_more(server: FakeWecom, new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    await channel.close()
    assert (await channel.send(saying())).state == "held"
    assert (await channel.send(saying(chat="wecom:dm:ZhouMin"))).state == "held"
    assert server.sent == []


@pytest.mark.parametrize(
    ("code", "advice"), [(93000, "wecom.webhooks"), (93006, "let somebody mention it"), (40058, "90313")]
)
async def test_an_operator_reads_what_to_do_about_a_refusal(
    server: FakeWecom, new: New, code: int, advice: str
) -> None:
    channel = await new()
    server.codes = [code]
    with capture_logs() as logs:
        assert (await channel.send(saying())).state == "dead"
    assert [(one["code"], advice in one["advice"]) for one in logs] == [(code, True)]


async def test_an_address_without_a_robot_is_told_and_its_key_is_not(server: FakeWecom, new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    server.statuses = [404]
    with capture_logs() as logs:
        assert (await channel.send(saying())).state == "sent"  # by the robot
    assert [one["status"] for one in logs] == [404]
    assert "wecom.webhook_url" in logs[0]["advice"]
    assert WEBHOOK not in str(logs)


async def test_nobody_is_mentioned_who_is_not_of_this_platform(server: FakeWecom, new: New) -> None:
    channel = await new(webhooks={GROUP: SecretStr(WEBHOOK)})
    await channel.send(saying("看", mentions=("wecom:@all", "web:ZhouMin", "wecom:ZhouMin")))
    assert server.sent[0].body["text"]["mentioned_list"] == ["ZhouMin"]
