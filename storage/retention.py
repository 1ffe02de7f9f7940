"""What is forgotten when: run once a day, as one job. Each call takes a bounded bite, so that nobody waits for it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from storage.unit_of_work import SqliteUnitOfWork


@dataclass(frozen=True, slots=True)
class RetentionPolicy:
    """How long things are kept; media and personal data from the ticket's end."""

    inbox: timedelta = timedelta(days=8)  # platforms come again for up to 7 hours; a week of outage is covered too
    rooms: timedelta = timedelta(days=7)
    media: timedelta = timedelta(days=90)
    personal: timedelta = timedelta(days=180)
    notices: timedelta = timedelta(days=30)  # that belong to no ticket
    answers: timedelta = timedelta(days=1)  # of the API: whoever asks again does so within hours
    absences: timedelta = timedelta(days=30)  # and their reasons, from their end
    tickets_at_once: int = 100


@dataclass(frozen=True, slots=True)
class RetentionReport:
    """What was forgotten. ``media`` are files to delete from the disk, then to clear from ``uow.trash``."""

    inbox: int
    rooms: int
    examples: int
    notes: int
    notices: int
    answers: int
    without_media: int
    pseudonymised: int
    media: list[str] = field(default_factory=list)
    absences: int = 0

    def is_complete(self, policy: RetentionPolicy) -> bool:
        """Whether nothing is left that is old enough."""
        return max(self.without_media, self.pseudonymised) < policy.tickets_at_once


def apply_retention(uow: SqliteUnitOfWork, now: datetime, policy: RetentionPolicy) -> RetentionReport:
    """Forget what is old enough, at the day and not before."""
    erasure, limit = uow.erasure, policy.tickets_at_once
    old_media = erasure.ended_with_media(now - policy.media, limit)
    for ticket_id in old_media:
        erasure.media(ticket_id)
    old_names = erasure.ended_with_names(now - policy.personal, limit)
    for ticket_id in old_names:
        erasure.pseudonymise(ticket_id)
    return RetentionReport(
        inbox=uow.inbox.purge(now - policy.inbox),
        rooms=uow.rooms.purge(now - policy.rooms),
        examples=uow.learning.forget(now - policy.personal),
        notes=uow.connections.forget(now - policy.personal),
        notices=erasure.notices(now - policy.notices),
        answers=uow.keys.forget(now - policy.answers),
        without_media=len(old_media),
        pseudonymised=len(old_names),
        media=uow.trash.refs(),
        absences=uow.rota.forget(now - policy.absences),
    )


class UnusedMedia:
    """Those of some files that neither a ticket's message nor a line of a room names: never sent, or long forgotten.

    Messages are looked through in bites, of which nobody who speaks meanwhile takes notice; what is sent meanwhile comes
    last. ``refs`` counts once ``look`` has said that all is looked through.
    """

    def __init__(self, refs: Iterable[str], at_once: int = 5000) -> None:
        self.refs = set(refs)
        self._at_once = at_once
        self._after = 0

    def look(self, uow: SqliteUnitOfWork) -> bool:
        """Take the next bite; gives back whether there is more to look at."""
        if not self.refs:
            return False
        named, self._after = uow.erasure.said_media(self._after, self._at_once)
        self.refs -= named
        if self._after == 0:
            self.refs -= uow.erasure.shown_media()
        return self._after > 0
