"""Remembering webhooks: who wants to be told of what."""

from typing import Protocol

from bot.domain.hook import Hook


class Hooks(Protocol):
    """The subscriptions of all units: few, and read whenever a ticket has changed."""

    def put(self, hook: Hook) -> None:
        """Store a subscription, or how it stands now."""
        ...

    def get(self, id_: str) -> Hook | None:
        """The subscription with this id."""
        ...

    def all(self) -> list[Hook]:
        """All subscriptions, oldest first."""
        ...

    def remove(self, id_: str) -> None:
        """Forget one, its secrets too."""
        ...
