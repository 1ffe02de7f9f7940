"""One-time codes: a browser's account becomes a duty-holder's. Looking at a link uses nothing up; posting does."""

from datetime import datetime
from functools import partial

from aiohttp import web

from adapters.web.address import not_too_fast
from adapters.web.deps import DEPS
from adapters.web.entering import base_url
from adapters.web.errors import Refusal
from adapters.web.places import CHANNEL, Visitor, place_of_group
from adapters.web.security import page
from adapters.web.visitors import code_digest, new_visitor, offer, offered, sign_in, visitor_by, visitor_of
from bot.domain.org import Organization, Person
from bot.ports import UnitOfWork
from bot.usecases.finding import MANY, near
from bot.usecases.overview import rooms_of, units_of


def _peek(uow: UnitOfWork, org: Organization, now: datetime, *, digest: str) -> Person | None:
    return org.people.get(uow.org.peek_code(digest, now) or "")


async def person_of_code(request: web.Request, code: str) -> Person:
    """Whom a code is for, without using it up."""
    found = await request.app[DEPS].inbound.query(partial(_peek, digest=code_digest(code)))
    if found is None:
        raise Refusal("error.code", 404)
    return found


async def bind_page(request: web.Request) -> web.StreamResponse:
    """Who the code is for, and a button to say: that is me. Who has said so already is led on."""
    code = request.match_info["code"]
    if await has_used(request, code):
        raise web.HTTPSeeOther("/")
    person = await person_of_code(request, code)
    visitor = await visitor_of(request)
    return offer(request, page(request, "bind.html", {"person": person, "visitor": visitor}))


async def has_used(request: web.Request, code: str) -> bool:
    """Whether it was this browser that used the code up, and it is still somebody's."""
    job = partial(_has_used, digest=code_digest(code), token=offered(request))
    return await request.app[DEPS].inbound.query(job)


def _has_used(uow: UnitOfWork, _org: Organization, _now: datetime, *, digest: str, token: str) -> bool:
    visitor = visitor_by(uow, token)
    return visitor is not None and is_again(uow, digest, visitor)


def is_again(uow: UnitOfWork, digest: str, visitor: Visitor) -> bool:
    """Whether a code was used for this visitor, who still is who it made him. Asks the tables: just now they changed."""
    return uow.org.used_by(digest) == visitor.key and uow.org.load().person_of(visitor.key) is not None


async def bind(request: web.Request) -> web.StreamResponse:
    """Bind this browser's account, made now if there is none; the code is used up."""
    deps, digest = request.app[DEPS], code_digest(request.match_info["code"])
    not_too_fast(request)
    newcomer = new_visitor("", offered(request))
    visitor = await deps.inbound.query(partial(_use, digest=digest, newcomer=newcomer))
    if visitor is None:
        raise Refusal("error.code", 404)
    await deps.inbound.reload()
    context = await deps.inbound.query(partial(_bound, visitor=visitor))
    response = page(request, "bound.html", {**context, "base": base_url(request)})
    sign_in(response, deps, newcomer[1])
    return response


def _use(
    uow: UnitOfWork, org: Organization, now: datetime, *, digest: str, newcomer: tuple[Visitor, str]
) -> Visitor | None:
    known = visitor_by(uow, newcomer[1])
    visitor = known or newcomer[0]
    person = org.people.get(uow.org.use_code(digest, visitor.key, now) or "")
    if person is None:
        return visitor if is_again(uow, digest, visitor) else None
    if known is None:
        uow.rooms.add_visitor(visitor.account, person.name, code_digest(newcomer[1]), now)
    return visitor


def _bound(uow: UnitOfWork, org: Organization, _now: datetime, *, visitor: Visitor) -> dict[str, object]:
    person = org.person_of(visitor.key)
    if person is None:
        raise Refusal("error.code", 404)
    groups = rooms_of(org, person, CHANNEL)[:MANY]  # the others are found on the home page
    own = [unit for unit in units_of(org, person) if unit in org.units]
    inside = {group.chat for group in groups if uow.people.is_member(visitor.key, group.key)}
    return {
        "person": person,
        "units": [unit.name for unit in near(org, own, own[0])] if own else [],
        "rooms": [place_of_group(org, group) for group in groups],
        "inside": inside,
    }
