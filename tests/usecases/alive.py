"""A live bot over the town's storage, with a platform that can be told to fail and an alarm that only remembers."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from bot.live import Bot
from bot.messages import Capabilities, OutboundMessage
from bot.ports import Notice, SendResult, UnitOfWork
from bot.usecases import telling
from tests.fakes import WIRE, TownBot, make_message


@dataclass
class FakeChannel:
    """A platform that can be told to fail."""

    name: str = "web"
    capabilities: Capabilities = WIRE
    sent: list[OutboundMessage] = field(default_factory=list)
    fails: Callable[[OutboundMessage], bool] = lambda _message: False
    error: BaseException = field(default_factory=lambda: ConnectionResetError("the line is dead"))

    async def send(self, message: OutboundMessage) -> SendResult:
        """Take a message, or break."""
        if self.fails(message):
            raise self.error
        self.sent.append(message)
        return SendResult("sent", f"p-{len(self.sent)}")


@dataclass
class FakeAlarm:
    """Remembers what it was set to."""

    at: list[datetime | None] = field(default_factory=list)

    def sleep_until(self, at: datetime | None) -> None:
        """Ring then."""
        self.at.append(at)


@dataclass
class Live:
    """A live bot over the town's storage, and what surrounds it."""

    town: TownBot
    bot: Bot
    channel: FakeChannel
    alarm: FakeAlarm
    recorded: list[str] = field(default_factory=list)

    async def receive(self, text: str, sender: str = "zhang", **fields: Any) -> str:
        """A message arrives; its channel's own record is its id."""
        message = make_message(text, sender, at=self.town.clock.now(), **fields)

        def before(uow: UnitOfWork) -> str:
            uow.people.seen("web:recorder", f"web:{message.id}", message.at)
            self.recorded.append(message.id)
            return message.id

        return await self.bot.receive(message, before)

    def tell(self, text: str, chat: str = "web:xueyuan") -> Notice | None:
        """Queue a notice."""
        town = self.town
        words = {"note": text, "number": 1}
        return town.read(
            lambda _uow: telling.tell(
                town.engine.context(town.storage.uow, town.clock.now()), chat, "progress", "progress", words=words
            )
        )

    def states(self) -> list[str]:
        """The states of all notices, oldest first."""
        return [row[0] for row in self.town.storage.connection.execute("SELECT state FROM outbox ORDER BY id")]
