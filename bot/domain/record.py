"""What is kept of a ticket, and the guard in front of every change of its state. What can happen to it: ``bot.domain.ticket``."""

from collections.abc import Container
from dataclasses import dataclass, field
from datetime import datetime

from bot.domain import states
from bot.domain.audit import Event
from bot.domain.errors import WrongState


@dataclass(slots=True)
class TicketRecord:
    """One matter from the first word to the last vote.

    ``reporter`` and ``followers`` are account keys; ``assignee``, ``helpers`` and ``named`` are person ids. Times are aware
    UTC. ``chat`` is the key of the group it came from, or of the private chat; whom a report names (``named``) never sees it.
    """

    id: str
    public_id: str
    root: str
    unit: str
    chat: str
    reporter: str
    created_at: datetime
    nature: str = "help"
    category: str = "other"
    urgency: str = "routine"
    state: str = states.CANDIDATE
    title: str = ""
    text: str = ""
    place: str = ""
    building: str = ""  # normalised, to compare: "3", "3-2", "3-2-501"
    source: str = "group"
    year: int = 0
    number: int | None = None
    reporter_name: str = ""
    confidential: bool = False
    reason: str = ""  # why triage read it so, in words
    assignee: str | None = None
    followers: list[str] = field(default_factory=list)
    helpers: list[str] = field(default_factory=list)
    acknowledged: list[str] = field(default_factory=list)  # helpers who have answered the whistle
    named: list[str] = field(default_factory=list)
    supervision: int = 0
    repeat_of: str | None = None
    merged_into: str | None = None
    rework_count: int = 0
    transfer_count: int = 0
    return_count: int = 0
    extension_count: int = 0
    poll_round: int = 0
    media: int = 0
    asked: str = ""  # the request that waits for a person: return, hold, extension …
    asked_by: str | None = None
    asked_until: datetime | None = None
    asked_note: str = ""
    provisional: bool = False  # a limit falls into a year without official calendar data
    due_at: datetime | None = None
    original_due_at: datetime | None = None
    sign_due_at: datetime | None = None
    contact_due_at: datetime | None = None
    registered_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    first_contact_at: datetime | None = None
    done_at: datetime | None = None
    polled_at: datetime | None = None
    closed_at: datetime | None = None
    review_at: datetime | None = None
    close_reason: str | None = None
    solved: bool | None = None
    rating: int | None = None
    version: int = 0
    events: list[Event] = field(default_factory=list)  # recorded since it was loaded, not yet stored

    @property
    def is_open(self) -> bool:
        """Whether the matter is still alive: somebody works on it or is asked about it."""
        return self.state in states.OPEN

    @property
    def is_working(self) -> bool:
        """Whether somebody still has work with it."""
        return self.state in states.WORKING

    @property
    def voices(self) -> tuple[str, ...]:
        """Everybody who reported or follows: those who are told and asked."""
        return (self.reporter, *self.followers)

    def record(self, kind: str, at: datetime, by: str, note: str = "", message: str | None = None) -> None:
        """Note what happened; the row is stored with the ticket."""
        self.events.append(Event(at, kind, by, note, message))

    def _end(self, state: str, at: datetime, reason: str | None = None) -> None:
        self._move(state)
        self._clear_request()
        self.close_reason, self.closed_at = reason, at

    def _only_in(self, allowed: Container[str]) -> None:
        if self.state not in allowed:
            raise WrongState("error.state", state=self.state)

    def _move(self, state: str) -> None:
        if state not in states.TRANSITIONS[self.state]:
            raise WrongState("error.state", state=self.state)
        self.state = state

    def _clear_request(self) -> None:
        self.asked, self.asked_by, self.asked_until, self.asked_note = "", None, None, ""
