"""A platform without a network: what the other peers are measured against."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import count
from typing import Any

from bot.messages import BOT, Capabilities, InboundEvent, InboundMessage, OutboundMessage, Press, Rate
from bot.ports import Inbound, SendResult
from tests.peers.peer import Seen


class StubPlatform:
    """Implements ``ports.Platform`` in memory."""

    name = "stub"
    capabilities = Capabilities(keyed=True)
    routes: Sequence[Any] = ()

    def __init__(self) -> None:
        self.events: asyncio.Queue[tuple[InboundEvent, asyncio.Event] | None] = asyncio.Queue()
        self.sent: dict[str, OutboundMessage] = {}

    async def hear(self, inbound: Inbound, ready: Callable[[], None]) -> None:
        ready()
        while (one := await self.events.get()) is not None:
            event, done = one
            await inbound.receive(event, lambda _uow: None)
            done.set()

    async def send(self, message: OutboundMessage) -> SendResult:
        self.sent[f"b{len(self.sent)}"] = message
        return SendResult("sent", f"b{len(self.sent) - 1}")

    async def probe(self) -> list[str]:
        return []

    async def close(self) -> None:
        """Nothing is held."""


class StubPeer:
    """Implements ``Peer`` on the stub."""

    chat = "yard"
    accounts: Mapping[str, str] = {"zhang": "zhang", "wang": "wang", "zhou": "zhou"}

    def __init__(self) -> None:
        self.platform = StubPlatform()
        self._ids = count(1)

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
    ) -> str:
        assert photo is None, "the stub keeps no photos"
        id_, chat = f"p{next(self._ids)}", f"dm:{who}" if private else self.chat
        mentions = (BOT,) if address else ()
        await self._happen(
            InboundMessage("stub", chat, who, id_, _now(), text, who, private, reply_to, mentions=mentions)
        )
        return id_

    async def press(self, who: str, message: str, label: str) -> None:
        button = next(button for button in self.platform.sent[message].buttons if button.label == label)
        id_ = f"p{next(self._ids)}"
        if button.action == "rate":
            await self._happen(Rate("stub", self.chat, who, id_, _now(), int(button.value), button.ticket_id))
        else:
            await self._happen(Press("stub", self.chat, who, id_, _now(), button.action, button.ticket_id))

    async def seen(self, private: str = "") -> Sequence[Seen]:
        chat = f"stub:dm:{private}" if private else f"stub:{self.chat}"
        return [
            Seen(id_, one.text, one.mentions, tuple(button.label for button in one.buttons))
            for id_, one in self.platform.sent.items()
            if one.chat == chat
        ]

    async def cut(self) -> None:
        await self.platform.events.put(None)

    async def _happen(self, event: InboundEvent) -> None:
        done = asyncio.Event()
        await self.platform.events.put((event, done))
        await done.wait()


def _now() -> datetime:
    return datetime.now(UTC)
