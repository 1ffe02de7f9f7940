"""The webhook: who does not know the secret is refused, and nothing is confirmed before it is kept."""

import asyncio
import json
import random
from collections.abc import AsyncIterator
from typing import Any

import pytest
from aiohttp import ClientSession, web
from aiohttp.test_utils import make_mocked_request
from pydantic import ValidationError

from adapters.telegram.webhook import HEADER, PATH, Webhook
from bot.settings import TelegramSettings
from tests.adapters.telegram.conftest import Line, Lines
from tests.adapters.telegram.payloads import message
from tests.hostile import corpus
from tests.peers.telegram import GROUP, PEOPLE, SECRET


@pytest.fixture
async def line(lines: Lines) -> AsyncIterator[Line]:
    async with lines(mode="webhook") as made, made.heard():
        yield made


async def post(line: Line, body: bytes, *secrets: str) -> int:
    headers = [(HEADER, one) for one in secrets]
    async with (
        ClientSession() as session,
        session.post(line.peer.hook_url + PATH, data=body, headers=headers) as answer,
    ):
        return answer.status


def update(number: int = 1, text: str = "堵了") -> bytes:
    return json.dumps({**message(text=text), "update_id": number}).encode()


async def test_it_asks_for_what_it_needs(line: Line) -> None:
    (asked,) = line.api.sent("setWebhook")

    assert asked["secret_token"] == SECRET
    assert asked["max_connections"] == 1
    assert {"message", "edited_message", "callback_query", "my_chat_member", "chat_member", "poll_answer"} == set(
        asked["allowed_updates"]
    )


async def test_200_comes_after_the_commit(line: Line) -> None:
    line.ledger.open.clear()
    posting = asyncio.create_task(post(line, update(), SECRET))
    await asyncio.sleep(0.1)
    assert not posting.done()

    line.ledger.open.set()

    assert await posting == 200
    assert line.ledger.texts == ["堵了"]


async def test_what_could_not_be_kept_comes_again(line: Line) -> None:
    line.ledger.failures = 2
    line.chats.say(GROUP, PEOPLE["zhang"], "一")
    line.chats.say(GROUP, PEOPLE["zhang"], "二")

    await line.ledger.heard(2)

    assert line.ledger.texts == ["一", "二"]
    assert line.api.delivered[:3] == [500, 500, 200]


@pytest.mark.parametrize(
    "secrets", [(), ("",), ("wrong",), (SECRET[:-1],), (SECRET + "x",), (SECRET.upper(),), (SECRET, SECRET), ("密",)]
)
async def test_who_does_not_know_the_secret_is_refused(line: Line, secrets: tuple[str, ...]) -> None:
    assert await post(line, update(), *secrets) == 403
    assert not line.ledger.events


async def test_no_flipped_secret_passes() -> None:
    taken: list[Any] = []

    async def take(payload: Any) -> bool:
        taken.append(payload)
        return True

    hook, chance = Webhook(SECRET, take), random.Random(3)
    assert not any(hook.is_theirs([flipped(chance, SECRET)]) for _ in range(5000))
    for _ in range(100):
        with pytest.raises(web.HTTPForbidden):
            await hook.receive(make_mocked_request("POST", PATH, headers={HEADER: flipped(chance, SECRET)}))
    assert not taken


def flipped(chance: random.Random, secret: str) -> str:
    """The secret with some bits changed, a sign more or less."""
    raw = bytearray(secret.encode())
    for _ in range(chance.randint(1, 3)):
        raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(7)
    changed = raw.decode("ascii").replace("\r", "x").replace("\n", "x").replace("\0", "x")
    changed = chance.choice([changed, changed[:-1], changed + "a", changed[1:]])
    return changed if changed != secret else changed + "!"


async def test_without_a_secret_nobody_passes() -> None:
    assert not Webhook("", _never).is_theirs([""])


async def _never(_payload: Any) -> bool:
    raise AssertionError("was taken")


async def test_bodies_of_all_kinds(line: Line) -> None:
    for body in [*corpus.json_bodies(), b"", b"[]", b"1", b"\xff", b"[" * 100_000]:
        assert await post(line, body, SECRET) in {200, 400}
    assert not line.ledger.events


async def test_a_replayed_update_tells_the_same_message(line: Line) -> None:
    """The core claims message keys: the second one has no effect there."""
    for _ in range(3):
        assert await post(line, update(), SECRET) == 200

    assert len({getattr(event, "key", "") for event in line.ledger.events}) == 1


async def test_nobody_listens_yet(lines: Lines) -> None:
    async with lines(mode="webhook") as line:
        assert await post(line, update(), SECRET) == 503


async def test_somebody_else_took_the_address(line: Line) -> None:
    line.api.hook["url"] = "http://127.0.0.1:9/elsewhere"

    async with asyncio.timeout(5):
        while len(line.api.sent("setWebhook")) < 2:  # noqa: ASYNC110 - the fake rings no bell
            await asyncio.sleep(0.01)
    assert line.api.hook["url"] == line.peer.hook_url + PATH


async def test_a_webhook_that_is_not_reached_is_told_of(line: Line) -> None:
    """And heard again as soon as it is."""
    line.ledger.failures = 100
    line.chats.say(GROUP, PEOPLE["zhang"], "一")
    async with asyncio.timeout(5):
        while line.state() != "down":  # noqa: ASYNC110 - the supervisor rings no bell
            await asyncio.sleep(0.01)
        assert "送不到" in line.ledger.storage.desk.run(lambda uow: uow.connections.all())[0].reason
        line.ledger.failures = 0
        await line.ledger.heard()
        while line.state() != "up":  # noqa: ASYNC110 - as above
            await asyncio.sleep(0.01)


@pytest.mark.parametrize("secret", ["", "两个字", "a b", "x" * 257])
async def test_a_secret_that_telegram_would_not_take(lines: Lines, secret: str) -> None:
    async with lines(mode="webhook", webhook_secret=secret) as line:
        assert any("webhook_secret" in one for one in await line.peer.platform.probe())


@pytest.mark.parametrize("wrong", [{"proxy": "127.0.0.1:1080"}, {"proxy": "ftp://x"}, {"api_url": "api.telegram.org"}])
def test_settings_that_cannot_work(wrong: dict[str, str]) -> None:
    with pytest.raises(ValidationError):
        TelegramSettings.model_validate(wrong)


async def test_polling_has_no_webhook(lines: Lines) -> None:
    async with lines() as line:
        assert not line.peer.platform.routes
