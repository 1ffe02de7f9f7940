import asyncio
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any, TypeVar, cast

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType

from adapters.web.hub import WAITING, Hub, Seat, Snapshot
from bot.domain.org import Organization
from bot.messages import Button, OutboundMessage
from bot.ports import RoomMessage, UnitOfWork
from tests.adapters.web.house import LAMP, NOON, Guest, House

T = TypeVar("T")


async def until(ws: ClientWebSocketResponse, fits: Callable[[dict[str, Any]], Any]) -> dict[str, Any]:
    """The next frame that fits."""
    while True:
        frame: dict[str, Any] = await ws.receive_json(timeout=10)
        if fits(frame):
            return frame


def say(text: str, id_: str = "client-id-1") -> str:
    return json.dumps({"type": "say", "id": id_, "text": text})


async def test_an_ack_comes_after_the_commit_and_lines_reach_everybody(house: House) -> None:
    one, two = await house.resident("3-2-501"), await house.resident("3-2-502")
    async with await one.socket() as ours, await two.socket() as theirs:
        await ours.send_str(say(LAMP))
        ack = await until(ours, lambda frame: "ack" in frame)
        stored = house.ask(lambda uow: uow.rooms.get("web:court", ack["seq"]))
        heard = await until(theirs, lambda frame: any(line["text"] == LAMP for line in frame.get("lines", ())))

    assert (ack["ack"], stored.text) == ("client-id-1", LAMP)
    assert not heard["lines"][-1]["own"]
    assert heard["lines"][-1]["id"] == ""


async def test_a_change_of_a_ticket_reaches_open_pages(house: House) -> None:
    steward, resident = await house.staff("wang"), await house.resident()
    await resident.say(LAMP)
    [ticket] = house.tickets()

    async with await resident.socket() as ws:
        before = await until(ws, lambda frame: frame.get("tickets"))
        await steward.press(ticket, "sign")
        after = await until(ws, lambda frame: frame.get("tickets"))

    assert [frame["tickets"][0]["state"] for frame in (before, after)] == ["待签收", "办理中"]


async def test_a_change_by_the_clock_alone_reaches_open_pages(house: House) -> None:
    steward, resident = await house.staff("wang"), await house.resident()
    await resident.say(LAMP)
    [ticket] = house.tickets()
    await steward.press(ticket, "sign")
    await steward.press(ticket, "done", "换了灯泡")
    house.clock.pass_by(hours=30)
    await house.talk()  # the reminder: from here on nothing is said

    async with await resident.socket() as ws:
        before = await until(ws, lambda frame: frame.get("tickets"))
        house.clock.pass_by(hours=72)
        await house.talk()
        after = await until(ws, lambda frame: frame.get("tickets"))

    assert [frame["tickets"][0]["state"] for frame in (before, after)] == ["回访中", "已办结"]
    assert after["lines"] == []


async def test_refusals_and_pings_over_the_socket(house: House) -> None:
    resident = await house.resident()
    async with await resident.socket() as ws:
        await ws.send_str("ping")
        await ws.send_str(json.dumps({"type": "recall", "id": "recall-1", "seq": 99}))
        await ws.send_str("{")
        refused = None
        heard: list[str] = []
        while len(heard) < 4:
            data = (await ws.receive(timeout=10)).data
            heard.append(data)
            refused = json.loads(data) if "refused" in data else refused

    assert "pong" in heard
    assert refused is not None
    assert refused["refused"] == "recall-1"
    assert any("error" in json.loads(data) for data in heard if data != "pong")


async def test_who_talks_nonsense_is_shown_out(house: House) -> None:
    resident = await house.resident()
    async with await resident.socket() as ws:
        for _ in range(5):
            await ws.send_str("[" * 1000)
        last = await ws.receive(timeout=10)
        while last.type is WSMsgType.TEXT:
            last = await ws.receive(timeout=10)

    assert last.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}


async def test_a_frame_too_large_ends_the_socket_only(house: House) -> None:
    resident = await house.resident()
    async with await resident.socket() as ws:
        await ws.send_str("x" * 100_000)
        last = await ws.receive(timeout=10)
        while last.type is WSMsgType.TEXT:
            last = await ws.receive(timeout=10)

    assert last.type is WSMsgType.CLOSE
    await resident.say("早上好")


