"""A message that takes the place of an earlier one of the bot."""

from typing import Any

import pytest

from bot.messages import Button
from bot.ports import SendResult
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import picture
from tests.adapters.telegram.test_send import RATES, TICKET, shown
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_calls import NOT_MODIFIED
from tests.peers.telegram_server import Fault, refusal

NEW = -1009999999999
SIGN, DONE = Button("收到", "sign", TICKET), Button("办结", "done", TICKET)


async def card(line: Line, **fields: Any) -> str:
    """The bot puts a card up; gives its id."""
    return (await line.send("1号件已登记 @周敏", buttons=(SIGN,), **fields)).platform_id or ""


async def edit(line: Line, replaces: str, text: str = "1号件 〔办理中〕", **fields: Any) -> SendResult:
    return await line.send(text, replaces=replaces, **{"key": "k2", "buttons": (DONE,), **fields})


def labels(message: dict[str, Any]) -> list[str]:
    rows = message.get("reply_markup", {}).get("inline_keyboard", [])
    return [button["text"] for row in rows for button in row]


async def test_words_buttons_and_mentions_change_in_place(line: Line) -> None:
    place = await card(line)
    mentioned = {"mentions": (f"telegram:{PEOPLE['zhou']}",), "names": ("周敏",)}

    result = await edit(line, place, "1号件 <b>〔办理中 @周敏〕</b> http://x", **mentioned)

    (message,) = shown(line)
    assert (result.state, result.platform_id) == ("sent", place)
    assert (message["text"], labels(message)) == ("1号件 <b>〔办理中 @周敏〕</b> http://x", ["办结"])
    assert [one["user"]["id"] for one in message["entities"]] == [PEOPLE["zhou"]]
    (asked,) = line.api.sent("editMessageText")
    assert "parse_mode" not in asked
    assert asked["link_preview_options"] == {"is_disabled": True}


async def test_the_last_buttons_go(line: Line) -> None:
    await edit(line, await card(line), buttons=())

    assert labels(shown(line)[0]) == []


async def test_a_private_message_changes_too(line: Line) -> None:
    chat = f"telegram:dm:{PEOPLE['zhou']}"
    place = await card(line, chat=chat)

    assert (await edit(line, place, chat=chat)).platform_id == place
    assert [one["text"] for one in shown(line)] == ["1号件 〔办理中〕"]


async def test_the_same_again_is_no_fault(line: Line) -> None:
    place = await card(line)

    assert [(await edit(line, place)).state for _ in range(3)] == ["sent"] * 3
    assert len(shown(line)) == 1


@pytest.mark.parametrize("place", ["999", "nonsense", "s1"])
async def test_a_card_that_is_gone_stays_as_it_was(line: Line, capsys: pytest.CaptureFixture[str], place: str) -> None:
    await card(line)

    result = await edit(line, place)

    assert (result.state, result.platform_id) == ("sent", place)
    assert [one["text"] for one in shown(line)] == ["1号件已登记 @周敏"]
    assert "card not edited" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("fault", "state", "wait"),
    [
        (refusal(400, NOT_MODIFIED), "sent", 0),
        (refusal(400, "Bad Request: MESSAGE_NOT_MODIFIED"), "sent", 0),
        (refusal(400, "Bad Request: message to edit not found"), "sent", 0),
        (refusal(400, "Bad Request: message can't be edited"), "sent", 0),
        (refusal(400, "Bad Request: MESSAGE_ID_INVALID"), "sent", 0),
        (refusal(400, "Bad Request: MESSAGE_EDIT_TIME_EXPIRED"), "sent", 0),
        (refusal(400, "Bad Request: there is no text in the message to edit"), "sent", 0),
        (refusal(400, "Bad Request: chat not found"), "dead", 0),
        (refusal(403, "Forbidden: bot was kicked from the supergroup chat"), "dead", 0),
        (refusal(429, "Too Many Requests: retry after 7", retry_after=7), "retry", 7),
        (refusal(401, "Unauthorized"), "held", 60),
        (refusal(500, "Internal Server Error"), "held", 0.2),
        (refusal(502, "Bad Gateway"), "retry", 0),
        (Fault(502, "<html>"), "retry", 0),
        (Fault(200, "<html>"), "retry", 0),
        (Fault(200, '{"ok": true, "result": 5}'), "retry", 0),
        (Fault(), "retry", 0),
        (Fault(obeyed=True), "retry", 0),
        (Fault(hangs=True), "retry", 0),
    ],
)
async def test_what_an_answer_means(line: Line, fault: Fault, state: str, wait: float) -> None:
    """Never uncertain: an edit may be made twice."""
    place = await card(line)
    line.api.faults["editMessageText"] = [fault]

    result = await edit(line, place)

    assert (result.state, result.retry_after) == (state, wait)
    assert len(shown(line)) == 1


async def test_nobody_is_reached(lines: Lines) -> None:
    async with lines() as line, line.heard():
        place = await card(line)
        await line.api.stop()
        result = await edit(line, place)
        await line.api.start()

        assert (result.state, result.retry_after) == ("held", 0.2)


async def test_a_group_that_was_upgraded(line: Line) -> None:
    """Its old messages stay as they are; those of the new group, counted anew, are edited there."""
    old = await card(line)
    line.chats.group(NEW, "学苑业主群")
    line.chats.migrated[GROUP] = NEW
    assert (await edit(line, old)).state == "sent"
    new = await card(line)

    assert (await edit(line, new)).platform_id == new
    assert [(one["chat"]["id"], one["text"]) for one in shown(line)] == [
        (GROUP, "1号件已登记 @周敏"),
        (NEW, "1号件 〔办理中〕"),
    ]


async def test_a_poll_stays_and_no_photo_comes_again(lines: Lines) -> None:
    async with lines(native_polls=True) as line, line.heard():
        ref = line.peer.media.put(picture(), "x.jpg").ref or ""
        fields: dict[str, Any] = {"buttons": RATES, "ticket_id": TICKET, "attachments": (ref,)}
        place = (await line.send("办得怎么样？", **fields)).platform_id or ""

        assert (await edit(line, place, "办得怎么样？请评分", **fields)).state == "sent"

        assert len(line.chats.polls) == 1
        assert len(shown(line)) == 3
        assert (shown(line)[0]["text"], labels(shown(line)[0])) == ("办得怎么样？请评分", [])


async def test_telegram_edits_at_any_time(line: Line) -> None:
    assert line.peer.platform.capabilities.edits
