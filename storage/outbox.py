"""What is to be told to people, and what became of it."""

from collections.abc import Sequence
from datetime import datetime

from bot.ports import Notice
from storage import mapping
from storage.mapping import from_ms, maybe_ms, to_ms
from storage.repository import Pen, Repository
from storage.statements import columns, insert_sql, select_sql
from storage.tables import OutboxRow

# The words of a ticket that was erased in the meantime go as soon as the notice is out.
UPDATE = """
UPDATE outbox SET state = ?1, attempts = ?2, not_before = ?3, platform_id = ?4, sent_at = ?5, counted_at = ?6, free = ?7,
    bundle = ?9, params = CASE WHEN ?1 IN ('sent', 'dead', 'uncertain', 'dropped')
        AND EXISTS (SELECT 1 FROM ticket WHERE ticket.id = outbox.ticket_id AND privacy & 4) THEN '{}' ELSE params END
WHERE id = ?8
"""
TICKET_OF = (
    "SELECT ticket_id FROM outbox WHERE chat = ? AND platform_id = ? AND ticket_id IS NOT NULL ORDER BY id DESC LIMIT 1"
)
# Left to itself the planner takes the index of states and reads every notice that waits.
NEXT_AT = "SELECT min(not_before) FROM outbox INDEXED BY ix_outbox_pending WHERE state = 'pending'"
# Messages of their own: in one that was merged from several, each has the same platform's id and the same bundle.
ABOUT = (
    "ticket_id = ? AND state IN ('pending', 'sending', 'sent') AND NOT EXISTS (SELECT 1 FROM outbox AS other "
    "WHERE other.chat = outbox.chat AND other.platform_id = outbox.platform_id AND other.bundle = outbox.bundle "
    "AND other.id <> outbox.id)"
)
ERASE = "UPDATE outbox SET params = '{}' WHERE ticket_id = ? AND state IN ('sent', 'dead', 'uncertain', 'dropped')"


class Outbox(Repository):
    """Notices in the order of their ids, which are made in order."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        shown = tuple(name for name in columns(OutboxRow) if name != "counted_at")
        every = select_sql(OutboxRow, shown)
        self._insert = insert_sql(OutboxRow)
        self._by_id = select_sql(OutboxRow, shown, ("id",))
        self._pending = f"{every} WHERE state = 'pending' AND not_before <= ? ORDER BY id LIMIT ?"
        self._newest = f"{every} WHERE ticket_id = ? AND chat = ? AND state = 'sent' ORDER BY id DESC LIMIT 1"
        self._about = f"{every} WHERE {ABOUT} ORDER BY id"
        self._in_state = select_sql(OutboxRow, shown, ("state",), "-id") + " LIMIT ?"

    def add(self, notice: Notice) -> None:
        """Queue a notice."""
        self._pen.stirred = True
        self._later(self._insert, [mapping.notice_values(notice)])

    def get(self, notice_id: str) -> Notice | None:
        """The notice with this id."""
        row = self._one(self._by_id, notice_id)
        return mapping.notice(row) if row else None

    def pending(self, now: datetime, limit: int) -> list[Notice]:
        """Notices that may go out by now, in the order of their making."""
        return [mapping.notice(row) for row in self._all(self._pending, to_ms(now), limit)]

    def next_at(self) -> datetime | None:
        """The earliest instant at which a pending notice may go out; 1970 for at once."""
        row = self._one(NEXT_AT)
        return mapping.maybe_from_ms(row[0]) if row else None

    def update(self, notice: Notice) -> None:
        """Store a notice's state, attempts, not_before, platform_id, sent_at, free and bundle."""
        n = notice
        self._pen.stirred |= n.state == "pending"
        self._run(
            UPDATE, n.state, n.attempts, maybe_ms(n.not_before) or 0, n.platform_id, maybe_ms(n.sent_at),
            mapping.counted_at(n), n.free, n.id, n.bundle,
        )  # fmt: skip

    def sent_since(self, chat: str, since: datetime) -> list[datetime]:
        """When the notices that count against the budget went out to a chat (or are being sent), oldest first."""
        sql = "SELECT counted_at FROM outbox WHERE chat = ? AND counted_at >= ? ORDER BY counted_at"
        return [from_ms(at) for (at,) in self._all(sql, chat, to_ms(since))]

    def newest_about(self, ticket_id: str, chat: str) -> Notice | None:
        """The newest sent notice about a ticket in a chat."""
        row = self._one(self._newest, ticket_id, chat)
        return mapping.notice(row) if row else None

    def about(self, ticket_id: str) -> list[Notice]:
        """The notices about a ticket that are out or on their way, oldest first; without those that went out merged."""
        return [mapping.notice(row) for row in self._all(self._about, ticket_id)]

    def ticket_of(self, chat: str, platform_id: str) -> str | None:
        """The ticket of a message that the bot sent."""
        row = self._one(TICKET_OF, chat, platform_id)
        return row[0] if row else None

    def is_ours(self, chat: str, platform_id: str) -> bool:
        """Whether the bot sent this message."""
        return (
            self._one("SELECT 1 FROM outbox WHERE chat = ? AND platform_id = ? LIMIT 1", chat, platform_id) is not None
        )

    def in_state(self, state: str, limit: int) -> list[Notice]:
        """Notices in a state, newest first: uncertain and dead ones are shown to an operator."""
        return [mapping.notice(row) for row in self._all(self._in_state, state, limit)]

    def drop(self, ticket_id: str, kinds: Sequence[str]) -> None:
        """Drop pending notices of a ticket that have lost their sense."""
        sql = "DELETE FROM outbox WHERE ticket_id = ? AND kind = ? AND state = 'pending'"
        self._many(sql, ((ticket_id, kind) for kind in kinds))

    def erase(self, ticket_id: str) -> None:
        """Take the words out of the notices about a ticket that have gone out."""
        self._run(ERASE, ticket_id)
