"""More tables: webhooks. See ``storage.tables`` for the rules."""

from sqlmodel import SQLModel

from storage.tables import CLUSTERED, Key, MaybeMillis, Millis


class HookRow(SQLModel, table=True):
    """Who wants to be told of what. The columns are the domain's fields in their order."""

    __tablename__ = "hook"
    __table_args__ = CLUSTERED
    id: Key
    unit: str
    url: str
    secret: str
    by: str
    at: Millis
    kinds: str
    state: str
    failures: int
    last: str
    last_at: MaybeMillis
    old_secret: str
    old_until: MaybeMillis
