"""A platform without a network: what the other peers are measured against."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from bot.messages import BOT, Capabilities, InboundEvent, InboundMessage, Media, OutboundMessage, Press, Rate, Renamed
from bot.ports import Inbound, MediaStore, SendResult
from storage.media import MediaFolder
from tests.peers.peer import Fault, Seen


class StubPlatform:
    """Implements ``ports.Platform`` in memory."""

    name = "stub"
    capabilities = Capabilities(keyed=True, edits=True)
    routes: Sequence[Any] = ()

    def __init__(self, sent: dict[str, OutboundMessage]) -> None:
        self.events: asyncio.Queue[tuple[InboundEvent, asyncio.Event] | None] = asyncio.Queue()
        self.sent = sent
        self.faults: list[Fault] = []

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        ready()
        while (one := await self.events.get()) is not None:
            event, done = one
            await inbound.receive(event, lambda _uow: None)
            done.set()

    async def send(self, message: OutboundMessage) -> SendResult:
        fault = self.faults.pop() if self.faults else None
        if fault in {"limited", "broken"}:
            return SendResult("retry", retry_after=0.1)
        known = (place for place, one in self.sent.items() if one.key == message.key)
        place = message.replaces or next(known, f"b{len(self.sent)}")
        self.sent[place] = message
        return SendResult("retry") if fault == "lost" else SendResult("sent", place)

    async def probe(self) -> list[str]:
        return []

    async def close(self) -> None:
        """Nothing is held."""


class StubPeer:
    """Implements ``Peer`` on the stub."""

    chat = "yard"
    accounts: Mapping[str, str] = {"zhang": "zhang", "wang": "wang", "zhou": "zhou"}

    def __init__(self, tmp_path: Path) -> None:
        self.sent: dict[str, OutboundMessage] = {}
        self.platform = StubPlatform(self.sent)
        self._media: MediaStore = MediaFolder(tmp_path / "media")
        self._ids = count(1)
        self._said: dict[str, InboundMessage] = {}

    async def start(self) -> None:
        """It is always up."""

    async def stop(self) -> None:
        """Nothing is held."""

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
        id_, chat = f"p{next(self._ids)}", f"dm:{who}" if private else self.chat
        mentions: tuple[str, ...] = (BOT,) if address else ()
        media: tuple[Media, ...] = (self._media.put(photo, "photo"),) if photo else ()
        self._said[id_] = InboundMessage(
            "stub", chat, who, id_, at or _now(), text, who, private, reply_to, None, mentions, media
        )
        await self.again(id_)
        return id_

    async def again(self, message: str) -> None:
        await self._happen(self._said[message])

    async def press(self, who: str, message: str, label: str) -> None:
        button = next(button for button in self.sent[message].buttons if button.label == label)
        id_ = f"p{next(self._ids)}"
        if button.action == "rate":
            await self._happen(Rate("stub", self.chat, who, id_, _now(), int(button.value), button.ticket_id))
        else:
            await self._happen(Press("stub", self.chat, who, id_, _now(), button.action, button.ticket_id))

    async def seen(self, private: str = "") -> Sequence[Seen]:
        chat = f"stub:dm:{private}" if private else f"stub:{self.chat}"
        return [
            Seen(id_, one.text, one.mentions, tuple(button.label for button in one.buttons), len(one.attachments))
            for id_, one in self.sent.items()
            if one.chat == chat
        ]

    async def rename(self, title: str) -> None:
        await self._happen(Renamed("stub", self.chat, "zhang", _now(), title))

    async def cut(self, clean: bool = False) -> None:
        await self.platform.events.put(None)

    async def trouble(self, fault: Fault) -> None:
        self.platform.faults.append(fault)

    async def restart(self) -> None:
        self.platform = StubPlatform(self.sent)

    async def _happen(self, event: InboundEvent) -> None:
        done = asyncio.Event()
        await self.platform.events.put((event, done))
        await done.wait()


def _now() -> datetime:
    return datetime.now(UTC)
