"""The long connection: heard, answered after the commit, and left in every way that a connection ends."""

import asyncio
from collections.abc import Callable
from typing import Any, TypeVar

import pytest

from adapters.feishu.api import Api
from adapters.feishu.channel import TOAST
from adapters.feishu.stream import DeafError, Stream
from bot.messages import Button, InboundEvent, InboundMessage, OutboundMessage, Press, Rate
from bot.ports import Refused, UnitOfWork
from storage.open import Storage
from tests.adapters.feishu.conftest import Ear, NewFeishu, hearing
from tests.peers.feishu import envelope, said, settings_of
from tests.peers.feishu_messages import GROUP
from tests.peers.feishu_server import FeishuServer
from tests.peers.feishu_wire import frame_of

T = TypeVar("T")
ODD: list[dict[str, Any]] = [
    {},
    {"header": []},
    {"schema": "1.0", "event": {"type": "message"}},
    envelope("new.kind_v9", {}, "e"),
]


def words(ear: Ear) -> list[str]:
    return [event.text for event in ear.heard if isinstance(event, InboundMessage)]


async def test_events_are_heard_in_order(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    async with hearing(new_feishu(), ear):
        await asyncio.gather(*(server.happen(said("ou_zhang", {"text": f"{n}"}, f"om_{n}")) for n in range(50)))

    assert words(ear) == [str(n) for n in range(50)]


async def test_an_event_in_parts(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    server.parts = 7

    async with hearing(new_feishu(), ear):
        await server.happen(said("ou_zhang", {"text": "路灯坏了" * 100}, "om_1"))

    assert words(ear) == ["路灯坏了" * 100]


async def test_what_could_not_be_kept_comes_again(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    ear.failures = 2

    async with hearing(new_feishu(), ear):
        await server.happen(said("ou_zhang", {"text": "路灯坏了"}, "om_1"))

    assert words(ear) == ["路灯坏了"]
    assert len(server.answers) == 3


async def test_a_tap_is_answered_with_a_word(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    event = {"operator": {"open_id": "ou_zhou"}, "context": {"open_chat_id": GROUP},
             "action": {"value": {"action": "sign", "ticket": "t1", "value": "", "to": ""}}}  # fmt: skip

    async with hearing(new_feishu(), ear):
        await server.happen(envelope("card.action.trigger", event, "e1"))
        await server.happen(said("ou_zhang", {"text": "早"}, "om_1"))

    assert isinstance(ear.heard[0], Press)
    assert server.answers == [TOAST, {}]


async def test_a_private_card_comes_back_from_whom_it_was_sent_to(
    server: FeishuServer, new_feishu: NewFeishu, ear: Ear
) -> None:
    feishu, buttons = new_feishu(), (Button("登记", "register", "t1"), Button("5", "rate", "t1", "5"))
    async with hearing(feishu, ear):
        await feishu.send(OutboundMessage("k1", "feishu:dm:ou_zhou", "这是一件事吗？", "ask", buttons=buttons))
        values = [button["value"] for button in server.sent[0].content["elements"][-1]["actions"]]
        for number, who in enumerate(("ou_wang", "ou_zhou")):
            for value in values:
                event = {"operator": {"open_id": who}, "action": {"value": value}, "context": {"open_chat_id": GROUP}}
                await server.happen(envelope("card.action.trigger", event, f"e{number}{value['action']}"))

    press, rate = ear.heard
    assert isinstance(press, Press)
    assert isinstance(rate, Rate)
    assert (press.chat, press.sender, press.action) == ("dm:ou_zhou", "ou_zhou", "register")
    assert (rate.chat, rate.rating) == ("dm:ou_zhou", 5)


async def test_odd_frames_and_events_break_nothing(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    async with hearing(new_feishu(), ear):
        assert server._socket is not None
        for raw in (b"\xff\xff", b"", frame_of(1, {}), frame_of(7, {"type": "event"}), frame_of(0, {}, b"[" * 50_000)):
            await server._socket.send_bytes(raw)
        await server._socket.send_str("text")
        for odd in ODD:
            await server.happen(odd)
        await server.happen(said("ou_zhang", {"text": "路灯坏了"}, "om_1"))

    assert words(ear) == ["路灯坏了"]


async def test_a_clean_close_is_an_end(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    async with hearing(new_feishu(), ear) as task:
        await server.close_cleanly()
        await asyncio.wait_for(task, 5)


async def test_a_break_is_an_end(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    async with hearing(new_feishu(), ear) as task:
        server.break_off()
        await asyncio.wait({task}, timeout=5)

        assert task.done()


async def stream_of(server: FeishuServer, heartbeat: float) -> None:
    """Hear nothing until the connection is given up."""
    settings = settings_of(server)
    api = Api(settings)
    try:
        async with asyncio.timeout(5):
            await Stream(api, settings, _nothing, heartbeat).run(lambda: None)
    finally:
        await api.close()


async def _nothing(_payload: object) -> dict[str, Any]:
    return {}


@pytest.mark.parametrize(("ping", "heartbeat"), [(120.0, 0.2), (0.1, 60.0)])
async def test_a_connection_on_which_nothing_lives_is_given_up(
    server: FeishuServer, ping: float, heartbeat: float
) -> None:
    """Half open: bytes go out and nothing comes back, first of the WebSocket's pongs, then of the frames."""
    server.deaf, server.ping = True, ping

    with pytest.raises(DeafError):
        await stream_of(server, heartbeat)


async def test_pings_keep_a_quiet_connection(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    server.ping = 0.3  # three of them unanswered are an end, which a busy machine must not reach

    async with hearing(new_feishu(patience=0.2), ear) as task:  # the patience of calls does not end it
        await asyncio.sleep(1.2)
        assert not task.done()


Spoil = Callable[[FeishuServer], None]


def no_such_app(server: FeishuServer) -> None:
    server.endpoint = {"code": 1000040344, "msg": "no credential"}


def busy(server: FeishuServer) -> None:
    server.endpoint = {"code": 1, "msg": "system busy"}


def not_json(server: FeishuServer) -> None:
    server.endpoint = {"nothing": 1}


def nowhere(server: FeishuServer) -> None:
    server.endpoint = {"code": 0, "data": {}}


def elsewhere(server: FeishuServer) -> None:
    server.endpoint = {"code": 0, "data": {"URL": "127.0.0.1/ws?ticket=t-secret"}}


def forbidden(server: FeishuServer) -> None:
    server.handshake = {"handshake-status": "403", "handshake-msg": "forbidden"}


def crowded(server: FeishuServer) -> None:
    server.handshake = {"handshake-status": "514", "handshake-msg": "too many", "handshake-autherrcode": "1000040350"}


@pytest.mark.parametrize(
    ("spoil", "error"),
    [
        (no_such_app, Refused),
        (forbidden, Refused),
        (busy, OSError),
        (not_json, OSError),
        (crowded, OSError),
        (nowhere, OSError),
        (elsewhere, OSError),
    ],
)
async def test_refusals_are_told_from_troubles_that_pass(
    server: FeishuServer, spoil: Spoil, error: type[Exception]
) -> None:
    spoil(server)

    with pytest.raises(error) as raised:
        await stream_of(server, 20)
    assert "t-secret" not in str(raised.value)


async def test_a_flood_is_left_on_the_line(server: FeishuServer) -> None:
    """Ever so many events at once, and never more than a few of them in hand."""
    in_hand: list[int] = [0]
    settings = settings_of(server)

    async def take(_payload: object) -> dict[str, Any]:
        in_hand.append(in_hand[-1] + 1)
        await asyncio.sleep(0)
        in_hand.append(in_hand[-1] - 1)
        return {}

    api = Api(settings)
    hearing = asyncio.create_task(Stream(api, settings, take, in_hand=3).run(lambda: None))
    await asyncio.gather(*(server.happen(said("ou_zhang", {"text": f"{n}"}, f"om_{n}")) for n in range(50)))
    hearing.cancel()
    await asyncio.gather(hearing, return_exceptions=True)
    await api.close()

    assert len(in_hand) == 101
    assert max(in_hand) <= 3


async def test_a_wrong_secret_is_refused_in_words(new_feishu: NewFeishu, ear: Ear) -> None:
    with pytest.raises(Refused, match="app_secret"):
        await new_feishu(app_secret="wrong").hear(ear, lambda: None)


async def test_closed_while_an_event_is_in_hand(server: FeishuServer, new_feishu: NewFeishu, ear: Ear) -> None:
    """A clean stop answers nothing: the event comes again to whoever starts next."""
    held = _Held(ear.storage)
    feishu, delivery = new_feishu(), None
    async with hearing(feishu, held):
        delivery = asyncio.create_task(server.happen(said("ou_zhang", {"text": "路灯坏了"}, "om_1")))
        await held.there.wait()
    assert not server.answers

    async with hearing(feishu, ear):
        await asyncio.wait_for(delivery, 5)

    assert words(ear) == ["路灯坏了"]


class _Held(Ear):
    """An ear that never comes to an end."""

    def __init__(self, storage: Storage) -> None:
        super().__init__(storage)
        self.there = asyncio.Event()

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        self.there.set()
        await asyncio.Event().wait()
        raise AssertionError("unreachable")
