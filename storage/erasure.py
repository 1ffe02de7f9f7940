"""Taking words and names away: on request, with a withdrawn ticket, or by age.

Every table that holds words, names or accounts is named here. Rows stay, so that numbers, limits and rates stay true; an
account becomes a pseudonym that only this database could make again. The audit keeps its chain (``storage.audit``).
"""

import hashlib
import json
import re
from collections.abc import Sequence
from datetime import datetime

from bot.messages import private_chat
from storage import mapping
from storage.audit import Audit
from storage.outbox import Outbox
from storage.repository import Pen, Repository

MEDIA_GONE, PSEUDONYMOUS, ERASED = 1, 2, 4  # bits of ticket.privacy
WEB = "web"  # the channel of the rooms, where senders stand without their channel
LONG_NUMBERS = re.compile(r"\d(?:[ -]?\d){6,}[\dXx]?")  # phones, identity and card numbers

BLANK_TICKET = (
    "UPDATE ticket SET title = '', text = '', place = '', building = '', reason = '', asked_note = '', "
    "privacy = privacy | 4 WHERE id = ?"
)
BLANK_REPORTED = (
    "UPDATE ticket SET title = '', text = '', place = '', building = '', reason = '', reporter_name = '' "
    "WHERE id = ? AND reporter = ?"
)
BLANK_MESSAGES = "UPDATE message SET text = '', name = '', media = '[]', erased = 1 WHERE ticket_id = ?"
BLANK_MESSAGES_OF = (
    "UPDATE message SET text = '', name = '', media = '[]', erased = 1, account = ?1, "
    "chat = CASE WHEN chat = ?2 THEN ?3 ELSE chat END WHERE account = ?4"
)
BLANK_LINES = (
    "UPDATE room_message SET text = '', name = '', payload = '{}', recalled = 1, sender = ? WHERE sender IN (?, ?)"
)
TICKETS_OF = (
    "SELECT ticket_id FROM participant WHERE account = ?1 AND role <> 'helper' "
    "UNION SELECT ticket_id FROM message WHERE account = ?1"
)
# A file may belong to two tickets, if one message had two matters: it goes with the last of them.
MESSAGE_MEDIA = "SELECT id, media FROM message WHERE id > ? ORDER BY id LIMIT ?"
LINE_MEDIA = "SELECT payload FROM room_message WHERE payload LIKE '%\"media\"%'"
MEDIA_LEFT = "SELECT media FROM message WHERE key = ? AND ticket_id <> ? AND media <> '[]'"


