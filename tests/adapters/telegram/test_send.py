"""Messages out: what people get, and what each answer of Telegram means."""

import asyncio
from typing import Any

import pytest

from bot.messages import Button
from tests.adapters.telegram.conftest import Line, Lines
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_chats import units
from tests.peers.telegram_server import Fault, refusal

TICKET = "0123456789abcdef01234567"
RATES = tuple(Button(f"{n} 分", "rate", TICKET, str(n)) for n in (5, 4, 3, 2, 1))
ACCOUNTS = {name: f"telegram:{id_}" for name, id_ in PEOPLE.items()}


def shown(line: Line) -> list[dict[str, Any]]:
    """What the bot has said, all chats."""
    return [one for one in line.chats.messages.values() if one["from"]["is_bot"]]


async def test_words_reach_the_group(line: Line) -> None:
    result = await line.send("1号件已登记 <b>*x*</b> [a](http://x)")

    (message,) = shown(line)
    assert (result.state, result.platform_id) == ("sent", str(message["message_id"]))
    assert message["text"] == "1号件已登记 <b>*x*</b> [a](http://x)"
    assert "parse_mode" not in line.api.sent("sendMessage")[0]
    assert line.api.sent("sendMessage")[0]["link_preview_options"] == {"is_disabled": True}


async def test_words_reach_one_person(line: Line) -> None:
    result = await line.send("请签收", chat="telegram:dm:503")

    assert (result.state, shown(line)[0]["chat"]["id"]) == ("sent", 503)


async def test_people_are_called(line: Line) -> None:
    """The longer name is no mention of the shorter one, and offsets count an emoji as two."""
    line.chats.person(601, "周")
    mentions, names = ("telegram:601", ACCOUNTS["zhou"], "web:x", "telegram:999"), ("周", "周敏", "某", "外人")

    await line.send("😀 @周敏 @周 @某 @外人 请看", mentions=mentions, names=names)

    found = {one["user"]["id"]: (one["offset"], one["length"]) for one in shown(line)[0]["entities"]}
    assert found == {503: (3, 3), 601: (7, 2)}


async def test_buttons_fit(line: Line) -> None:
    await line.send("谁来？", buttons=(Button("收到", "sign", TICKET), Button("太多", "sign", "x" * 64)))
    await line.send("办得怎么样？", buttons=RATES)

    first, second = (message["reply_markup"]["inline_keyboard"] for message in shown(line))
    assert [[one["callback_data"] for one in row] for row in first] == [[f"sign:{TICKET}"]]
    assert [row[0]["callback_data"] for row in second] == [f"rate:{TICKET}:{n}" for n in (5, 4, 3, 2, 1)]


async def test_an_answer_quotes(line: Line) -> None:
    said = line.chats.say(GROUP, PEOPLE["zhang"], "堵了")

    await line.send(reply_to=str(said["message_id"]))
    await line.send(reply_to="999")
    await line.send(reply_to="nonsense")

    assert [one.get("reply_to_message", {}).get("message_id") for one in shown(line)] == [
        said["message_id"],
        None,
        None,
    ]


async def test_the_longest_message_goes_through(line: Line) -> None:
    longest = "😀" * line.peer.platform.capabilities.max_length

    assert units(longest) <= 4096
    assert (await line.send(longest)).state == "sent"


