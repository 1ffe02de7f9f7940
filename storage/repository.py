"""What all repositories share: the cursor of the transaction, and the savepoint of the job that uses it."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from bot.domain.audit import Event
from storage.errors import StorageError

Row = tuple[Any, ...]

DUE = "INSERT OR IGNORE INTO fact_due (ticket_id) VALUES (?)"


@dataclass(slots=True)
class Burst:
    """Much of the same at once, as when many timers fall due: tickets read together, rows that wait to be written together."""

    tickets: dict[str, Row] = field(default_factory=dict)  # as stored, of those of which nothing was written meanwhile
    writes: dict[str, list[Sequence[object]]] = field(default_factory=dict)  # by statement


class Pen:
    """One cursor, and a savepoint that is only opened by a job's first real write.

    Small talk writes nothing but its message key: undoing that by hand costs less than a savepoint for every message.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self.cursor = connection.cursor()
        self.waiting = False  # a job has begun and has written nothing yet, except for claimed keys
        self.claimed: list[bytes] = []
        self.last_seen: dict[str, tuple[str, int]] = {}  # account → chat and time of its newest row, as in ``member``
        self.burst: Burst | None = None
        self.stirred = False  # a timer or notice was written since somebody asked
        self.saved: dict[str, list[Event]] = {}  # tickets saved by this job, in order, and what was recorded of them
        self.due: set[str] = set()  # tickets that are known to stand in fact_due
        self._changes = 0

    def mark(self) -> None:
        """A job begins."""
        self.waiting = True
        self.claimed.clear()
        self.saved.clear()
        self._changes = self.connection.total_changes

    def open(self) -> None:
        """The job is about to write."""
        self.waiting = False
        self.cursor.execute("SAVEPOINT job")

    def keep(self) -> None:
        """The job is done."""
        if self.waiting:
            self.waiting = False
        else:
            self.cursor.execute("RELEASE job")

    def touch(self, ticket_id: str) -> Row | None:
        """Something is about to be written of a ticket: its row, if a burst had it at hand, is not what is stored any more."""
        return self.burst.tickets.pop(ticket_id, None) if self.burst else None

    def write_out(self, burst: Burst) -> None:
        """Write what a burst has gathered. A statement's rows keep their order; no two statements of a burst share a row."""
        if burst.writes and self.waiting:
            self.open()
        for sql, rows in burst.writes.items():
            self.cursor.executemany(sql, rows)
        burst.writes.clear()

    def undo(self) -> None:
        """The job failed: take back what it wrote."""
        if not self.waiting:
            self.cursor.execute("ROLLBACK TO job")
            self.cursor.execute("RELEASE job")
        elif self.connection.total_changes - self._changes != len(self.claimed):
            raise StorageError("a repository wrote without opening the savepoint: use _run, _many or _write")
        self.waiting = False
        self.last_seen.clear()
        self.due.clear()
        self.cursor.executemany("DELETE FROM inbox WHERE digest = ?", [(digest,) for digest in self.claimed])


class Repository:
    """Statements on one pen. Rows are always fetched at once: the next statement would reset an open result.

    Whatever reads or writes finds written what a burst has gathered before.
    """

    def __init__(self, pen: Pen) -> None:
        self._pen = pen
        self._cursor = pen.cursor

    def _run(self, sql: str, *values: object) -> int:
        """Write; gives back how many rows were touched."""
        if self._pen.burst:
            self._pen.write_out(self._pen.burst)
        if self._pen.waiting:
            self._pen.open()
        return self._cursor.execute(sql, values).rowcount

    def _later(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Write once for each row, in a burst together with what else it writes by the same statement."""
        if self._pen.burst:
            self._pen.burst.writes.setdefault(sql, []).extend(rows)
        else:
            self._many(sql, rows)

    def _changed(self, ticket_id: str) -> None:
        """What the ticket adds to the sums has to be counted anew: noted once, until that is done."""
        if ticket_id not in self._pen.due:
            self._pen.due.add(ticket_id)
            self._later(DUE, [(ticket_id,)])

    def _many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Write once for each row."""
        if self._pen.burst:
            self._pen.write_out(self._pen.burst)
        if self._pen.waiting:
            self._pen.open()
        self._cursor.executemany(sql, rows)

    def _write(self, sql: str, *values: object) -> Row | None:
        """Write and give back the row that RETURNING names."""
        if self._pen.waiting:
            self._pen.open()
        return self._one(sql, *values)

    def _one(self, sql: str, *values: object) -> Row | None:
        """Read the first row."""
        if self._pen.burst:
            self._pen.write_out(self._pen.burst)
        row: Row | None = self._cursor.execute(sql, values).fetchone()
        return row

    def _all(self, sql: str, *values: object) -> list[Row]:
        """Read all rows."""
        if self._pen.burst:
            self._pen.write_out(self._pen.burst)
        return self._cursor.execute(sql, values).fetchall()
