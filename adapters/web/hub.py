"""Live rooms: after each committed line the room is read once for all open sockets, and each gets what it lacks.

A socket that takes its lines too slowly is dropped: it comes again and says what it has seen.
"""

import asyncio
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import structlog

from adapters.web.boards import Boards, Query
from bot.domain.org import Organization
from bot.domain.poll import Vote
from bot.domain.ticket import Ticket
from bot.ports import RoomMessage, UnitOfWork

NEWEST = 200  # lines that a page shows, and the most that one reading takes
WAITING = 32  # frames that may wait for a slow socket
WATCHED = 60  # tickets of a room whose changes are told


@dataclass(frozen=True, slots=True)
class TicketNow:
    """A ticket of a room and the votes of its round."""

    ticket: Ticket
    votes: tuple[Vote, ...] = ()


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What was read of a room: the lines after each mark, the lines they quote, the tickets they or others changed."""

    lines: Mapping[int, list[RoomMessage]]
    quotes: Mapping[int, RoomMessage]
    tickets: Mapping[str, TicketNow]
    changed: frozenset[str]
    org: Organization
    now: datetime


@dataclass(eq=False, slots=True)
class Seat:
    """One socket in a room. ``frame`` makes its words of a snapshot; ``last`` is the newest line it was given.

    ``gone`` is set when the seat is taken away: too slow, signed out, or the house closes.
    """

    last: int
    frame: Callable[[Snapshot, list[RoomMessage]], str | None]
    account: str = ""
    queue: asyncio.Queue[str] = field(default_factory=lambda: asyncio.Queue(WAITING))
    gone: asyncio.Event = field(default_factory=asyncio.Event)

    def offer(self, snapshot: Snapshot) -> bool:
        """Queue what this socket lacks; tells whether more lines may wait behind."""
        lines = snapshot.lines.get(self.last, [])
        frame = self.frame(snapshot, lines)
        if frame is not None:
            self.push(frame)
        if lines:
            self.last = lines[-1].seq
        return len(lines) == NEWEST

    def push(self, frame: str) -> None:
        """Queue a frame; a full queue ends the seat."""
        try:
            self.queue.put_nowait(frame)
        except asyncio.QueueFull:
            self.gone.set()


@dataclass(eq=False, slots=True)
class _Room:
    seats: set[Seat] = field(default_factory=set)
    bell: asyncio.Event = field(default_factory=asyncio.Event)
    versions: dict[str, int] = field(default_factory=dict)  # of the tickets spoken of
    pump: asyncio.Task[None] | None = None


class Hub:
    """The open sockets by room, and the open boards. Lives in one event loop; ``wake`` may be called for rooms that nobody
    looks at.
    """

    def __init__(self, query: Query) -> None:
        self.boards = Boards(query)
        self._query = query
        self._rooms: dict[str, _Room] = {}
        self._log = structlog.get_logger("web")

    def wake(self, room: str) -> None:
        """Something new stands in a room, or a ticket of it has changed."""
        if found := self._rooms.get(room):
            found.bell.set()

    def changed(self, tickets: Collection[str]) -> None:
        """Tickets have changed; rooms that show one of them look, and so do boards."""
        self.boards.changed(tickets)
        for room in self._rooms.values():
            if any(ticket in room.versions for ticket in tickets):
                room.bell.set()

    def join(self, room: str, seat: Seat) -> None:
        """A socket comes in; it is given what it lacks at once."""
        found = self._rooms.setdefault(room, _Room())
        found.seats.add(seat)
        found.bell.set()
        if found.pump is None:
            found.pump = asyncio.create_task(self._serve(room, found), name=f"room {room}")

    def leave(self, room: str, seat: Seat) -> None:
        """A socket goes; the last one puts out the light."""
        found = self._rooms.get(room)
        if found is None:
            return
        found.seats.discard(seat)
        if not found.seats:
            del self._rooms[room]
            if found.pump is not None:
                found.pump.cancel()

    def dismiss(self, account: str) -> None:
        """Show out an account that was signed out: its sockets were let in before."""
        for seat in self._seats():
            if seat.account == account:
                seat.gone.set()
        self.boards.dismiss(account)

    def close(self) -> None:
        """Send everybody home."""
        for seat in self._seats():
            seat.gone.set()
        self.boards.dismiss()

    def _seats(self) -> list[Seat]:
        return [seat for room in self._rooms.values() for seat in room.seats]

    async def _serve(self, key: str, room: _Room) -> None:
        while True:
            await room.bell.wait()
            room.bell.clear()
            try:
                await self._deliver(key, room)
            except Exception as error:
                self._log.error("room not read", room=key, reason=f"{type(error).__name__}: {error}"[:300])

    async def _deliver(self, key: str, room: _Room) -> None:
        marks = frozenset(seat.last for seat in room.seats)
        snapshot = await self._query(partial(read_room, room=key, marks=marks, known=dict(room.versions)))
        more = [seat.offer(snapshot) for seat in list(room.seats) if seat.last in snapshot.lines]
        for ticket_id, now in snapshot.tickets.items():
            room.versions[ticket_id] = now.ticket.version
        while len(room.versions) > WATCHED:
            del room.versions[next(iter(room.versions))]
        if any(more):
            room.bell.set()


def read_room(
    uow: UnitOfWork, org: Organization, now: datetime, *, room: str, marks: frozenset[int], known: Mapping[str, int]
) -> Snapshot:
    """Read a room for all its sockets in one go."""
    lines = {mark: uow.rooms.since(room, mark, NEWEST) for mark in marks}
    every = {line.seq: line for batch in lines.values() for line in batch}
    wanted = {line.reply_to for line in every.values() if line.reply_to is not None}
    quotes = {seq: every.get(seq) or uow.rooms.get(room, seq) for seq in wanted}
    spoken = {str(line.payload["ticket_id"]) for line in every.values() if line.payload.get("ticket_id")}
    tickets = {id_: found for id_ in spoken | known.keys() if (found := _ticket_now(uow, id_)) is not None}
    changed = frozenset(id_ for id_, found in tickets.items() if found.ticket.version != known.get(id_))
    return Snapshot(lines, {seq: line for seq, line in quotes.items() if line}, tickets, changed, org, now)


def _ticket_now(uow: UnitOfWork, ticket_id: str) -> TicketNow | None:
    ticket = uow.tickets.get(ticket_id)
    if ticket is None:
        return None
    votes = tuple(uow.polls.votes(ticket.id, ticket.poll_round)) if ticket.poll_round else ()
    return TicketNow(ticket, votes)
