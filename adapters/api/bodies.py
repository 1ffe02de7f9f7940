"""Tickets as the API shows them: the same rows as the three lists, masked as they are, since programs hand them on."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from adapters.api.operations import Call
from bot.domain.ticket import Ticket
from bot.usecases.lineage import Effect, Lineage, trace
from bot.usecases.overview import actions_of
from bot.usecases.remote import ORDERS


class TaskBody(BaseModel):
    """Who does it by when, and how far it is: the fields of ``lineage.Task`` that programs may rely on."""

    model_config = ConfigDict(from_attributes=True)

    steward: str
    helpers: list[str]
    dispatched_at: datetime | None
    signed_at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    overdue: bool
    supervision: int
    reworks: int
    progress: str


class VotesBody(BaseModel):
    """How many voted this, 5 is best."""

    rating: int
    votes: int


class EffectBody(BaseModel):
    """What came of it."""

    result: str
    done_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    solved: bool | None
    votes: list[VotesBody]
    unsolved: int


class TicketBody(BaseModel):
    """A ticket. ``code`` and ``number`` are null before it is registered; ``people`` counts who told it or follows."""

    id: str
    code: str | None
    number: int | None
    unit: str
    nature: str
    category: str
    urgency: str
    state: str
    told_at: datetime
    title: str
    place: str
    people: int
    voices: int
    task: TaskBody | None
    effect: EffectBody | None


class OneTicketBody(TicketBody):
    """A ticket with what the key's person may do with it now, most needed first."""

    actions: list[str]


def ticket_body(row: Lineage) -> TicketBody:
    """A row of the lists."""
    return TicketBody(
        id=row.public_id,
        code=row.code if row.number else None,
        number=row.number or None,
        unit=row.unit,
        nature=row.nature,
        category=row.category,
        urgency=row.urgency,
        state=row.state,
        told_at=row.told_at,
        title=row.problem.title,
        place=row.problem.place,
        people=row.problem.people,
        voices=len(row.problem.voices),
        task=TaskBody.model_validate(row.task) if row.task else None,
        effect=_effect(row.effect) if row.effect else None,
    )


def one_ticket_body(call: Call, ticket: Ticket) -> OneTicketBody:
    """One ticket as its caller may see it."""
    caller, days = call.caller, call.deps.services.settings.polling.reopen_days
    shown = ticket_body(trace(call.uow, caller.org, ticket, caller.now))
    actions = actions_of(caller.org, caller.account, ticket, caller.now, days)
    return OneTicketBody(**shown.model_dump(), actions=[one for one in actions if one in ORDERS])


def _effect(effect: Effect) -> EffectBody:
    return EffectBody(
        result=effect.result,
        done_at=effect.done_at,
        closed_at=effect.closed_at,
        close_reason=effect.close_reason,
        solved=effect.solved,
        votes=[VotesBody(rating=rating, votes=votes) for rating, votes in effect.votes],
        unsolved=effect.unsolved,
    )