class Erasure(Repository):
    """Used by ``Words`` and by retention."""

    def __init__(self, pen: Pen, audit: Audit, outbox: Outbox, key: bytes) -> None:
        super().__init__(pen)
        self._audit = audit
        self._outbox = outbox
        self._key = key

    def _run(self, sql: str, *values: object) -> int:
        """Tickets are written here past ``Tickets.save``: what a burst has at hand may not be what is stored any more."""
        if self._pen.burst:
            self._pen.burst.tickets.clear()
        return super()._run(sql, *values)

    def pseudonym(self, account: str) -> str:
        """What stands for an account that is gone: the same for all its rows, and no way back."""
        channel, _, identifier = account.partition(":")
        if identifier.startswith("gone-"):
            return account
        digest = hashlib.blake2b(account.encode(), key=self._key, digest_size=8).hexdigest()
        return f"{channel}:gone-{digest}"

    # ------------------------------------------------------------ a ticket's words

    def words(self, ticket_id: str) -> None:
        """Erase what was said: messages, the ticket's copies, notes, notices that went out, files."""
        self.media(ticket_id)
        self._run(BLANK_MESSAGES, ticket_id)
        self._run(BLANK_TICKET, ticket_id)
        self._run("DELETE FROM example WHERE ticket_id = ?", ticket_id)
        self._audit.erase_words(ticket_id)
        self._outbox.erase(ticket_id)

    def said(self, ticket_id: str, account: str) -> None:
        """Erase what one account said in a ticket. The ticket may get other words: it is not marked as erased."""
        media = self._all("SELECT key, media FROM message WHERE ticket_id = ? AND account = ?", ticket_id, account)
        for key, stored in media:
            self._throw_away(stored, [left for (left,) in self._all(MEDIA_LEFT, key, ticket_id)])
        self._run(f"{BLANK_MESSAGES} AND account = ?", ticket_id, account)
        self._run(BLANK_REPORTED, ticket_id, account)
        self._run("DELETE FROM example WHERE ticket_id = ? AND account = ?", ticket_id, account)
        self._audit.erase_words(ticket_id, account)

    def media(self, ticket_id: str) -> None:
        """Give up the files of a ticket; the disk is cleared after the commit (``Words.trash``)."""
        rows = self._all("SELECT key, media FROM message WHERE ticket_id = ? AND media <> '[]'", ticket_id)
        for key, media in rows:
            self._throw_away(media, [left for (left,) in self._all(MEDIA_LEFT, key, ticket_id)])
        self._run("UPDATE message SET media = '[]' WHERE ticket_id = ?", ticket_id)
        self._run("UPDATE ticket SET privacy = privacy | ? WHERE id = ?", MEDIA_GONE, ticket_id)

    def _throw_away(self, media: str, elsewhere: Sequence[str]) -> None:
        kept = {one.ref for other in elsewhere for one in mapping.media_of(other)}
        refs = {one.ref for one in mapping.media_of(media)} - kept - {None}
        self._many("INSERT OR IGNORE INTO trash (ref) VALUES (?)", ((ref,) for ref in refs))

    # ------------------------------------------------------------ an account

    def account(self, account: str) -> int:
        """Erase an account's words and its name everywhere; gives back how many rows were touched."""
        ids = [row[0] for row in self._all(TICKETS_OF, account)]
        touched = self._blank_messages(account)
        for ticket_id in ids:
            reported = self._one("SELECT 1 FROM ticket WHERE id = ? AND reporter = ?", ticket_id, account)
            self._rename(ticket_id, account)
            if reported:
                self._run(BLANK_TICKET, ticket_id)
                self._audit.erase_words(ticket_id)
            self._outbox.erase(ticket_id)
        touched += len(ids) + self._blank_lines(account)
        touched += self._run("DELETE FROM member WHERE account = ?", account)
        touched += self._run("DELETE FROM example WHERE account = ?", account)
        self._pen.last_seen.pop(account, None)
        self._blank_private_notices(account)
        return touched

    def _blank_messages(self, account: str) -> int:
        for (media,) in self._all("SELECT media FROM message WHERE account = ? AND media <> '[]'", account):
            self._throw_away(media, [])
        gone = self.pseudonym(account)
        return self._run(BLANK_MESSAGES_OF, gone, private_chat(account), private_chat(gone), account)

    def _blank_lines(self, account: str) -> int:
        channel, _, identifier = account.partition(":")
        gone = self.pseudonym(account)
        self._run(
            "UPDATE visitor SET name = '' WHERE account IN (?, ?)", account, identifier if channel == WEB else account
        )
        return self._run(BLANK_LINES, gone, account, identifier if channel == WEB else account)

    def _blank_private_notices(self, account: str) -> None:
        sql = (
            "UPDATE outbox SET params = '{}', mentions = '[]', chat = ? WHERE chat = ? "
            "AND state IN ('sent', 'dead', 'uncertain', 'dropped')"
        )
        self._run(sql, private_chat(self.pseudonym(account)), private_chat(account))

    def _rename(self, ticket_id: str, account: str) -> None:
        """Put the pseudonym in an account's place in one ticket; whoever holds the ticket holds a stale one."""
        gone = self.pseudonym(account)
        row = self._one("SELECT reporter, followers, chat FROM ticket WHERE id = ?", ticket_id)
        if row is None:
            return
        reporter, followers, chat = row
        if reporter == account:
            self._run("UPDATE ticket SET reporter = ?, reporter_name = '' WHERE id = ?", gone, ticket_id)
        if chat == private_chat(account):
            self._run("UPDATE ticket SET chat = ? WHERE id = ?", private_chat(gone), ticket_id)
        renamed = [gone if name == account else name for name in mapping.names(followers)]
        self._run(
            "UPDATE ticket SET followers = ?, version = version + 1 WHERE id = ?", mapping.dump(renamed), ticket_id
        )
        for table in RENAMES:
            self._run(table, gone, ticket_id, account)
        self._changed(ticket_id)  # whose vote was the reporter's is told by the account
        self._audit.erase_account(ticket_id, account)

    # ------------------------------------------------------------ by age

    def said_media(self, after: int, limit: int) -> tuple[set[str], int]:
        """The files that messages of tickets name, so many messages after an id; and the id to go on after, 0 at the end."""
        rows = self._all(MESSAGE_MEDIA, after, limit)
        refs = {one.ref for _, media in rows if media != "[]" for one in mapping.media_of(media) if one.ref}
        return refs, rows[-1][0] if len(rows) == limit else 0

    def shown_media(self) -> set[str]:
        """The files that lines of rooms name."""
        return {ref for (payload,) in self._all(LINE_MEDIA) for ref in json.loads(payload).get("media", ()) if ref}

    def ended_with_media(self, before: datetime, limit: int) -> list[str]:
        """Tickets that ended by then and still have their media, oldest first."""
        return self._ended((0, PSEUDONYMOUS, ERASED, PSEUDONYMOUS | ERASED), before, limit)

    def ended_with_names(self, before: datetime, limit: int) -> list[str]:
        """Tickets that ended by then and still have their names, oldest first."""
        return self._ended((0, MEDIA_GONE, ERASED, MEDIA_GONE | ERASED), before, limit)

    def _ended(self, privacy: Sequence[int], before: datetime, limit: int) -> list[str]:
        sql = (
            "SELECT id FROM ticket WHERE privacy IN (?, ?, ?, ?) AND closed_at IS NOT NULL AND closed_at <= ? "
            "ORDER BY closed_at LIMIT ?"
        )
        return [row[0] for row in self._all(sql, *privacy, mapping.to_ms(before), limit)]

    def notices(self, before: datetime) -> int:
        """Forget notices that went out before then, or were dropped, and belong to no ticket."""
        sql = "DELETE FROM outbox WHERE ticket_id IS NULL AND state IN ('sent', 'dropped') AND created_at < ?"
        return self._run(sql, mapping.to_ms(before))

    def pseudonymise(self, ticket_id: str) -> None:
        """Take all accounts, names, exact addresses and long numbers out of an old ticket; its words stay."""
        row = self._one("SELECT reporter, followers, building, title, text FROM ticket WHERE id = ?", ticket_id)
        if row is None:
            return
        writers = [who for (who,) in self._all("SELECT DISTINCT account FROM message WHERE ticket_id = ?", ticket_id)]
        for account in {row[0], *mapping.names(row[1]), *writers}:
            self._rename(ticket_id, account)
        sql = (
            "UPDATE ticket SET building = ?, title = ?, text = ?, place = '', privacy = privacy | ?, "
            "version = version + 1 WHERE id = ?"
        )
        shown = (row[2].partition("-")[0], *map(without_numbers, row[3:]))
        self._run(sql, *shown, PSEUDONYMOUS, ticket_id)
        for message, text in self._all("SELECT id, text FROM message WHERE ticket_id = ?", ticket_id):
            self._run("UPDATE message SET name = '', text = ? WHERE id = ?", without_numbers(text), message)
        self._audit.erase_accounts(ticket_id)
        self._run("UPDATE outbox SET params = '{}', mentions = '[]' WHERE ticket_id = ?", ticket_id)


RENAMES = (
    "UPDATE OR IGNORE participant SET account = ? WHERE ticket_id = ? AND account = ?",
    "UPDATE OR IGNORE vote SET account = ? WHERE ticket_id = ? AND account = ?",
    "UPDATE message SET account = ? WHERE ticket_id = ? AND account = ?",
)


def without_numbers(text: str) -> str:
    """The words with phone, identity and card numbers struck out."""
    return LONG_NUMBERS.sub("***", text)
