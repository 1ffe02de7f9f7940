"""Keys of messages seen before, and messages set aside."""

import hashlib
import secrets
from datetime import datetime

from storage.mapping import to_ms
from storage.repository import Pen, Repository
from storage.statements import insert_sql
from storage.tables import InboxRow

DIGEST_BYTES = 16  # of random hashes: two of a billion messages never meet


class Inbox(Repository):
    """Message keys as hashes under a key of this database: whoever finds the file can't tell who wrote where."""

    def __init__(self, pen: Pen, key: bytes) -> None:
        super().__init__(pen)
        self._key = key
        self._claim = insert_sql(InboxRow, ignore=True)

    def claim(self, key: str, at: datetime) -> bool:
        """Take a message key; False where it was taken before."""
        digest = hashlib.blake2b(key.encode(), key=self._key, digest_size=DIGEST_BYTES).digest()
        new = self._cursor.execute(self._claim, (digest, to_ms(at))).rowcount == 1
        if new and self._pen.waiting:
            self._pen.claimed.append(digest)
        return new

    def purge(self, before: datetime) -> int:
        """Forget keys older than this. Reads the whole table: an index would cost every message more than this saves."""
        return self._run("DELETE FROM inbox WHERE at < ?", to_ms(before))


class Reserve(Repository):
    """Messages set aside because handling them failed."""

    def put(self, key: str, at: datetime, reason: str) -> int:
        """Count a strike against a message; gives back how many it has."""
        row = self._write(
            "INSERT INTO reserve (key, at, strikes, reason) VALUES (?, ?, 1, ?) ON CONFLICT (key) DO UPDATE "
            "SET at = excluded.at, strikes = strikes + 1, reason = excluded.reason RETURNING strikes",
            key, to_ms(at), reason,
        )  # fmt: skip
        return int(row[0]) if row else 0

    def all(self) -> list[tuple[str, int, str]]:
        """Key, strikes and reason of each, oldest first."""
        return [(key, strikes, why) for key, strikes, why in self._all(
            "SELECT key, strikes, reason FROM reserve ORDER BY at, key")]  # fmt: skip

    def remove(self, key: str) -> bool:
        """Forget one; False where there is none."""
        return self._run("DELETE FROM reserve WHERE key = ?", key) == 1


class Meta(Repository):
    """What the database knows of itself."""

    def get(self, name: str) -> bytes | None:
        """The value of a name."""
        row = self._one("SELECT value FROM meta WHERE name = ?", name)
        return row[0] if row else None

    def secret(self, name: str) -> bytes:
        """A random key of this database, made on first use."""
        return self.keep(name, secrets.token_bytes(32))

    def keep(self, name: str, value: bytes) -> bytes:
        """Store a value under a name that has none yet; gives back what stands there."""
        self._run("INSERT OR IGNORE INTO meta (name, value) VALUES (?, ?)", name, value)
        return self.get(name) or b""
