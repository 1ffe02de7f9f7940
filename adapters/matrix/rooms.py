"""Which room is which chat: groups of the organization, upgraded ones under their old name, and rooms of two.

A room of two that is no group is a private chat, whoever made it. Where a third has come in, it is none any more: what is
meant for one person goes into a room of its own again.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from adapters.matrix.client import Client
from adapters.matrix.failures import FailureError
from adapters.matrix.translate import CHANNEL
from bot.domain.org import Organization
from bot.messages import key_of
from bot.ports import Inbound, UnitOfWork

PRIVATE = "dm:"


@dataclass(frozen=True, slots=True)
class Place:
    """A room as the bot knows it: under which chat id, or as a private chat. Any other (``strange``) is nobody's."""

    chat: str
    private: bool
    strange: bool


class Rooms:
    """Knows the rooms of one account."""

    def __init__(self, client: Client, inbound: Inbound) -> None:
        self.client = client
        self._inbound = inbound
        self._pairs: dict[str, bool] = {}  # whether a room is one of two; forgotten when anybody comes or goes

    def stirred(self, room: str) -> None:
        """Somebody came or went."""
        self._pairs.pop(room, None)

    async def place(self, room: str) -> Place:
        """The chat that a room is."""
        chat = await self._inbound.query(lambda uow, org, _now: _group_of(uow, org, room))
        private = chat is None and await self._is_pair(room)
        return Place(chat or room, private, strange=chat is None and not private)

    async def room_of(self, chat: str) -> str:
        """The room that stands for a chat id; one is opened where a person has none that is for two."""
        if (room := await self.known(chat)) is not None:
            return room
        user = chat.removeprefix(PRIVATE)
        room = await self._deserted(user) or await self.client.open(user)
        await self.note({private_note(user): room})
        return room

    async def known(self, chat: str) -> str | None:
        """The room that stands for a chat id already; None where a person has none that is for two."""
        if not chat.startswith(PRIVATE):
            return await self.noted(_moved_to(chat)) or chat
        user = chat.removeprefix(PRIVATE)
        room = await self.noted(private_note(user))
        return room if room and await self._people(room) == {self.client.user, user} else None

    async def upgraded(self, old: str, new: str) -> None:
        """A group lives on in another room: remember both ways. Another group's room is not taken over."""

        def job(uow: UnitOfWork, org: Organization, now: datetime) -> None:
            chat = _group_of(uow, org, old)
            if chat is not None and _group_of(uow, org, new) is None:
                uow.connections.note(CHANNEL, _moved_from(new), chat, now)
                uow.connections.note(CHANNEL, _moved_to(chat), new, now)

        await self._inbound.query(job)

    async def noted(self, name: str) -> str | None:
        """A note of ours."""
        return await self._inbound.query(lambda uow, _org, _now: uow.connections.noted(CHANNEL, name)) or None

    async def note(self, notes: dict[str, str]) -> None:
        """Keep notes."""

        def job(uow: UnitOfWork, _org: Organization, now: datetime) -> None:
            for name, value in notes.items():
                uow.connections.note(CHANNEL, name, value, now)

        await self._inbound.query(job)

    async def members(self, room: str) -> dict[str, str]:
        """Who has joined a room, with display names; nobody where we are not in it any more."""
        try:
            return await self.client.members(room)
        except FailureError as failure:
            if failure.may_pass:
                raise
            return {}

    async def _is_pair(self, room: str) -> bool:
        if room not in self._pairs:
            self._pairs[room] = len(await self.members(room)) == 2
        return self._pairs[room]

    async def _deserted(self, user: str) -> str | None:
        """The private room that somebody has left: he is asked in again, rather than into one more with every word."""
        room = await self.noted(private_note(user))
        if room is None or await self._people(room) != {self.client.user}:
            return None
        await self.client.invite(room, user)
        return room

    async def _people(self, room: str) -> set[str]:
        """Who is in a room or invited; nobody where it is a group's, or not ours to see."""
        if await self._inbound.query(lambda uow, org, _now: _group_of(uow, org, room)) is not None:
            return set()
        try:
            return await self.client.people(room)
        except FailureError as failure:
            if failure.may_pass:
                raise
            return set()


def private_note(user: str) -> str:
    """The name of the note that says in which room we speak with somebody alone."""
    return f"{PRIVATE}{user}"


def kept(place: Place, room: str, user: str, now: datetime) -> Callable[[UnitOfWork], None]:
    """The notes that a message renews: where its sender is spoken to alone, or that a group has moved."""
    notes: Sequence[tuple[str, str]] = ()
    if place.private:
        notes = [(private_note(user), room)]
    elif place.chat != room:
        notes = [(_moved_from(room), place.chat), (_moved_to(place.chat), room)]

    def before(uow: UnitOfWork) -> None:
        for name, value in notes:
            uow.connections.note(CHANNEL, name, value, now)

    return before


def _group_of(uow: UnitOfWork, org: Organization, room: str) -> str | None:
    """The group's chat id that a room has; None where it is no group's."""
    if key_of(CHANNEL, room) in org.groups:
        return room
    moved = uow.connections.noted(CHANNEL, _moved_from(room))
    return moved if moved and key_of(CHANNEL, moved) in org.groups else None


def _moved_from(room: str) -> str:
    return f"from:{room}"


def _moved_to(chat: str) -> str:
    return f"to:{chat}"
