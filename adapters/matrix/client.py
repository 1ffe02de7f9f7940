"""The homeserver, asked through matrix-nio. Only this file names the library; what goes wrong is a ``FailureError``.

nio keeps no state here and never tries again by itself: both are ours to decide.
"""

import asyncio
import io
import logging
from collections.abc import Awaitable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from aiohttp import ClientConnectorError, ClientError, ClientResponse, ClientTimeout, ConnectionTimeoutError
from nio import AsyncClient, AsyncClientConfig, ErrorResponse, MessageDirection  # type: ignore[import-untyped]

from adapters.matrix.failures import FailureError
from adapters.matrix.shapes import Payload, text_at

TRANSFER = 60.0  # seconds for a photo
PATIENCE = 20.0  # seconds for an answer; a server that is later is not there
PAGE = 100  # events; more in one answer Synapse does not give
_NONE = {"not_types": ["*"]}
_LAZY = {"lazy_load_members": True, "include_redundant_members": True}  # the names of who speaks come along
FILTER = {
    "presence": _NONE,
    "account_data": _NONE,
    "room": {
        "ephemeral": _NONE,
        "account_data": _NONE,
        "state": {"types": ["m.room.member"], **_LAZY},
        "timeline": {"limit": PAGE, **_LAZY},
    },
}
NOTHING = {
    "presence": _NONE,
    "account_data": _NONE,
    "room": {"ephemeral": _NONE, "account_data": _NONE, "state": _NONE, "timeline": {"limit": 1, **_NONE}},
}
UNSEEN = {  # who is invited later reads nothing from before
    "type": "m.room.history_visibility",
    "state_key": "",
    "content": {"history_visibility": "invited"},
}
UNASKED = ("to_device", "presence", "account_data", "device_lists", "device_one_time_keys_count")


@dataclass(frozen=True, slots=True)
class Part:
    """What happened in one room. ``gap`` is where to read on backwards, if not all came."""

    room: str
    events: Sequence[Payload]
    members: Sequence[Payload] = ()
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Batch:
    """What happened since the last time."""

    position: str
    invites: Sequence[str]
    parts: Sequence[Part]


class _Nio(AsyncClient):  # type: ignore[misc] # it carries no types
    """nio without its memory of rooms: what people write cannot break what is not read."""

    def __init__(self, homeserver: str, user: str, reach: float) -> None:
        super().__init__(homeserver, user, config=AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0))
        self._limits = ClientTimeout(total=None, connect=reach)

    async def send(self, method: str, path: str, data: Any = None, headers: Any = None, *_waits: Any) -> ClientResponse:
        """Who is not reached in time took nothing: it is told apart from an answer that does not come (``_guarded``)."""
        response: ClientResponse = await super().send(method, path, data, headers, None, self._limits)
        return response

    async def receive_response(self, response: object) -> None:
        """Nothing is kept."""

    async def parse_body(self, transport_response: Any) -> Any:
        """The body without what nobody asked for and any user may send."""
        body = await super().parse_body(transport_response)
        return {key: body[key] for key in body if key not in UNASKED} if isinstance(body, dict) else body


