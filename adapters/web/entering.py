"""Coming in: the home page, invite links, rooms that staff walk into, QR codes to print."""

import io
from datetime import datetime
from functools import partial
from urllib.parse import quote

import segno
from aiohttp import web

from adapters.web.address import not_too_fast
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import Refusal
from adapters.web.places import CHANNEL, Place, Visitor, group_at, hosts, may_walk_in, place_of_group, shown_name
from adapters.web.security import form_of, page
from adapters.web.visitors import (
    code_digest,
    known_visitor,
    new_visitor,
    offer,
    offered,
    sign_in,
    visitor_by,
    visitor_of,
)
from adapters.web.words import checked_name, words_of
from bot.domain.org import COMMAND, Group, Organization
from bot.messages import Presence
from bot.ports import RoomMessage, UnitOfWork
from bot.usecases.finding import MANY, find, names_of_group
from bot.usecases.overview import rooms_of, units_of

QR_SCALE = 6
NAME = "name"  # the parameter by which a room is looked for


def invite_url(base: str, token: str) -> str:
    """The link by which a room is entered; ``token`` from ``uow.rooms.invite(chat key)``."""
    return f"{base.rstrip('/')}/r/{quote(token)}"


def bind_url(base: str, code: str) -> str:
    """The link by which somebody takes up a duty; ``code`` is the one whose ``code_digest`` was stored."""
    return f"{base.rstrip('/')}/bind/{quote(code)}"


def base_url(request: web.Request) -> str:
    """How people reach this server: as set, else as this request did."""
    return request.app[DEPS].settings.web.public_url.rstrip("/") or f"{request.scheme}://{request.host}"


# ---------------------------------------------------------------- home


async def home(request: web.Request) -> web.StreamResponse:
    """The rooms of a visitor; who is new learns how to come in."""
    visitor = await visitor_of(request)
    if visitor is None:
        return page(request, "message.html", {"title": request.app[DEPS].words("home.unknown")})
    job = partial(_rooms, visitor=visitor, words=words_of(request, NAME))
    return page(request, "home.html", await request.app[DEPS].inbound.query(job))


def _rooms(uow: UnitOfWork, org: Organization, _now: datetime, *, visitor: Visitor, words: str) -> dict[str, object]:
    person = org.person_of(visitor.key)
    own = [g for g in org.groups.values() if g.channel == CHANNEL and uow.people.is_member(visitor.key, g.key)]
    near = [g for g in rooms_of(org, person, CHANNEL) if g not in own] if person else []
    found = find(words, near, partial(names_of_group, org)) if len(near) > MANY else None
    return {
        "name": shown_name(org, visitor.account, visitor.name),
        "found": found,
        "rooms": [place_of_group(org, group) for group in own],
        "near": [place_of_group(org, group) for group in (found.shown if found and words else near[:MANY])],
        "staff": person is not None,
        "desk": person is not None and any(unit in org.units for unit in units_of(org, person)),
        "owner": person is not None and any(duty.role in COMMAND for duty in org.duties_of(person.id)),
    }


# ---------------------------------------------------------------- by invitation


async def invite_page(request: web.Request) -> web.StreamResponse:
    """What room it is, and a field for the name to be known by."""
    group = await _invited(request)
    visitor = await visitor_of(request)
    if visitor and visitor.name and await _is_in(request, visitor, group):
        raise web.HTTPSeeOther(f"/room/{quote(group.chat)}")
    return offer(request, _ask_name(request, group, visitor.name if visitor else ""))


async def _invited(request: web.Request) -> Group:
    token = request.match_info["token"]

    def find(uow: UnitOfWork, org: Organization, _now: datetime) -> Group | None:
        room = uow.rooms.room_of_invite(token)
        return org.group(room) if room else None

    group = await request.app[DEPS].inbound.query(find)
    if group is None or group.channel != CHANNEL:
        raise Refusal("error.invite", 404)
    return group


