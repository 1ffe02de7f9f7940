"""The people page: an owner hands one-time codes to those below him, and signs out lost phones, while the server runs."""

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from secrets import token_urlsafe

import structlog
from aiohttp import web

from adapters.web.deps import DEPS
from adapters.web.entering import base_url, bind_url
from adapters.web.errors import BadRequest, Refusal
from adapters.web.places import CHANNEL, Visitor
from adapters.web.security import page
from adapters.web.visitors import code_digest, known_visitor
from adapters.web.words import words_of
from bot.domain.org import COMMAND, Organization
from bot.messages import id_of
from bot.ports import UnitOfWork
from bot.usecases.browsers import sign_out_person
from bot.usecases.finding import MANY, find

CODE_LIFE = timedelta(days=1)
START, NAME = "from", "name"  # parameters


@dataclass(frozen=True, slots=True)
class Colleague:
    """Somebody with duties below the owner, or ``own`` himself. ``bound``: he has an account here already.

    ``beyond``: he has duties elsewhere, too. Whoever held a link of his would have those, so that only who commands them all
    hands one out.
    """

    id: str
    name: str
    units: tuple[str, ...]
    bound: bool
    own: bool
    beyond: bool


def colleagues(org: Organization, visitor: Visitor) -> list[Colleague]:
    """Who has duties at the units that the visitor commands, or below them; nobody for anybody else."""
    owner = org.person_of(visitor.key)
    if owner is None:
        return []
    tops = [duty.unit for duty in org.duties_of(owner.id) if duty.role in COMMAND]
    units = {unit for top in tops for unit in org.below(top)}
    people = dict.fromkeys(duty.person for duty in org.duties if duty.unit in units)
    return [_colleague(org, person, owner.id, units) for person in people if person in org.people]


def _colleague(org: Organization, person: str, owner: str, commanded: Collection[str]) -> Colleague:
    units = dict.fromkeys(duty.unit for duty in org.duties_of(person))
    names = tuple(dict.fromkeys(org.units[unit].name for unit in units if unit in commanded or person == owner))
    found = org.people[person]
    bound = any(key.startswith(f"{CHANNEL}:") for key in found.account_keys())
    beyond = person != owner and not all(unit in commanded for unit in units)
    return Colleague(person, found.name, names, bound, person == owner, beyond)


def handed(org: Organization, visitor: Visitor, person: str) -> bool:
    """Whether the visitor may hand somebody a link, and sign his browsers out."""
    return any(one.id == person and not one.beyond for one in colleagues(org, visitor))


async def index(request: web.Request) -> web.StreamResponse:
    """The list, with a button for each."""
    return await _show(request, None, "")


async def issue(request: web.Request) -> web.StreamResponse:
    """Make a code for one of them and show its link, once."""
    code = token_urlsafe(16)
    person = request.match_info["person"]
    return await _show(request, person, bind_url(base_url(request), code), code_digest(code))


async def _show(request: web.Request, person: str | None, url: str, digest: str = "") -> web.StreamResponse:
    visitor = await known_visitor(request)
    people = await request.app[DEPS].inbound.query(partial(_people, visitor=visitor, person=person, digest=digest))
    if not people:
        raise Refusal("error.not_found", 404)
    named = next((one for one in people if one.id == person), None)
    return page(request, "people.html", {"url": url, "named": named, **_part(request, people)})


def _part(request: web.Request, people: Sequence[Colleague]) -> dict[str, object]:
    """Whom one page shows: all where they are few; else some of them with the way to the others, or whom words find."""
    start, words = request.query.get(START, "0"), words_of(request, NAME)
    if not re.fullmatch(r"\d{1,6}", start, re.ASCII):
        raise BadRequest(START)
    found = find(words, people, lambda one: (one.name, *one.units)) if len(people) > MANY else None
    if found and words:
        return {"people": found.shown, "found": found, "earlier": None, "later": None}
    first = int(start)
    return {
        "people": people[first : first + MANY],
        "found": found,
        "earlier": max(0, first - MANY) if first else None,
        "later": first + MANY if len(people) > first + MANY else None,
    }


def _people(
    uow: UnitOfWork, org: Organization, now: datetime, *, visitor: Visitor, person: str | None, digest: str
) -> list[Colleague]:
    people = colleagues(org, visitor)
    if not digest or person is None:
        return people
    if not handed(org, visitor, person):
        return []
    uow.org.issue_code(person, digest, now + CODE_LIFE)
    return people


async def sign_out(request: web.Request) -> web.StreamResponse:
    """A phone is lost: all browsers of one of them are strangers from now on; of the owner's own, all but this one."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    person = request.match_info["person"]
    accounts = await deps.inbound.query(partial(_sign_out, visitor=visitor, person=person))
    if accounts is None:
        raise Refusal("error.not_found", 404)
    await deps.inbound.reload()
    for account in accounts:
        deps.hub.dismiss(id_of(account))
    structlog.get_logger("web").info("signed out", person=person, by=visitor.account, browsers=len(accounts))
    return await _show(request, person, "")


def _sign_out(uow: UnitOfWork, org: Organization, _now: datetime, *, visitor: Visitor, person: str) -> list[str] | None:
    if not handed(org, visitor, person):
        return None
    return sign_out_person(uow, org.people[person], CHANNEL, visitor.key)
