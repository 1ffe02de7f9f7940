"""A homeserver that fails as it is told to. Its good answers are shaped like Synapse's; the rest is its purpose."""

import asyncio
import json
from collections.abc import Mapping
from typing import Any

from aiohttp import web

BOT, TOKEN, ROOM = "@bot:test.local", "good", "!room:test.local"
V3 = "/_matrix/client/v3"
Fault = tuple[int, Mapping[str, Any] | str] | str


class FakeServer:
    """Answers the few questions of the adapter. ``faults`` are used up one by one, by whatever is sent or synced next."""

    def __init__(self) -> None:
        self.faults: dict[str, list[Fault]] = {}
        self.batches: list[list[dict[str, Any]]] = []  # the events of each position
        self.invites: list[str] = []
        self.sent: dict[str, dict[str, Any]] = {}  # by transaction id
        self.joined = {ROOM}
        self.authors: dict[str, str] = {}
        self.files: dict[str, bytes] = {}
        self.polled = 0
        self.happened = asyncio.Event()

    def application(self) -> web.Application:
        """Its routes."""
        app = web.Application(middlewares=[self._guard])
        rooms = f"{V3}/rooms/{{room}}"
        app.add_routes(
            [
                web.get(f"{V3}/account/whoami", self._who),
                web.get(f"{V3}/profile/{{user}}/displayname", self._name),
                web.get(f"{V3}/sync", self._sync),
                web.get(f"{V3}/joined_rooms", self._rooms),
                web.get(f"{rooms}/joined_members", self._members),
                web.get(f"{rooms}/event/{{id}}", self._event),
                web.get(f"{rooms}/state/{{kind}}/", self._state),
                web.get(f"{rooms}/state/{{kind}}", self._state),
                web.put(f"{rooms}/send/{{kind}}/{{key}}", self._send),
                web.post(f"{V3}/join/{{room}}", self._join),
                web.post("/_matrix/media/v3/upload", self._upload),
                web.post("/_matrix/client/v1/media/upload", self._upload),
                web.get("/_matrix/client/v1/media/download/{server}/{id}", self._download),
            ]
        )
        return app

    def say(self, *events: dict[str, Any]) -> None:
        """Something happens in the room."""
        self.batches.append(list(events))
        self.happened.set()

    @web.middleware
    async def _guard(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.headers.get("Authorization") != f"Bearer {TOKEN}":
            return _error(401, "M_UNKNOWN_TOKEN")
        assert "access_token" not in request.query, "a token in an address ends in logs"
        waiting = self.faults.get(request.path.removeprefix(V3).split("/")[1], [])
        queue = waiting or self.faults.get(str(request.match_info.get("kind", "")), [])
        if not queue or (request.path.endswith("/sync") and "since" not in request.query):
            answer: web.StreamResponse = await handler(request)
            return answer
        return await self._fail(queue.pop(0), request, handler)

    async def _fail(self, fault: Fault, request: web.Request, handler: Any) -> web.StreamResponse:
        if isinstance(fault, tuple):
            status, body = fault
            text = body if isinstance(body, str) else json.dumps(body)
            return web.Response(status=status, text=text, content_type="application/json")
        if fault == "hang":
            await asyncio.sleep(30)
        if fault == "drop after":
            await handler(request)
        assert request.transport is not None
        request.transport.abort()
        return web.Response()

    async def _who(self, _request: web.Request) -> web.Response:
        return web.json_response({"user_id": BOT, "device_id": "D", "is_guest": False})

    async def _name(self, _request: web.Request) -> web.Response:
        return web.json_response({"displayname": "网格管家"})

    async def _sync(self, request: web.Request) -> web.Response:
        if json.loads(request.query["filter"])["room"]["timeline"]["limit"] == 1:
            return web.json_response({"next_batch": "s0", "rooms": {"invite": self._invitations()}})
        self.polled += 1
        position = int(request.query.get("since", "s0")[1:])
        if position >= len(self.batches) and not self.invites:
            self.happened.clear()
            try:
                async with asyncio.timeout(int(request.query.get("timeout", 0)) / 1000):
                    await self.happened.wait()
            except TimeoutError:
                pass
        events = [event for batch in self.batches[position:] for event in batch]
        timeline = {"events": events, "limited": False, "prev_batch": "p"}
        joined = {ROOM: {"timeline": timeline, "state": {"events": []}}} if events else {}
        return web.json_response(
            {"next_batch": f"s{len(self.batches)}", "rooms": {"join": joined, "invite": self._invitations()}}
        )

    def _invitations(self) -> dict[str, Any]:
        return {room: {"invite_state": {}} for room in self.invites}

    async def _rooms(self, _request: web.Request) -> web.Response:
        return web.json_response({"joined_rooms": sorted(self.joined)})

    async def _members(self, request: web.Request) -> web.Response:
        if request.match_info["room"] not in self.joined:
            return _error(403, "M_FORBIDDEN")
        return web.json_response({"joined": {BOT: {}, "@a:test.local": {}, "@b:test.local": {}}})

    async def _event(self, request: web.Request) -> web.Response:
        id_ = request.match_info["id"]
        if id_ not in self.authors:
            return _error(404, "M_NOT_FOUND")
        fields = {"event_id": id_, "type": "m.room.message", "content": {}, "room_id": ROOM, "origin_server_ts": 1}
        return web.json_response({**fields, "sender": self.authors[id_]})

    async def _state(self, _request: web.Request) -> web.Response:
        return _error(404, "M_NOT_FOUND")

    async def _send(self, request: web.Request) -> web.Response:
        assert request.match_info["kind"] in {"m.room.message", "org.matrix.msc3381.poll.start"}
        if request.match_info["room"] not in self.joined:
            return _error(403, "M_FORBIDDEN")
        content = await request.json()
        first = self.sent.setdefault(request.match_info["key"], content)
        assert first == content or "url" in content, "the same key means the same words"
        return web.json_response({"event_id": f"${request.match_info['key']}"})

    async def _join(self, request: web.Request) -> web.Response:
        room = request.match_info["room"]
        self.invites = [one for one in self.invites if one != room]
        self.joined.add(room)
        return web.json_response({"room_id": room})

    async def _upload(self, request: web.Request) -> web.Response:
        id_ = f"f{len(self.files)}"
        self.files[id_] = await request.read()
        return web.json_response({"content_uri": f"mxc://test.local/{id_}"})

    async def _download(self, request: web.Request) -> web.Response:
        found = self.files.get(request.match_info["id"])
        return _error(404, "M_NOT_FOUND") if found is None else web.Response(body=found)


def message(text: str, id_: str, sender: str = "@a:test.local", **content: Any) -> dict[str, Any]:
    """Somebody's words as an event."""
    body = {"msgtype": "m.text", "body": text, **content}
    head = {"event_id": id_, "sender": sender, "origin_server_ts": 1_795_448_340_000, "type": "m.room.message"}
    return {**head, "content": body}


def _error(status: int, code: str) -> web.Response:
    return web.json_response({"errcode": code, "error": code}, status=status)