@pytest.mark.parametrize(
    ("fault", "state", "wait"),
    [
        (refusal(429, "Too Many Requests: retry after 7", retry_after=7), "retry", 7),
        (refusal(403, "Forbidden: bot was kicked from the supergroup chat"), "dead", 0),
        (refusal(403, "Forbidden: bot was blocked by the user"), "dead", 0),
        (refusal(400, "Bad Request: chat not found"), "dead", 0),
        (refusal(400, "Bad Request: not enough rights to send text messages to the chat"), "dead", 0),
        (refusal(401, "Unauthorized"), "held", 60),
        (refusal(404, "Not Found"), "held", 60),
        (refusal(500, "Internal Server Error: restart"), "held", 0.2),
        (refusal(429, "Too Many Requests"), "retry", 0),
        (refusal(502, "Bad Gateway"), "uncertain", 0),
        (refusal(504, "Gateway Timeout"), "uncertain", 0),
        (Fault(403, "<html>a company's firewall</html>"), "held", 0.2),
        (Fault(400, "<html>a proxy</html>"), "held", 0.2),
        (Fault(200, '{"ok": true, "result": 5}'), "uncertain", 0),
        (Fault(502, "<html>Bad Gateway</html>"), "uncertain", 0),
        (Fault(504, ""), "uncertain", 0),
        (Fault(200, "<html>a hotel's login page</html>"), "uncertain", 0),
        (Fault(), "uncertain", 0),
        (Fault(obeyed=True), "uncertain", 0),
        (Fault(hangs=True), "uncertain", 0),
        (Fault(hangs=True, obeyed=True), "uncertain", 0),
    ],
)
async def test_what_an_answer_means(line: Line, fault: Fault, state: str, wait: float) -> None:
    line.api.faults["sendMessage"] = [fault]

    result = await line.send()

    assert (result.state, result.retry_after) == (state, wait)
    assert len(shown(line)) == fault.obeyed


@pytest.mark.parametrize(
    ("code", "description", "hint"),
    [
        (403, "Forbidden: bot was blocked by the user", "unblock"),
        (403, "Forbidden: bot can't initiate conversation with a user", "write to the bot first"),
        (403, "Forbidden: bot was kicked from the supergroup chat", "add the bot"),
        (400, "Bad Request: chat not found", "organization file"),
        (400, "Bad Request: not enough rights to send text messages to the chat", "permissions"),
        (400, "Bad Request: CHAT_WRITE_FORBIDDEN", "permissions"),
        (400, "Bad Request: something new", "omething new"),
    ],
)
async def test_an_operator_reads_what_to_do(
    line: Line, capsys: pytest.CaptureFixture[str], code: int, description: str, hint: str
) -> None:
    line.api.faults["sendMessage"] = [refusal(code, description)]

    assert (await line.send()).state == "dead"

    told = capsys.readouterr().out
    assert hint in told
    assert f"telegram:{GROUP}" in told


async def test_a_wrong_id_is_named(line: Line, capsys: pytest.CaptureFixture[str]) -> None:
    await line.send(chat="telegram:学苑")

    assert "organization file" in capsys.readouterr().out


@pytest.mark.parametrize("chat", ["telegram:学苑", "telegram:", "telegram:dm:zhou", "telegram:-1001234567890x"])
async def test_a_chat_that_is_none(line: Line, chat: str) -> None:
    assert (await line.send(chat=chat)).state == "dead"


async def test_nobody_is_reached(lines: Lines) -> None:
    async with lines() as line:
        async with line.heard():
            await line.api.stop()
            result = await line.send()
            await line.api.start()

        assert (result.state, result.retry_after) == ("held", 0.2)


async def test_nothing_is_said_before_anything_was_heard(lines: Lines) -> None:
    async with lines() as line:
        assert (await line.send()).state == "held"
        assert not shown(line)


async def test_chats_do_not_wait_for_one_another(line: Line) -> None:
    """A send that hangs holds up nobody else."""
    line.api.faults["sendMessage"] = [Fault(hangs=True)]
    stuck = asyncio.create_task(line.send())
    async with asyncio.timeout(10):
        while line.api.faults["sendMessage"]:  # noqa: ASYNC110 - the fake rings no bell
            await asyncio.sleep(0.005)

    assert (await line.send(chat="telegram:dm:501")).state == "sent"
    assert not stuck.done()
    assert (await stuck).state == "uncertain"


async def test_a_tap_is_answered(line: Line) -> None:
    await line.send("谁来？", buttons=(Button("收到", "sign", TICKET),))
    query = line.chats.tap(GROUP, PEOPLE["zhou"], 1, "收到")

    await line.ledger.heard()
    async with asyncio.timeout(5):
        while not line.chats.answered:  # noqa: ASYNC110 - the fake rings no bell
            await asyncio.sleep(0.005)
    assert line.chats.answered == [query["callback_query"]["id"]]
