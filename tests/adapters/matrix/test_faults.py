"""What goes wrong between us and a homeserver: nothing is lost that it tells again, nothing is said twice."""

import asyncio
import io
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack, asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp.test_utils import TestServer
from PIL import Image
from pydantic import SecretStr
from structlog.testing import capture_logs

from adapters.matrix import channel as module
from adapters.matrix.channel import MatrixChannel
from adapters.matrix.client import Client
from adapters.matrix.failures import LONGEST, FailureError
from bot.app import Ids, SystemClock, build_engine
from bot.domain.org import Group
from bot.live import Bot
from bot.messages import InboundEvent, InboundMessage, OutboundMessage
from bot.ports import Refused, SendResult, UnitOfWork
from bot.settings import MatrixSettings
from storage.media import MediaFolder
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

    def strangers_only(self) -> None:
        """The room is none of the organization's any more."""
        org = self._engine.org
        groups = {key: group for key, group in org.groups.items() if key != CHAT}
        self._engine.org = replace(org, groups=groups)

    def noted(self, name: str = MARK) -> str | None:
        found: str | None = self.storage.desk.run(lambda uow: uow.connections.noted("matrix", name))
        return found

    def heard_messages(self) -> list[str]:
        """Their ids, once the bot is through with them: a ticket stands some moments earlier."""
        return [event.id for event in self.heard if isinstance(event, InboundMessage)]

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
    async with TestServer(fake.application(), shutdown_timeout=0.01) as server:
        made = _channel(str(server.make_url("/")), tmp_path)
        try:
            yield made
        finally:
            await made.close()


def _channel(url: str, tmp_path: Path, **changed: Any) -> MatrixChannel:
    fields: dict[str, Any] = {"homeserver": url, "user": BOT, "token": SecretStr(TOKEN)}
    return MatrixChannel(MatrixSettings(**{**fields, **changed}), tools(tmp_path), patience=2)


@asynccontextmanager
async def heard(platform: MatrixChannel, ears: Ears) -> AsyncIterator[None]:
    """The platform, connected."""
    stands = asyncio.Event()
    task = asyncio.create_task(platform.hear(ears, stands.set))
    task.add_done_callback(lambda _: stands.set())
    try:
        async with asyncio.timeout(10):
            await stands.wait()
            assert not task.done(), task.exception()
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
        ((429, error("M_LIMIT_EXCEEDED", retry_after_ms=10**12)), SendResult("retry", retry_after=LONGEST)),
        ((429, "slow down"), SendResult("retry", retry_after=module.BREATH)),
        ((403, error("M_FORBIDDEN")), SendResult("dead")),
        ((404, error("M_NOT_FOUND")), SendResult("dead")),
        ((413, error("M_TOO_LARGE")), SendResult("dead")),
        ((400, error("M_BAD_JSON")), SendResult("dead")),
        ((401, error("M_UNKNOWN_TOKEN")), SendResult("held", retry_after=module.BREATH)),
        ((403, error("M_USER_SUSPENDED")), SendResult("held", retry_after=module.BREATH)),
        ((403, error("M_RESOURCE_LIMIT_EXCEEDED")), SendResult("held", retry_after=module.BREATH)),
        ((500, error("M_UNKNOWN")), SendResult("retry", retry_after=module.BREATH)),
        ((502, "<html>Bad Gateway</html>"), SendResult("held", retry_after=module.PICKUP)),
        ((504, ""), SendResult("held", retry_after=module.PICKUP)),
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


