"""A post over a real line: signed, to the address that was checked and to no other, and no answer is too strange."""

import asyncio
import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from ipaddress import ip_network

import pytest
from aiohttp import web
from aiohttp.abc import AbstractResolver, ResolveResult

from adapters.webhook import posting
from adapters.webhook.posting import LONGEST_WAIT, Answer, Poster, seconds
from bot.domain.addresses import Network
from bot.domain.hook import Hook
from tests.adapters.webhook.receiver import Receiver, is_genuine, status

NOW = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
LOOPBACK: Sequence[Network] = (ip_network("127.0.0.0/8"),)
ELSEWHERE: Sequence[Network] = (ip_network("10.0.0.0/8"),)
BODY = '{"type":"ticket.signed","unit":"学苑"}'.encode()


def a_hook(url: str, **fields: object) -> Hook:
    """A subscription."""
    return Hook("h1", "xinhe", url, "whsec_c2VjcmV0", "chen", NOW, **fields)  # type: ignore[arg-type]


class FakeResolver(AbstractResolver):
    """Answers with one list of addresses after the other, the last for ever."""

    def __init__(self, *answers: Sequence[str]) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        found = self.answers[min(self.asked, len(self.answers) - 1)]
        self.asked += 1
        return [
            ResolveResult(hostname=host, host=one, port=port, family=socket.AF_INET, proto=0, flags=0) for one in found
        ]

    async def close(self) -> None:
        """Nothing is held."""


async def post(url: str, allowed: Sequence[Network] = LOOPBACK, resolver: AbstractResolver | None = None) -> Answer:
    """Post to an address; no name is looked up outside."""
    made = resolver or FakeResolver(["127.0.0.1"])
    return await Poster(allowed, lambda: made).post(a_hook(url), "id1", BODY, NOW)


async def test_the_receiver_can_verify_it(receiver: Receiver) -> None:
    answer = await post(receiver.url)

    assert (answer.arrived, answer.word) == (True, "http 204")
    ((headers, body),) = receiver.heard
    assert body == BODY
    assert headers["Content-Type"] == "application/json"
    assert (headers["webhook-id"], headers["webhook-timestamp"]) == ("id1", str(int(NOW.timestamp())))
    assert is_genuine("whsec_c2VjcmV0", headers, body)
    assert not is_genuine("whsec_c2VjcmV0", headers, body + b" ")
    assert not is_genuine("whsec_b3RoZXI=", headers, body)
    assert not is_genuine("whsec_c2VjcmV0", {**headers, "webhook-id": "id2"}, body)
    assert not is_genuine("whsec_c2VjcmV0", {**headers, "webhook-timestamp": "1"}, body)


async def test_while_the_secret_is_changed_both_are_good(receiver: Receiver) -> None:
    hook = a_hook(receiver.url, old_secret="whsec_b2xk", old_until=NOW + timedelta(hours=1))
    await Poster(LOOPBACK).post(hook, "id1", BODY, NOW)

    ((headers, body),) = receiver.heard
    assert is_genuine("whsec_c2VjcmV0", headers, body)
    assert is_genuine("whsec_b2xk", headers, body)


async def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    receiver.answer = status(302, Location=f"{receiver.url}/secret")

    assert (await post(receiver.url)).word == "http 302"
    assert len(receiver.heard) == 1


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:{}/", "https://127.0.0.1:{}/", "http://[::1]:{}/", "http://2130706433:{}/", "http://127.1:{}/"],
)
async def test_an_address_inside_is_not_called(receiver: Receiver, url: str) -> None:
    port = receiver.url.rpartition(":")[2].partition("/")[0]

    assert (await post(url.format(port), ELSEWHERE)).word == "address"
    assert (await post(url.format(port), ())).word == "address"
    assert receiver.heard == []


@pytest.mark.parametrize("inside", [["127.0.0.1"], ["1.1.1.1", "127.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]])
async def test_a_name_that_stands_for_one_inside_is_not_called(receiver: Receiver, inside: list[str]) -> None:
    url = receiver.url.replace("http://127.0.0.1", "https://desk.example.com")

    assert (await post(url, ELSEWHERE, FakeResolver(inside))).word == "address"
    assert receiver.heard == []


async def test_a_name_that_stands_for_another_address_later_is_checked_again(receiver: Receiver) -> None:
    url = receiver.url.replace("127.0.0.1", "desk.example.com")
    resolver = FakeResolver(["127.0.0.1"], ["10.0.0.1"])
    poster = Poster(LOOPBACK, lambda: resolver)

    answers = [await poster.post(a_hook(url), id_, BODY, NOW) for id_ in ("id1", "id2")]

    assert [answer.word for answer in answers] == ["http 204", "address"]
    assert resolver.asked == 2
    assert receiver.ids == ["id1"]


async def test_without_encryption_nothing_goes_beyond_the_networks_allowed(receiver: Receiver) -> None:
    url = receiver.url.replace("127.0.0.1", "desk.example.com")

    assert (await post(url, LOOPBACK, FakeResolver(["1.1.1.1"]))).word == "address"


async def test_nobody_there(receiver: Receiver) -> None:
    url = receiver.url
    assert receiver.server is not None
    await receiver.server.close()

    assert await post(url) == Answer(0, "unreachable")


async def test_a_receiver_without_encryption_is_none_behind_https(receiver: Receiver) -> None:
    assert (await post(receiver.url.replace("http:", "https:"))).word in {"certificate", "unreachable"}
    assert receiver.heard == []


async def test_who_never_answers_gets_his_seconds_and_no_more(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(posting, "BUDGET", 0.05)
    done = asyncio.Event()

    async def sleeps(_request: web.Request) -> web.StreamResponse:
        await done.wait()
        return web.Response()

    receiver.answer = sleeps
    assert await post(receiver.url) == Answer(0, "timeout")
    done.set()


async def test_an_answer_without_end_is_not_read(receiver: Receiver) -> None:
    async def pours(request: web.Request) -> web.StreamResponse:
        response = web.StreamResponse()
        await response.prepare(request)
        while True:
            await response.write(b"x" * 65_536)

    receiver.answer = pours
    assert (await post(receiver.url)).word == "http 200"


async def test_headers_without_end_are_nonsense(receiver: Receiver) -> None:
    receiver.answer = status(200, X_Long="x" * 100_000)

    assert await post(receiver.url) == Answer(0, "unreachable")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", 0), ("7", 7), ("-7", 0), ("7.5", 0), ("soon", 0), ("٧", 0), ("9" * 5000, LONGEST_WAIT), ("1" * 12, LONGEST_WAIT),
        (format_datetime(NOW + timedelta(minutes=2), usegmt=True), 120),
        (format_datetime(NOW - timedelta(minutes=2), usegmt=True), 0),
        ("Wed, 06 May 9999 01:00:00 GMT", LONGEST_WAIT), ("Wed, 99 May 2026 01:00:00 GMT", 0),
    ],
)  # fmt: skip
def test_how_long_it_wants_to_be_left_alone(text: str, expected: float) -> None:
    assert seconds(text, NOW) == expected
