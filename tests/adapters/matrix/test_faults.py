"""What goes wrong between us and a homeserver: nothing is lost that it tells again, nothing is said twice."""

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image
from pydantic import SecretStr

from adapters.matrix import channel as module
from adapters.matrix.channel import MatrixChannel
from adapters.matrix.client import FailureError
from bot.app import Ids, SystemClock, build_engine
from bot.domain.org import Group
from bot.live import Bot
from bot.messages import InboundEvent, InboundMessage, OutboundMessage
from bot.ports import Refused, SendResult, UnitOfWork
from bot.settings import MatrixSettings
from storage.open import Storage, open_storage
from tests.adapters.matrix.fake import BOT, ROOM, TOKEN, FakeServer, Fault, message
from tests.fakes import CLEAR, new_database, town
from tests.peers.house import AWAKE, tools

T = TypeVar("T")
CHAT, WORDS = f"matrix:{ROOM}", "m.room.message"
MARK = f"since:{BOT}"


class Ears(Bot):
    """The bot, which can be told to fail before it has taken an event in."""

    def __init__(self, storage: Storage) -> None:
        org = town()
        group = Group("matrix", ROOM, "xueyuan", listen="all", title="学苑业主群")
        groups = {**org.groups, group.key: group}
        super().__init__(
            build_engine(AWAKE, type(org)(**{**_fields(org), "groups": groups}), Ids(1)), storage.desk, SystemClock()
        )
        self.storage = storage
        self.heard: list[InboundEvent] = []
        self.fail_at = ""

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        if isinstance(event, InboundMessage) and event.id == self.fail_at:
            self.fail_at = ""
            raise RuntimeError("the disk is full")
        result = await super().receive(event, before)
        self.heard.append(event)
        return result

    def noted(self, name: str = MARK) -> str | None:
        found: str | None = self.storage.desk.run(lambda uow: uow.connections.noted("matrix", name))
        return found

    def tickets(self) -> int:
        return len(self.storage.desk.run(lambda uow: uow.tickets.all()))


def _fields(org: Any) -> dict[str, Any]:
    return {name: getattr(org, name) for name in ("units", "people", "duties", "groups", "articles")}


@pytest.fixture
def ears(tmp_path: Path) -> Iterator[Ears]:
    with open_storage(new_database(tmp_path / "town.db", town()), "OFF") as storage:
        storage.desk.run(lambda uow: uow.connections.note("matrix", MARK, "s0", datetime.now(UTC)))
        yield Ears(storage)


@pytest.fixture
def fake() -> FakeServer:
    return FakeServer()


@pytest.fixture
async def platform(fake: FakeServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[MatrixChannel]:
    monkeypatch.setattr(module, "LONG_POLL", 0.2)
    async with TestServer(fake.application(), shutdown_timeout=0) as server:
        made = _channel(str(server.make_url("/")), tmp_path)
        try:
            yield made
        finally:
            await made.close()


def _channel(url: str, tmp_path: Path, **changed: Any) -> MatrixChannel:
    fields: dict[str, Any] = {"homeserver": url, "user": BOT, "token": SecretStr(TOKEN)}
    return MatrixChannel(MatrixSettings(**{**fields, **changed}), tools(tmp_path), patience=0.5, away=0.5)


@asynccontextmanager
async def heard(platform: MatrixChannel, ears: Ears) -> AsyncIterator[None]:
    """The platform, connected."""
    stands = asyncio.Event()
    task = asyncio.create_task(platform.hear(ears, stands.set))
    try:
        async with asyncio.timeout(10):
            await stands.wait()
            yield
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


def out(key: str = "k", **fields: Any) -> OutboundMessage:
    return OutboundMessage(key, fields.pop("chat", CHAT), "您好", fields.pop("kind", "notice"), **fields)


async def until(found: Callable[[], object]) -> None:
    async with asyncio.timeout(10):
        while not found():  # noqa: ASYNC110 - the other side rings no bell
            await asyncio.sleep(0.01)


def error(code: str, **fields: Any) -> dict[str, Any]:
    return {"errcode": code, "error": "said so", **fields}


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        ((429, error("M_LIMIT_EXCEEDED", retry_after_ms=1500)), SendResult("retry", retry_after=1.5)),
        ((429, error("M_LIMIT_EXCEEDED")), SendResult("retry", retry_after=module.BREATH)),
        ((429, "slow down"), SendResult("retry", retry_after=module.BREATH)),
        ((403, error("M_FORBIDDEN")), SendResult("dead")),
        ((404, error("M_NOT_FOUND")), SendResult("dead")),
        ((413, error("M_TOO_LARGE")), SendResult("dead")),
        ((400, error("M_BAD_JSON")), SendResult("dead")),
        ((401, error("M_UNKNOWN_TOKEN")), SendResult("retry", retry_after=module.BREATH)),
        ((500, error("M_UNKNOWN")), SendResult("retry", retry_after=module.BREATH)),
        ((502, "<html>Bad Gateway</html>"), SendResult("retry", retry_after=module.BREATH)),
        ((504, ""), SendResult("retry", retry_after=module.BREATH)),
        ((200, "[]"), SendResult("retry", retry_after=module.BREATH)),
        ((200, "{}"), SendResult("retry", retry_after=module.BREATH)),
        ((200, "\ufffd{"), SendResult("retry", retry_after=module.BREATH)),
        ("drop before", SendResult("retry", retry_after=module.BREATH)),
        ("drop after", SendResult("retry", retry_after=module.BREATH)),
        ("hang", SendResult("retry", retry_after=module.BREATH)),
    ],
)
async def test_each_failure_has_its_verdict_and_nothing_stands_twice(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, fault: Fault, result: SendResult
) -> None:
    async with heard(platform, ears):
        fake.faults[WORDS] = [fault] * 3  # aiohttp tries a broken connection once more by itself
        assert await platform.send(out()) == result
        fake.faults.clear()
        assert await platform.send(out()) == SendResult("sent", "$k")
        assert await platform.send(out()) == SendResult("sent", "$k")

    assert list(fake.sent) == ["k"]


