"""Feishu's other side for the contract suite: people of one group in front of our own strict server."""

import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from aiohttp import web

from adapters.feishu import connect
from bot.app import SystemClock
from bot.ports import Platform, Tools
from bot.settings import FeishuSettings
from storage.media import MediaFolder
from tests.peers.feishu_messages import GROUP, ME, Fault, Sent
from tests.peers.feishu_server import APP, SECRET, FeishuServer
from tests.peers.feishu_wire import KEY, TOKEN
from tests.peers.peer import Fault as Trouble
from tests.peers.peer import Seen

TROUBLES: Mapping[Trouble, Fault] = {
    "limited": Fault(99991400, 429, {"x-ogw-ratelimit-reset": "1"}),
    "broken": Fault(1, 500, {"Retry-After": "1"}),
    "lost": Fault(hang="cut"),
}


def settings_of(server: FeishuServer, **changes: Any) -> FeishuSettings:
    """The settings of an app at this server."""
    usual = {"app_id": APP, "app_secret": SECRET, "url": server.url, "encrypt_key": KEY, "verification_token": TOKEN}
    return FeishuSettings(**{**usual, "per_second": 1000, "chat_per_minute": 60_000, **changes})


def tools_of(folder: Path) -> Tools:
    """What the adapter is given."""
    return Tools(MediaFolder(folder / "media"), SystemClock(), "网格管家", "http://127.0.0.1")


def envelope(kind: str, event: Mapping[str, Any], id_: str) -> dict[str, Any]:
    """An event as it travels."""
    header = {"event_id": id_, "token": TOKEN, "create_time": now(), "event_type": kind, "app_id": APP}
    return {"schema": "2.0", "header": header, "event": event}


def now() -> str:
    """The present instant, as the platform writes it."""
    return written(system_now())


def written(at: datetime) -> str:
    """An instant as the platform writes it: milliseconds."""
    return str(int(at.timestamp() * 1000))


def system_now() -> datetime:
    """The present instant."""
    return datetime.now(UTC)


def said(
    who: str, content: Mapping[str, Any], id_: str, kind: str = "text", chat: str = GROUP, **more: Any
) -> dict[str, Any]:
    """A message of a person."""
    message = {"message_id": id_, "chat_id": chat, "chat_type": "p2p" if chat != GROUP else "group",
               "message_type": kind, "content": json.dumps(content), "create_time": now(), **more}  # fmt: skip
    sender = {"sender_id": {"open_id": who, "union_id": "on_x"}, "sender_type": "user", "tenant_key": "t"}
    return envelope("im.message.receive_v1", {"sender": sender, "message": message}, f"e-{id_}")


def call(key: str, account: str, name: str) -> dict[str, Any]:
    """A mention, as it stands beside a message."""
    return {"key": key, "id": {"open_id": account}, "name": name, "tenant_key": "t"}


