"""The three lists as pages: problems, tasks, effects; each row opens the other two."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.selection import place_text, position_of, query_of, selection_of
from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.tickets import Times
from adapters.web.words import words_of
from bot.domain.org import Person
from bot.domain.states import CATEGORIES, CLOSE_REASONS, NATURES
from bot.ports import UnitOfWork
from bot.usecases.finding import MANY, Found, find, names_of_person
from bot.usecases.lineage import LISTS, STATES_OF, Lineage, Voice
from bot.usecases.lists import Page, Selection, lineage_of, page_of, stewards_of
from bot.usecases.tables import SETS

ROWS = 20  # of one page
VOICES = 3  # of one row; the ticket's own page has them all
WHO = "who"  # the parameter that names a steward by words
DUTIES = 3  # of somebody who may be meant
PHOTOS = 2  # of one row, before and after


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [web.get(f"/desk/lists/{{name:{'|'.join(LISTS)}}}", show)]


async def show(request: web.Request) -> web.StreamResponse:
    """A page of a list, or with ``code`` the one row of a ticket."""
    name, code = request.match_info["name"], request.query.get("code", "")
    asked, after = selection_of(request.query), position_of(request.query.get("after", ""))
    who = words_of(request, WHO)

    def read(uow: UnitOfWork, desk: Desk) -> tuple[Page | None, Selection, Whom]:
        wanted, whom = _whom(desk, asked, who)
        if code:
            found = lineage_of(uow, desk.org, desk.units, code, desk.now)
            return Page((found,), None) if found else None, wanted, whom
        if whom.unclear:
            return Page((), None), wanted, whom
        question = wanted.of(name, desk.units, desk.unit.zone, desk.now)
        return page_of(uow, desk.org, question, desk.now, after, ROWS), wanted, whom

    desk, (page, wanted, whom) = await look(request, read)
    if page is None:
        raise Refusal("error.not_found", 404)
    deps, unit = request.app[DEPS], desk.unit.id
    context = {
        "name": name,
        "lists": LISTS,
        "code": code,
        "rows": page.rows,
        "next": query_of(wanted, unit=unit, after=place_text(page.rest)) if page.rest else "",
        "first": query_of(wanted, unit=unit) if after else "",
        "query": query_of(wanted, unit=unit),
        "wanted": wanted,
        "states": STATES_OF[name],
        "natures": [nature for nature in NATURES if nature != "report"],
        "categories": CATEGORIES,
        "whom": whom,
        "named": [
            (one.name, _units(desk, one), query_of(replace(wanted, steward=one.id), unit=unit)) for one in whom.unclear
        ],
        "unit_names": {one: desk.org.units[one].name for one in desk.units},
        "time": Times(deps, desk.unit.zone),
        "voices": _voices,
        "photos": PHOTOS,
        "reasons": CLOSE_REASONS,
        "column_sets": SETS,
        "press": deps.press is not None,
    }
    return desk_page(request, "lists.html", desk, context)


@dataclass(frozen=True, slots=True)
class Whom:
    """Who may be picked for a list: all stewards where they are few; else one is named by ``words``, and ``found`` is who
    fits them. ``unclear``: several fit, and one of them has to be picked first.
    """

    stewards: Sequence[Person] = ()
    found: Found[Person] | None = None
    words: str = ""

    @property
    def unclear(self) -> Sequence[Person]:
        return self.found.shown if self.found else ()


def _whom(desk: Desk, asked: Selection, who: str) -> tuple[Selection, Whom]:
    """What is wanted once the words for a steward are read: whoever alone fits them, or alone is called so, is meant."""
    stewards = stewards_of(desk.org, desk.units)
    if len(stewards) <= MANY:
        return asked, Whom(stewards)
    if not who:
        chosen = next((one.name for one in stewards if one.id == asked.steward), "")
        return asked, Whom(words=chosen)
    found = find(who, stewards, partial(names_of_person, desk.org, frozenset(desk.units)))
    called = [one for one in found.shown if one.name == who] or found.shown
    if len(called) == 1:
        return replace(asked, steward=called[0].id), Whom(words=called[0].name)
    return replace(asked, steward=""), Whom(found=found, words=who)


def _units(desk: Desk, person: Person) -> str:
    """Where somebody answers, to tell apart who has the same name."""
    units = dict.fromkeys(duty.unit for duty in desk.org.duties_of(person.id) if duty.unit in desk.units)
    return "、".join(desk.org.units[unit].name for unit in islice(units, DUTIES))


def _voices(row: Lineage) -> tuple[Voice, ...]:
    return row.problem.voices[:VOICES]