async def test_a_poll_that_fails_is_tried_again_and_the_words_stand_once(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    asked = out(kind="poll", ticket_id="t1", number=7)
    async with heard(platform, ears):
        fake.faults["org.matrix.msc3381.poll.start"] = [(503, "")]
        assert (await platform.send(asked)).state == "retry"
        assert await platform.send(asked) == SendResult("sent", "$k")

    assert list(fake.sent) == ["k", "k-poll"]
    assert ears.noted("$k") == ears.noted("$k-poll") == "poll t1"


async def test_a_room_that_allows_no_polls_gets_the_words(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    async with heard(platform, ears):
        fake.faults["org.matrix.msc3381.poll.start"] = [(403, error("M_FORBIDDEN"))]
        assert (await platform.send(out(kind="poll", ticket_id="t1"))).state == "sent"


async def test_a_sending_waits_for_the_connection(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    early = asyncio.create_task(platform.send(out()))
    await asyncio.sleep(0.1)
    assert not early.done()
    async with heard(platform, ears):
        assert (await early).state == "sent"
    assert await platform.send(out("later")) == SendResult("retry", retry_after=module.BREATH)


@pytest.mark.parametrize("changed", [{"token": SecretStr("bad")}, {"user": "@else:test.local"}])
async def test_who_is_not_let_in_is_refused(
    platform: MatrixChannel, tmp_path: Path, ears: Ears, changed: dict[str, Any]
) -> None:
    refused = _channel(platform._settings.homeserver, tmp_path, **changed)
    with pytest.raises(Refused, match="令牌"):
        await refused.hear(ears, lambda: None)
    [said] = await refused.probe()
    assert "令牌" in said
    await refused.close()


async def test_a_token_that_ends_in_the_middle_is_refused(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    fake.faults["sync"] = [(401, error("M_UNKNOWN_TOKEN", soft_logout=True))]
    with pytest.raises(Refused, match="M_UNKNOWN_TOKEN"):
        await platform.hear(ears, lambda: None)


@pytest.mark.parametrize(
    "fault", [(500, error("M_UNKNOWN")), (502, "<html>"), (200, "[1]"), (200, "{}"), "hang", "drop before"]
)
async def test_a_connection_that_breaks_ends_the_hearing_and_loses_nothing(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, fault: Fault
) -> None:
    fake.say(message(CLEAR["drainage"], "$1"))
    fake.faults["sync"] = [fault] * 3
    with pytest.raises(FailureError):
        async with asyncio.timeout(5):
            await platform.hear(ears, lambda: None)
    assert ears.tickets() == 0
    fake.faults.clear()

    async with heard(platform, ears):
        await until(ears.tickets)


async def test_the_position_is_kept_only_when_all_is_committed(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    fake.say(message(CLEAR["drainage"], "$1"), message(CLEAR["parking"], "$2", "@b:test.local"))
    ears.fail_at = "$2"
    with pytest.raises(RuntimeError):
        await platform.hear(ears, lambda: None)
    assert (ears.noted(), ears.tickets()) == ("s0", 1)

    async with heard(platform, ears):
        await until(lambda: ears.noted() == "s1")
    assert ears.tickets() == 2


async def test_duplicates_and_disorder_double_nothing(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    one, two = message(CLEAR["drainage"], "$1"), message(CLEAR["parking"], "$2", "@b:test.local")
    fake.say(two, one, one)
    fake.say(one)
    fake.say(two)
    async with heard(platform, ears):
        await until(lambda: ears.noted() == "s3")

    assert ears.tickets() == 2


async def test_before_the_first_time_nothing_is_read(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    ears.storage.desk.run(lambda uow: uow.connections.note("matrix", MARK, "", datetime.now(UTC)))
    fake.say(message(CLEAR["drainage"], "$1"))
    async with heard(platform, ears):
        await until(lambda: ears.noted() == "s1")
        fake.say(message(CLEAR["parking"], "$2"))
        await until(ears.tickets)

    assert [event.id for event in ears.heard if isinstance(event, InboundMessage)] == ["$2"]


async def test_a_position_that_the_server_knows_no_more_is_forgotten(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    fake.faults["sync"] = [(400, error("M_INVALID_PARAM"))]
    with pytest.raises(FailureError):
        await platform.hear(ears, lambda: None)
    assert not ears.noted()


async def test_an_invitation_waits_for_as_long_as_the_server_asks(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    fake.invites = ["!new:test.local"]
    fake.faults["join"] = [(429, error("M_LIMIT_EXCEEDED", retry_after_ms=50))]
    async with heard(platform, ears):
        await until(lambda: "!new:test.local" in fake.joined)


@pytest.mark.parametrize(
    "fault", [(404, error("M_NOT_FOUND")), (429, error("M_LIMIT_EXCEEDED", retry_after_ms=60_000)), (500, "")]
)
async def test_invitations_that_cannot_be_accepted_hold_up_nobody(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, fault: Fault
) -> None:
    fake.invites = [f"!gone{n}:test.local" for n in range(50)]
    fake.faults["join"] = [fault] * 1000
    fake.say(message(CLEAR["drainage"], "$1"))
    async with heard(platform, ears):
        await until(ears.tickets)


def _photo() -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (30, 20), "blue").save(drawn, "PNG")
    return drawn.getvalue()


@pytest.mark.parametrize(
    ("content", "size", "faults", "is_kept"),
    [
        pytest.param(_photo(), 10, [], True, id="good"),
        pytest.param(b"no photo at all", 10, [], False, id="broken"),
        pytest.param(_photo() + b"0" * 15_000_001, 10, [], False, id="large"),
        pytest.param(_photo(), 16_000_000, [], False, id="said to be large"),
        pytest.param(_photo(), 10, [(404, error("M_NOT_FOUND"))], False, id="gone"),
        pytest.param(_photo(), 10, [(504, error("M_NOT_YET_UPLOADED"))] * 2, True, id="not there yet"),
        pytest.param(_photo(), 10, [(504, error("M_NOT_YET_UPLOADED"))] * 9, False, id="never there"),
    ],
)
async def test_a_photo_that_cannot_be_had_does_not_hold_back_its_words(  # noqa: PLR0917 - parameters of a test
    platform: MatrixChannel, fake: FakeServer, ears: Ears, content: bytes, size: int, faults: list[Fault], is_kept: bool
) -> None:
    fake.files["f"] = content
    fake.faults["_matrix"] = faults
    shown: dict[str, Any] = {
        "msgtype": "m.image",
        "filename": "p.png",
        "url": "mxc://test.local/f",
        "info": {"size": size},
    }
    fake.say(message(CLEAR["drainage"], "$1", **shown))
    for _ in range(2 if len(faults) > 1 else 0):  # it is asked for again after a break
        with pytest.raises(FailureError):
            await platform.hear(ears, lambda: None)
    async with heard(platform, ears):
        await until(lambda: ears.heard)

    [event] = ears.heard
    assert isinstance(event, InboundMessage)
    assert (event.text, [media.ref is not None for media in event.media]) == (CLEAR["drainage"], [is_kept])


async def test_closing_in_the_middle_is_clean(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    async with heard(platform, ears):
        pass
    await platform.close()
    await platform.close()


async def test_the_probe_says_what_is_missing(platform: MatrixChannel, fake: FakeServer, tmp_path: Path) -> None:
    assert await platform.probe() == []
    fake.joined.clear()
    [said] = await platform.probe()
    assert "邀请" in said
    away = _channel("http://127.0.0.1:9", tmp_path)
    [said] = await away.probe()
    assert "问不到" in said
    await away.close()
