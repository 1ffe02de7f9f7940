"""What the bot says at the Feishu that is none: messages, photos and edits, refused wherever the documentation would.

Sources: open.feishu.cn, im/v1 message create, reply, patch, image create (2025-08).
"""

import asyncio
import json
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from aiohttp import BodyPartReader, web

from tests.peers.feishu_wire import check_content, require

ME, GROUP = "ou_bot", "oc_yard"
LARGEST = 30_000  # bytes of a request with a card or rich text


@dataclass
class Sent:
    """A message of the bot."""

    id: str
    to: str
    kind: str
    content: dict[str, Any]
    reply_to: str | None


@dataclass
class Fault:
    """What goes wrong with the next call: an answer, or what becomes of the connection before or after the work is done."""

    code: int = 0
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    hang: str = ""  # before, after: silence; cut: done, and the connection breaks
    page: str = ""  # of some server in between


class Messages:
    """The messages of one app in one group, and the photos of people and of the app."""

    def __init__(self) -> None:
        self.members = {"ou_zhang": "3-1-502张姐", "ou_wang": "王大爷", "ou_zhou": "周敏"}
        self.sent: list[Sent] = []
        self.known: set[str] = {GROUP}  # chats
        self.messages: set[str] = set()  # ids that can be answered
        self.pictures: dict[str, bytes] = {}
        self.uploaded: list[bytes] = []
        self.spoilt: set[str] = set()  # keys of photos that a message may not show
        self.faults: list[Fault] = []  # of what is said
        self.forgetful = False  # does not say the id of what was sent
        self._keys: dict[str, Sent] = {}
        self._ids = count(1)

    async def resource(self, request: web.Request) -> web.StreamResponse:
        """A photo out of somebody's message."""
        require(request.match_info["id"] in self.messages and request.query.get("type") == "image", 234003)
        require(request.match_info["key"] in self.pictures, 234003)
        return web.Response(body=self.pictures[request.match_info["key"]], content_type="image/jpeg")

    async def image(self, request: web.Request) -> web.StreamResponse:
        """A photo is brought."""
        fields: dict[str, bytes] = {}  # the official client gives its photo no file name
        async for part in await request.multipart():
            assert isinstance(part, BodyPartReader)
            fields[part.name or ""] = bytes(await part.read())
        require(fields.get("image_type") == b"message" and bool(fields.get("image")), 234001)
        self.uploaded.append(fields["image"])
        key = f"img_up{len(self.uploaded)}"
        return web.json_response({"code": 0, "data": {"image_key": key}})

    async def say(self, request: web.Request) -> web.StreamResponse:
        """A message is sent, is an answer, or takes the place of another; or it meets a fault."""
        fault = self.faults.pop(0) if self.faults else Fault()
        if fault.hang == "before":
            await asyncio.Event().wait()
        if fault.page:
            return web.Response(text=fault.page, status=fault.status, content_type="text/html")
        if fault.code or fault.status != 200:
            return web.json_response({"code": fault.code, "msg": "fault"}, status=fault.status, headers=fault.headers)
        raw = await request.read()
        require(len(raw) <= LARGEST, 230025)
        accept = self._edit if request.method == "PATCH" else self._accept
        data = accept(json.loads(raw), request)
        if fault.hang == "cut" and request.transport is not None:
            request.transport.abort()
        elif fault.hang == "after":
            await asyncio.Event().wait()
        return web.json_response({"code": 0, "msg": "success", "data": {} if self.forgetful else data})

    def _accept(self, body: dict[str, Any], request: web.Request) -> dict[str, str]:
        key, quoted = body.get("uuid", ""), request.match_info.get("id")
        require(len(key) <= 50, 230001)
        if key and key in self._keys:
            return {"message_id": self._keys[key].id}
        if quoted is None:
            to, kind = body["receive_id"], request.query.get("receive_id_type")
            require(to in (self.known if kind == "chat_id" else self.members), 230002)
        else:
            require(quoted in self.messages, 230011)
            to = GROUP
        sent = Sent(f"om_b{next(self._ids)}", to, body["msg_type"], self._checked(body["msg_type"], body), quoted)
        self.sent.append(sent)
        self.messages.add(sent.id)
        if key:
            self._keys[key] = sent
        return {"message_id": sent.id}

    def _edit(self, body: dict[str, Any], request: web.Request) -> dict[str, str]:
        """Only a card, only one that was shared before and is shared afterwards, and only whole."""
        require(request.match_info["id"] in self.messages, 230011)
        found = next((one for one in self.sent if one.id == request.match_info["id"]), None)
        require(found is not None and found.kind == "interactive" and set(body) == {"content"}, 230001)
        assert found is not None
        content = self._checked("interactive", body)
        require(all(card.get("config", {}).get("update_multi") is True for card in (found.content, content)), 230099)
        found.content = content
        return {}

    def _checked(self, kind: str, body: dict[str, Any]) -> dict[str, Any]:
        content: dict[str, Any] = json.loads(body["content"])
        check_content(kind, content, {*self.members, ME})
        require(not any(key in body["content"] for key in self.spoilt), 230099 if kind == "interactive" else 230001)
        return content
