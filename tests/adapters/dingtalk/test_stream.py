"""The stream through everything that happens to a connection: nothing that comes again is lost, nothing is doubled."""

import asyncio
import json
import random
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, TypeVar

import pytest
from aiohttp import web

from adapters.dingtalk.answers import Answer
from adapters.dingtalk.api import UnsentError, place_of
from adapters.dingtalk.channel import Dingtalk
from bot.app import Ids, SystemClock, build_engine
from bot.domain.ticket import Ticket
from bot.live import Bot
from bot.messages import InboundEvent
from bot.ports import Refused, UnitOfWork
from storage.open import Storage, open_storage
from tests.fakes import CLEAR, new_database
from tests.peers.dingtalk import DingtalkPeer
from tests.peers.dingtalk_faults import fails
from tests.peers.dingtalk_server import FakeDingtalk
from tests.peers.dingtalk_world import EVENTS, GROUP, ID, MESSAGES, PEOPLE, happening
from tests.peers.house import AWAKE, House, organization
from tests.peers.story import live_through

T = TypeVar("T")
OPEN = "/v1.0/gateway/connections/open"


class Failing(Bot):
    """The bot, whose database fails as often as it is told to."""

    failures = 0

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        if self.failures:
            self.failures -= 1
            raise OSError("disk full")
        return await super().receive(event, before)


@asynccontextmanager
async def running(peer: DingtalkPeer, storage: Storage) -> AsyncIterator[Failing]:
    """The bot from a start to a stop, on a database that stays; it connects again at once whatever happens."""
    bot = Failing(build_engine(AWAKE, organization(peer), Ids(1)), storage.desk, SystemClock())
    platform = peer.connect()
    bot.connect([platform])
    tasks = [asyncio.create_task(bot.run()), asyncio.create_task(_hear(platform, bot))]
    try:
        yield bot
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        await platform.close()


async def _hear(platform: Dingtalk, bot: Bot) -> None:
    while True:
        try:
            await platform.hear(bot, lambda: None)
        except OSError:
            await asyncio.sleep(0.02)


@pytest.fixture
def storage(tmp_path: Path, peer: DingtalkPeer) -> Iterator[Storage]:
    with open_storage(new_database(tmp_path / "town.db", organization(peer)), "OFF") as storage:
        yield storage


def tickets(storage: Storage, peer: DingtalkPeer) -> list[Ticket]:
    return storage.desk.run(lambda uow: uow.tickets.open_in_chat(f"dingtalk:{peer.chat}", 100))


async def test_what_could_not_be_kept_is_not_acknowledged_and_comes_again(
    peer: DingtalkPeer, fake: FakeDingtalk, storage: Storage
) -> None:
    async with running(peer, storage) as bot:
        bot.failures = 2
        id_ = await fake.push(fake.payload("staff-zhang", CLEAR["drainage"]))
        await fake.acknowledged(id_)

    assert len(fake.opened) == 3
    assert len(tickets(storage, peer)) == 1


async def test_a_restart_in_mid_ticket(peer: DingtalkPeer, fake: FakeDingtalk, storage: Storage) -> None:
    asked = fake.payload("staff-zhang", CLEAR["drainage"])
    async with running(peer, storage):
        await fake.acknowledged(await fake.push(asked))
    again, signed = await fake.push(asked), await fake.push(fake.payload("manager4220", "1号件 收到"))

    async with running(peer, storage):
        await fake.acknowledged(again)
        await fake.acknowledged(signed)

    (ticket,) = tickets(storage, peer)
    assert (ticket.state, ticket.assignee, ticket.followers) == ("in_progress", "zhou", [])


async def test_the_same_message_twice_is_one(lived: House, fake: FakeDingtalk) -> None:
    payload = fake.payload("staff-zhang", CLEAR["drainage"])
    for id_ in [await fake.push(payload) for _ in range(3)]:
        await fake.acknowledged(id_)
    await lived.shown("1号件已登记")

    assert [ticket.number for ticket in lived.tickets()] == [1]


async def test_late_and_early_messages_are_all_heard(lived: House, fake: FakeDingtalk) -> None:
    first, second = (fake.payload("staff-zhang", CLEAR[kind]) for kind in ("drainage", "facilities"))
    second["senderId"], second["senderStaffId"] = "$:LWCP_v1:$li", "staff-li"
    for payload in (second, first):
        await fake.acknowledged(await fake.push(payload))

    await lived.until(lambda: len(lived.tickets()) == 2 or None)


