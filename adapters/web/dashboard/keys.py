"""Keys of the HTTP API, for who commands the unit: he makes some for himself, sees all of the unit, and ends any."""

from datetime import datetime
from functools import partial

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.deps import DEPS
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from bot.domain.errors import DomainError
from bot.ports import ApiKey, IdSource, UnitOfWork
from bot.usecases.keys import LABEL, SCOPES, make, revoke

PATH = "/desk/keys"


def routes() -> list[web.RouteDef]:
    """The page, and its two forms."""
    return [web.get(PATH, show), web.post(PATH, change)]


async def show(request: web.Request) -> web.StreamResponse:
    """The keys of the unit and all below it; those that are good first."""
    return await _page(request)


async def _page(request: web.Request, token: str = "", status: str = "", why: str = "") -> web.StreamResponse:
    desk, keys = await look(request, _keys, commanders=True)
    context = {
        "keys": [(one, _name(desk, one.person), _day(desk, one.made_at)) for one in keys],
        "token": token,
        "status": status,
        "why": why,
        "scopes": SCOPES,
        "most": LABEL,
        "unit_names": {one: desk.org.units[one].name for one in desk.units},
    }
    return desk_page(request, "keys.html", desk, context)


def _keys(uow: UnitOfWork, desk: Desk) -> list[ApiKey]:
    return sorted(uow.keys.of_units(desk.units), key=lambda one: one.revoked_at is not None)


def _name(desk: Desk, person: str) -> str:
    found = desk.org.people.get(person)
    return found.name if found else ""


def _day(desk: Desk, at: datetime) -> str:
    return at.astimezone(desk.unit.zone).date().isoformat()


async def change(request: web.Request) -> web.StreamResponse:
    """Make one and show it this once, or end one."""
    form = await form_of(request)
    if form.get("revoke"):
        _, ended = await look(request, partial(_revoke, key_id=form["revoke"]), commanders=True)
        if not ended:
            raise Refusal("error.not_found", 404)
        return await _page(request, status="keys.revoked")
    if form.get("scope") not in SCOPES:
        raise BadRequest("scope")
    job = partial(_make, ids=request.app[DEPS].services.ids, scope=form["scope"], label=form.get("label", ""))
    _, (token, why) = await look(request, job, commanders=True)
    return await _page(request, token, why=why)


def _revoke(uow: UnitOfWork, desk: Desk, *, key_id: str) -> bool:
    return revoke(uow, desk.units, key_id, desk.now)


def _make(uow: UnitOfWork, desk: Desk, *, ids: IdSource, scope: str, label: str) -> tuple[str, str]:
    """The key, or else the words that say why there is none. It is his own: a key for others would be theirs to make."""
    wanted = ApiKey("", desk.person.id, desk.unit.id, scope, label, desk.now, desk.person.id)
    try:
        return make(uow, desk.org, ids, wanted), ""
    except DomainError as refusal:
        return "", refusal.key
