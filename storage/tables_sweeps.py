"""More tables: classes of trouble that were put to an owner. See ``storage.tables`` for the rules. They hold no words of people."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from storage.tables import Key, Millis, TicketKey


class SweepRow(SQLModel, table=True):
    """A proposal, by the ticket that stands for it. ``members`` are the ids of the tickets that it was made of, as JSON."""

    __tablename__ = "sweep"
    __table_args__ = (UniqueConstraint("unit", "what", "term"),)
    ticket_id: Key
    unit: str
    what: str
    term: str
    at: Millis
    members: str
    notice: str


class SweepTaskRow(SQLModel, table=True):
    """A ticket that is a task of a class of trouble."""

    __tablename__ = "sweep_task"
    __table_args__ = (Index("ix_sweep_task_sweep", "sweep", "ticket_id"),)
    ticket_id: TicketKey
    sweep: str