async def test_frames_are_acknowledged_as_the_platform_wants(lived: House, fake: FakeDingtalk) -> None:
    ping = await fake.push({"opaque": "x1"}, "ping", "SYSTEM")
    card = await fake.push({"outTrackId": "t1", "content": "{}"}, "/v1.0/card/instances/callback")
    event = await fake.push({"a": 1}, EVENTS, "EVENT", event="user_add_org")
    message = await fake.push(fake.payload("staff-zhang", "在吗"))
    for id_ in (ping, card, event, message):
        await fake.acknowledged(id_)

    acks = {ack["headers"]["messageId"]: ack for ack in fake.acks}
    assert json.loads(acks[ping]["data"]) == {"opaque": "x1"}
    assert (acks[ping]["code"], acks[card]["code"], acks[event]["code"], acks[message]["code"]) == (200, 404, 200, 200)
    assert json.loads(acks[event]["data"])["status"] == "SUCCESS"
    assert acks[message]["headers"]["contentType"] == "application/json"


async def test_what_is_no_message_is_acknowledged_and_forgotten(lived: House, fake: FakeDingtalk) -> None:
    for payload in ("no json", "[]", {"msgtype": "text"}, {}, "[" * 50_000):
        await fake.acknowledged(await fake.push(payload))

    assert lived.tickets() == []
    assert len(fake.opened) == 1


async def test_damaged_frames_break_nothing(lived: House, fake: FakeDingtalk) -> None:
    chance, socket = random.Random(7), fake.sockets[-1][1]
    frame = {"type": "CALLBACK", "headers": {"topic": "/v1.0/im/bot/messages/get", "messageId": "f"}}
    whole = json.dumps(frame | {"data": json.dumps(fake.payload("staff-zhang", "你好"), ensure_ascii=False)}).encode()
    for _ in range(500):
        raw = bytearray(whole)
        for _ in range(chance.randint(1, 4)):
            raw[chance.randrange(len(raw))] ^= 1 << chance.randrange(8)
        await socket.send_str(raw.decode("utf-8", "replace"))
    await socket.send_bytes(whole)

    await fake.acknowledged(await fake.push(fake.payload("staff-zhang", CLEAR["drainage"])))
    assert len(fake.opened) == 1


async def test_the_platform_asks_to_come_again(lived: House, fake: FakeDingtalk) -> None:
    message = await fake.push(fake.payload("staff-zhang", CLEAR["drainage"]))
    goodbye = await fake.push({"reason": "connection is expired"}, "disconnect", "SYSTEM")
    await fake.acknowledged(message)
    await fake.acknowledged(goodbye)

    await lived.until(lambda: len(fake.opened) == 2 or None)
    assert [ack["headers"]["messageId"] for ack in fake.acks].count(message) == 1


async def test_a_clean_close_is_an_end_like_any_other(lived: House, fake: FakeDingtalk) -> None:
    await fake.sockets[-1][1].close()
    await lived.until(lambda: len(fake.opened) == 2 or None)

    await live_through(lived)


async def test_a_line_that_hangs_is_given_up(peer: DingtalkPeer, fake: FakeDingtalk, storage: Storage) -> None:
    fake.answers_pings = False
    platform = peer.connect(heartbeat=0.2)
    bot = Bot(build_engine(AWAKE, organization(peer), Ids(1)), storage.desk, SystemClock())
    up = asyncio.Event()

    with pytest.raises(ConnectionError, match="Timeout"):
        async with asyncio.timeout(5):
            await platform.hear(bot, up.set)

    assert up.is_set()
    await platform.close()


async def test_a_quiet_line_is_kept(lived: House, fake: FakeDingtalk) -> None:
    await asyncio.sleep(2.4)  # twice the patience for a call, three heartbeats
    await lived.peer.say("zhang", "在吗", address=True)

    assert len(fake.opened) == 1


async def test_a_wrong_secret_is_refused_in_words(peer: DingtalkPeer, fake: FakeDingtalk, storage: Storage) -> None:
    platform, bot = peer.platform, Bot(build_engine(AWAKE, organization(peer)), storage.desk, SystemClock())
    fake.faults[OPEN] = [fails(401, "authFailed"), fails(500), fails(429), fails(400, "Throttling"), fails(407)]

    with pytest.raises(Refused, match="client_secret"):
        await platform.hear(bot, lambda: None)
    for _ in range(4):
        with pytest.raises(UnsentError):
            await platform.hear(bot, lambda: None)
    fake.faults[OPEN] = [lambda: web.json_response({"endpoint": f"{fake.url}/connect", "ticket": "old-secret"})]
    with pytest.raises(ConnectionError, match="401") as caught:
        await platform.hear(bot, lambda: None)
    assert "old-secret" not in str(caught.value)

    await platform.close()