class FeishuPeer:
    """Implements ``Peer``, over the long connection or by callbacks."""

    chat = GROUP
    accounts: Mapping[str, str] = {"zhang": "ou_zhang", "wang": "ou_wang", "zhou": "ou_zhou"}

    def __init__(self, folder: Path, mode: str = "connection", hears_all: bool = True) -> None:
        self.server = FeishuServer()
        self._folder = folder
        self._mode = mode
        self._hears_all = hears_all
        self._platform: Platform | None = None
        self._hook: web.AppRunner | None = None
        self._ids = count(1)
        self._said: dict[str, dict[str, Any]] = {}  # what people have said, by its ids

    @property
    def platform(self) -> Platform:
        assert self._platform is not None, "not started"
        return self._platform

    async def start(self) -> None:
        await self.server.start()
        await self.restart()

    async def restart(self) -> None:
        await self._unhook()
        settings = settings_of(self.server, mode=self._mode, hears_all=self._hears_all)
        self._platform = connect(settings, tools_of(self._folder))
        if self._mode == "callback":
            app = web.Application()
            app.add_routes(self.platform.routes)
            self._hook = web.AppRunner(app)
            await self._hook.setup()
            await web.TCPSite(self._hook, "127.0.0.1", 0).start()
            self.server.callback = f"http://127.0.0.1:{self._hook.addresses[0][1]}/hook/feishu"

    async def stop(self) -> None:
        await self._unhook()
        await self.server.stop()

    async def _unhook(self) -> None:
        if self._hook is not None:
            await self._hook.cleanup()
            self._hook = None

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
        id_, account = f"om_p{next(self._ids)}", self.accounts[who]
        content: dict[str, Any] = {"text": f"@_user_1 {text}" if address else text}
        kind = "text"
        if photo is not None:
            key = f"img_{id_}"
            self.server.pictures[key] = photo
            content, kind = (
                {"title": "", "content": [_line(content["text"]), [{"tag": "img", "image_key": key}]]},
                "post",
            )
        more: dict[str, Any] = {"create_time": written(at or system_now())}
        if address:
            more["mentions"] = [call("@_user_1", ME, "网格管家")]
        if reply_to is not None:
            more |= {"parent_id": reply_to, "root_id": reply_to}
        self.server.messages.add(id_)
        chat = f"oc_p2p_{who}" if private else GROUP
        self._said[id_] = said(account, content, id_, kind, chat, **more)
        await self.again(id_)
        return id_

    async def again(self, message: str) -> None:
        await self.server.happen(self._said[message])

    async def press(self, who: str, message: str, label: str) -> None:
        sent = next(one for one in self.server.sent if one.id == message)
        value = next(button["value"] for button in _buttons(sent) if button["text"]["content"] == label)
        event = {
            "operator": {"open_id": self.accounts[who], "tenant_key": "t"},
            "action": {"value": value, "tag": "button"},
            "context": {"open_message_id": message, "open_chat_id": GROUP},
        }
        payload = envelope("card.action.trigger", event, f"e-press{next(self._ids)}")
        payload["header"]["create_time"] += "000"  # in microseconds, these
        await self.server.happen(payload)

    async def seen(self, private: str = "") -> Sequence[Seen]:
        to = self.accounts[private] if private else GROUP
        return [_seen(sent) for sent in self.server.sent if sent.to == to]

    async def rename(self, title: str) -> None:
        event = {
            "chat_id": GROUP,
            "operator_id": {"open_id": self.accounts["zhang"]},
            "before_change": {"name": "学苑业主群"},
            "after_change": {"name": title},
        }
        await self.server.happen(envelope("im.chat.updated_v1", event, f"e-name{next(self._ids)}"))

    async def cut(self, clean: bool = False) -> None:
        if clean:
            await self.server.close_cleanly()
        await self.server.stop()
        await self.server.start()

    async def trouble(self, fault: Trouble) -> None:
        self.server.faults.append(TROUBLES[fault])


def _line(text: str) -> list[dict[str, str]]:
    """A call of the bot stands in rich text as an element."""
    if text.startswith("@_user_1"):
        return [{"tag": "at", "user_id": "@_user_1", "user_name": "网格管家"}, *_line(text.removeprefix("@_user_1"))]
    return [{"tag": "text", "text": text}]


def _buttons(sent: Sent) -> list[dict[str, Any]]:
    elements = sent.content.get("elements", [])
    return [button for element in elements if element["tag"] == "action" for button in element["actions"]]


def _seen(sent: Sent) -> Seen:
    if sent.kind == "interactive":
        return _seen_card(sent)
    elements = [[*line, {"tag": "text", "text": "\n"}] for line in sent.content["zh_cn"]["content"]]
    flat = [element for line in elements for element in line]
    text = "".join(element.get("text", "") for element in flat).strip()
    mentions = tuple(element["user_id"] for element in flat if element["tag"] == "at")
    return Seen(sent.id, text, mentions, (), _photos(flat), sent.reply_to)


def _seen_card(sent: Sent) -> Seen:
    elements = sent.content["elements"]
    texts = [element["text"] for element in elements if element["tag"] == "div"]
    pings = "".join(text["content"] for text in texts if text["tag"] == "lark_md").replace("<at id=", "")
    mentions = tuple(pings.replace("></at>", "").split())
    text = "\n".join(text["content"] for text in texts if text["tag"] == "plain_text")
    labels = tuple(button["text"]["content"] for button in _buttons(sent))
    return Seen(sent.id, text, mentions, labels, _photos(elements), sent.reply_to)


def _photos(elements: Sequence[Mapping[str, Any]]) -> int:
    return sum(1 for element in elements if element["tag"] == "img")
