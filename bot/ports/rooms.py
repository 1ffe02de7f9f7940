"""The web chat's own rooms."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """A line of a web room's own history. ``seq`` grows by one a room; ``payload`` carries kind, buttons, media as JSON."""

    seq: int
    room: str
    sender: str
    name: str
    text: str
    at: datetime
    client_id: str
    reply_to: int | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    recalled: bool = False


class Rooms(Protocol):
    """The web chat's own rooms, visitors and history, apart from the bot's memory."""

    def post(self, message: RoomMessage) -> RoomMessage:
        """Append a line (its seq is given here); the same room and client_id again gives the stored line back."""
        ...

    def since(self, room: str, seq: int, limit: int) -> list[RoomMessage]:
        """Lines after a seq, oldest first; with seq < 0 the newest ``limit`` lines."""
        ...

    def get(self, room: str, seq: int) -> RoomMessage | None:
        """One line."""
        ...

    def recall(self, room: str, seq: int) -> None:
        """Take a line's words back."""
        ...

    def purge(self, before: datetime) -> int:
        """Forget lines older than this."""
        ...

    def add_visitor(self, account: str, name: str, digest: str, at: datetime) -> None:
        """Store a new account of the web channel with the digest of its cookie token."""
        ...

    def visitor(self, digest: str) -> tuple[str, str] | None:
        """Account id and display name behind a token digest."""
        ...

    def lock_out(self, account: str) -> None:
        """No cookie token leads to this account any more."""
        ...

    def rename(self, account: str, name: str) -> None:
        """Change a display name."""
        ...

    def name_of(self, account: str) -> str:
        """The display name of an account id."""
        ...

    def invite(self, room: str) -> str:
        """The room's invite token, made on first use."""
        ...

    def made_invite(self, room: str) -> str | None:
        """The room's invite token, if there is one already."""
        ...

    def room_of_invite(self, token: str) -> str | None:
        """The room behind an invite token."""
        ...
