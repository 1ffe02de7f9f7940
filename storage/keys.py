"""Keys of the HTTP API, and the answers that make a request sent twice act once."""

from collections.abc import Sequence
from datetime import date, datetime

from bot.ports import ApiKey, KeptAnswer
from storage.mapping import from_ms, to_ms
from storage.repository import Pen, Repository, Row
from storage.statements import insert_sql, upsert_sql
from storage.tables_keys import ApiAnswerRow, ApiKeyRow

COLUMNS = "SELECT id, person, unit, scope, label, made_at, made_by, used_on, revoked_at FROM api_key "
FIND = f"{COLUMNS} WHERE digest = ? AND revoked_at IS NULL"
ALL = f"{COLUMNS} ORDER BY made_at, id"
USED = "UPDATE api_key SET used_on = ? WHERE id = ? AND used_on IS NOT ?"
REVOKE = "UPDATE api_key SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL"
ANSWERED = "SELECT digest, status, body, at FROM api_answer WHERE key_id = ? AND token = ?"


class Keys(Repository):
    """Looked up at every request, written where a key is made or ends, and once a day of use."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._add = insert_sql(ApiKeyRow)
        self._answer = upsert_sql(ApiAnswerRow, ("key_id", "token"))

    def add(self, key: ApiKey, digest: str) -> None:
        """Store a new key under the digest by which it is found."""
        self._run(
            self._add, key.id, digest, key.person, key.unit, key.scope, key.label, to_ms(key.made_at), key.made_by, None, None
        )  # fmt: skip

    def find(self, digest: str) -> ApiKey | None:
        """The key behind a digest; None also for one that was revoked."""
        row = self._one(FIND, digest)
        return _key(row) if row else None

    def all(self) -> list[ApiKey]:
        """Every key, oldest first."""
        return [_key(row) for row in self._all(ALL)]

    def of_units(self, units: Sequence[str]) -> list[ApiKey]:
        """The keys for exactly these units, oldest first. There are few keys: one pass over them."""
        wanted = frozenset(units)
        return [key for key in self.all() if key.unit in wanted]

    def used(self, key_id: str, day: date) -> None:
        """A key came on a day; written once a day."""
        self._run(USED, day.isoformat(), key_id, day.isoformat())

    def revoke(self, key_id: str, at: datetime) -> bool:
        """It opens nothing any more; False where it did not before."""
        return self._run(REVOKE, to_ms(at), key_id) > 0

    def answered(self, key_id: str, token: str) -> KeptAnswer | None:
        """What a request with this mark was answered."""
        row = self._one(ANSWERED, key_id, token)
        if row is None:
            return None
        digest, status, body, at = row
        return KeptAnswer(key_id, token, digest, status, body, from_ms(at))

    def answer(self, answer: KeptAnswer) -> None:
        """Keep an answer, in the transaction of what the request did; it replaces the one before."""
        self._run(self._answer, answer.key, answer.token, answer.digest, answer.status, answer.body, to_ms(answer.at))

    def forget(self, before: datetime) -> int:
        """Forget answers older than this; gives back how many."""
        return self._run("DELETE FROM api_answer WHERE at < ?", to_ms(before))


def _key(row: Row) -> ApiKey:
    id_, person, unit, scope, label, made_at, made_by, used_on, revoked_at = row
    return ApiKey(
        id_, person, unit, scope, label, from_ms(made_at), made_by,
        date.fromisoformat(used_on) if used_on else None,
        from_ms(revoked_at) if revoked_at is not None else None,
    )  # fmt: skip
