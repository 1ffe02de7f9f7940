"""The rota (值班表) of a unit and below: who has which turn in the days to come, to look at and to print; who commands edits it."""

import re
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TypeVar
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.people import in_words
from adapters.web.dashboard.trail import trail
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from adapters.web.words import clean_text
from bot.domain.attendance import ROLES, Watch, watches
from bot.domain.hours import DAY_NAMES, OfficeHours
from bot.domain.rota import ALWAYS, MONDAY, TURNS, Shift
from bot.ports import Change, UnitOfWork
from bot.usecases import absence, duty_rota
from bot.usecases.context import Context
from bot.usecases.finding import MANY, near
from bot.usecases.staffing import BUILDING

T = TypeVar("T")
PATH = "/desk/rota"
START = "from"  # the parameter: days from today
DAYS = 14  # on one page
TURNS_SHOWN = 200
LINES, SHOWN = 60, 10  # of one page: lines, changes
FIELDS = frozenset({"place", "people", "hours", "turn", "role", "first", "last"})
_MARKS = re.compile(r"[、，,；;\s]+")


@dataclass(frozen=True, slots=True)
class View:
    """The lines of the units, their turns in the days shown, and what was changed in the unit's own."""

    lines: Sequence[Shift]
    turns: Sequence[Watch]
    changes: Sequence[Change]


def routes() -> list[web.RouteDef]:
    """The page and its forms."""
    return [web.get(PATH, show), web.post(PATH, save)]


def address(desk: Desk, **more: object) -> str:
    """The rota of the unit that is looked at."""
    return f"{PATH}?{urlencode({'unit': desk.unit.id, **more})}"


async def show(request: web.Request) -> web.StreamResponse:
    """The turns of two weeks."""
    desk, view = await look(request, partial(_view, start=_start(request)))
    return _page(request, desk, view, {})


def _start(request: web.Request) -> int:
    said = request.query.get(START, "0")
    if not re.fullmatch(r"\d{1,3}", said, re.ASCII):
        raise BadRequest("from")
    return int(said)


def _view(uow: UnitOfWork, desk: Desk, *, start: int) -> View:
    first = desk.now.astimezone(desk.unit.zone).date() + timedelta(days=start)
    lines = [shift for shift in desk.org.rota if shift.unit in desk.units]
    turns = [turn for shift in lines for turn in watches(desk.org, shift, first, DAYS)]
    turns.sort(key=lambda turn: turn.start)
    return View(lines, turns[:TURNS_SHOWN], uow.choices.changes(desk.unit.id, duty_rota.SUBJECT, SHOWN))


async def save(request: web.Request) -> web.StreamResponse:
    """Add a line or take one away; it holds at once."""
    deps, start = request.app[DEPS], _start(request)
    await look(request, lambda _uow, _desk: None, commanders=True)  # who has no business here is told nothing of forms
    form = await form_of(request)
    if set(form) == FIELDS:
        job = partial(_add, deps=deps, form=form, start=start)
        desk, (view, wrong) = await look(request, job, commanders=True)
        if wrong:
            return _page(request, desk, view, form, wrong)
    elif set(form) == {"remove"}:
        desk, _ = await look(request, partial(_remove, deps=deps, key=form["remove"]), commanders=True)
    else:
        raise BadRequest("rota")
    await deps.inbound.reload()
    raise web.HTTPSeeOther(address(desk, saved=1))


def _add(
    uow: UnitOfWork, desk: Desk, *, deps: WebDeps, form: Mapping[str, str], start: int
) -> tuple[View, Sequence[str]]:
    if form["place"] not in desk.units or form["turn"] not in TURNS or form["role"] not in ROLES:
        raise Refusal("error.not_found", 404)
    shift, wrong = _typed(desk, form)
    wrong = [*wrong, *duty_rota.unfit(desk.org, shift)]
    if not wrong:
        duty_rota.add(Context(uow, desk.now, desk.org, deps.services), desk.person.id, shift)
    return _view(uow, desk, start=start), wrong


