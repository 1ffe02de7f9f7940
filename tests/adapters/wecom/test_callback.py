"""Callbacks over HTTP: the right letter is taken once, everything else is refused and leaves nothing behind."""

import json
import random
import string
from dataclasses import replace
from typing import Any

import pytest
from pydantic import SecretStr, ValidationError

from adapters.wecom.crypto import open_letter, seal_letter, signature
from bot.app import SystemClock, build_engine
from bot.live import Bot
from bot.messages import OutboundMessage
from bot.settings import WecomSettings
from storage.open import Storage
from tests.adapters.wecom.site import KEY, Site, heard
from tests.adapters.wecom.watched import Watched
from tests.fakes import CLEAR, town
from tests.peers.house import AWAKE
from tests.peers.wecom import LETTERS, TOKEN
from tests.peers.wecom_server import message

GROUP = "wrkSFfCgAA"


async def test_the_address_is_verified(site: Site) -> None:
    sealed = seal_letter(b"1616140317555161061", KEY)
    query = {**site.signed(sealed), "echostr": sealed}
    async with site.session.get(site.url, params=query) as response:
        assert (response.status, await response.text()) == (200, "1616140317555161061")
    async with site.session.get(site.url, params={**query, "nonce": "m"}) as response:
        assert response.status == 403


async def test_a_letter_is_taken_once(site: Site, bot: Bot) -> None:
    letter, watched = site.letter(message(site.server, "ZhangSan", CLEAR["drainage"], GROUP)), Watched(bot)
    async with heard(site, watched):
        assert await site.post(*letter) == (200, b"")
        assert (await site.post(*letter))[0] == 403  # replayed
    assert len(watched.taken) == 1


async def test_what_could_not_be_committed_may_come_again(site: Site, bot: Bot) -> None:
    letter, watched = site.letter(message(site.server, "ZhangSan", "隐私", "")), Watched(bot)
    async with heard(site, watched):
        watched.broken = True
        assert (await site.post(*letter))[0] == 500
        watched.broken = False
        assert (await site.post(*letter))[0] == 200


async def test_the_platform_may_come_again_after_a_restart(site: Site, bot: Bot, storage: Storage) -> None:
    body = message(site.server, "ZhangSan", "隐私", "")
    async with heard(site, bot):
        assert (await site.tell(body, "first"))[0] == 200
    reborn = Bot(build_engine(AWAKE, town()), storage.desk, SystemClock())
    async with heard(site, reborn):
        assert (await site.tell(body, "second"))[0] == 200  # the same message in a new envelope
    pending = storage.desk.run(lambda uow: uow.outbox.in_state("pending", 10))
    assert len(pending) == 1


async def test_nothing_is_acknowledged_before_somebody_hears(site: Site, bot: Bot) -> None:
    letter = site.letter(message(site.server, "ZhangSan", "隐私", ""))
    assert (await site.post(*letter))[0] == 503
    async with heard(site, bot):
        assert (await site.post(*letter))[0] == 200  # not counted as a replay


@pytest.mark.parametrize(("minutes", "status"), [(4.9, 200), (-4.9, 200), (5.1, 403), (-5.1, 403)])
async def test_the_clocks_differ_by_five_minutes_at_most(site: Site, bot: Bot, minutes: float, status: int) -> None:
    letter = site.letter(message(site.server, "ZhangSan", "隐私", ""))
    site.clock.advance(minutes=minutes)
    async with heard(site, bot):
        assert (await site.post(*letter))[0] == status


async def test_who_opens_the_chat_is_welcomed_in_an_envelope(site: Site, bot: Bot) -> None:
    body = message(site.server, "ZhangSan", "", "") | {"msgtype": "event", "event": {"eventtype": "enter_chat"}}
    async with heard(site, bot):
        status, raw = await site.tell(body)
    answer = json.loads(raw)

    assert status == 200
    assert answer["msgsignature"] == signature(TOKEN, str(answer["timestamp"]), answer["nonce"], answer["encrypt"])
    assert "网格管家" in json.loads(open_letter(answer["encrypt"], KEY))["text"]["content"]


def _mutated(rng: random.Random, query: dict[str, str], raw: bytes) -> tuple[dict[str, str], bytes]:
    """One change: a bit of the ciphertext, a sign of the query, something missing, another key."""
    query, kind = dict(query), rng.randrange(6)
    if kind == 0:
        place = rng.randrange(13, len(raw) - 2)  # within the ciphertext
        flipped = bytes([raw[place] ^ (1 << rng.randrange(7))])
        return query, raw[:place] + flipped + raw[place + 1 :]
    name = rng.choice(list(query))
    if kind == 1:
        place = rng.randrange(len(query[name]))
        signs = string.printable.replace(query[name][place], "")
        query[name] = query[name][:place] + rng.choice(signs) + query[name][place + 1 :]
    elif kind == 2:
        del query[name]
    elif kind == 3:
        query["msg_signature"] = "".join(rng.choices("0123456789abcdef", k=40))
    elif kind == 4:
        raw = raw[: rng.randrange(len(raw))]
    else:
        raw = rng.choice([b"", b"{}", b"[]", b"\xff", b"[" * 5000, b'{"encrypt":1}', b'{"encrypt":"\\ud800"}'])
    return query, raw


async def test_forgeries_are_refused_and_leave_nothing(site: Site, bot: Bot) -> None:
    rng, watched = random.Random(7), Watched(bot)
    query, raw = site.letter(message(site.server, "ZhangSan", CLEAR["drainage"], GROUP))
    async with heard(site, watched):
        for _ in range(2500):
            forged = _mutated(rng, query, raw)
            assert (await site.post(*forged))[0] == 403, forged
        assert watched.taken == []
        assert (await site.post(query, raw))[0] == 200  # the true one is still good
    assert len(watched.taken) == 1


