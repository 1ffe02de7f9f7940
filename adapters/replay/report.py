"""What a replay prints: the JSON of contracts/replay.md, and a timeline for people."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from adapters.replay.player import Player, SentMessage
from bot.domain.audit import Event
from bot.domain.org import Organization
from bot.domain.states import CLOSE_REASONS, WITHDRAWN
from bot.domain.ticket import SYSTEM, Ticket
from bot.messages import id_of, is_private
from bot.ports import UnitOfWork

PLAIN = (
    "unit", "nature", "category", "urgency", "state", "title", "text", "place", "source", "confidential", "supervision",
    "rework_count", "transfer_count", "extension_count", "solved", "rating", "media",
)  # fmt: skip
TIMES = (
    "due_at", "original_due_at", "registered_at", "dispatched_at", "signed_at", "first_contact_at", "done_at", "closed_at",
)  # fmt: skip


def as_json(uow: UnitOfWork, org: Organization, player: Player) -> dict[str, Any]:
    """The object of ``replay --json``."""
    tickets = [ticket for ticket in uow.tickets.all() if not _lapsed(ticket, uow)]
    numbers = {ticket.id: ticket.number for ticket in tickets}
    return {
        "tickets": [ticket_json(ticket, uow.audit.of(ticket.id), numbers, org) for ticket in tickets],
        "sent": [sent_json(sent, org) for sent in player.sent],
        "counts": {
            "messages": player.messages,
            "tickets": sum(number is not None for number in numbers.values()),
            "kept": uow.words.count(),
        },
    }


def _lapsed(ticket: Ticket, uow: UnitOfWork) -> bool:
    """A candidate that nobody wanted never became a ticket: it had no number, and its words are gone."""
    if ticket.number is not None or ticket.state != WITHDRAWN:
        return False
    return any(event.kind == "withdrawn" and event.by == SYSTEM for event in uow.audit.of(ticket.id))


def _iso(at: datetime | None, zone: ZoneInfo) -> str | None:
    return at.astimezone(zone).isoformat(timespec="seconds") if at else None


def account_of(org: Organization, who: str | None, channel: str) -> str | None:
    """A person or an account as an account id of a channel."""
    if who is None or who == "":
        return None
    person = org.people.get(who)
    key = person.account_on(channel) if person else who
    return id_of(key) if key and ":" in key else who


def ticket_json(
    ticket: Ticket, events: list[Event], numbers: Mapping[str, int | None], org: Organization
) -> dict[str, Any]:
    """A ticket with all fields of the contract."""
    unit = org.units.get(ticket.unit)
    zone = unit.zone if unit else ZoneInfo("UTC")
    channel = ticket.chat.partition(":")[0]
    people = {
        "reporter": account_of(org, ticket.reporter, channel),
        "followers": [account_of(org, who, channel) for who in ticket.followers],
        "assignee": account_of(org, ticket.assignee, channel),
        "helpers": [account_of(org, who, channel) for who in ticket.helpers],
    }
    return {
        "number": ticket.number,
        "group": None if is_private(ticket.chat) else id_of(ticket.chat),
        **{name: getattr(ticket, name) for name in PLAIN},
        "close_reason": ticket.close_reason if ticket.close_reason in CLOSE_REASONS else None,  # as the contract has it
        **people,
        **{name: _iso(getattr(ticket, name), zone) for name in TIMES},
        "repeat_of": numbers.get(ticket.repeat_of) if ticket.repeat_of else None,
        "merged_into": numbers.get(ticket.merged_into) if ticket.merged_into else None,
        "events": [_event_json(event, org, channel, zone) for event in events],
    }


def _event_json(event: Event, org: Organization, channel: str, zone: ZoneInfo) -> dict[str, Any]:
    by = account_of(org, event.by, channel)
    return {"at": _iso(event.at, zone), "kind": event.kind, "by": by, "note": event.note}


def sent_json(sent: SentMessage, org: Organization) -> dict[str, Any]:
    """A sent message with all fields of the contract."""
    message = sent.message
    group = org.group(message.chat)
    unit = org.units.get(group.unit) if group else next(iter(org.units.values()), None)
    return {
        "at": _iso(sent.at, unit.zone if unit else ZoneInfo("UTC")),
        "chat": id_of(message.chat),
        "private": is_private(message.chat),
        "text": message.text,
        "mentions": [id_of(account) for account in message.mentions],
        "ticket": message.number,
        "kind": message.kind,
        "buttons": [button.label for button in message.buttons],
        "attachments": list(message.attachments),
    }


def timeline_line(sent: SentMessage, org: Organization) -> str:
    """One line of the readable timeline."""
    row = sent_json(sent, org)
    where = f"私聊 {row['chat'].removeprefix('dm:')}" if row["private"] else row["chat"]
    return f"{row['at'][:16].replace('T', ' ')}  [{where}] {row['text']}"
