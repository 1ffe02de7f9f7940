"""The ticket page, what can be done on it, and the plain list of open tickets for duty-holders."""

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import partial
from urllib.parse import quote, urlencode
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.web.deps import DEPS, WebDeps
from adapters.web.doing import do
from adapters.web.errors import BadRequest, Refusal
from adapters.web.places import CHANNEL, DM, Visitor
from adapters.web.security import form_of, page
from adapters.web.visitors import known_visitor
from adapters.web.wire import Score, Tap
from adapters.web.words import checked_text, words_of
from bot.domain.org import Organization
from bot.domain.poll import RATINGS
from bot.domain.states import CANDIDATE, CATEGORIES, OPEN, STATES
from bot.domain.ticket import Ticket
from bot.ports import Connection, UnitOfWork
from bot.usecases.finding import near, sought_of
from bot.usecases.overview import (
    LISTED,
    Filter,
    Reader,
    TicketPage,
    is_overdue,
    open_tickets,
    staff_of,
    ticket_page,
    units_of,
)

MAIN_ACTIONS = ("sign", "register", "approve", "grant", "resume", "clear")  # one tap, what is waited for
PLAIN = ("reject", "refuse", "human", "urge", "raise", "announce")  # one tap, too
WORDED = ("progress", "done", "return", "transfer", "whistle", "rule", "hold", "extend", "not_accept")  # ask for words
NAMED = frozenset({"transfer", "whistle", "rule"})  # ask for a person
Row = tuple[Ticket, bool, str]  # of the list: whether it is overdue, and who has it
ROWS, START = 60, "from"  # tickets of one page of the list, and the parameter of the first
FIND = "find"  # and the words by which a unit is looked for
OPTIONAL = frozenset({"done", "rule", "whistle"})  # the words may be left out


@dataclass(frozen=True, slots=True)
class Times:
    """Writes instants as people of a unit read them."""

    deps: WebDeps
    zone: ZoneInfo

    def __call__(self, at: datetime | None) -> str:
        """Day and time, "" for none."""
        if at is None:
            return ""
        local = at.astimezone(self.zone)
        words = self.deps.catalog.text("word", "time")
        return words.format(month=local.month, day=local.day, hour=local.hour, minute=local.minute)


async def show(request: web.Request) -> web.StreamResponse:
    """The page of a ticket; unknown and forbidden look the same."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    found = await deps.inbound.query(partial(_context, deps=deps, visitor=visitor, public_id=_public_id(request)))
    if found is None:
        raise Refusal("error.not_found", 404)
    return page(request, "ticket.html", found)


def _public_id(request: web.Request) -> str:
    return request.match_info["public_id"]


def _context(
    uow: UnitOfWork, org: Organization, now: datetime, *, deps: WebDeps, visitor: Visitor, public_id: str
) -> dict[str, object] | None:
    reader = Reader(org, visitor.key, now, deps.settings.polling.reopen_days)
    shown = ticket_page(uow, reader, public_id)
    if shown is None:
        return None
    ticket = shown.ticket
    unit = org.units.get(ticket.unit)
    return {
        "page": shown,
        "ticket": ticket,
        "unit": unit.name if unit else "",
        "time": Times(deps, unit.zone if unit else ZoneInfo("UTC")),
        "overdue": is_overdue(ticket, now),
        "asked_by": _name(org, ticket.asked_by),
        "desk": reader.person is not None and ticket.unit in units_of(org, reader.person),
        "before": _photos(shown, "voice"),
        "after": _photos(shown, "staff"),
        "photo_query": f"ticket={quote(public_id)}",
        "votes": _tally(shown),
        "taps": [action for action in (*MAIN_ACTIONS, *PLAIN) if action in shown.actions],
        "main": MAIN_ACTIONS,
        "worded": [action for action in WORDED if action in shown.actions],
        "named": NAMED,
        "optional": OPTIONAL,
        "ratings": RATINGS if "rate" in shown.actions else (),
        "people": [person.name for _, person in staff_of(org, ticket.unit, CHANNEL) if person.id != ticket.assignee],
    }


def _photos(shown: TicketPage, role: str) -> list[str]:
    return [ref for one in shown.said if one.role == role for ref in one.photos]


def _tally(shown: TicketPage) -> list[tuple[int, int]]:
    counts = Counter(vote.rating for vote in shown.votes if vote.rating is not None)
    return [(rating, counts[rating]) for rating in RATINGS if counts[rating]]


async def act(request: web.Request) -> web.StreamResponse:
    """A button of the ticket page: the same command as a tap in the private chat."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    form, public_id = await form_of(request), _public_id(request)
    ticket = await deps.inbound.query(partial(_seen, deps=deps, visitor=visitor, public_id=public_id))
    if ticket is None:
        raise Refusal("error.not_found", 404)
    await do(deps, visitor, DM, _command(form, ticket.id))
    deps.hub.wake(ticket.chat)
    raise web.HTTPSeeOther(f"/t/{quote(public_id)}")