async def test_too_long_a_letter_is_not_read_to_its_end(site: Site, bot: Bot) -> None:
    async with heard(site, bot):
        assert (await site.post(site.signed("x"), b"x" * 1_200_000))[0] == 413


async def test_a_signed_letter_that_says_nothing_is_nobodys(site: Site, bot: Bot) -> None:
    sealed = seal_letter(b"no json", KEY)
    async with heard(site, bot):
        assert (await site.post(site.signed(sealed), json.dumps({"encrypt": sealed}).encode()))[0] == 200
        assert (await site.tell({}))[0] == 200


def _outbound(text: str = "1号件已登记") -> OutboundMessage:
    return OutboundMessage("k1", f"wecom:{GROUP}", text, "receipt")


async def test_a_letter_can_be_answered_once_within_an_hour(site: Site, bot: Bot) -> None:
    server = site.server
    async with heard(site, bot):
        for nonce in ("a", "b"):
            server.answers[nonce] = GROUP
            url = server.url(f"/answer/{nonce}")
            body = message(server, "ZhangSan", "晚上包饺子", GROUP, response_url=url)
            assert (await site.tell(body, nonce))[0] == 200
    assert (await site.platform.send(_outbound())).state == "sent"
    assert (await site.platform.send(_outbound())).state == "dead"  # the second address replaced the first
    assert [one.body["markdown"]["content"] for one in server.sent] == ["1号件已登记"]


async def test_of_too_many_addresses_the_oldest_go(site: Site, bot: Bot, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.wecom.speaker.CHATS", 2)
    server, states = site.server, []
    async with heard(site, bot):
        for nonce in ("a", "b", "a2", "c"):  # a is heard again before c comes
            server.answers[nonce] = chat = f"wrk-{nonce[0]}"
            url = server.url(f"/answer/{nonce}")
            await site.tell(message(server, "ZhangSan", "晚上包饺子", chat, response_url=url), nonce)
    for chat in ("wrk-a", "wrk-b", "wrk-c"):
        states.append((await site.platform.send(replace(_outbound(), chat=f"wecom:{chat}"))).state)
    assert states == ["sent", "dead", "sent"]


async def test_an_address_that_was_busy_is_good_once_more(site: Site, bot: Bot) -> None:
    server = site.server
    server.answers["a"] = GROUP
    url = server.url("/answer/a")
    async with heard(site, bot):
        await site.tell(message(server, "ZhangSan", "晚上包饺子", GROUP, response_url=url))
    server.statuses = [429]
    assert (await site.platform.send(_outbound())).state == "retry"
    assert (await site.platform.send(_outbound())).state == "sent"


@pytest.mark.parametrize(
    "url", ["http://evil.example/steal", "{own}@evil.example/", "{own}.evil.example/", "http://[", 5]
)
async def test_an_answer_goes_to_the_platform_only(site: Site, bot: Bot, url: Any) -> None:
    found = url.format(own=site.server.url("")) if isinstance(url, str) else url
    body = message(site.server, "ZhangSan", "晚上包饺子", GROUP, response_url=found)
    async with heard(site, bot):
        assert (await site.tell(body))[0] == 200
    assert (await site.platform.send(_outbound())).state == "dead"


async def test_an_old_address_is_not_used(site: Site, bot: Bot) -> None:
    url = site.server.url("/answer/a")
    async with heard(site, bot):
        await site.tell(message(site.server, "ZhangSan", "晚上包饺子", GROUP, response_url=url))
    site.clock.advance(minutes=56)
    assert (await site.platform.send(_outbound())).state == "dead"


@pytest.mark.parametrize(("token", "key"), [("t", ""), ("", LETTERS), ("t", "short"), ("t", "=" * 43)])
def test_half_a_setting_is_refused_at_the_start(token: str, key: str) -> None:
    with pytest.raises(ValidationError):
        WecomSettings(bot_id="x", callback_token=SecretStr(token), callback_key=SecretStr(key))


@pytest.mark.parametrize(
    "sealed", ["", "x", "AAAA", seal_letter(b"{}", b"k" * 32)], ids=["none", "x", "AAAA", "another key"]
)
async def test_a_right_signature_on_a_broken_letter_is_refused(site: Site, bot: Bot, sealed: str) -> None:
    async with heard(site, bot):
        assert (await site.post(site.signed(sealed), json.dumps({"encrypt": sealed}).encode()))[0] == 403


@pytest.mark.parametrize("stamp", ["", "-1", "1e9", "９", "9" * 40, "1795420800.0"])
async def test_a_right_signature_over_no_time_is_refused(site: Site, bot: Bot, stamp: str) -> None:
    sealed = seal_letter(b"{}", KEY)
    query = {"msg_signature": signature(TOKEN, stamp, "n", sealed), "timestamp": stamp, "nonce": "n"}
    async with heard(site, bot):
        assert (await site.post(query, json.dumps({"encrypt": sealed}).encode()))[0] == 403


async def test_letters_are_remembered_no_longer_than_they_could_be_replayed(site: Site, bot: Bot) -> None:
    async with heard(site, bot):
        for nonce in ("a", "b", "c"):
            assert (await site.tell({}, nonce))[0] == 200
            site.clock.advance(minutes=6)
    assert site.platform._callback is not None
    assert len(site.platform._callback._seen) == 2


async def test_callbacks_need_a_public_address(site: Site) -> None:
    [missing] = await site.platform.probe()
    assert "web.public_url" in missing
