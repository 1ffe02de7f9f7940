"""How it stands with the platforms, and what their adapters keep."""

from datetime import datetime

from bot.ports import Connection
from storage.mapping import from_ms, to_ms
from storage.repository import Pen, Repository
from storage.statements import upsert_sql
from storage.tables_connections import NoteRow


class Connections(Repository):
    """Written where a connection comes or goes."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._note = upsert_sql(NoteRow, ("channel", "name"))

    def put(self, connection: Connection) -> None:
        """Store how it stands; ``since`` stays while the state does."""
        self._run(
            "INSERT INTO connection (channel, state, since, reason) VALUES (?, ?, ?, ?) ON CONFLICT (channel) DO UPDATE SET "
            "since = CASE WHEN state = excluded.state THEN since ELSE excluded.since END, "
            "state = excluded.state, reason = excluded.reason",
            connection.channel, connection.state, to_ms(connection.since), connection.reason,
        )  # fmt: skip

    def all(self) -> list[Connection]:
        """All platforms that were ever connected, by name."""
        rows = self._all("SELECT channel, state, since, reason FROM connection ORDER BY channel")
        return [Connection(channel, state, from_ms(since), reason) for channel, state, since, reason in rows]

    def note(self, channel: str, name: str, value: str, at: datetime) -> None:
        """Keep a note of an adapter under a name; it replaces the one before."""
        self._run(self._note, channel, name, value, to_ms(at))

    def noted(self, channel: str, name: str) -> str | None:
        """The note under a name."""
        row = self._one("SELECT value FROM note WHERE channel = ? AND name = ?", channel, name)
        return None if row is None else str(row[0])

    def forget(self, before: datetime) -> int:
        """Forget notes that nobody has written since then; gives back how many."""
        return self._run("DELETE FROM note WHERE at < ?", to_ms(before))
