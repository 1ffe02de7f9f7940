"""Lines and tickets as one reader may see them: what goes over the wire to a chat page."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import quote, urlencode
from zlib import crc32

from adapters.web.hub import Snapshot, TicketNow
from adapters.web.places import Place, Visitor, shown_name
from bot.domain.org import Organization
from bot.messages import BOT, key_of
from bot.ports import RoomMessage
from bot.render.catalog import Catalog
from bot.usecases.overview import actions_of, is_visible, role_in

RECALL = timedelta(minutes=2)
TINTS = 6
QUOTED = 60  # characters of a quoted line
CLIENT_ID = "/"  # between the account and the id that its page gave


def stored_id(visitor: Visitor, client_id: str) -> str:
    """A client id as it is stored: one visitor can't take the place of another's line."""
    return f"{visitor.account}{CLIENT_ID}{client_id}"


def recall_left(line: RoomMessage, now: datetime) -> int:
    """How many seconds a line may still be taken back."""
    return max(0, int((line.at + RECALL - now).total_seconds()))


@dataclass(slots=True)
class ReaderView:
    """One reader in one room. ``first`` is true until the page has been told that it is up to date."""

    visitor: Visitor
    place: Place
    catalog: Catalog
    bot_name: str
    reopen_days: int
    first: bool = True

    def frame(self, snapshot: Snapshot, lines: list[RoomMessage]) -> str | None:
        """What the page is sent; None where nothing concerns it."""
        mine = {str(line.payload.get("ticket_id")) for line in lines} | snapshot.changed
        tickets = [self.ticket(now, snapshot) for id_, now in snapshot.tickets.items() if id_ in mine]
        if not lines and not tickets and not self.first:
            return None
        shown = [self.line(line, snapshot) for line in lines]
        frame: dict[str, Any] = {"lines": shown, "tickets": tickets, "ready": True}
        self.first = False
        return json.dumps(frame, ensure_ascii=False)

    def line(self, line: RoomMessage, snapshot: Snapshot) -> dict[str, Any]:
        """One line."""
        org, at = snapshot.org, line.at.astimezone(self.place.zone)
        own = line.sender == self.visitor.account
        quoted = snapshot.quotes.get(line.reply_to) if line.reply_to is not None else None
        return {
            "seq": line.seq,
            "kind": self._kind(line),
            "own": own,
            "id": line.client_id.partition(CLIENT_ID)[2] if own else "",
            "name": self.name(org, line),
            "badge": self.badge(org, line.sender),
            "tint": crc32(line.sender.encode()) % TINTS,
            "text": line.text,
            "day": self._words("day", month=at.month, day=at.day),
            "time": self._words("clock", hour=at.hour, minute=at.minute),
            "recalled": line.recalled,
            "target": line.payload.get("seq"),
            "recall": recall_left(line, snapshot.now) if own and not line.recalled else 0,
            "quote": self._quote(org, quoted) if quoted else None,
            "photos": self._photos(line),
            "called": not self.place.private and self.visitor.key in _texts(line.payload, "mentions"),
            "ticket": line.payload.get("ticket_id"),
            "offers": list(dict.fromkeys(_buttons(line.payload))),
        }

    @staticmethod
    def _kind(line: RoomMessage) -> str:
        if line.sender == BOT:
            return "bot"
        return str(line.payload.get("kind", "say"))

    def name(self, org: Organization, line: RoomMessage) -> str:
        """Who said it, as shown; the bot under its own name."""
        return self.bot_name if line.sender == BOT else shown_name(org, line.sender, line.name)

    def badge(self, org: Organization, sender: str) -> str:
        """The label beside a name; it comes from duties, never from what somebody calls himself."""
        if sender == BOT:
            return self._words("badge.bot")
        role = role_in(org, key_of(self.place.key.partition(":")[0], sender), self.place.unit)
        return self._words(f"badge.{role}") if role else ""

    def _quote(self, org: Organization, line: RoomMessage) -> dict[str, Any]:
        text = self._words("chat.recalled_short") if line.recalled else line.text
        if not text and line.payload.get("media"):
            text = self._words("chat.photo_short")
        cut = text if len(text) <= QUOTED else f"{text[:QUOTED]}…"
        return {"seq": line.seq, "name": self.name(org, line), "text": cut}

    def _photos(self, line: RoomMessage) -> list[str]:
        where = urlencode({"room": self.place.slug, "seq": line.seq})
        return [f"/media/{quote(ref)}?{where}" for ref in _texts(line.payload, "media")]

    def ticket(self, now: TicketNow, snapshot: Snapshot) -> dict[str, Any]:
        """A ticket as the footer of the bot's lines shows it: state in words, and the buttons of this reader."""
        ticket, me = now.ticket, self.visitor.key
        visible = is_visible(snapshot.org, me, ticket)
        return {
            "id": ticket.id,
            "state": self.catalog.label("state", ticket.state),
            "may": list(actions_of(snapshot.org, me, ticket, snapshot.now, self.reopen_days)),
            "page": f"/t/{quote(ticket.public_id)}" if visible else "",
            "mine": next((vote.rating for vote in now.votes if vote.account == me), None),
        }

    def _words(self, key: str, **slots: object) -> str:
        return self.catalog.text("web", key).format(**slots)


def _texts(payload: Mapping[str, object], key: str) -> list[str]:
    found = payload.get(key)
    return [str(one) for one in found] if isinstance(found, list | tuple) else []


def _buttons(payload: Mapping[str, object]) -> list[str]:
    found = payload.get("buttons")
    buttons = found if isinstance(found, list | tuple) else []
    return [str(button["action"]) for button in buttons if isinstance(button, dict)]