async def _is_in(request: web.Request, visitor: Visitor, group: Group) -> bool:
    return await request.app[DEPS].inbound.query(lambda uow, _org, _now: uow.people.is_member(visitor.key, group.key))


def _ask_name(request: web.Request, group: Group, name: str, why: str = "", status: int = 200) -> web.Response:
    return page(request, "enter.html", {"group": group, "name": name, "why": why}, status)


async def accept_invite(request: web.Request) -> web.StreamResponse:
    """Enter: a new browser gets an account, a known one keeps its own."""
    deps, group = request.app[DEPS], await _invited(request)
    not_too_fast(request)
    form = await form_of(request)
    try:
        name = checked_name(form.get("name", ""), deps.settings.bot.name)
    except Refusal as refusal:
        return _ask_name(request, group, form.get("name", "")[:40], deps.words(refusal.key), refusal.status)
    known = await visitor_of(request)
    visitor, token = (Visitor(known.account, name), None) if known else new_visitor(name, offered(request))
    await enter(deps, visitor, group, token)
    response = web.HTTPSeeOther(f"/room/{quote(group.chat)}")
    if token is not None:
        sign_in(response, deps, token)
    raise response


async def enter(deps: WebDeps, visitor: Visitor, group: Group, token: str | None = None) -> None:
    """An account steps into a room: the bot learns of it, the room shows it once."""
    now = deps.clock.now()
    event = Presence(CHANNEL, group.chat, visitor.account, now, True, visitor.name)

    def record(uow: UnitOfWork) -> None:
        if token is not None and visitor_by(uow, token) is None:  # with two taps, the first has added it
            uow.rooms.add_visitor(visitor.account, visitor.name, code_digest(token), now)
        else:
            uow.rooms.rename(visitor.account, visitor.name)
        uow.rooms.post(joined_line(visitor, group.key, now))

    await deps.inbound.receive(event, record)
    deps.hub.wake(group.key)


def joined_line(visitor: Visitor, room: str, at: datetime) -> RoomMessage:
    """The line by which a room learns of a newcomer; the same one again changes nothing."""
    client_id = f"joined/{visitor.account}"
    return RoomMessage(0, room, visitor.account, visitor.name, "", at, client_id, None, {"kind": "joined"})


# ---------------------------------------------------------------- staff


async def walk_in(request: web.Request) -> web.StreamResponse:
    """Staff enter a room that their duties reach."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    slug = request.match_info["chat"]

    def find(_uow: UnitOfWork, org: Organization, _now: datetime) -> Group | None:
        group = group_at(org, slug)
        return group if group is not None and may_walk_in(org, visitor, group) else None

    group = await deps.inbound.query(find)
    if group is None:
        raise Refusal("error.not_found", 404)
    await enter(deps, visitor, group)
    raise web.HTTPSeeOther(f"/room/{quote(group.chat)}")


async def invitation(request: web.Request) -> web.StreamResponse:
    """The link and code that a host shows to neighbours."""
    place, url = await _hosted(request)
    return page(request, "invite.html", {"place": place, "url": url})


async def qr_code(request: web.Request) -> web.StreamResponse:
    """The invite link as a picture to print."""
    _place, url = await _hosted(request)
    picture = io.BytesIO()
    segno.make(url, error="m").save(picture, kind="svg", scale=QR_SCALE, border=4, light="white", xmldecl=False)
    return web.Response(body=picture.getvalue(), content_type="image/svg+xml")


async def _hosted(request: web.Request) -> tuple[Place, str]:
    deps, visitor = request.app[DEPS], await known_visitor(request)
    slug = request.match_info["chat"]

    def find(uow: UnitOfWork, org: Organization, _now: datetime) -> tuple[Place, str] | None:
        group = group_at(org, slug)
        if group is None or not hosts(org, visitor, group):
            return None
        return place_of_group(org, group), uow.rooms.invite(group.key)

    found = await deps.inbound.query(find)
    if found is None:
        raise Refusal("error.not_found", 404)
    return found[0], invite_url(base_url(request), found[1])
