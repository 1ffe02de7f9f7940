"""Remembering what is due and what is to be said: timers, outbox, votes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from bot.domain.poll import Vote


@dataclass(frozen=True, slots=True)
class Timer:
    """Something due for a ticket: unique by (ticket, kind), written with the change that causes it."""

    ticket_id: str
    kind: str
    due_at: datetime


@dataclass(slots=True)
class Notice:
    """What somebody is to be told: a catalog key and its parameters; words are made at send time.

    ``id`` is the idempotency key. ``mentions`` are account keys. ``urgent`` breaks quiet hours; ``free`` does not count
    against the speech budget. ``bundle`` names the message that it goes out in, alone or merged with others: fixed before
    the first attempt, so that a second one says the same under the same key. ``state``: pending, sending, sent, uncertain,
    dead; dropped where an operator has given it up.
    """

    id: str
    chat: str
    kind: str
    key: str
    created_at: datetime
    params: dict[str, str] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()
    ticket_id: str | None = None
    number: int | None = None
    buttons: tuple[str, ...] = ()  # actions: sign, done, rate …
    not_before: datetime | None = None
    urgent: bool = False
    free: bool = False
    state: str = "pending"
    attempts: int = 0
    platform_id: str | None = None
    sent_at: datetime | None = None
    bundle: str | None = None

    @property
    def replaces(self) -> str | None:
        """The platform's id of the bot's own message that this one takes the place of."""
        return self.params.get("replaces")


class Timers(Protocol):
    """What is due when."""

    def set(self, *timers: Timer) -> None:
        """Set or move timers."""
        ...

    def cancel(self, ticket_id: str, kinds: Sequence[str] | None = None) -> None:
        """Take a ticket's timers away: these kinds, or all."""
        ...

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """Timers due by now, earliest first."""
        ...

    def next_due(self) -> datetime | None:
        """When the earliest timer is due."""
        ...

    def remove(self, timer: Timer) -> bool:
        """Take a fired timer away; False where it was moved or gone: then it must not fire."""
        ...

    def take(self, timers: Sequence[Timer]) -> Iterator[Timer]:
        """Take timers away that were found due in this transaction, each as it is given; left out where moved or gone."""
        ...


class Outbox(Protocol):
    """What is to be told to people, and what became of it."""

    def add(self, notice: Notice) -> None:
        """Queue a notice."""
        ...

    def get(self, notice_id: str) -> Notice | None:
        """The notice with this id."""
        ...

    def pending(self, now: datetime, limit: int) -> list[Notice]:
        """Notices that may go out by now, in the order of their making."""
        ...

    def next_at(self) -> datetime | None:
        """The earliest instant at which a pending notice may go out."""
        ...

    def update(self, notice: Notice) -> None:
        """Store a notice's state, attempts, not_before, platform_id, sent_at, free and bundle."""
        ...

    def sent_since(self, chat: str, since: datetime) -> list[datetime]:
        """When the notices that count against the budget went out to a chat (or are being sent), oldest first."""
        ...

    def newest_about(self, ticket_id: str, chat: str) -> Notice | None:
        """The newest sent notice about a ticket in a chat."""
        ...

    def about(self, ticket_id: str) -> list[Notice]:
        """The notices about a ticket that are out or on their way, oldest first; without those that went out merged."""
        ...

    def ticket_of(self, chat: str, platform_id: str) -> str | None:
        """The ticket of a message that the bot sent."""
        ...

    def is_ours(self, chat: str, platform_id: str) -> bool:
        """Whether the bot sent this message."""
        ...

    def in_state(self, state: str, limit: int) -> list[Notice]:
        """Notices in a state, newest first: uncertain and dead ones are shown to an operator."""
        ...

    def drop(self, ticket_id: str, kinds: Sequence[str]) -> None:
        """Drop pending notices of a ticket that have lost their sense."""
        ...


class Polls(Protocol):
    """Votes, one a person and round."""

    def put(self, ticket_id: str, vote: Vote) -> None:
        """Store or change a person's vote of a round."""
        ...

    def votes(self, ticket_id: str, round_: int) -> list[Vote]:
        """The votes of a round."""
        ...
