"""Callbacks: only what the platform itself has sealed gets in."""

import asyncio
import json
import time
from datetime import UTC, datetime, timedelta
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestClient
from hypothesis import given, settings
from hypothesis import strategies as st
from pytest_aiohttp import AiohttpClient

from adapters.feishu.channel import Feishu
from adapters.feishu.crypto import ForgedError, is_same, signature
from adapters.feishu.hook import opened
from bot.ports import Refused
from bot.settings import FeishuSettings
from tests.adapters.feishu.conftest import Ear, NewFeishu
from tests.peers.feishu import envelope, said
from tests.peers.feishu_wire import KEY, TOKEN, sealed, seals

SETTINGS = FeishuSettings(app_id="cli", encrypt_key=KEY, verification_token=TOKEN)
MESSAGE = said("ou_zhang", {"text": "路灯坏了"}, "om_1")
CHALLENGE = {"challenge": "c-1", "token": TOKEN, "type": "url_verification"}
ODD_JSON = Path(__file__).parents[4] / "shared" / "data" / "bad-input" / "jsontestsuite"
NOW = datetime.now(UTC)
BODY = sealed(MESSAGE)
HEADERS = seals(BODY, NOW.timestamp())

Client = TestClient[web.Request, web.Application]


@pytest.fixture
async def client(new_feishu: NewFeishu, ear: Ear, aiohttp_client: AiohttpClient) -> Client:
    """A post box of the platform, with the adapter hearing behind it."""
    feishu: Feishu = new_feishu(mode="callback")
    app = web.Application()
    app.add_routes(feishu.routes)
    hearing: list[asyncio.Task[None]] = []

    async def hear(_app: web.Application) -> None:
        ready = asyncio.Event()
        hearing.append(asyncio.create_task(feishu.hear(ear, ready.set)))
        await ready.wait()

    async def stop(_app: web.Application) -> None:
        hearing[0].cancel()
        await asyncio.gather(*hearing, return_exceptions=True)

    app.on_startup.append(hear)
    app.on_cleanup.append(stop)
    made: Client = await aiohttp_client(app)
    return made


async def post(client: Client, body: bytes, headers: dict[str, str]) -> tuple[int, Any]:
    async with client.post("/hook/feishu", data=body, headers=headers) as response:
        return response.status, await response.json()


async def test_a_message_is_heard_and_then_answered(client: Client, ear: Ear) -> None:
    assert await post(client, BODY, seals(BODY)) == (200, {})
    assert len(ear.heard) == 1


async def test_the_challenge_comes_unsigned(client: Client, ear: Ear) -> None:
    assert await post(client, sealed(CHALLENGE), {}) == (200, {"challenge": "c-1"})
    assert (await post(client, sealed(CHALLENGE | {"token": "x"}), {}))[0] == 403
    assert (await post(client, json.dumps(CHALLENGE).encode(), {}))[0] == 403
    assert not ear.heard


async def test_what_could_not_be_kept_is_not_acknowledged(client: Client, ear: Ear) -> None:
    ear.failures = 1

    async with client.post("/hook/feishu", data=BODY, headers=seals(BODY)) as response:
        assert response.status == 500
    assert (await post(client, BODY, seals(BODY)))[0] == 200
    assert len(ear.heard) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"X-Lark-Signature": ""},
        HEADERS | {"X-Lark-Signature": HEADERS["X-Lark-Signature"].upper()},
        HEADERS | {"X-Lark-Signature": "é" * 64},
        HEADERS | {"X-Lark-Request-Nonce": "other"},
        HEADERS | {"X-Lark-Request-Timestamp": str(int(NOW.timestamp()) + 1)},
        seals(BODY, key="another key"),
        seals(BODY, key=""),
        seals(BODY, at=time.time() - 9 * 3600),
        seals(BODY, at=time.time() + 3600),
    ],
)
async def test_forged_and_replayed_bodies_are_refused(client: Client, ear: Ear, headers: dict[str, str]) -> None:
    assert (await post(client, BODY, headers))[0] == 403
    assert not ear.heard


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"[]",
        b"\xff\xfe",
        b"[" * 100_000,
        json.dumps(MESSAGE).encode(),
        b'{"encrypt": 1}',
        b'{"encrypt": ""}',
        b'{"encrypt": "AAAA"}',
        b'{"encrypt": "\xc3\xa9"}',
        sealed(MESSAGE, key="another key"),
        sealed(said("ou_zhang", {}, "om_1") | {"header": {"token": "other"}}),
        sealed("text"),
        sealed([MESSAGE]),
    ],
    ids=[f"body {number}" for number in range(14)],  # the seals are new each time
)
async def test_bodies_that_are_none_are_refused_though_they_are_signed(client: Client, ear: Ear, body: bytes) -> None:
    assert (await post(client, body, seals(body)))[0] == 403
    assert not ear.heard


