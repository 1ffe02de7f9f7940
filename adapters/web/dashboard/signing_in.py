"""Signing in by the link that the bot sends to a duty-holder who writes 看板: good once, and for ten minutes.

Messengers open links to preview them, so that looking uses nothing up; the button on the page does. The browser's account
becomes one of the person's, so that what it may do follows his duties from request to request.
"""

from datetime import datetime
from functools import partial

from aiohttp import web

from adapters.web.address import not_too_fast
from adapters.web.binding import has_used, is_again, person_of_code
from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.security import page
from adapters.web.visitors import code_digest, new_visitor, offer, offered, sign_in, visitor_by
from bot.domain.org import Organization, Person
from bot.ports import UnitOfWork
from bot.usecases.overview import units_of


def routes() -> list[web.RouteDef]:
    """The page and its button."""
    return [web.get("/sign-in/{code}", ask), web.post("/sign-in/{code}", enter)]


async def ask(request: web.Request) -> web.StreamResponse:
    """Who the link is for, and a button to go in. Who went in by it already is led on."""
    code = request.match_info["code"]
    if await has_used(request, code):
        raise web.HTTPSeeOther(await request.app[DEPS].inbound.query(partial(_again, token=offered(request))))
    person = await person_of_code(request, code)
    return offer(request, page(request, "dashboard/sign_in.html", {"person": person}))


def _again(uow: UnitOfWork, org: Organization, _now: datetime, *, token: str) -> str:
    visitor = visitor_by(uow, token)
    person = org.person_of(visitor.key) if visitor else None
    return _way(org, person) if person else "/"


async def enter(request: web.Request) -> web.StreamResponse:
    """Let this browser in and show the board; who has no unit of his own gets the list of his tickets."""
    deps = request.app[DEPS]
    not_too_fast(request)
    digest, token = code_digest(request.match_info["code"]), offered(request)
    found = await deps.inbound.query(partial(_let_in, digest=digest, token=token))
    if found is None:
        raise Refusal("error.code", 404)
    await deps.inbound.reload()
    given, path = found
    response = web.HTTPSeeOther(path)
    if given:
        sign_in(response, deps, given)
    raise response


def _let_in(uow: UnitOfWork, org: Organization, now: datetime, *, digest: str, token: str) -> tuple[str, str] | None:
    """Use the link up; a token to give and the way on. A browser that is somebody else's becomes a new account: his stays
    his.
    """
    known = visitor_by(uow, token)
    person = org.people.get(uow.org.peek_code(digest, now) or "")
    if person is None:
        return ("", "/desk") if known is not None and is_again(uow, digest, known) else None
    stays = known is not None and org.person_of(known.key) in {None, person}
    visitor, given = (known, "") if known is not None and stays else new_visitor("", "" if known else token)
    uow.org.use_code(digest, visitor.key, now, aside=True)
    if given:
        uow.rooms.add_visitor(visitor.account, person.name, code_digest(given), now)
    return given, _way(org, person)


def _way(org: Organization, person: Person) -> str:
    return "/desk" if any(unit in org.units for unit in units_of(org, person)) else "/tickets"