def _seen(
    uow: UnitOfWork, org: Organization, now: datetime, *, deps: WebDeps, visitor: Visitor, public_id: str
) -> Ticket | None:
    shown = ticket_page(uow, Reader(org, visitor.key, now, deps.settings.polling.reopen_days), public_id)
    return shown.ticket if shown else None


def _command(form: dict[str, str], ticket_id: str) -> Tap | Score:
    """The form as a command. ``once`` is made with the page, so that a form sent twice acts once."""
    once, rating, action = checked_once(form), form.get("rating", ""), form.get("action", "")
    if rating in {"1", "2", "3", "4", "5"}:
        return Score(once, ticket_id, int(rating))
    if action not in {*MAIN_ACTIONS, *PLAIN, *WORDED}:
        raise BadRequest("action")
    person = checked_text(form.get("person", ""))
    text = checked_text(form.get("text", ""))
    return Tap(once, ticket_id, action, f"@{person} {text}".strip() if person else text)


def checked_once(form: dict[str, str]) -> str:
    """The id that was made with the page, so that a form sent twice acts once."""
    once = form.get("once", "")
    if not (once.isascii() and once.isalnum() and 8 <= len(once) <= 64):
        raise BadRequest("once")
    return once


# ---------------------------------------------------------------- the list


async def index(request: web.Request) -> web.StreamResponse:
    """The open tickets that the signed-in duty-holder answers for, some at a time."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    query, start = request.query, request.query.get(START, "0")
    if not re.fullmatch(r"\d{1,6}", start, re.ASCII):
        raise BadRequest(START)
    wanted = Filter(query.get("unit", ""), query.get("state", ""), query.get("category", ""), query.get("due", ""))
    found = await deps.inbound.query(partial(_list, deps=deps, visitor=visitor, wanted=wanted))
    if found is None:
        raise Refusal("error.staff_only", 404)
    rows, org, own, context = found
    sought = sought_of(org, own, words_of(request, FIND))
    return page(request, "tickets.html", {**context, "org": org, "sought": sought, **_part(rows, wanted, int(start))})


def _list(
    uow: UnitOfWork, org: Organization, now: datetime, *, deps: WebDeps, visitor: Visitor, wanted: Filter
) -> tuple[list[Row], Organization, list[str], dict[str, object]] | None:
    person = org.person_of(visitor.key)
    if person is None:
        return None
    tickets = open_tickets(uow, org, person, wanted, now)
    own = [unit for unit in units_of(org, person) if unit in org.units]
    units = near(org, own, wanted.unit if wanted.unit in own else own[0]) if own else []
    rows = [(ticket, is_overdue(ticket, now), _name(org, ticket.assignee)) for ticket in tickets]
    return (
        rows,
        org,
        own,
        {
            "wanted": wanted,
            "units": units,
            "unit_names": {unit.id: unit.name for unit in org.units.values()},
            "states": [state for state in STATES if state in OPEN | {CANDIDATE}],
            "categories": CATEGORIES,
            "time": Times(deps, units[0].zone if units else ZoneInfo("UTC")),
            "deaf": deaf(uow, org),
        },
    )


def _part(rows: Sequence[Row], wanted: Filter, first: int) -> dict[str, object]:
    """What of a list one page shows, and the way to the rest."""
    return {
        "count": f"{len(rows)}+" if len(rows) >= LISTED else len(rows),
        "tickets": rows[first : first + ROWS],
        "earlier": _query(wanted, max(0, first - ROWS)) if first else "",
        "later": _query(wanted, first + ROWS) if len(rows) > first + ROWS else "",
    }


def _query(wanted: Filter, start: int) -> str:
    """The same list from another row on."""
    fields = {**asdict(wanted), START: str(start)}
    return urlencode({name: value for name, value in fields.items() if value})


def deaf(uow: UnitOfWork, org: Organization) -> list[Connection]:
    """The platforms of the organization's groups that are not heard at present."""
    channels = {group.channel for group in org.groups.values()}
    return [one for one in uow.connections.all() if one.channel in channels and one.state != "up"]


def _name(org: Organization, person_id: str | None) -> str:
    person = org.people.get(person_id or "")
    return person.name if person else ""
