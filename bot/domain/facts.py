"""What rates ask of a ticket, and nothing else: no words, no names, no accounts.

Facts are a ticket as it is known now, not as it was when a period ended: a figure of the past changes where a closed ticket
is reopened. Reports that must not change keep their numbers, not their tickets.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from bot.domain import states
from bot.domain.poll import THIRD, Vote
from bot.domain.record import TicketRecord


@dataclass(frozen=True, slots=True)
class Ballot:
    """What one person said in the last round of votes. ``rating`` is None where only "not solved" was said."""

    rating: int | None
    solved: bool
    by_reporter: bool = False
    from_words: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class TicketFacts:
    """A ticket in numbers. Instants are aware UTC, None for what has not happened and for limits that there are not.

    ``done_at`` is the last time, a rework clears it; ``signed_at`` and ``first_contact_at`` are the first. ``due_at`` moves
    with extensions, holds and a rework after the limit; ``original_due_at`` never does. ``voices`` counts people.
    """

    id: str
    unit: str
    nature: str = "help"
    category: str = "other"
    source: str = "group"
    building: str = ""
    urgency: str = "routine"
    state: str = states.REGISTERED
    close_reason: str | None = None
    created_at: datetime
    registered_at: datetime | None = None
    dispatched_at: datetime | None = None
    signed_at: datetime | None = None
    first_contact_at: datetime | None = None
    done_at: datetime | None = None
    polled_at: datetime | None = None
    closed_at: datetime | None = None
    sign_due_at: datetime | None = None
    contact_due_at: datetime | None = None
    due_at: datetime | None = None
    original_due_at: datetime | None = None
    voices: int = 1
    rework_count: int = 0
    return_count: int = 0
    transfer_count: int = 0
    extension_count: int = 0
    supervision: int = 0
    repeat: bool = False
    ballots: tuple[Ballot, ...] = ()

    @property
    def finished_at(self) -> datetime | None:
        """When the work was over: done, or closed without that step, such as referred."""
        return self.done_at or self.closed_at

    @property
    def was_done(self) -> bool:
        """Whether it has ever been done: a rework clears ``done_at``, and is the proof that there was one."""
        return self.done_at is not None or self.rework_count > 0

    @property
    def is_answered(self) -> bool:
        """Whether the callback was valid (有效回访): somebody voted in the last round."""
        return bool(self.ballots)

    @property
    def is_said_solved(self) -> bool:
        """Whether the people asked say solved, by the rule that also decides on rework (product.md §6).

        Not where the reporter says "not solved", nor where a third of the votes cast does.
        """
        against = [ballot for ballot in self.ballots if not ballot.solved]
        if not against:
            return self.is_answered
        return not any(b.by_reporter for b in against) and len(against) * THIRD < len(self.ballots)


def facts_of(ticket: TicketRecord, votes: Iterable[Vote] = ()) -> TicketFacts:
    """The facts of a ticket; of its votes, those of earlier rounds are left aside."""
    return TicketFacts(
        id=ticket.id,
        unit=ticket.unit,
        nature=ticket.nature,
        category=ticket.category,
        source=ticket.source,
        building=ticket.building,
        urgency=ticket.urgency,
        state=ticket.state,
        close_reason=ticket.close_reason,
        created_at=ticket.created_at,
        registered_at=ticket.registered_at,
        dispatched_at=ticket.dispatched_at,
        signed_at=ticket.signed_at,
        first_contact_at=ticket.first_contact_at,
        done_at=ticket.done_at,
        polled_at=ticket.polled_at,
        closed_at=ticket.closed_at,
        sign_due_at=ticket.sign_due_at,
        contact_due_at=ticket.contact_due_at,
        due_at=ticket.due_at,
        original_due_at=ticket.original_due_at,
        voices=len(ticket.voices),
        rework_count=ticket.rework_count,
        return_count=ticket.return_count,
        transfer_count=ticket.transfer_count,
        extension_count=ticket.extension_count,
        supervision=ticket.supervision,
        repeat=ticket.repeat_of is not None,
        ballots=_ballots(ticket, votes),
    )


def _ballots(ticket: TicketRecord, votes: Iterable[Vote]) -> tuple[Ballot, ...]:
    last = [vote for vote in votes if vote.round == ticket.poll_round]
    return tuple(Ballot(v.rating, v.solved, v.account == ticket.reporter, v.from_words) for v in last)