async def test_a_foreign_page_gets_no_socket(house: House) -> None:
    resident = await house.resident()
    for origin in ("https://evil.example", "null", "http://127.0.0.1", ""):
        answer = await resident.browser.get("/ws?room=court", headers={"Origin": origin})
        assert answer.status == 403


@pytest.mark.parametrize("query", ["room=court&after=x", "room=court&after=--1", "room=court&after=9e9", "room=court"])
async def test_a_socket_that_is_none(house: House, query: str) -> None:
    resident = await house.resident()
    base = str(resident.browser.make_url("/").origin())

    assert (await resident.browser.get(f"/ws?{query}", headers={"Origin": base})).status == 400


# ---------------------------------------------------------------- the hub by itself


class Shelf:
    """Lines of rooms, and how often they were read."""

    def __init__(self) -> None:
        self.lines: list[RoomMessage] = []
        self.readings = 0
        self.rooms = self.tickets = self.polls = self

    def put(self, text: str) -> None:
        seq = len(self.lines) + 1
        self.lines.append(RoomMessage(seq, "web:court", "someone", "", text, NOON, str(seq)))

    def since(self, _room: str, seq: int, limit: int) -> list[RoomMessage]:
        self.readings += 1
        return self.lines[max(seq, 0) :][:limit]

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        return job(cast("UnitOfWork", self), Organization(), NOON)  # the shelf has what the hub asks for


def words(_snapshot: Snapshot, lines: list[RoomMessage]) -> str | None:
    return "".join(line.text for line in lines) or None


async def test_one_reading_serves_all_sockets_of_a_room() -> None:
    shelf = Shelf()
    hub = Hub(shelf.query)
    seats = [Seat(0, words) for _ in range(50)]
    for seat in seats:
        hub.join("web:court", seat)

    shelf.put("早")
    hub.wake("web:court")

    assert [await seat.queue.get() for seat in seats] == ["早"] * 50
    assert shelf.readings <= 2
    for seat in seats:
        hub.leave("web:court", seat)
    assert not hub._rooms


async def test_a_slow_socket_is_dropped_not_hoarded_for() -> None:
    shelf = Shelf()
    hub = Hub(shelf.query)
    slow, quick = Seat(0, words), Seat(0, words)
    for seat in (slow, quick):
        hub.join("web:court", seat)

    for number in range(WAITING + 1):
        shelf.put(str(number))
        hub.wake("web:court")
        assert await quick.queue.get() == str(number)

    assert slow.gone.is_set()
    assert slow.queue.qsize() == WAITING
    assert not quick.gone.is_set()
    hub.close()
    assert quick.gone.is_set()


async def test_a_room_that_can_not_be_read_tries_again_at_the_next_bell() -> None:
    shelf, fails = Shelf(), [True]
    asked = asyncio.Event()

    async def query(job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        asked.set()
        if fails.pop() if fails else False:
            raise OSError("the disk is full")
        return await shelf.query(job)

    hub, seat = Hub(query), Seat(0, words)
    hub.join("web:court", seat)
    await asked.wait()
    shelf.put("早")
    hub.wake("web:court")

    assert await seat.queue.get() == "早"
    hub.leave("web:court", seat)


async def test_rooms_that_show_none_of_the_changed_tickets_are_not_read() -> None:
    shelf = Shelf()
    hub, seat = Hub(shelf.query), Seat(0, words)
    shelf.put("早")
    hub.join("web:court", seat)
    await seat.queue.get()
    room = hub._rooms["web:court"]
    room.versions["t1"] = 1

    hub.changed({"t2"})
    assert not room.bell.is_set()
    hub.changed({"t1", "t2"})
    assert room.bell.is_set()
    hub.leave("web:court", seat)


# ---------------------------------------------------------------- the channel


async def test_the_same_key_is_sent_once(house: House) -> None:
    resident: Guest = await house.resident()
    message = OutboundMessage(
        "key-1", "web:court", "1号件已登记", "receipt", ("web:wang",), "t1", 1, (Button("收到", "sign", "t1"),)
    )
    channel = house.bot._sending.channels["web"]

    first, second = await channel.send(message), await channel.send(message)

    assert first == second
    assert first.state == "sent"
    line = (await resident.lines())[-1]
    assert str(line["seq"]) == first.platform_id
    assert line["offers"] == ["sign"]
