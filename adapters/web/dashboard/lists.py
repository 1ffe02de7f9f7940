"""The three lists as pages: problems, tasks, effects; each row opens the other two."""

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.selection import place_text, position_of, query_of, selection_of
from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.tickets import Times
from bot.domain.states import CATEGORIES, CLOSE_REASONS, NATURES
from bot.ports import UnitOfWork
from bot.usecases.lineage import LISTS, STATES_OF, Lineage, Voice
from bot.usecases.lists import Page, lineage_of, page_of, stewards_of
from bot.usecases.tables import SETS

ROWS = 20  # of one page
VOICES = 3  # of one row; the ticket's own page has them all
PHOTOS = 2  # of one row, before and after


def routes() -> list[web.RouteDef]:
    """The pages."""
    return [web.get(f"/desk/lists/{{name:{'|'.join(LISTS)}}}", show)]


async def show(request: web.Request) -> web.StreamResponse:
    """A page of a list, or with ``code`` the one row of a ticket."""
    name, code = request.match_info["name"], request.query.get("code", "")
    wanted, after = selection_of(request.query), position_of(request.query.get("after", ""))

    def read(uow: UnitOfWork, desk: Desk) -> Page | None:
        if code:
            found = lineage_of(uow, desk.org, desk.units, code, desk.now)
            return Page((found,), None) if found else None
        question = wanted.of(name, desk.units, desk.unit.zone, desk.now)
        return page_of(uow, desk.org, question, desk.now, after, ROWS)

    desk, page = await look(request, read)
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
        "stewards": stewards_of(desk.org, desk.units),
        "unit_names": {one: desk.org.units[one].name for one in desk.units},
        "time": Times(deps, desk.unit.zone),
        "voices": _voices,
        "photos": PHOTOS,
        "reasons": CLOSE_REASONS,
        "column_sets": SETS,
        "press": deps.press is not None,
    }
    return desk_page(request, "lists.html", desk, context)


def _voices(row: Lineage) -> tuple[Voice, ...]:
    return row.problem.voices[:VOICES]
