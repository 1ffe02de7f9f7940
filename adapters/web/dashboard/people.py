"""People and duties of a unit, for who commands it: who answers for what, what each has to do, where somebody is missing.

Codes are handed out, and lost phones signed out, on the page of the codes (``adapters.web.people``).
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest
from adapters.web.tickets import Times
from bot.domain.hours import DAY_NAMES, OfficeHours
from bot.ports import UnitOfWork
from bot.usecases import absence
from bot.usecases.staffing import EACH, Gaps, Holder, gaps, holders

PATH = "/desk/people"
LISTED = 60  # people of one page
_DAY = re.compile("|".join(DAY_NAMES))


@dataclass(frozen=True, slots=True)
class View:
    """Who has duties in the units, and what is missing there."""

    holders: list[Holder]
    gaps: Gaps


def routes() -> list[web.RouteDef]:
    """The page."""
    return [web.get(PATH, show)]


async def show(request: web.Request) -> web.StreamResponse:
    """Everybody with a duty in the unit or below it."""
    deps, start = request.app[DEPS], request.query.get("from", "0")
    if not re.fullmatch(r"\d{1,6}", start, re.ASCII):
        raise BadRequest("from")
    desk, view = await look(request, _view, commanders=True)
    first = int(start)
    context = {
        "view": view,
        "shown": view.holders[first : first + LISTED],
        "later": first + LISTED if len(view.holders) > first + LISTED else None,
        "each": EACH,
        "most": LISTED,
        "hours": partial(in_words, deps),
        "may_enter": partial(absence.may_enter, desk.org, desk.person.id),
        "span": partial(_span, Times(deps, desk.unit.zone)),
    }
    return desk_page(request, "people.html", desk, context)


def _view(uow: UnitOfWork, desk: Desk) -> View:
    found = holders(desk.org, desk.units, uow.tickets.loads(desk.units, desk.now), desk.now)
    return View(found, gaps(desk.org, desk.units, desk.now))


def _span(times: Times, start: datetime, end: datetime) -> tuple[str, str]:
    """The first and the last minute."""
    return times(start), times(end - timedelta(minutes=1))


def in_words(deps: WebDeps, hours: OfficeHours) -> str:
    """Hours with days as people call them."""
    if hours.always:
        return deps.words("duty.always")
    return _DAY.sub(lambda day: deps.words(f"duty.day.{day[0]}"), str(hours))
