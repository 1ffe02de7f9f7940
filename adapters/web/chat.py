"""The chat page, its socket, and the same commands by post where sockets can't get through."""

import asyncio
import contextlib
import json
from functools import partial
from typing import Any

from aiohttp import WSCloseCode, WSMsgType, web

from adapters.web.deps import DEPS, WebDeps
from adapters.web.doing import do
from adapters.web.errors import BadRequest, Refusal
from adapters.web.hub import Seat
from adapters.web.places import CHANNEL, DM, Place, Visitor, group_at, hosts, may_walk_in, place_of
from adapters.web.security import body_of, is_own_origin, page
from adapters.web.view import ReaderView
from adapters.web.visitors import known_visitor, visitor_of
from adapters.web.wire import MAX_BODY, command_of
from bot.domain.org import Organization
from bot.messages import BOT, id_of
from bot.ports import UnitOfWork
from bot.usecases.overview import staff_of, units_of

HEARTBEAT = 25.0  # seconds between pings of the server
SIGNED_OUT = 4001  # the code by which the script knows; those from 4000 on are free for this
BAD_FRAMES = 5  # a page of ours sends none
SCRIPT_LABELS = ("chat.", "act.", "button.")  # sections of labels that the script of the page speaks


async def room_page(request: web.Request) -> web.StreamResponse:
    """A group's chat page; who may walk in is asked to enter first."""
    return await _chat_page(request, request.match_info["chat"])


async def dm_page(request: web.Request) -> web.StreamResponse:
    """The private chat with the bot."""
    return await _chat_page(request, DM)


async def _chat_page(request: web.Request, slug: str) -> web.StreamResponse:
    deps, visitor = request.app[DEPS], await known_visitor(request)
    context = await deps.inbound.query(partial(_context, deps=deps, visitor=visitor, slug=slug))
    if context is None:
        raise Refusal("error.not_found", 404)
    return page(request, str(context["template"]), context)


def _context(
    uow: UnitOfWork, org: Organization, _now: object, *, deps: WebDeps, visitor: Visitor, slug: str
) -> dict[str, Any] | None:
    place, group = place_of(uow, org, visitor, slug), group_at(org, slug)
    if place is None:
        walks_in = group is not None and may_walk_in(org, visitor, group)
        return {"template": "walk_in.html", "group": group} if walks_in else None
    person = org.person_of(visitor.key)
    title = deps.words("dm.title", bot=deps.settings.bot.name) if place.private else place.title
    staff = [{"id": id_of(key), "name": person.name} for key, person in staff_of(org, place.unit, CHANNEL)]
    people = [{"id": BOT, "name": deps.settings.bot.name}, *(one for one in staff if one["id"] != visitor.account)]
    return {
        "template": "chat.html",
        "place": place,
        "title": title,
        "people": [] if place.private else people,
        "may_invite": group is not None and hosts(org, visitor, group),
        "staff": person is not None,
        "desk": person is not None and any(unit in org.units for unit in units_of(org, person)),
        "labels": labels(deps),
    }


def labels(deps: WebDeps) -> str:
    """The words of the page's script, as JSON for a data attribute."""
    web_labels = deps.catalog.sections["web"]
    found = {key: text for key, text in web_labels.items() if key.startswith(SCRIPT_LABELS)}
    found |= {f"button.{key}": text for key, text in deps.catalog.sections["button"].items()}
    return json.dumps(found, ensure_ascii=False)


async def post_command(request: web.Request) -> web.StreamResponse:
    """One command by post."""
    deps, visitor = request.app[DEPS], await known_visitor(request)
    if request.content_type != "application/json":
        raise Refusal("error.bad_request", 415)
    command = command_of(await body_of(request, MAX_BODY))
    return web.json_response(await do(deps, visitor, request.match_info["chat"], command))


# ---------------------------------------------------------------- the socket


async def socket(request: web.Request) -> web.StreamResponse:
    """The live side of a chat page: lines out, commands in, an ack for each."""
    if not is_own_origin(request):
        raise Refusal("error.origin", 403)
    deps, visitor = request.app[DEPS], await known_visitor(request)
    slug, after = request.query.get("room", ""), _after(request.query.get("after", "-1"))
    place = await deps.inbound.query(lambda uow, org, _now: place_of(uow, org, visitor, slug))
    if place is None:
        raise Refusal("error.not_found", 404)
    ws = web.WebSocketResponse(heartbeat=HEARTBEAT, max_msg_size=MAX_BODY)
    if not ws.can_prepare(request):
        raise BadRequest("no socket")
    await ws.prepare(request)
    await _sit(request, visitor, place, ws, after)
    return ws


def _after(text: str) -> int:
    if not text.removeprefix("-").isascii() or not text.removeprefix("-").isdigit() or len(text) > 16:
        raise BadRequest("after")
    return max(int(text), -1)


async def _sit(request: web.Request, visitor: Visitor, place: Place, ws: web.WebSocketResponse, after: int) -> None:
    deps = request.app[DEPS]
    settings = deps.settings
    view = ReaderView(visitor, place, deps.catalog, settings.bot.name, settings.polling.reopen_days)
    seat = Seat(after, view.frame, visitor.account)
    deps.hub.join(place.key, seat)
    if await visitor_of(request) is None:  # signed out while it came in: from here on the hub knows of it
        seat.gone.set()
    tasks = {
        asyncio.create_task(_listen(deps, visitor, place, ws, seat)),
        asyncio.create_task(_speak(ws, seat)),
        asyncio.create_task(seat.gone.wait()),
    }
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        deps.hub.leave(place.key, seat)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        with contextlib.suppress(ConnectionError, TimeoutError):
            async with asyncio.timeout(1):
                await ws.close(code=await _parting(request, seat))


async def _parting(request: web.Request, seat: Seat) -> int:
    """Why the socket closes: a page whose visitor was signed out has nothing to wait for, any other comes again."""
    is_out = seat.gone.is_set() and await visitor_of(request) is None
    return SIGNED_OUT if is_out else WSCloseCode.OK


async def _speak(ws: web.WebSocketResponse, seat: Seat) -> None:
    while True:
        await ws.send_str(await seat.queue.get())


async def _listen(deps: WebDeps, visitor: Visitor, place: Place, ws: web.WebSocketResponse, seat: Seat) -> None:
    """Commands one after another, so that one visitor's words keep their order."""
    bad = 0
    async for message in ws:
        if message.type is not WSMsgType.TEXT:
            bad += 1
        elif message.data == "ping":
            seat.push("pong")
        else:
            answer = await _obey(deps, visitor, place, message.data)
            bad += answer.pop("bad", 0)
            seat.push(json.dumps(answer, ensure_ascii=False))
        if bad >= BAD_FRAMES:
            return


async def _obey(deps: WebDeps, visitor: Visitor, place: Place, data: str) -> dict[str, Any]:
    try:
        command = command_of(data)
    except Refusal as refusal:
        return {"error": deps.words(refusal.key), "bad": 1}
    try:
        return await do(deps, visitor, place.slug, command)
    except Refusal as refusal:
        return {"refused": command.id, "why": deps.words(refusal.key), "again": refusal.status == 429}
