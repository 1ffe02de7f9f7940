"""Somebody's leave: his own for everybody with a duty, others' for who commands their unit. Nothing is handed over by itself."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.trail import trail
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from adapters.web.tickets import Times
from adapters.web.words import clean_text
from bot.domain.org import Person
from bot.domain.rota import Away
from bot.ports import Change, UnitOfWork
from bot.usecases import absence
from bot.usecases.context import Context

PATH = "/desk/leave"
PERSON = "person"  # the parameter that names somebody else
FIELDS = frozenset({"first", "first_half", "last", "last_half", "standin", "reason"})
REASON = 100  # characters
SHOWN = 10  # changes
COLLEAGUES = 300  # to choose from
NOON = time(12)


@dataclass(frozen=True, slots=True)
class View:
    """Whose leave it is, what is not over, who could stand in, how many tickets he has in hand, and what was changed."""

    person: Person
    aways: Sequence[Away]
    colleagues: Sequence[Person]
    in_hand: int
    changes: Sequence[Change]


def routes() -> list[web.RouteDef]:
    """The page and its forms."""
    return [web.get(PATH, show), web.post(PATH, save)]


def address(desk: Desk, person: Person, **more: str) -> str:
    """The page of somebody."""
    return f"{PATH}?{urlencode({'unit': desk.unit.id, PERSON: person.id, **more})}"


def person_of(desk: Desk, wanted: str) -> Person:
    """Who is meant: oneself, or somebody of the units looked at all of whose duties one commands. Others are not there."""
    if wanted in {"", desk.person.id}:
        return desk.person
    below = any(duty.unit in desk.units for duty in desk.org.duties_of(wanted))
    if not below or wanted not in desk.org.people or not absence.may_enter(desk.org, desk.person.id, wanted):
        raise Refusal("error.not_found", 404)
    return desk.org.people[wanted]


async def show(request: web.Request) -> web.StreamResponse:
    """The leave of somebody."""
    desk, view = await look(request, partial(_view, deps=request.app[DEPS], wanted=request.query.get(PERSON, "")))
    return _page(request, desk, view, {})


def _context(uow: UnitOfWork, desk: Desk, deps: WebDeps) -> Context:
    return Context(uow, desk.now, desk.org, deps.services)


def _view(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str) -> View:
    person, org = person_of(desk, wanted), desk.org
    ctx = _context(uow, desk, deps)
    aways = sorted((a for a in org.aways if a.person == person.id and a.end > desk.now), key=lambda a: a.start)
    near = absence.colleagues(org, absence.home(org, person.id))
    others = [org.people[one] for one in near if one != person.id][:COLLEAGUES]
    noted = uow.choices.changes(absence.home(org, person.id), absence.subject(person.id), SHOWN)
    return View(person, aways, others, len(absence.in_hand(ctx, person.id, desk.person.id)), noted)


async def save(request: web.Request) -> web.StreamResponse:
    """Go, come back, take it back, or hand over; it holds at once."""
    deps, wanted = request.app[DEPS], request.query.get(PERSON, "")
    await look(request, lambda _uow, desk: person_of(desk, wanted))  # who has no business here is told nothing of forms
    form = await form_of(request)
    if set(form) == FIELDS:
        desk, (view, wrong) = await look(request, partial(_go, deps=deps, wanted=wanted, form=form))
        if wrong:
            return _page(request, desk, view, form, wrong)
    elif set(form) == {"end"} or set(form) == {"hand_over"}:
        desk, view = await look(request, partial(_change, deps=deps, wanted=wanted, form=form))
    else:
        raise BadRequest("leave")
    await deps.inbound.reload()
    raise web.HTTPSeeOther(address(desk, view.person, saved="1"))


def _go(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str, form: Mapping[str, str]) -> tuple[View, str | None]:
    person, ctx = person_of(desk, wanted), _context(uow, desk, deps)
    away = _typed(desk, person, form)
    wrong = absence.unfit(ctx, away) if away else "period"
    if away is not None and wrong is None:
        absence.go(ctx, desk.person.id, away)
    return _view(uow, desk, deps=deps, wanted=wanted), wrong


def _typed(desk: Desk, person: Person, form: Mapping[str, str]) -> Away | None:
    """What was typed, on the clock of the person's unit; None where a day is no day."""
    zone = desk.org.units[absence.home(desk.org, person.id)].zone if absence.home(desk.org, person.id) else UTC
    try:
        first, last = (date.fromisoformat(clean_text(form[name])) for name in ("first", "last"))
        start = datetime.combine(first, NOON if form["first_half"] else time(), zone)
        end = datetime.combine(last, NOON, zone) if form["last_half"] else _midnight_after(last, zone)
        start, end = start.astimezone(UTC), end.astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if start < desk.now and first == desk.now.astimezone(zone).date():
        start = desk.now  # who says today means from now on
    return Away(person.id, start, end, form["standin"] or None, " ".join(clean_text(form["reason"]).split())[:REASON])


def _midnight_after(day: date, zone: object) -> datetime:
    return datetime.combine(day + timedelta(days=1), time(), zone)  # type: ignore[arg-type]


def _change(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, wanted: str, form: Mapping[str, str]) -> View:
    person, ctx = person_of(desk, wanted), _context(uow, desk, deps)
    if "hand_over" in form:
        absence.hand_over(ctx, desk.person.id, person.id)
        return _view(uow, desk, deps=deps, wanted=wanted)
    away = next((a for a in desk.org.aways if a.person == person.id and a.start.isoformat() == form["end"]), None)
    if away is not None and away.covers(desk.now):
        absence.come(ctx, desk.person.id, person.id)
    elif away is not None:
        absence.cancel(ctx, desk.person.id, person.id, away.start)
    return _view(uow, desk, deps=deps, wanted=wanted)


def _page(
    request: web.Request, desk: Desk, view: View, values: Mapping[str, str], wrong: str | None = None
) -> web.Response:
    """``values`` are what the fields show, as typed where something was wrong with it."""
    deps = request.app[DEPS]
    times = Times(deps, desk.unit.zone)
    today = desk.now.astimezone(desk.unit.zone).date()
    context = {
        "view": view,
        "values": {**dict.fromkeys(FIELDS, ""), "first": today.isoformat(), "last": today.isoformat(), **values},
        "wrong": wrong,
        "saved": "saved" in request.query,
        "here": address(desk, view.person),
        "own": view.person.id == desk.person.id,
        "spans": [(away, *span(times, away), _name(desk, away.standin)) for away in view.aways],
        "standin": next((_name(desk, away.standin) for away in view.aways if away.standin), ""),
        "reason_length": REASON,
        "steps": trail(deps, desk, view.changes, lambda _change, value: _said(deps, desk, times, value)),
    }
    response = desk_page(request, "leave.html", desk, context)
    response.set_status(400 if wrong else 200)
    return response


def span(times: Times, away: Away) -> tuple[str, str]:
    """The first and the last minute of an absence."""
    return times(away.start), times(away.end - timedelta(minutes=1))


def _name(desk: Desk, person: str | None) -> str:
    found = desk.org.people.get(person or "")
    return found.name if found else ""


def _said(deps: WebDeps, desk: Desk, times: Times, value: str) -> str:
    """A noted absence in words."""
    start, _, rest = value.partition("/")
    end, _, standin = rest.partition("/")
    if not start or not end:
        return deps.words("rota.there")
    since, until = span(times, Away("", datetime.fromisoformat(start), datetime.fromisoformat(end)))
    name = _name(desk, standin) or deps.words("rota.nobody")
    return deps.words("rota.span", since=since, until=until, standin=name)
