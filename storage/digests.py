"""Which digests have been said."""

from datetime import datetime

from storage.mapping import to_ms
from storage.repository import Pen, Repository
from storage.statements import insert_sql, select_sql
from storage.tables_digests import DigestRow


class Digests(Repository):
    """``ports.Digests``."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._claim = insert_sql(DigestRow, ignore=True)
        self._said = select_sql(DigestRow, ("at",), ("of", "kind", "day"))

    def claim(self, of: str, kind: str, day: str, at: datetime) -> bool:
        """Take a digest; False where it was taken before."""
        return self._run(self._claim, of, kind, day, to_ms(at)) == 1

    def is_said(self, of: str, kind: str, day: str) -> bool:
        """Whether it was taken."""
        return self._one(self._said, of, kind, day) is not None