async def test_a_dead_word_leaves_its_reason_for_an_operator(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    async with heard(platform, ears):
        fake.faults[WORDS] = [(403, error("M_FORBIDDEN"))]
        with capture_logs() as logs:
            assert await platform.send(out()) == SendResult("dead")

    [told] = [entry for entry in logs if entry["log_level"] == "error"]
    assert (told["chat"], told["key"]) == (CHAT, "k")
    assert "removed" in told["reason"]


async def test_no_log_and_no_error_holds_the_token(platform: MatrixChannel, tmp_path: Path, ears: Ears) -> None:
    away = _channel("http://127.0.0.1:9", tmp_path, token=SecretStr("syt_secret"))
    with capture_logs() as logs, pytest.raises(FailureError) as caught:
        await away.hear(ears, lambda: None)
    await away.close()

    told: BaseException | None = caught.value
    while told is not None:
        assert "syt_secret" not in f"{told} {told!r}"
        told = told.__cause__ or told.__context__
    assert "syt_secret" not in str(logs)


@pytest.mark.parametrize(
    "fault", [(503, ""), (500, error("M_UNKNOWN")), (429, error("M_LIMIT_EXCEEDED", retry_after_ms=1)), "drop before"]
)
@pytest.mark.parametrize("place", ["org.matrix.msc3381.poll.start", "_matrix"])
async def test_what_goes_beside_the_words_is_tried_again_but_never_makes_them_look_unsaid(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, tmp_path: Path, fault: Fault, place: str
) -> None:
    ref = tools(tmp_path).media.put(_photo(), "p.png").ref
    assert ref is not None
    asked = out(kind="poll", ticket_id="t1", number=7, attachments=(ref,))
    async with heard(platform, ears):
        fake.faults[place] = [fault] * 2
        while (result := await platform.send(asked)).state != "sent":
            assert result.state in {"retry", "held"}
        assert sorted(fake.sent) == ["k", "k-0", "k-poll"]

        fake.faults[place] = [fault] * 100
        again = replace(asked, key="never")
        states = [(await platform.send(again)).state for _ in range(3)]
    assert (states[0] != "sent", states[2]) == (True, "sent")
    assert "never" in fake.sent
    assert ears.noted("$k") == ears.noted("$k-poll") == "poll t1"
    assert not platform._unshown


@pytest.mark.parametrize("place", ["org.matrix.msc3381.poll.start", "_matrix"])
async def test_where_polls_and_photos_are_not_allowed_the_words_are_enough(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, tmp_path: Path, place: str
) -> None:
    ref = tools(tmp_path).media.put(_photo(), "p.png").ref
    assert ref is not None
    async with heard(platform, ears):
        fake.faults[place] = [(403, error("M_FORBIDDEN"))]
        assert (await platform.send(out(kind="poll", ticket_id="t1", attachments=(ref,)))).state == "sent"
    assert len(fake.sent) == 2


async def test_a_photo_that_is_gone_is_left_out(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    async with heard(platform, ears):
        with capture_logs() as logs:
            assert (await platform.send(out(attachments=("0" * 32,)))).state == "sent"
    assert (list(fake.sent), logs) == (["k"], [])


async def test_a_disk_that_fails_holds_up_no_words(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(MediaFolder, "put", broken)
    monkeypatch.setattr(MediaFolder, "open", broken)
    fake.files["f"] = _photo()
    fake.say(message(CLEAR["drainage"], "$1", msgtype="m.image", filename="p.png", url="mxc://test.local/f"))
    async with heard(platform, ears):
        await until(ears.tickets)
        assert await platform.send(out(attachments=("0" * 32,))) == SendResult("sent", "$k")


@pytest.mark.parametrize(
    ("fault", "result"),
    [
        ((400, error("M_UNKNOWN")), SendResult("sent", "$old")),
        ((403, error("M_FORBIDDEN")), SendResult("sent", "$old")),
        ((404, error("M_NOT_FOUND")), SendResult("sent", "$old")),
        ((429, error("M_LIMIT_EXCEEDED", retry_after_ms=1500)), SendResult("retry", retry_after=1.5)),
        ((500, error("M_UNKNOWN")), SendResult("retry", retry_after=module.BREATH)),
        ("drop after", SendResult("retry", retry_after=module.BREATH)),
        ("hang", SendResult("retry", retry_after=module.BREATH)),
    ],
)
async def test_an_edit_that_fails_leaves_the_card_as_it_was_or_is_tried_again(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, fault: Fault, result: SendResult
) -> None:
    card = out(kind="poll", ticket_id="t1", replaces="$old")
    async with heard(platform, ears):
        fake.faults[WORDS] = [fault] * 3
        assert await platform.send(card) == result
        fake.faults.clear()
        assert await platform.send(card) == SendResult("sent", "$old")
    assert list(fake.sent) == ["k"], "an edit brings no second ballot"


async def test_without_a_connection_a_sending_is_held(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    held = SendResult("held", retry_after=module.PICKUP)
    assert await platform.send(out()) == held
    async with heard(platform, ears):
        assert (await platform.send(out())).state == "sent"
    assert await platform.send(out("later")) == held


async def test_a_server_that_takes_no_connection_was_not_reached() -> None:
    """As where a firewall swallows what is sent to it."""
    with socket.socket() as full:
        full.bind(("127.0.0.1", 0))
        full.listen(0)
        with ExitStack() as taken:
            for _ in range(4):
                one = taken.enter_context(socket.socket())
                one.setblocking(False)
                one.connect_ex(full.getsockname())
            client = Client(f"http://127.0.0.1:{full.getsockname()[1]}", BOT, TOKEN, 0.5)
            with pytest.raises(FailureError) as caught:
                await client.who()
            await client.close()
    assert (caught.value.state, caught.value.status) == ("held", 0)


async def test_a_server_that_is_down_was_not_reached() -> None:
    client = Client("http://127.0.0.1:9", BOT, TOKEN, 0.5)
    with pytest.raises(FailureError) as caught:
        await client.who()
    await client.close()
    assert caught.value.state == "held"


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
        async with asyncio.timeout(10):
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
        await until(ears.heard_messages)

    assert ears.heard_messages() == ["$2"]


async def test_a_position_that_the_server_knows_no_more_is_forgotten(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    fake.faults["sync"] = [(400, error("M_INVALID_PARAM"))]
    with pytest.raises(FailureError):
        await platform.hear(ears, lambda: None)
    assert not ears.noted()


async def test_a_proxy_that_stutters_costs_no_position(platform: MatrixChannel, fake: FakeServer, ears: Ears) -> None:
    fake.say(message(CLEAR["drainage"], "$1"))
    fake.faults["sync"] = [(400, "<html>Bad Request</html>")]
    with pytest.raises(FailureError):
        await platform.hear(ears, lambda: None)
    async with heard(platform, ears):
        await until(ears.tickets)


@pytest.mark.parametrize("id_", ["$\ud800", "$" + "x" * 300, "since:" + BOT, "$a\nb"])
@pytest.mark.parametrize("kind", ["m.reaction", "m.room.redaction", "m.room.message", "m.room.tombstone"])
async def test_what_names_no_event_breaks_no_hearing(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, id_: str, kind: str
) -> None:
    """It would come again for ever, and nothing after it would be heard."""
    relation = {"rel_type": "m.replace", "event_id": id_, "key": "👍", "m.in_reply_to": {"event_id": id_}}
    content: dict[str, Any] = {"redacts": id_, "replacement_room": f"!{id_}", "m.relates_to": relation}
    hostile = message("x", "$1", **content)
    fake.say({**hostile, "type": kind, "state_key": ""}, message(CLEAR["drainage"], "$2"))
    async with heard(platform, ears):
        await until(ears.tickets)


@pytest.mark.parametrize("state_key", [None, "x"])
async def test_what_only_looks_like_an_upgrade_moves_no_group(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, state_key: str | None
) -> None:
    """In many rooms anybody may send an event of any type: it is state only with a state key."""
    upgrade = {**message("x", "$1", replacement_room="!mine:test.local"), "type": "m.room.tombstone"}
    fake.say(upgrade if state_key is None else {**upgrade, "state_key": state_key}, message(CLEAR["drainage"], "$2"))
    async with heard(platform, ears):
        await until(ears.tickets)
    assert ears.noted(f"to:{ROOM}") is None
    assert "!mine:test.local" not in fake.joined


async def test_a_room_of_nobody_costs_nothing_and_sends_us_nowhere(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, tmp_path: Path
) -> None:
    ears.strangers_only()
    fake.files["f"] = _photo()
    shown = message("看", "$1", msgtype="m.image", filename="p.jpg", url="mxc://test.local/f")
    sealed = {**message("x", "$2"), "type": "m.room.encrypted"}
    upgrade = {
        **message("x", "$3", replacement_room="!mine:test.local"),
        "type": "m.room.tombstone",
        "state_key": "",
    }
    relation: dict[str, Any] = {"m.relates_to": {"rel_type": "m.replace", "event_id": "$1"}}
    edit = message("x", "$4", **relation)
    fake.say(shown, sealed, upgrade, edit, message("完", "$5"))
    async with heard(platform, ears):
        await until(lambda: ears.noted() == "s1")

    assert ears.heard_messages() == ["$1", "$5"]
    assert not [path for path in (tmp_path / "media").rglob("*") if path.is_file()]
    assert (fake.sent, fake.joined) == ({}, {ROOM})


async def test_an_encrypted_word_that_cannot_be_answered_holds_up_nobody(
    platform: MatrixChannel, fake: FakeServer, ears: Ears
) -> None:
    fake.faults[WORDS] = [(429, error("M_LIMIT_EXCEEDED", retry_after_ms=60_000))]
    fake.say({**message("x", "$1"), "type": "m.room.encrypted"}, message(CLEAR["drainage"], "$2"))
    async with heard(platform, ears):
        await until(ears.tickets)


async def test_no_task_outlives_the_hearing(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = asyncio.Event()

    async def slow(_client: Client, _room: str) -> None:
        try:
            begun.set()
            await asyncio.sleep(30)
        finally:
            await asyncio.sleep(0.05)  # as where a connection is given back

    monkeypatch.setattr(Client, "join", slow)
    fake.invites = ["!slow:test.local"]
    async with heard(platform, ears):
        await begun.wait()
    assert not [task for task in asyncio.all_tasks() if task.get_name() == "invitations"]


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


async def test_an_invitation_that_breaks_the_library_keeps_no_other_waiting(
    platform: MatrixChannel, fake: FakeServer, ears: Ears, monkeypatch: pytest.MonkeyPatch
) -> None:
    join = Client.join

    async def brittle(client: Client, room: str) -> None:
        if room == "!odd:test.local":
            raise KeyError(room)
        await join(client, room)

    monkeypatch.setattr(Client, "join", brittle)
    fake.invites = ["!odd:test.local", "!new:test.local"]
    async with heard(platform, ears):
        await until(lambda: "!new:test.local" in fake.joined)


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
