"""The words of messages that concern tickets."""

from collections.abc import Sequence
from datetime import datetime

from bot.ports import KeptMessage
from storage import mapping
from storage.erasure import Erasure
from storage.repository import Pen, Repository
from storage.statements import columns, insert_sql, select_sql
from storage.tables import MessageRow

# Only the newest rows are looked at, however many there are.
SPOKEN = " WHERE id > (SELECT max(id) FROM message) - ?2 AND at >= ?1 AND role = 'voice' ORDER BY id"
LAST_OF = "SELECT ticket_id FROM message WHERE account = ? AND chat = ? AND at >= ? AND role = 'staff' ORDER BY id DESC LIMIT 1"
PHOTOS_AFTER = " WHERE id > ? AND role = 'voice' AND media <> '[]' ORDER BY id"


class Words(Repository):
    """A row for each message and ticket."""

    def __init__(self, pen: Pen, erasure: Erasure) -> None:
        super().__init__(pen)
        self._erasure = erasure
        stored = columns(MessageRow)[1:]
        self._insert = insert_sql(MessageRow, stored, ignore=True)
        self._photos = select_sql(MessageRow, stored[:-1]) + PHOTOS_AFTER
        self._spoken = select_sql(MessageRow, stored[:-1]) + SPOKEN
        self._of = select_sql(MessageRow, stored[:-1], ("ticket_id",), "at") + ", id"

    def keep(self, message: KeptMessage) -> None:
        """Store a message with its ticket; the same key and ticket again changes nothing."""
        self._run(self._insert, *mapping.message_values(message))

    def ticket_ids(self, key: str) -> list[str]:
        """The tickets that a message led or added to."""
        return [row[0] for row in self._all("SELECT ticket_id FROM message WHERE key = ? ORDER BY id", key)]

    def of(self, ticket_id: str) -> list[KeptMessage]:
        """The messages of a ticket, oldest first."""
        return [mapping.kept_message(row) for row in self._all(self._of, ticket_id)]

    def last_of(self, account: str, chat: str, since: datetime) -> str | None:
        """The ticket of which an account spoke last in a chat as staff, if that was since then."""
        row = self._one(LAST_OF, account, chat, mapping.to_ms(since))
        return row[0] if row else None

    def spoken(self, since: datetime, limit: int) -> list[KeptMessage]:
        """What residents have said of tickets since then, oldest first; only the newest ``limit`` messages are looked at."""
        return [mapping.kept_message(row) for row in self._all(self._spoken, mapping.to_ms(since), limit)]

    def photos_after(self, row: int) -> tuple[int, list[KeptMessage]]:
        """The newest row, and the residents' messages with media that were kept after a row, oldest first."""
        newest = self._one("SELECT max(id) FROM message")
        found = [mapping.kept_message(kept) for kept in self._all(self._photos, row)]
        return (newest[0] or 0 if newest else 0), found

    def edit(self, key: str, text: str) -> None:
        """Replace the words of a message; erased words do not come back."""
        self._run("UPDATE message SET text = ? WHERE key = ? AND erased = 0", text, key)

    def erase(self, ticket_id: str) -> None:
        """Erase the words and media of a ticket, wherever they were copied to; the rows stay as a skeleton."""
        self._erasure.words(ticket_id)

    def erase_said(self, ticket_id: str, account: str) -> None:
        """Erase what one account said in a ticket; the ticket's own words too, where they are the reporter's."""
        self._erasure.said(ticket_id, account)

    def erase_account(self, account: str) -> int:
        """Erase the words of an account and its name everywhere; gives back how many rows (删除我的数据).

        Tickets loaded before are stale afterwards.
        """
        return self._erasure.account(account)

    def count(self) -> int:
        """How many messages left any text."""
        row = self._one("SELECT count(DISTINCT key) FROM message WHERE text <> ''")
        return int(row[0]) if row else 0


class Trash(Repository):
    """Stored files that nothing names any more: deleted from the disk after the commit, then forgotten here."""

    def refs(self) -> list[str]:
        """What is to be deleted from the disk."""
        return [row[0] for row in self._all("SELECT ref FROM trash ORDER BY ref")]

    def clear(self, refs: Sequence[str]) -> None:
        """These files are gone from the disk."""
        self._many("DELETE FROM trash WHERE ref = ?", ((ref,) for ref in refs))
