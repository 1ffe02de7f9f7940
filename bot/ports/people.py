"""Remembering people: accounts, the organization, what was set aside."""

from datetime import datetime
from typing import Protocol

from bot.domain.org import Organization


class People(Protocol):
    """What is known of accounts beyond the org: no words, only where they were and what they asked for."""

    def seen(self, account: str, chat: str, at: datetime) -> None:
        """An account spoke or joined in a chat."""
        ...

    def left(self, account: str, chat: str) -> None:
        """An account left a chat."""
        ...

    def is_member(self, account: str, chat: str) -> bool:
        """Whether an account has been seen in a chat and has not left."""
        ...

    def last_chat(self, account: str) -> str | None:
        """The group that an account was last seen in."""
        ...

    def set_flag(self, account: str, flag: str, value: str | None) -> None:
        """Remember a wish of an account (``unheard`` = 别记我), or a state between bot and account; None forgets it."""
        ...

    def flag(self, account: str, flag: str) -> str | None:
        """What was set."""
        ...


class OrgStore(Protocol):
    """The organization and the one-time codes that bind accounts to people."""

    def load(self) -> Organization:
        """The organization as last imported, with accounts bound and choices made since."""
        ...

    def replace(self, org: Organization) -> None:
        """Take a new organization; bound accounts are kept."""
        ...

    def set_listen(self, chat: str, listen: str) -> None:
        """Change how a group is listened to."""
        ...

    def set_title(self, chat: str, title: str) -> None:
        """Call a group by its new title, until an import says otherwise."""
        ...

    def issue_code(self, person: str, digest: str, expires: datetime) -> None:
        """Store the digest of a one-time code."""
        ...

    def peek_code(self, digest: str, now: datetime) -> str | None:
        """The person that a code is for, without using it; None where it is wrong, used or old."""
        ...

    def use_code(self, digest: str, account: str, now: datetime, *, aside: bool = False) -> str | None:
        """Bind an account by a code's digest; gives back the person, or None where the code is wrong, used or old.

        ``aside``: an account that he looks from but need not be reached at; one that is bound already stays as it is.
        """
        ...

    def used_by(self, digest: str) -> str | None:
        """The account that a code was used for; None for one that is wrong or was not used."""
        ...

    def unbind(self, account: str) -> None:
        """The account that a code has bound belongs to nobody any more."""
        ...

    def void_codes(self, person: str) -> None:
        """A person's codes that nobody has used are good for nothing any more."""
        ...


class Reserve(Protocol):
    """Messages set aside because handling them failed: nothing is lost, a person can look."""

    def put(self, key: str, at: datetime, reason: str) -> int:
        """Count a strike against a message; gives back how many it has."""
        ...

    def all(self) -> list[tuple[str, int, str]]:
        """Key, strikes and reason of each."""
        ...

    def remove(self, key: str) -> bool:
        """A person has looked: forget it; False where there is none."""
        ...
