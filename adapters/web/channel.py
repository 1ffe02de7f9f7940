"""The web chat as a platform, outbound: what the bot says becomes a line of the room, once for each key."""

from dataclasses import asdict
from datetime import datetime
from functools import partial

from adapters.web.boards import Query
from adapters.web.hub import Hub
from adapters.web.places import CHANNEL
from bot.domain.org import Organization
from bot.messages import BOT, Capabilities, OutboundMessage
from bot.ports import RoomMessage, SendResult, UnitOfWork


class WebChannel:
    """Implements ``ports.Channel``. The line's seq is the platform's message id, so that a quote of it leads back."""

    def __init__(self, query: Query, hub: Hub) -> None:
        self.name = CHANNEL
        self.capabilities = Capabilities(keyed=True)
        self._query = query
        self._hub = hub

    async def send(self, message: OutboundMessage) -> SendResult:
        """Post the line; the same key again finds the line that stands there already."""
        posted = await self._query(partial(_post, message=message))
        self._hub.wake(message.chat)
        return SendResult("sent", str(posted.seq))


def line_of(message: OutboundMessage, at: datetime) -> RoomMessage:
    """A message of the bot as a line of a room."""
    payload: dict[str, object] = {
        "kind": message.kind,
        "number": message.number,
        "ticket_id": message.ticket_id,
        "buttons": [asdict(button) for button in message.buttons],
        "mentions": list(message.mentions),
    }
    if message.attachments:
        payload["media"] = list(message.attachments)
    return RoomMessage(0, message.chat, BOT, "", message.text, at, message.key, None, payload)


def _post(uow: UnitOfWork, _org: Organization, now: datetime, *, message: OutboundMessage) -> RoomMessage:
    return uow.rooms.post(line_of(message, now))
