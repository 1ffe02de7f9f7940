"""Messages that may not have arrived, for who commands the unit: why, and a person decides to send again or to let be.

The same decisions as ``gridsteward outbox``; nothing of the words is shown.
"""

from functools import partial
from typing import NoReturn
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.dashboard.desk import UNIT, Desk, desk_page, look
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest, Refusal
from adapters.web.security import form_of
from adapters.web.tickets import Times
from bot.messages import is_private
from bot.ports import UnitOfWork
from bot.usecases.leftovers import NotLeft, Unsent, drop, of_desk, resend

PATH = "/desk/outbox"
DECISIONS = {"resend": resend, "drop": drop}
ERASED = "erased"  # of the address: what was to be sent again has no words any more
SHOWN = 100


def routes() -> list[web.RouteDef]:
    """The page and its buttons."""
    return [web.get(PATH, show), web.post(PATH, decide)]


async def show(request: web.Request) -> web.StreamResponse:
    """The messages, oldest first."""
    deps = request.app[DEPS]
    desk, found = await look(request, _unsent, commanders=True)
    rows = [(one, _title(deps, one), _reader(deps, one), _why(deps, one)) for one in found[:SHOWN]]
    context = {
        "rows": rows,
        "time": Times(deps, desk.unit.zone),
        "erased": request.query.get("note") == ERASED,
    }
    return desk_page(request, "outbox.html", desk, context)


def _unsent(uow: UnitOfWork, desk: Desk) -> list[Unsent]:
    return of_desk(uow, desk.org, desk.person, desk.units)


def _title(deps: WebDeps, one: Unsent) -> str:
    key = f"outbox.kind.{one.kind}"
    kind = deps.words(key if key in deps.catalog.sections["web"] else "outbox.kind.other")
    return kind if one.number is None else deps.words("outbox.about", kind=kind, number=one.number)


def _reader(deps: WebDeps, one: Unsent) -> str:
    if not one.chat:
        return deps.words("outbox.to_secret")
    if not one.name and is_private(one.chat):
        return deps.words("outbox.to_private")
    return deps.words("outbox.to", name=one.name)


def _why(deps: WebDeps, one: Unsent) -> str:
    if one.reason:
        return deps.words("outbox.why.words", reason=one.reason)
    return deps.words(f"outbox.why.{one.state}", count=one.attempts)


async def decide(request: web.Request) -> NoReturn:
    """Send it again under its old key, or let it be. What is decided already looks like what never was there."""
    form = await form_of(request)
    id_, action = form.get("message", ""), form.get("action", "")
    if action not in DECISIONS:
        raise BadRequest("action")
    desk, note = await look(request, partial(_decide, id_=id_, action=action), commanders=True)
    if note is None:
        raise Refusal("error.not_found", 404)
    query = {UNIT: desk.unit.id, "note": note} if note else {UNIT: desk.unit.id}
    raise web.HTTPSeeOther(f"{PATH}?{urlencode(query)}")


def _decide(uow: UnitOfWork, desk: Desk, *, id_: str, action: str) -> str | None:
    """A note for the page; None for a message that is none of this desk's."""
    if all(one.id != id_ for one in _unsent(uow, desk)):
        return None
    try:
        DECISIONS[action](uow, desk.now, id_, desk.person.id)
    except NotLeft:
        return ERASED
    return ""