def _typed(desk: Desk, form: Mapping[str, str]) -> tuple[Shift, list[str]]:
    """A line as typed, and the names of the fields that cannot be read."""
    text = {name: unicodedata.normalize("NFKC", clean_text(value)) for name, value in form.items()}
    wrong: list[str] = []
    hours = _read(partial(OfficeHours.parse, text["hours"]), ALWAYS, "hours", wrong) if text["hours"] else ALWAYS
    days = {
        name: _read(partial(date.fromisoformat, text[name]), None, name, wrong) if text[name] else None
        for name in ("first", "last")
    }
    people = tuple(_person(desk, form["place"], name) for name in _MARKS.split(clean_text(form["people"])) if name)
    first = days["first"] or MONDAY
    return Shift(form["place"], people, hours, form["role"], form["turn"], first, days["last"]), wrong


def _read(job: Callable[[], T], otherwise: T, name: str, wrong: list[str]) -> T:
    """What a field says; where it cannot be read its name goes to the wrong ones."""
    try:
        return job()
    except ValueError:
        wrong.append(name)
        return otherwise


def _person(desk: Desk, unit: str, said: str) -> str:
    """Who is meant by a name or an id; what means nobody, or several, stays a word that fits nobody."""
    near = absence.colleagues(desk.org, unit)
    found = [person for person in near if said in {person, desk.org.people[person].name}]
    return found[0] if len(found) == 1 else ""


def _remove(uow: UnitOfWork, desk: Desk, *, deps: WebDeps, key: str) -> None:
    shift = next((one for one in desk.org.rota if one.key == key and one.unit in desk.units), None)
    if shift is not None:
        duty_rota.remove(Context(uow, desk.now, desk.org, deps.services), desk.person.id, shift)


def _page(
    request: web.Request, desk: Desk, view: View, values: Mapping[str, str], wrong: Sequence[str] = ()
) -> web.Response:
    deps, start = request.app[DEPS], _start(request)
    today = desk.now.astimezone(desk.unit.zone).date()
    context = {
        "view": view,
        "wrong": wrong,
        "saved": "saved" in request.query,
        "values": {**dict.fromkeys(FIELDS, ""), "first": today.isoformat(), "place": desk.unit.id, **values},
        "here": address(desk),
        "later": address(desk, **{START: start + DAYS}) if start + DAYS < 365 else None,
        "places": near(desk.org, _places(desk), desk.unit.id),
        "elsewhere": len(_places(desk)) > MANY,
        "turns": TURNS,
        "roles": ROLES,
        "lines": view.lines[:LINES],
        "hours": partial(in_words, deps),
        "day": partial(_day, deps),
        "name": partial(_name, desk),
        "several": len({shift.unit for shift in view.lines}) > 1,
        "steps": trail(deps, desk, view.changes, lambda _change, value: _said(deps, desk, value)),
    }
    response = desk_page(request, "rota.html", desk, context)
    response.set_status(400 if wrong else 200)
    return response


def _places(desk: Desk) -> list[str]:
    return [unit for unit in desk.units if desk.org.units[unit].level != BUILDING]


def _day(deps: WebDeps, day: date) -> str:
    """A day with its weekday."""
    weekday = deps.words(f"duty.day.{DAY_NAMES[day.weekday()]}")
    return deps.words("rota.day", month=day.month, day=day.day, weekday=weekday)


def _name(desk: Desk, person: str) -> str:
    found = desk.org.people.get(person)
    return found.name if found else person


def _said(deps: WebDeps, desk: Desk, value: str) -> str:
    """A noted line in words."""
    parts = value.split("|")
    if len(parts) != 6:
        return deps.words("rota.no_line")
    hours, turn, _role, _first, _last, people = parts
    names = "、".join(_name(desk, person) for person in people.split(","))
    return f"{names} {in_words(deps, OfficeHours.parse(hours))} {deps.words(f'rota.turn.{turn}')}"
