"""The append-only log. Each row's hash covers the row before it, per root unit.

Who did it and what was noted enter the chain only as salted digests. Erasing both with their salts leaves the chain whole
and the digests without meaning; triggers in the database allow no other change.
"""

import hashlib
import os
from collections.abc import Iterator, Sequence

from bot.domain.audit import Event
from storage.mapping import Row, event, to_ms
from storage.repository import Pen, Repository
from storage.statements import columns, insert_sql, select_sql
from storage.tables import AuditRow

START = bytes(32)
SALT_BYTES = 16
DIGEST_BYTES = 16
ERASE_ACTOR = "UPDATE audit SET actor = NULL, actor_salt = NULL WHERE ticket_id = ? AND actor = ?"
ERASE_NOTES_BY = "UPDATE audit SET note = NULL, note_salt = NULL WHERE ticket_id = ? AND actor = ?"
ERASE_WORDS = (
    "UPDATE audit SET note = NULL, note_salt = NULL WHERE ticket_id = ?1 AND note <> '' "
    "AND ((message IS NOT NULL AND (?2 IS NULL OR actor = ?2)) OR kind = 'registered')"
)


def salted(value: str, salt: bytes | None) -> bytes:
    """The digest that stands for a name or note in the chain; nothing stands for nothing."""
    if not value or not salt:
        return b""
    return hashlib.blake2b(value.encode(), key=salt, digest_size=DIGEST_BYTES).digest()


def chained(prev: bytes, fields: Sequence[object], actor: bytes, note: bytes) -> bytes:
    """The hash of a row. ``fields``: root, seq, ticket, time, kind, message."""
    return hashlib.sha256(prev + actor + note + repr(tuple(fields)).encode()).digest()


class Audit(Repository):
    """Rows are written by ``Tickets``, through ``append``."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._heads: dict[str, tuple[int, bytes]] = {}  # root → seq and hash of its newest row
        self._insert = insert_sql(AuditRow)
        self._of = select_sql(AuditRow, ("at", "kind", "actor", "note", "message"), ("ticket_id",), "seq")

    def forget(self) -> None:
        """The newest rows may be gone: read them again."""
        self._heads.clear()

    def append(self, root: str, ticket_id: str, events: Sequence[Event]) -> int:
        """Store events; gives back the seq of the last."""
        seq, prev = self._heads.get(root) or self._head(root)
        rows = []
        for one in events:
            seq += 1
            row = _row(root, seq, ticket_id, one, prev)
            prev = row[-1]
            rows.append(row)
        self._later(self._insert, rows)
        self._heads[root] = (seq, prev)
        return seq

    def _head(self, root: str) -> tuple[int, bytes]:
        row = self._one("SELECT seq, hash FROM audit WHERE root = ? ORDER BY seq DESC LIMIT 1", root)
        return (row[0], row[1]) if row else (0, START)

    def of(self, ticket_id: str) -> list[Event]:
        """The events of a ticket, oldest first."""
        return [event(*row) for row in self._all(self._of, ticket_id)]

    def erase_words(self, ticket_id: str, account: str | None = None) -> None:
        """Take away what people said, or one account: notes that came with a message, and triage's reason, a quote."""
        self._run(ERASE_WORDS, ticket_id, account)

    def erase_account(self, ticket_id: str, account: str) -> int:
        """Take an account's name and notes out of a ticket's log."""
        self._run(ERASE_NOTES_BY, ticket_id, account)
        return self._run(ERASE_ACTOR, ticket_id, account)

    def erase_accounts(self, ticket_id: str) -> None:
        """Take all accounts and their notes out of a ticket's log; persons with duties stay."""
        for (actor,) in self._all(
            "SELECT DISTINCT actor FROM audit WHERE ticket_id = ? AND actor LIKE '%:%'", ticket_id
        ):
            self.erase_account(ticket_id, actor)

    def verify(self) -> list[str]:
        """What is wrong with the chains, in words; empty when all hold."""
        return [*self._broken_rows(), *self._lost_tails()]

    def _broken_rows(self) -> Iterator[str]:
        """Checks row by row, without holding the whole log in memory."""
        names = columns(AuditRow)
        root, seq, prev = None, 0, START
        cursor = self._pen.connection.cursor()
        for row in cursor.execute(select_sql(AuditRow, names) + " ORDER BY root, seq"):
            if row[0] != root:
                root, seq, prev = row[0], 0, START
            for fault in _faults(row, seq + 1, prev):
                yield f"audit of {row[0]}, row {row[1]}, ticket {row[2]}: {fault}"
            seq, prev = row[1], row[-1]

    def _lost_tails(self) -> Iterator[str]:
        """A chain that was cut off at its end holds in itself: the tickets know how far it went."""
        lost = self._all(
            "SELECT t.root, t.audit_seq, t.id FROM ticket t LEFT JOIN audit a ON a.root = t.root AND a.seq = t.audit_seq "
            "WHERE t.audit_seq > 0 AND a.ticket_id IS NOT t.id ORDER BY t.root, t.audit_seq"
        )
        for root, seq, ticket in lost:
            yield f"audit of {root}, row {seq}, ticket {ticket}: the row is missing"


def _row(root: str, seq: int, ticket_id: str, one: Event, prev: bytes) -> Row:
    salts = os.urandom(2 * SALT_BYTES)
    actor_salt, note_salt = salts[:SALT_BYTES], salts[SALT_BYTES:] if one.note else None
    actor, note = salted(one.by, actor_salt), salted(one.note, note_salt)
    at = to_ms(one.at)
    hashed = chained(prev, (root, seq, ticket_id, at, one.kind, one.message), actor, note)
    return (
        root, seq, ticket_id, at, one.kind, one.message, one.by, one.note, actor_salt, note_salt, actor, note, prev, hashed,
    )  # fmt: skip


def _faults(row: Row, expected: int, before: bytes) -> Iterator[str]:
    (
        root,
        seq,
        ticket,
        at,
        kind,
        message,
        actor,
        note,
        actor_salt,
        note_salt,
        actor_digest,
        note_digest,
        prev,
        hashed,
    ) = row
    if seq != expected:
        yield f"expected row {expected}, rows are missing"
    if prev != before:
        yield "does not follow from the row before it"
    if hashed != chained(prev, (root, seq, ticket, at, kind, message), actor_digest, note_digest):
        yield "its hash does not fit its content"
    for what, value, salt, digest in (
        ("actor", actor, actor_salt, actor_digest),
        ("note", note, note_salt, note_digest),
    ):
        if value is not None and salted(value, salt) != digest:
            yield f"its {what} was changed"
