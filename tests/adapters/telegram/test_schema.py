"""Our fake and what we ask of it are what Telegram publishes; the SDK's own parser reads every answer."""

from pathlib import Path

from telegram import Update, User

from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import OWN, picture
from tests.adapters.telegram.schema import Schema
from tests.adapters.telegram.test_send import RATES, TICKET
from tests.peers.house import house
from tests.peers.story import live_through
from tests.peers.telegram import GROUP, PEOPLE
from tests.peers.telegram_server import BotApi, refusal

ZHANG = PEOPLE["zhang"]


def assert_fits(schema: Schema, api: BotApi) -> None:
    """Every call, every answer, every update."""
    wrong = [one for call in api.calls for one in schema.call(*call)]
    wrong += [one for update in api.pushed for one in schema.value("update", update, ["Update"])]
    assert not wrong, "\n".join(wrong[:20])
    for update in api.pushed:
        assert not Update.de_json(update, None).api_kwargs
    assert not User.de_json(api.chats.me, None).api_kwargs


async def test_a_whole_ticket(lines: Lines, tmp_path: Path) -> None:
    schema = Schema()
    async with lines() as line, house(tmp_path, line.peer) as built:
        await live_through(built)
        assert_fits(schema, line.api)
        assert {method for method, _, _ in line.api.calls} >= {"getMe", "getUpdates", "sendMessage", "deleteWebhook"}


async def test_all_else(lines: Lines) -> None:
    schema = Schema()
    async with lines(native_polls=True) as line, line.heard():
        await _do_everything(line)

        assert_fits(schema, line.api)
        used = {method for method, _, _ in line.api.calls}
        assert used >= {"getFile", "sendPhoto", "sendMediaGroup", "sendPoll", "answerCallbackQuery", "editMessageText"}


async def _do_everything(line: Line) -> None:
    chats = line.chats
    chats.group(GROUP, "学苑业主群", topics=(7,))
    said = chats.say(GROUP, ZHANG, "堵了", topic=7)
    chats.say(GROUP, ZHANG, "这里", photo=picture(), reply_to=said["message_id"])
    chats.member("my_chat_member", GROUP, chats.me, "left", "administrator")
    chats.member("chat_member", GROUP, chats.users[ZHANG], "member", "kicked")
    await line.ledger.heard(4)
    ref = line.peer.media.put(picture(), "x.jpg").ref or ""
    mentions = (f"telegram:{ZHANG}",)
    await line.send("@张老师 办得怎么样？", buttons=RATES, ticket_id=TICKET, mentions=mentions, names=("张老师",))
    place = (await line.send("修好了", attachments=(ref,), buttons=RATES[:2])).platform_id
    await line.send("修好了！", replaces=place, buttons=RATES[:2])
    await line.send("还有两张", attachments=(ref, ref))
    line.api.faults["sendPoll"] = [refusal(400, "Bad Request: not enough rights to send polls to the chat")]
    await line.send("办得怎么样？", buttons=RATES, ticket_id=TICKET)
    chats.rename(GROUP, ZHANG, "学苑邻里群")
    (poll,) = chats.polls
    chats.vote(ZHANG, poll, 0)
    shown = next(number for (_, number), one in chats.messages.items() if "reply_markup" in one)
    chats.tap(GROUP, ZHANG, shown, RATES[0].label)
    chats.upgrade(GROUP, -1009)
    chats.say(-1009, ZHANG, "/privacy")
    await line.ledger.heard(8)


def test_our_own_samples() -> None:
    schema = Schema()

    wrong = [one for update in OWN for one in schema.value("update", update, ["Update"])]

    assert not wrong, "\n".join(wrong)


async def test_by_webhook(lines: Lines) -> None:
    schema = Schema()
    async with lines(mode="webhook") as line, line.heard():
        line.chats.say(GROUP, ZHANG, "堵了")
        await line.ledger.heard()

        assert_fits(schema, line.api)


def test_the_judge_finds_faults() -> None:
    schema = Schema()
    user = {"id": 1, "is_bot": False, "first_name": "x"}

    for wrong in ({}, {**user, "id": "1"}, {**user, "nonsense": 1}, {**user, "is_bot": 0}, [user], None):
        assert list(schema.value("user", wrong, ["User"]))
        assert list(schema.call("getMe", {}, wrong))
    assert not list(schema.value("user", user, ["User"]))
    assert list(schema.call("getMe", {"x": 1}, user))
