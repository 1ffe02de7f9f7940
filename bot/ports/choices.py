"""Remembering what was chosen on the dashboard: how a group is spoken to, what the knowledge base says, and who changed it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from bot.domain.org import Article


@dataclass(frozen=True, slots=True)
class Change:
    """One change that a person has made. ``subject`` is a chat key, ``article:`` and the article's id, or
    ``webhook``.

    ``what`` names the part (listen, budget, title …); "" stands for what was not there, or is not any more.
    """

    at: datetime
    by: str  # person
    unit: str
    subject: str
    what: str
    before: str
    after: str


class Choices(Protocol):
    """What outlives an import of the organization."""

    def set_manner(self, chat: str, name: str, value: str) -> None:
        """Choose for a group; "" is as everywhere again."""
        ...

    def put_article(self, article: Article) -> None:
        """Store an article that was written or changed here: it stands for the imported one of the same id and unit."""
        ...

    def remove_article(self, article: Article) -> None:
        """An article does not hold any more; its words are kept, so that it can be taken back."""
        ...

    def removed_articles(self, unit: str) -> list[Article]:
        """The articles of exactly this unit that were removed here, oldest first."""
        ...

    def note(self, change: Change) -> None:
        """Note a change. What was noted can neither be changed nor taken away."""
        ...

    def changes(self, unit: str, subject: str, limit: int) -> list[Change]:
        """The changes of a subject of a unit, newest first."""
        ...
