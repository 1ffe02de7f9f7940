"""Tickets, messages and notices for the storage tests."""

from datetime import UTC, datetime, timedelta

from bot.domain.ticket import Ticket
from bot.messages import Media
from bot.ports import KeptMessage, Notice, RoomMessage
from storage.unit_of_work import SqliteUnitOfWork

NOW = datetime(2026, 5, 6, 8, 30, tzinfo=UTC)
DAY = timedelta(days=1)


def a_ticket(id_: str = "t1", **fields: object) -> Ticket:
    """A candidate from the group of 学苑 with everything a ticket starts with."""
    ticket = Ticket(f"{id_}", f"public-{id_}", "town", "grid-1", "web:xueyuan", "web:zhang", NOW)
    ticket.category, ticket.title, ticket.text = "drainage", "化粪池堵了", "化粪池堵了,5号楼后面"
    ticket.place, ticket.building, ticket.reporter_name = "5号楼", "5-2-501", "5-2-501老张"
    ticket.reason = "化粪池: drainage"
    for name, value in fields.items():
        setattr(ticket, name, value)
    return ticket


def opened(uow: SqliteUnitOfWork, id_: str = "t1", **fields: object) -> Ticket:
    """A numbered ticket on somebody's desk, stored."""
    ticket = a_ticket(id_, **fields)
    ticket.register(uow.tickets.next_number(ticket.root, 2026), 2026, NOW, "bot", f"web:xueyuan:{id_}")
    ticket.dispatch("wang", NOW)
    uow.tickets.add(ticket)
    return ticket


def a_message(ticket_id: str = "t1", key: str = "web:xueyuan:m1", **fields: object) -> KeptMessage:
    """What 老张 wrote."""
    values: dict[str, object] = {
        "chat": "web:xueyuan", "account": "web:zhang", "name": "5-2-501老张", "role": "voice", "text": "化粪池又堵了",
        "at": NOW, "media": (),
    }  # fmt: skip
    return KeptMessage(key, ticket_id, **{**values, **fields})  # type: ignore[arg-type]


def a_photo(ref: str) -> Media:
    """A stored photo."""
    return Media("image", "photo.jpg", ref)


def a_notice(id_: str = "n1", **fields: object) -> Notice:
    """A receipt in the group."""
    notice = Notice(
        id_, "web:xueyuan", "receipt", "receipt.opened", NOW, {"title": "化粪池堵了"}, ("web:zhang",), "t1", 1
    )
    notice.buttons = ("sign", "done")
    for name, value in fields.items():
        setattr(notice, name, value)
    return notice


def a_line(client_id: str = "c1", **fields: object) -> RoomMessage:
    """A line in the web room."""
    values: dict[str, object] = {"room": "xueyuan", "sender": "zhang", "name": "老张", "text": "早上好", "at": NOW}
    return RoomMessage(0, client_id=client_id, **{**values, **fields})  # type: ignore[arg-type]
