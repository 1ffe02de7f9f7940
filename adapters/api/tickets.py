"""Tickets: the lists, one, its steps, its voices, and what may be done with it."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from adapters.api.bodies import OneTicketBody, TicketBody, one_ticket_body, ticket_body
from adapters.api.cursors import cursor_of, position_of
from adapters.api.operations import Call, Day, Strict, get, post
from adapters.api.problems import Problem, missing
from bot.domain.ticket import Ticket
from bot.messages import Capabilities
from bot.ports import Notice
from bot.usecases.board import candidates
from bot.usecases.context import Context
from bot.usecases.lineage import masked, trace
from bot.usecases.lists import Selection, page_of
from bot.usecases.overview import Reader, ticket_page
from bot.usecases.remote import Order, carry_out

MOST = 100  # rows of a page
Word = Annotated[str, Field(max_length=64)]


class TicketsQuery(Strict):
    """As on the pages: which of the three lists, and what of it. ``first`` and ``last`` are days of telling, both included."""

    list: Literal["problems", "tasks", "effects"] = "problems"
    unit: Word = ""
    state: Word = ""
    nature: Word = ""
    category: Word = ""
    steward: Word = ""
    overdue: bool = False
    first: Day | None = None
    last: Day | None = None
    limit: Annotated[int, Field(ge=1, le=MOST)] = 20
    cursor: Annotated[str, Field(max_length=120)] = ""


class TicketsBody(BaseModel):
    """A page, newest first; ``next_cursor`` leads to the one after it, null at the end."""

    tickets: list[TicketBody]
    next_cursor: str | None


class CandidatesBody(BaseModel):
    """The doubtful ones, those that lapse first before the others; at most 100."""

    candidates: list[OneTicketBody]


class StepBody(BaseModel):
    """A step of a ticket. ``who``: you, staff, neighbour or bot; residents have no names here."""

    at: datetime
    kind: str
    who: str
    name: str
    words: str


class StepsBody(BaseModel):
    """The steps, oldest first."""

    steps: list[StepBody]


class VoiceBody(BaseModel):
    """What one resident said at one time, masked; ``photos`` counts them."""

    at: datetime
    words: str
    photos: int


class VoicesBody(BaseModel):
    """The voices, oldest first."""

    voices: list[VoiceBody]


class OrderBody(Strict):
    """What is to be done, with the words that the chat would ask for. ``person``: an id; ``into``: a ticket's number."""

    action: Literal[
        "sign", "coming", "progress", "done", "transfer", "whistle", "return", "rule", "raise", "hold", "extend", "resume",
        "grant", "refuse", "approve", "register", "reject", "announce", "refile", "relocate", "merge", "not_accept",
    ]  # fmt: skip
    text: Annotated[str, Field(max_length=2000)] = ""
    person: Word = ""
    into: Annotated[int, Field(ge=1, le=9_999_999)] | None = None


class DoneBody(BaseModel):
    """It was done; the ticket as it stands now, null where it has gone to a unit beyond the key's."""

    ticket: OneTicketBody | None


def ticket_of(call: Call) -> Ticket:
    """The ticket that the path names; raises ``Problem`` where there is none for this key."""
    ticket = call.uow.tickets.by_public_id(call.path["ticket"])
    if ticket is None or not call.caller.sees(ticket):
        raise missing()
    return ticket


@get("/v1/tickets", answer=TicketsBody, query=TicketsQuery)
def list_tickets(call: Call) -> TicketsBody:
    """A page of one of the three lists, newest first. Confidential tickets, candidates and withdrawn ones are in none."""
    wanted, caller = call.query(TicketsQuery), call.caller
    if wanted.unit and wanted.unit not in caller.units:
        raise missing()
    after = position_of(wanted.cursor) if wanted.cursor else None
    top = caller.org.units[wanted.unit or caller.units[0]]
    units = [one for one in caller.org.below(top.id) if one in caller.units] if wanted.unit else caller.units
    selection = Selection(
        wanted.state, wanted.nature, wanted.category, wanted.steward, wanted.overdue, wanted.first, wanted.last
    )
    question = selection.of(wanted.list, units, top.zone, caller.now)
    page = page_of(call.uow, caller.org, question, caller.now, after, wanted.limit)
    rest = cursor_of(page.rest) if page.rest else None
    return TicketsBody(tickets=[ticket_body(row) for row in page.rows], next_cursor=rest)


@get("/v1/candidates", answer=CandidatesBody)
def list_candidates(call: Call) -> CandidatesBody:
    """What may be a matter and may be talk, for who may say so: register, reject or merge."""
    caller = call.caller
    found = [one for one in candidates(call.uow, caller.org, caller.person, caller.units) if caller.sees(one)]
    return CandidatesBody(candidates=[one_ticket_body(call, one) for one in found[:MOST]])


@get("/v1/tickets/{ticket}", answer=OneTicketBody)
def show_ticket(call: Call) -> OneTicketBody:
    """One ticket, and what may be done with it now."""
    return one_ticket_body(call, ticket_of(call))


@get("/v1/tickets/{ticket}/timeline", answer=StepsBody)
def list_steps(call: Call) -> StepsBody:
    """Every step of a ticket, as on its page; words are masked."""
    ticket, caller = ticket_of(call), call.caller
    days = call.deps.services.settings.polling.reopen_days
    page = ticket_page(call.uow, Reader(caller.org, caller.account, caller.now, days), ticket.public_id)
    steps = page.steps if page else ()
    return StepsBody(
        steps=[
            StepBody(at=one.at, kind=one.kind, who=one.who, name=one.name, words=masked(one.words)) for one in steps
        ]
    )  # fmt: skip


@get("/v1/tickets/{ticket}/voices", answer=VoicesBody)
def list_voices(call: Call) -> VoicesBody:
    """What residents said of it, those of tickets that were merged into it included; masked."""
    caller = call.caller
    voices = trace(call.uow, caller.org, ticket_of(call), caller.now).problem.voices
    return VoicesBody(voices=[VoiceBody(at=one.at, words=one.words, photos=len(one.photos)) for one in voices])


@post("/v1/tickets/{ticket}/actions", answer=DoneBody, body=OrderBody)
def act_on_ticket(call: Call) -> DoneBody:
    """Do with a ticket what its steward or owner does in the chat: the same words, rights and refusals (409)."""
    ticket, wanted, caller = ticket_of(call), call.body(OrderBody), call.caller
    ctx = Context(call.uow, caller.now, caller.org, call.deps.services)
    order = Order(wanted.action, wanted.text, wanted.person, wanted.into)
    refusal = carry_out(ctx, caller, ticket, order)
    if refusal is not None:
        raise Problem(409, refusal.key, _words(call, ticket, refusal))
    now = call.uow.tickets.get(ticket.id)
    return DoneBody(ticket=one_ticket_body(call, now) if now is not None and caller.sees(now) else None)


def _words(call: Call, ticket: Ticket, refusal: Notice) -> str:
    """The refusal as the bot would say it privately."""
    unit = call.caller.org.units[ticket.unit]
    return call.deps.renderer.render(
        [refusal], lambda _account: call.caller.person.name, Capabilities(), unit.zone
    ).text


OPERATIONS = (list_tickets, list_candidates, show_ticket, list_steps, list_voices, act_on_ticket)
