"""More tables: which digests have been said. See ``storage.tables`` for the rules."""

from sqlmodel import SQLModel

from storage.tables import CLUSTERED, Key, Millis


class DigestRow(SQLModel, table=True):
    """A digest that was said, or that had nothing to say; ``day`` is the first of its period, as an ISO date."""

    __tablename__ = "digest"
    __table_args__ = CLUSTERED
    of: Key
    kind: Key
    day: Key
    at: Millis
