"""Remembering how it stands with the platforms, and the small things that an adapter has to keep."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


class Refused(Exception):
    """A platform refuses us, and asking again does not help: a wrong token, no such account. Says so in words."""


@dataclass(frozen=True, slots=True)
class Connection:
    """How it stands with a platform. ``state``: up, down (it is tried again) or refused (somebody has to act)."""

    channel: str
    state: str
    since: datetime
    reason: str = ""


class Connections(Protocol):
    """The state of each platform, and notes of its adapter: where it stopped reading, which poll is which ticket's."""

    def put(self, connection: Connection) -> None:
        """Store how it stands; ``since`` stays while the state does."""
        ...

    def all(self) -> list[Connection]:
        """All platforms that were ever connected, by name."""
        ...

    def note(self, channel: str, name: str, value: str, at: datetime) -> None:
        """Keep a note of an adapter under a name; it replaces the one before."""
        ...

    def noted(self, channel: str, name: str) -> str | None:
        """The note under a name."""
        ...

    def forget(self, before: datetime) -> int:
        """Forget notes that nobody has written since then; gives back how many."""
        ...
