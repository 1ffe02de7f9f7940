"""More tables: the sums behind the owner's pages. See ``storage.tables`` for the rules. They hold no words and no names."""

from sqlmodel import SQLModel

from storage.tables import CLUSTERED, IntKey, Key, TicketKey


class FactRow(SQLModel, table=True):
    """The sums over the tickets of a unit and all below it, of one half day, or of a fortnight where ``slot`` is below zero.

    ``category`` "" is all categories. ``sums`` are those of every code, as JSON: a row for each code would be thirty times as
    many rows, and a ticket of a small unit shares its rows with no other. See ``bot.domain.halfdays`` and ``storage.sums``.
    """

    __tablename__ = "fact"
    __table_args__ = CLUSTERED
    unit: Key
    slot: IntKey
    category: Key
    sums: str


class FactTicketRow(SQLModel, table=True):
    """What a ticket has added to the sums so far, and to those of which units: what a change takes back first."""

    __tablename__ = "fact_ticket"
    __table_args__ = CLUSTERED
    ticket_id: TicketKey
    units: str
    category: str
    given: str


class FactDueRow(SQLModel, table=True):
    """A ticket that has changed since. No foreign key: looking it up would cost every new ticket, and none is ever deleted."""

    __tablename__ = "fact_due"
    __table_args__ = CLUSTERED
    ticket_id: Key
