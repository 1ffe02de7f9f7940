"""Signing in by the link that the bot sends to a duty-holder who writes 看板: good once, and for ten minutes.

Messengers open links to preview them, so that looking uses nothing up; the button on the page does. The browser's account
becomes one of the person's, so that what it may do follows his duties from request to request.
"""

from datetime import datetime
from functools import partial

from aiohttp import web

from adapters.web.address import not_too_fast
from adapters.web.binding import person_of_code
from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.places import Visitor
from adapters.web.security import page
from adapters.web.visitors import code_digest, new_visitor, sign_in, visitor_of
from bot.domain.org import Organization
from bot.ports import UnitOfWork
from bot.usecases.overview import units_of

Newcomer = tuple[Visitor, str]  # a new account and its token


def routes() -> list[web.RouteDef]:
    """The page and its button."""
    return [web.get("/sign-in/{code}", ask), web.post("/sign-in/{code}", enter)]


async def ask(request: web.Request) -> web.StreamResponse:
    """Who the link is for, and a button to go in."""
    person = await person_of_code(request, request.match_info["code"])
    return page(request, "dashboard/sign_in.html", {"person": person})


async def enter(request: web.Request) -> web.StreamResponse:
    """Let this browser in and show the board; who has no unit of his own gets the list of his tickets."""
    deps = request.app[DEPS]
    not_too_fast(request)
    known, newcomer = await visitor_of(request), new_visitor("")
    digest = code_digest(request.match_info["code"])
    found = await deps.inbound.query(partial(_let_in, digest=digest, known=known, newcomer=newcomer))
    if found is None:
        raise Refusal("error.code", 404)
    await deps.inbound.reload()
    is_new, path = found
    response = web.HTTPSeeOther(path)
    if is_new:
        sign_in(response, deps, newcomer[1])
    raise response


def _let_in(
    uow: UnitOfWork, org: Organization, now: datetime, *, digest: str, known: Visitor | None, newcomer: Newcomer
) -> tuple[bool, str] | None:
    """Use the link up. A browser that is somebody else's becomes a new account: his stays his."""
    person = org.people.get(uow.org.peek_code(digest, now) or "")
    if person is None:
        return None
    stays = known is not None and org.person_of(known.key) in {None, person}
    visitor = known if known is not None and stays else newcomer[0]
    uow.org.use_code(digest, visitor.key, now, aside=True)
    if not stays:
        uow.rooms.add_visitor(visitor.account, person.name, code_digest(newcomer[1]), now)
    return not stays, "/desk" if any(unit in org.units for unit in units_of(org, person)) else "/tickets"
