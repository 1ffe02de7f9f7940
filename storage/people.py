"""What is known of accounts: where they were, what they asked for."""

from datetime import datetime, timedelta
from sys import intern

from bot.messages import is_private
from storage.mapping import MILLISECOND, to_ms
from storage.repository import Pen, Repository
from storage.statements import upsert_sql
from storage.tables_people import AccountFlagRow, MemberRow

FRESH = timedelta(days=1) // MILLISECOND  # a member who was last seen here, and lately, is not written again
LAST = "SELECT chat, seen_at, gone FROM member WHERE account = ? ORDER BY seen_at DESC LIMIT 1"
REMEMBERED = 65_536  # accounts whose last chat is held in memory: some fifteen megabytes
WHO_HAS = "SELECT account FROM account_flag WHERE flag = ? LIMIT ?"
FEW = 1000  # accounts with a flag that are held in memory; of a flag that more have, each is looked up


class People(Repository):
    """No words, only presence and wishes."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._put = upsert_sql(MemberRow, ("account", "chat"))
        self._set_flag = upsert_sql(AccountFlagRow, ("account", "flag"))
        self._flagged: dict[str, set[str] | None] = {}  # flag → who may have it; None = too many to hold

    def seen(self, account: str, chat: str, at: datetime) -> None:
        """An account spoke or joined in a chat. Mostly it was last seen there within a day: then nothing is written."""
        now, known = to_ms(at), self._pen.last_seen
        last = known.get(account)
        if last is None:
            row = self._one(LAST, account)
            last = known[account] = (intern(row[0]), row[1]) if row and not row[2] else ("", 0)
            if len(known) > REMEMBERED:
                known.clear()
        if last[0] != chat or not 0 <= now - last[1] < FRESH:
            self._run(self._put, account, chat, now, 0)
            known[account] = (intern(chat), now)

    def left(self, account: str, chat: str) -> None:
        """An account left a chat."""
        self._pen.last_seen.pop(account, None)
        self._run("UPDATE member SET gone = 1 WHERE account = ? AND chat = ?", account, chat)

    def is_member(self, account: str, chat: str) -> bool:
        """Whether an account has been seen in a chat and has not left."""
        return self._one("SELECT 1 FROM member WHERE account = ? AND chat = ? AND gone = 0", account, chat) is not None

    def last_chat(self, account: str) -> str | None:
        """The group that an account was last seen in."""
        chats = self._all("SELECT chat FROM member WHERE account = ? AND gone = 0 ORDER BY seen_at DESC", account)
        return next((chat for (chat,) in chats if not is_private(chat)), None)

    def set_flag(self, account: str, flag: str, value: str | None) -> None:
        """Remember a wish of an account, or a state between bot and account; None forgets it."""
        if value is None:
            self._run("DELETE FROM account_flag WHERE account = ? AND flag = ?", account, flag)
        else:
            self._run(self._set_flag, account, flag, value)
            self._hold(account, flag)

    def _hold(self, account: str, flag: str) -> None:
        """Who had a flag for a moment may stay held: it only costs a query."""
        held = self._flagged.get(flag)
        if held is not None and len(held) < FEW:
            held.add(account)
        else:
            self._flagged.pop(flag, None)

    def flag(self, account: str, flag: str) -> str | None:
        """What was set. Few have asked for anything, and the rest is asked with every message: no query for those."""
        if flag not in self._flagged:
            found = self._all(WHO_HAS, flag, FEW)
            self._flagged[flag] = {row[0] for row in found} if len(found) < FEW else None
        held = self._flagged[flag]
        if held is not None and account not in held:
            return None
        row = self._one("SELECT value FROM account_flag WHERE account = ? AND flag = ?", account, flag)
        return row[0] if row else None
