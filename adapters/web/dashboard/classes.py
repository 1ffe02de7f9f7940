"""Classes of trouble: what the calendar and the tickets propose, which sweeps run and how far, for who commands the unit."""

from urllib.parse import quote

from aiohttp import web

from adapters.web.dashboard.desk import UNIT, Desk, desk_page, look
from adapters.web.deps import DEPS
from adapters.web.doing import do
from adapters.web.errors import BadRequest, Refusal
from adapters.web.places import DM
from adapters.web.security import form_of
from adapters.web.tickets import Times
from adapters.web.wire import Tap
from bot.domain.seasons import REGIONS
from bot.ports import UnitOfWork
from bot.usecases.foresight import REST, region_of, set_region
from bot.usecases.sweeps import Standing, standings

PATH = "/desk/classes"
LISTED = 15  # classes of a kind; a unit below has its own page
LINES, FEW = 200, 3  # tickets of all classes of a page, and of each at least
ANSWERS = ("register", "reject", "announce")


def routes() -> list[web.RouteDef]:
    """The page and its two forms."""
    return [web.get(PATH, show), web.post(PATH, answer), web.post(f"{PATH}/region", choose_region)]


async def show(request: web.Request) -> web.StreamResponse:
    """Proposals first, then what runs, then what was done in the last 90 days."""
    desk, (found, own, region) = await look(request, _seen, commanders=True)
    context = {
        "proposed": [one for one in found if one.proposed],
        "running": [one for one in found if one.ticket.is_open],
        "over": [one for one in found if not one.proposed and not one.ticket.is_open],
        "units": {unit.id: unit.name for unit in desk.org.units.values()},
        "people": {person.id: person.name for person in desk.org.people.values()},
        "regions": REGIONS,
        "most": LISTED,
        "lines": max(FEW, LINES // max(1, len(found))),
        "own": own,
        "region": region,
        "time": Times(request.app[DEPS], desk.unit.zone),
    }
    return desk_page(request, "classes.html", desk, context)


def _seen(uow: UnitOfWork, desk: Desk) -> tuple[list[Standing], str, str]:
    """The classes that may be seen; the unit's own region; the one that holds for it."""
    found = standings(uow, desk.org, desk.person, desk.units, desk.now - REST)
    return found, region_of(uow, desk.unit.id), region_of(uow, *desk.org.chain(desk.unit.id))


async def answer(request: web.Request) -> web.StreamResponse:
    """A yes or a no to a proposal: the same command as the tap in the private chat, with the same rights."""
    form, deps = await form_of(request), request.app[DEPS]
    once, action, wanted = form.get("once", ""), form.get("action", ""), form.get("ticket", "")
    if action not in ANSWERS or not (once.isascii() and once.isalnum() and 8 <= len(once) <= 64):
        raise BadRequest("form")

    def find(uow: UnitOfWork, desk: Desk) -> str | None:
        found = standings(uow, desk.org, desk.person, desk.units, desk.now - REST)
        open_ = (one.ticket for one in found if one.proposed or one.ticket.is_open)
        return next((ticket.id for ticket in open_ if ticket.public_id == wanted), None)

    desk, ticket = await look(request, find, commanders=True)
    if ticket is None:
        raise Refusal("error.not_found", 404)
    await do(deps, desk.visitor, DM, Tap(once, ticket, action, ""))
    raise web.HTTPSeeOther(_address(desk))


async def choose_region(request: web.Request) -> web.StreamResponse:
    """Where the unit lies, and so which seasons it has."""
    region = (await form_of(request)).get("region", "")
    if region not in {"", *REGIONS}:
        raise BadRequest("region")
    desk, _ = await look(request, lambda uow, desk: set_region(uow, desk.unit.id, region), commanders=True)
    raise web.HTTPSeeOther(_address(desk))


def _address(desk: Desk) -> str:
    return f"{PATH}?{UNIT}={quote(desk.unit.id)}"
