"""More tables: who is away and whose turn it is. See ``storage.tables`` for the rules."""

from sqlmodel import SQLModel

from storage.tables import CLUSTERED, Key, Millis, MillisKey


class OrgAwayRow(SQLModel, table=True):
    """A person's absence. ``imported``: it comes from the organization file, and goes with it."""

    __tablename__ = "org_away"
    __table_args__ = CLUSTERED
    person: Key
    start_at: MillisKey
    end_at: Millis
    standin: str | None
    reason: str
    imported: bool


class OrgShiftRow(SQLModel, table=True):
    """A line of the rota. Days are ISO dates; ``imported`` as above."""

    __tablename__ = "org_shift"
    __table_args__ = CLUSTERED
    key: Key
    position: int
    unit: str
    people: str
    hours: str
    role: str
    turn: str
    first: str
    last: str | None
    imported: bool
