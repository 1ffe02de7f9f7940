"""Somebody with a Matrix client: plain HTTP, nothing shared with the adapter."""

import json
from itertools import count
from typing import Any
from urllib.parse import quote

from aiohttp import ClientSession

API = "/_matrix/client/v3"
POLL = "org.matrix.msc3381.poll"


class Person:
    """An account on the homeserver and its token."""

    def __init__(self, session: ClientSession, url: str) -> None:
        self._session = session
        self._url = url
        self._keys = count(1)
        self.id = ""
        self.token = ""

    async def register(self, name: str, shown: str) -> "Person":
        """Make the account."""
        auth = {"username": name, "password": "not-a-secret-1", "auth": {"type": "m.login.dummy"}}
        made = await self.call("POST", "register", auth)
        self.id, self.token = made["user_id"], made["access_token"]
        await self.call("PUT", f"profile/{quote(self.id)}/displayname", {"displayname": shown})
        return self

    async def call(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the server; fails where it refuses."""
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        async with self._session.request(method, f"{self._url}{API}/{path}", json=body, headers=headers) as response:
            answer = await response.json()
            assert response.status == 200, (method, path, answer)
            return answer

    async def create(self, invite: list[str], **fields: Any) -> str:
        """A new room."""
        room: str = (await self.call("POST", "createRoom", {"invite": invite, **fields}))["room_id"]
        return room

    async def join(self, room: str) -> None:
        await self.call("POST", f"join/{quote(room)}", {})

    async def send(self, room: str, content: Any, kind: str = "m.room.message") -> str:
        """An event; gives its id."""
        path = f"rooms/{quote(room)}/send/{kind}/{self.id[1:3]}{next(self._keys)}"
        id_: str = (await self.call("PUT", path, content))["event_id"]
        return id_

    async def react(self, room: str, event: str, sign: str) -> str:
        relation = {"rel_type": "m.annotation", "event_id": event, "key": sign}
        return await self.send(room, {"m.relates_to": relation}, "m.reaction")

    async def vote(self, room: str, poll: str, answer: str) -> str:
        relation = {"rel_type": "m.reference", "event_id": poll}
        return await self.send(
            room, {"m.relates_to": relation, f"{POLL}.response": {"answers": [answer]}}, f"{POLL}.response"
        )

    async def redact(self, room: str, event: str) -> None:
        await self.call("PUT", f"rooms/{quote(room)}/redact/{quote(event)}/r{next(self._keys)}", {})

    async def edit(self, room: str, event: str, text: str) -> str:
        new = {"msgtype": "m.text", "body": text}
        relation = {"rel_type": "m.replace", "event_id": event}
        return await self.send(
            room, {"msgtype": "m.text", "body": f"* {text}", "m.new_content": new, "m.relates_to": relation}
        )

    async def upload(self, photo: bytes) -> str:
        """Store a photo; gives its address."""
        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "image/jpeg"}
        async with self._session.post(f"{self._url}/_matrix/media/v3/upload", data=photo, headers=headers) as response:
            address: str = (await response.json())["content_uri"]
            return address

    async def members(self, room: str) -> set[str]:
        return set((await self.call("GET", f"rooms/{quote(room)}/joined_members"))["joined"])

    async def rooms(self) -> list[str]:
        """The rooms joined; whoever invites is followed."""
        no_events = {"not_types": ["*"]}
        thin = quote(json.dumps({"room": {"timeline": no_events, "state": no_events}}))
        synced = await self.call("GET", f"sync?timeout=0&filter={thin}")
        for room in synced.get("rooms", {}).get("invite", {}):
            await self.join(room)
        joined: list[str] = (await self.call("GET", "joined_rooms"))["joined_rooms"]
        return joined

    async def events(self, room: str) -> list[dict[str, Any]]:
        """What happened in a room, oldest first."""
        found: list[dict[str, Any]] = (await self.call("GET", f"rooms/{quote(room)}/messages?dir=b&limit=100"))["chunk"]
        return found[::-1]