async def test_events_that_we_do_not_know_are_acknowledged(client: Client, ear: Ear) -> None:
    body = sealed(envelope("im.message.reaction.created_v1", {"message_id": "om_1"}, "e1"))

    assert await post(client, body, seals(body)) == (200, {})
    assert not ear.heard


async def test_while_nobody_hears_the_platform_is_asked_to_come_again(
    new_feishu: NewFeishu, aiohttp_client: AiohttpClient
) -> None:
    app = web.Application()
    app.add_routes(new_feishu(mode="callback").routes)
    client = await aiohttp_client(app)

    assert (await post(client, BODY, seals(BODY)))[0] == 503


@pytest.mark.parametrize("lacking", ["encrypt_key", "verification_token"])
async def test_without_both_secrets_nothing_is_heard(new_feishu: NewFeishu, ear: Ear, lacking: str) -> None:
    feishu = new_feishu(mode="callback", **{lacking: ""})

    with pytest.raises(Refused, match="encrypt_key"):
        await feishu.hear(ear, lambda: None)
    with pytest.raises(ForgedError):
        opened(BODY, HEADERS, SETTINGS.model_copy(update={lacking: type(SETTINGS.encrypt_key)("")}), NOW)


def test_there_is_no_way_in_where_the_long_connection_is_used(new_feishu: NewFeishu) -> None:
    assert new_feishu(mode="connection").routes == []


def test_the_last_redelivery_is_still_taken() -> None:
    assert opened(BODY, HEADERS, SETTINGS, NOW + timedelta(hours=7.2)) == MESSAGE


@pytest.mark.parametrize("stamp", ["", "now", "-1", "1e9", "9" * 13, "１２３"])
def test_a_moment_that_is_none_is_refused_though_it_is_signed(stamp: str) -> None:
    headers = HEADERS | {"X-Lark-Request-Timestamp": stamp}
    headers["X-Lark-Signature"] = signature(stamp, headers["X-Lark-Request-Nonce"], KEY, BODY)

    with pytest.raises(ForgedError):
        opened(BODY, headers, SETTINGS, NOW)


def test_nothing_is_the_same_as_an_empty_secret() -> None:
    assert not is_same("", "")
    assert not is_same(None, "x")
    assert is_same("x", "x")


@pytest.mark.skipif(not ODD_JSON.is_dir(), reason="../shared is absent: the collection of odd JSON is not tried")
def test_odd_json_is_refused_in_words_sealed_or_not() -> None:
    for file in sorted(ODD_JSON.rglob("*.json")):
        raw = file.read_bytes()
        for body in (raw, sealed(raw), b'{"encrypt": ' + raw + b"}"):
            with pytest.raises(ForgedError):
                opened(body, seals(body, NOW.timestamp()), SETTINGS, NOW)


def test_no_bent_body_is_opened() -> None:
    """Every bit of it, one at a time: some thousands."""
    for place, bit in product(range(len(BODY)), range(8)):
        bent = bytearray(BODY)
        bent[place] ^= 1 << bit
        with pytest.raises(ForgedError):
            opened(bytes(bent), HEADERS, SETTINGS, NOW)


@settings(max_examples=500, deadline=None)
@given(name=st.sampled_from(sorted(HEADERS)), data=st.data())
def test_no_bent_seal_is_believed(name: str, data: st.DataObject) -> None:
    word = HEADERS[name]
    place = data.draw(st.integers(0, len(word) - 1))
    letter = data.draw(st.characters(min_codepoint=33, max_codepoint=255).filter(lambda one: one != word[place]))

    with pytest.raises(ForgedError):
        opened(BODY, HEADERS | {name: word[:place] + letter + word[place + 1 :]}, SETTINGS, NOW)
