"""More tables: how it stands with the platforms. See ``storage.tables`` for the rules."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables import CLUSTERED, Key, Millis


class ConnectionRow(SQLModel, table=True):
    """A platform, whether it is heard, and since when."""

    __tablename__ = "connection"
    channel: Key
    state: str
    since: Millis
    reason: str


class NoteRow(SQLModel, table=True):
    """What an adapter has to keep: no words of people."""

    __tablename__ = "note"
    __table_args__ = (Index("ix_note_at", "at"), CLUSTERED)
    channel: Key
    name: Key
    value: str
    at: Millis
