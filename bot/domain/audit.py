"""The audit log's row: what is recorded of every change. Storage appends and chains the rows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Event:
    """One row of the audit log: what happened to a ticket, when, by whom, from which message."""

    at: datetime
    kind: str
    by: str
    note: str = ""
    message: str | None = None  # message key
