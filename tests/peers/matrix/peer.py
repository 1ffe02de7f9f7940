"""Matrix for the contract suite: a real Synapse, and residents who speak plain HTTP to it."""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from uuid import uuid4

from aiohttp import ClientSession
from pydantic import SecretStr

from adapters.matrix.channel import MatrixChannel
from bot.settings import MatrixSettings
from tests.peers.house import tools
from tests.peers.matrix.gate import Gate
from tests.peers.matrix.person import Person
from tests.peers.matrix.synapse import synapse
from tests.peers.peer import Fault, Seen

SHOWN = {"bot": "网格管家", "zhang": "张三", "wang": "王阿姨", "zhou": "周敏"}
FAST = {"per_second": 1000.0, "chat_per_minute": 60_000.0}
RHYTHM = {"breath": 0.1, "pickup": 0.1}


class MatrixPeer:
    """Implements ``Peer`` on a homeserver of our own."""

    def __init__(self, tmp_path: Path) -> None:
        self._tmp_path = tmp_path
        self._server = synapse()
        self._gate = Gate(self._server.url)
        self._session: ClientSession | None = None
        self._before: dict[str, str] = {}  # by message: where the bot had read to when it was said
        self.people: dict[str, Person] = {}
        self.room = ""
        self._platform: MatrixChannel | None = None

    @property
    def platform(self) -> MatrixChannel:
        assert self._platform is not None
        return self._platform

    @property
    def chat(self) -> str:
        return self.room

    @property
    def accounts(self) -> Mapping[str, str]:
        return {name: person.id for name, person in self.people.items() if name != "bot"}

    async def start(self) -> None:
        await self._server.up()
        await self._gate.open()
        self._session, mark = ClientSession(), uuid4().hex[:8]
        for name, shown in SHOWN.items():
            self.people[name] = await Person(self._session, self._server.url).register(f"{name}-{mark}", shown)
        zhang, bot = self.people["zhang"], self.people["bot"]
        self.room = await zhang.create([bot.id, self.people["wang"].id, self.people["zhou"].id], name="学苑业主群")
        for name in ("wang", "zhou"):
            await self.people[name].join(self.room)
        self._platform = self.connect()

    def connect(self) -> MatrixChannel:
        """The adapter, as after a start of the bot."""
        bot = self.people["bot"]
        settings = MatrixSettings(homeserver=self._gate.url, user=bot.id, token=SecretStr(bot.token), **FAST)
        return MatrixChannel(settings, tools(self._tmp_path), **RHYTHM)

    async def stop(self) -> None:
        if self._session is not None:
            await self._session.close()
        if self._platform is not None:
            await self._platform.close()
        await self._gate.close()

    async def say(
        self,
        who: str,
        text: str,
        *,
        reply_to: str | None = None,
        address: bool = False,
        photo: bytes | None = None,
        private: bool = False,
        at: datetime | None = None,
    ) -> str:
        assert at is None, "the homeserver stamps its own times"
        person = self.people[who]
        room = await self._private_room(person) if private else self.room
        content: dict[str, Any] = {"msgtype": "m.text", "body": text, "m.mentions": {}}
        if photo is not None:
            shown = {"msgtype": "m.image", "filename": "p.jpg", "body": text or "p.jpg", "info": {"size": len(photo)}}
            content |= {**shown, "url": await person.upload(photo)}
        if address:
            bot = self.people["bot"].id
            content |= {"body": f"{SHOWN['bot']}: {content['body']}", "m.mentions": {"user_ids": [bot]}}
        if reply_to is not None:
            content["m.relates_to"] = {"m.in_reply_to": {"event_id": reply_to}}
        await self.entered(room)
        position = self._gate.position
        id_ = await person.send(room, content)
        self._before[id_] = position
        return id_

    async def again(self, message: str) -> None:
        """With all that came after it: a homeserver tells anew from a position on."""
        await self._gate.turn_back(self._before[message])

    async def press(self, who: str, message: str, label: str) -> None:
        raise AssertionError("Matrix has no buttons")

    async def seen(self, private: str = "") -> Sequence[Seen]:
        person = self.people[private or "zhang"]
        rooms = await self._pairs(person) if private else [self.room]
        await asyncio.sleep(0.05)  # whoever looks again and again leaves the server some time
        return [_seen(event) for room in rooms for event in await person.events(room) if self._is_said(event)]

    async def rename(self, title: str) -> None:
        path = f"rooms/{quote(self.room)}/state/m.room.name/"
        await self.people["zhang"].call("PUT", path, {"name": title})

    async def cut(self, clean: bool = False) -> None:
        """``clean``: the server is shut down in an orderly way."""
        self._server.end(clean)
        await self._server.up()

    async def trouble(self, fault: Fault) -> None:
        self._gate.faults.append(fault)

    async def restart(self) -> None:
        await self.platform.close()
        self._platform = self.connect()

    async def entered(self, room: str) -> None:
        """Who speaks before the bot has come in is not heard."""
        bot = self.people["bot"]
        async with asyncio.timeout(15):
            while room not in (await bot.call("GET", "joined_rooms"))["joined_rooms"]:  # noqa: ASYNC110 - as in the house
                await asyncio.sleep(0.05)

    async def _private_room(self, person: Person) -> str:
        known = await self._pairs(person)
        if known:
            return known[0]
        return await person.create([self.people["bot"].id], is_direct=True)

    async def _pairs(self, person: Person) -> list[str]:
        pair = {person.id, self.people["bot"].id}
        return [room for room in await person.rooms() if await person.members(room) == pair]

    def _is_said(self, event: Mapping[str, Any]) -> bool:
        is_edit = event["content"].get("m.relates_to", {}).get("rel_type") == "m.replace"
        return (event["sender"], event["type"]) == (self.people["bot"].id, "m.room.message") and not is_edit


def _seen(event: Mapping[str, Any]) -> Seen:
    """As clients show it: what the server holds for the newest edit counts."""
    content = event["content"]
    edit = event.get("unsigned", {}).get("m.relations", {}).get("m.replace")
    new = edit["content"]["m.new_content"] if edit else content
    is_photo = content.get("msgtype") == "m.image"
    return Seen(
        event["event_id"],
        "" if is_photo else new.get("body", ""),
        tuple(new.get("m.mentions", {}).get("user_ids", ())),
        photos=int(is_photo),
        reply_to=content.get("m.relates_to", {}).get("m.in_reply_to", {}).get("event_id"),
    )