class Client:
    """One account on one homeserver."""

    def __init__(self, homeserver: str, user: str, token: str, patience: float = PATIENCE) -> None:
        logging.getLogger("nio").setLevel(logging.CRITICAL)  # it quotes what people wrote
        self._nio = _Nio(homeserver.rstrip("/"), user, patience / 2)
        self._nio.access_token = token
        self.user = user
        self._patience = patience

    async def close(self) -> None:
        """Hang up."""
        await self._nio.close()

    async def who(self) -> str:
        """The user id that the token belongs to."""
        found = await self._ask(self._nio.whoami())
        self.user = self._nio.user_id = str(found.user_id)
        return self.user

    async def sync(self, since: str, wait: float) -> Batch:
        """What happened since a position; waits so many seconds for something to happen."""
        call = self._nio.sync(timeout=int(wait * 1000), sync_filter=FILTER, since=since or None)
        found = await self._ask(call, wait + self._patience)
        rooms = found.rooms
        parts = [_part(room, info) for room, info in [*rooms.join.items(), *rooms.leave.items()]]
        return Batch(found.next_batch, tuple(rooms.invite), parts)

    async def invited(self) -> list[str]:
        """The rooms that we are invited to and have not entered."""
        found = await self._ask(self._nio.sync(timeout=0, sync_filter=NOTHING))
        return list(found.rooms.invite)

    async def back(self, room: str, start: str, until: str) -> tuple[list[Payload], str]:
        """A page of older events, newest first, and where the next page begins."""
        way = MessageDirection.back
        call = self._nio.room_messages(room, start, end=until or None, direction=way, limit=PAGE)
        found = await self._ask(call)
        return [event.source for event in found.chunk], found.end or ""

    async def event(self, room: str, id_: str) -> Payload:
        """One event."""
        found = await self._ask(self._nio.room_get_event(room, id_))
        source: Payload = found.event.source
        return source

    async def state(self, room: str, kind: str, key: str = "") -> Payload:
        """The content of a state event; an empty one where there is none."""
        try:
            found = await self._ask(self._nio.room_get_state_event(room, kind, key))
        except FailureError as failure:
            if failure.status == 404:
                return {}
            raise
        content: Payload = found.content
        return content

    async def members(self, room: str) -> dict[str, str]:
        """Who has joined a room, with display names."""
        found = await self._ask(self._nio.joined_members(room))
        return {member.user_id: str(member.display_name or "") for member in found.members}

    async def people(self, room: str) -> set[str]:
        """Who has joined a room or may join it."""
        found = await self._ask(self._nio.room_get_state(room))
        here = [event for event in found.events if text_at(event, "content", "membership") in {"join", "invite"}]
        return {text_at(event, "state_key") for event in here if text_at(event, "type") == "m.room.member"}

    async def rooms(self) -> list[str]:
        """The rooms that we have joined."""
        return list((await self._ask(self._nio.joined_rooms())).rooms)

    async def display_name(self) -> str:
        """How we are called."""
        return str((await self._ask(self._nio.get_displayname())).displayname or "")

    async def join(self, room: str) -> None:
        """Enter a room."""
        await self._ask(self._nio.join(room))

    async def open(self, user: str) -> str:
        """A new room for us and one other."""
        found = await self._ask(self._nio.room_create(is_direct=True, invite=[user], initial_state=[UNSEEN]))
        return str(found.room_id)

    async def invite(self, room: str, user: str) -> None:
        """Ask somebody into a room."""
        await self._ask(self._nio.room_invite(room, user))

    async def send(self, room: str, kind: str, content: Mapping[str, object], key: str) -> str:
        """Send an event; the same key again gives the event that stands there already."""
        return str((await self._ask(self._nio.room_send(room, kind, dict(content), tx_id=key))).event_id)

    async def upload(self, content: bytes, content_type: str, name: str) -> str:
        """Store a file; gives its ``mxc:`` address."""
        file = io.BytesIO(content)
        call = self._nio.upload(file, content_type, name, filesize=len(content))
        return str((await self._ask(_first(call), TRANSFER)).content_uri)

    async def download(self, server: str, id_: str, limit: int) -> bytes | None:
        """A file's content; None where it is longer than the limit."""
        path = f"/_matrix/client/v1/media/download/{quote(server, safe='')}/{quote(id_, safe='')}"
        body: bytes | None = await self._guarded(self._fetch(path, limit), TRANSFER)
        return body

    async def _fetch(self, path: str, limit: int) -> bytes | None:
        headers = {"Authorization": f"Bearer {self._nio.access_token}"}
        response = await self._nio.send("GET", path, None, headers)
        async with response:
            if response.status != 200:
                raise FailureError("M_NOT_FOUND" if response.status == 404 else "no file", response.status)
            body = bytearray()
            async for chunk in response.content.iter_any():
                body += chunk
                if len(body) > limit:
                    return None
            return bytes(body)

    async def _ask(self, call: Awaitable[Any], seconds: float = 0.0) -> Any:
        answer = await self._guarded(call, seconds or self._patience)
        if isinstance(answer, ErrorResponse):
            raise _failure(answer)
        return answer

    async def _guarded(self, call: Awaitable[Any], seconds: float) -> Any:
        """Nobody answers for ever, and what breaks on the way breaks as one kind of error."""
        try:
            async with asyncio.timeout(seconds):
                return await call
        except (ClientConnectorError, ConnectionTimeoutError) as error:
            raise FailureError(type(error).__name__, is_unreached=True) from error
        except (ClientError, OSError, ValueError) as error:  # a timeout is an OSError, an odd body a ValueError
            raise FailureError(type(error).__name__) from error


async def _first(call: Awaitable[tuple[Any, object]]) -> Any:
    return (await call)[0]


def _part(room: str, info: Any) -> Part:
    timeline = info.timeline
    events = [event.source for event in timeline.events]
    return Part(room, events, [event.source for event in info.state], (timeline.limited and timeline.prev_batch) or "")


def _failure(answer: Any) -> FailureError:
    """The pause stands in the body, or in a header (the newer form)."""
    response = answer.transport_response
    pause = answer.retry_after_ms
    seconds = pause / 1000 if isinstance(pause, int | float) else _number(response.headers.get("Retry-After", ""))
    return FailureError(text_at({"code": answer.status_code}, "code") or "no reason", response.status, seconds)


def _number(text: str) -> float:
    return float(text) if text.isascii() and text.isdigit() else 0.0
