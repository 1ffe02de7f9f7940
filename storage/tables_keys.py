"""More tables: keys of the HTTP API and what was answered. See ``storage.tables`` for the rules."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from storage.tables import CLUSTERED, Key, MaybeMillis, Millis


class ApiKeyRow(SQLModel, table=True):
    """A key, as the digest of its secret."""

    __tablename__ = "api_key"
    __table_args__ = (UniqueConstraint("digest"),)
    id: Key
    digest: str
    person: str
    unit: str
    scope: str
    label: str
    made_at: Millis
    made_by: str
    used_on: str | None
    revoked_at: MaybeMillis


class ApiAnswerRow(SQLModel, table=True):
    """What a key's request was answered, by the mark that its sender gave it."""

    __tablename__ = "api_answer"
    __table_args__ = (Index("ix_api_answer_at", "at"), CLUSTERED)
    key_id: Key
    token: Key
    digest: str
    status: int
    body: str
    at: Millis
