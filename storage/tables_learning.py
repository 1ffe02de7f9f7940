"""More tables: what triage learns from corrections. See ``storage.tables`` for the rules."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables import CLUSTERED, IntKey, Key, Millis, TicketKey


class ExampleRow(SQLModel, table=True):
    """A corrected message: labels and hashed n-grams, no words. It goes with the words of its ticket or account."""

    __tablename__ = "example"
    __table_args__ = (Index("ix_example_root", "root", "at"), Index("ix_example_account", "account"), CLUSTERED)
    ticket_id: TicketKey
    root: str
    account: str
    at: Millis
    labels: str
    grams: bytes
    offset: bytes


class DeltaRow(SQLModel, table=True):
    """A version of a community's weights; without content where it was not promoted."""

    __tablename__ = "delta"
    root: Key
    number: IntKey
    at: Millis
    state: str
    examples: int
    newest: Millis
    scores: str
    content: bytes