@pytest.mark.parametrize("body", [{}, {"endpoint": "wss://x"}, {"endpoint": 1, "ticket": "t"}])
def test_a_gateway_that_names_no_place(body: dict[str, Any]) -> None:
    with pytest.raises(ConnectionError):
        place_of(Answer(200, body), is_hidden=True)


def test_a_ticket_is_not_shown_on_an_open_line() -> None:
    with pytest.raises(ConnectionError, match="open line"):
        place_of(Answer(200, {"endpoint": "ws://x/connect", "ticket": "t"}), is_hidden=True)
    place = place_of(Answer(200, {"endpoint": "wss://x:443/connect", "ticket": "a+b/c="}), is_hidden=True)
    assert place.query["ticket"] == "a+b/c="


async def test_a_gateway_that_is_told_who_we_are(lived: House, fake: FakeDingtalk) -> None:
    (opened,) = fake.opened

    assert opened["clientId"] == ID
    wanted = {(one["type"], one["topic"]) for one in opened["subscriptions"]}
    assert wanted == {("CALLBACK", MESSAGES), ("EVENT", EVENTS)}


async def test_the_bot_introduces_itself_once(lived: House, fake: FakeDingtalk) -> None:
    for _ in range(3):
        await lived.peer.say("zhang", "在吗", address=True)
    await lived.shown("闲聊不保存")
    await lived.peer.say("zhang", CLEAR["drainage"], address=True)
    await lived.shown("1号件已登记")

    assert len([seen for seen in await lived.peer.seen() if "闲聊不保存" in seen.text]) == 1


async def test_a_group_that_nobody_entered_hears_nothing_and_is_logged_once(
    lived: House, fake: FakeDingtalk, capsys: pytest.CaptureFixture[str]
) -> None:
    stranger = fake.payload("staff-zhang", "在吗") | {"conversationId": "cidStranger=="}
    for payload in (stranger, stranger | {"msgId": "m2"}):
        await fake.acknowledged(await fake.push(payload))

    assert fake.chat("cidStranger==").seen == []
    assert capsys.readouterr().out.count("cidStranger==") == 1


async def test_quotes_lead_back(lived: House, fake: FakeDingtalk) -> None:
    """Two tickets wait for the same steward: only the quote tells which one he means."""
    await lived.peer.say("zhang", CLEAR["drainage"], address=True)
    await lived.shown("1号件已登记")
    await lived.peer.say("wang", CLEAR["facilities"], address=True)
    await lived.shown("2号件已登记")

    await lived.peer.say("zhou", "收到", reply_to=(await lived.shown("1号件已登记")).id, address=True)

    states = await lived.until(lambda: {ticket.number: ticket.state for ticket in lived.tickets()})
    assert states[1] == "in_progress"
    assert states[2] != "in_progress"


async def test_what_happens_in_a_group_is_kept_before_it_is_acknowledged(
    peer: DingtalkPeer, fake: FakeDingtalk, storage: Storage
) -> None:
    chat = f"dingtalk:{GROUP}"
    async with running(peer, storage) as bot:
        bot.failures = 1
        await peer.rename("学苑邻里群")

        assert storage.desk.run(lambda uow: uow.org.load()).groups[chat].title == "学苑邻里群"
        assert len(fake.opened) == 2


async def test_a_new_title_is_known_from_the_next_message(lived: House, fake: FakeDingtalk) -> None:
    """The events of groups have to be subscribed to by hand; a title stands in every message."""
    fake.title = "学苑邻里群"
    await lived.peer.say("zhang", "在吗", address=True)

    assert lived.read(lambda uow: uow.org.load()).groups[lived.chat].title == "学苑邻里群"


async def test_who_leaves_is_not_thought_present(lived: House, fake: FakeDingtalk) -> None:
    zhang = f"dingtalk:{PEOPLE['zhang']}"
    for kind, found in (("chat_add_member", True), ("chat_remove_member", False)):
        event = happening(userId=[PEOPLE["zhang"]])
        await fake.acknowledged(await fake.push(event, EVENTS, "EVENT", event=kind))

        assert lived.read(lambda uow: uow.people.is_member(zhang, lived.chat)) is found
