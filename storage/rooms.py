"""The web chat's own rooms: history, visitors, invites. Apart from the bot's memory, and short-lived."""

import secrets
from dataclasses import replace
from datetime import datetime

from bot.ports import RoomMessage
from storage import mapping
from storage.mapping import to_ms
from storage.repository import Pen, Repository
from storage.statements import columns, insert_sql, select_sql
from storage.tables_people import InviteRow, RoomMessageRow, VisitorRow

NEXT_SEQ = "INSERT INTO room (room, seq) VALUES (?, 1) ON CONFLICT (room) DO UPDATE SET seq = seq + 1 RETURNING seq"
INVITE_BYTES = 16


class Rooms(Repository):
    """Seqs grow by one a room and never start again, so that a browser can ask for what it missed."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        shown = columns(RoomMessageRow)
        every = select_sql(RoomMessageRow, shown, ("room",))
        self._insert = insert_sql(RoomMessageRow)
        self._posted = select_sql(RoomMessageRow, shown, ("room", "client_id"))
        self._line = select_sql(RoomMessageRow, shown, ("room", "seq"))
        self._since = f"{every} AND seq > ? ORDER BY seq LIMIT ?"
        self._newest = f"{every} ORDER BY seq DESC LIMIT ?"
        self._add_visitor = insert_sql(VisitorRow)
        self._add_invite = insert_sql(InviteRow, ignore=True)

    # ------------------------------------------------------------ history

    def post(self, message: RoomMessage) -> RoomMessage:
        """Append a line (its seq is given here); the same room and client_id again gives the stored line back."""
        posted = self._one(self._posted, message.room, message.client_id)
        if posted:
            return mapping.room_message(posted)
        row = self._write(NEXT_SEQ, message.room)
        stored = replace(message, seq=row[0] if row else 0)
        self._run(self._insert, *mapping.room_values(stored))
        return stored

    def since(self, room: str, seq: int, limit: int) -> list[RoomMessage]:
        """Lines after a seq, oldest first; with seq < 0 the newest ``limit`` lines."""
        rows = self._all(self._newest, room, limit)[::-1] if seq < 0 else self._all(self._since, room, seq, limit)
        return [mapping.room_message(row) for row in rows]

    def get(self, room: str, seq: int) -> RoomMessage | None:
        """One line."""
        row = self._one(self._line, room, seq)
        return mapping.room_message(row) if row else None

    def recall(self, room: str, seq: int) -> None:
        """Take a line's words back."""
        self._run(
            "UPDATE room_message SET text = '', payload = '{}', recalled = 1 WHERE room = ? AND seq = ?", room, seq
        )

    def purge(self, before: datetime) -> int:
        """Forget lines older than this."""
        return self._run("DELETE FROM room_message WHERE at < ?", to_ms(before))

    # ------------------------------------------------------------ visitors

    def add_visitor(self, account: str, name: str, digest: str, at: datetime) -> None:
        """Store a new account of the web channel with the digest of its cookie token."""
        self._run(self._add_visitor, account, name, digest, to_ms(at))

    def visitor(self, digest: str) -> tuple[str, str] | None:
        """Account id and display name behind a token digest."""
        row = self._one("SELECT account, name FROM visitor WHERE digest = ?", digest)
        return (row[0], row[1]) if row else None

    def lock_out(self, account: str) -> None:
        """No cookie token leads to this account any more: what stands in its place is no digest."""
        self._run("UPDATE visitor SET digest = 'out:' || account WHERE account = ?", account)

    def rename(self, account: str, name: str) -> None:
        """Change a display name."""
        self._run("UPDATE visitor SET name = ? WHERE account = ?", name, account)

    def name_of(self, account: str) -> str:
        """The display name of an account id; empty where there is none."""
        row = self._one("SELECT name FROM visitor WHERE account = ?", account)
        return str(row[0]) if row else ""

    # ------------------------------------------------------------ invites

    def invite(self, room: str) -> str:
        """The room's invite token, made on first use."""
        self._run(self._add_invite, secrets.token_urlsafe(INVITE_BYTES), room)
        return self.made_invite(room) or ""

    def made_invite(self, room: str) -> str | None:
        """The room's invite token, if it has been used; for readers, who must make none."""
        row = self._one("SELECT token FROM invite WHERE room = ?", room)
        return str(row[0]) if row else None

    def room_of_invite(self, token: str) -> str | None:
        """The room behind an invite token."""
        row = self._one("SELECT room FROM invite WHERE token = ?", token)
        return row[0] if row else None
