"""The live board: what is open in a unit, by state, overdue first, and whose move it is. It moves without a reload."""

import asyncio
import contextlib
from collections.abc import Sequence
from functools import partial
from urllib.parse import urlencode

from aiohttp import web
from aiohttp_sse import EventSourceResponse, sse_response

from adapters.web.boards import Watcher
from adapters.web.dashboard.desk import UNIT, Desk, desk_of, desk_page, look
from adapters.web.dashboard.health import connections
from adapters.web.deps import DEPS
from adapters.web.errors import Refusal
from adapters.web.security import page
from adapters.web.tickets import Times
from bot.domain.org import Organization
from bot.domain.states import CATEGORIES
from bot.domain.ticket import Ticket
from bot.ports import Connection, UnitOfWork
from bot.usecases.board import Board, board
from bot.usecases.context import may_see
from bot.usecases.overview import OVERDUE, Filter

CHANGED = "changed"  # the one event of the stream; what has changed the page finds out by asking
PAUSE = 2.0  # seconds between two events: a burst is told of once
RELOAD = {"HX-Refresh": "true"}  # a board that may not be seen any more goes, and the page says so


def routes() -> list[web.RouteDef]:
    """The page, its live part, and the stream that says when to fetch it."""
    return [web.get("/desk", show), web.get("/desk/board", part), web.get("/desk/stream", stream)]


async def show(request: web.Request) -> web.StreamResponse:
    """The page."""
    desk, found = await look(request, partial(_read, wanted=_wanted(request)))
    return desk_page(request, "board.html", desk, _context(request, desk, found))


async def part(request: web.Request) -> web.StreamResponse:
    """What of the page is live."""
    try:
        desk, found = await look(request, partial(_read, wanted=_wanted(request)))
    except Refusal as refusal:
        words = request.app[DEPS].words(refusal.key)
        answer = page(request, "message.html", {"title": words}, refusal.status)
        answer.headers.update(RELOAD)
        return answer
    return page(request, "dashboard/board_part.html", {"desk": desk, **_context(request, desk, found)})


def _wanted(request: web.Request) -> Filter:
    """The filters of the address; what is none of ours filters nothing."""
    category, due = request.query.get("category", ""), request.query.get("due", "")
    return Filter(category=category if category in CATEGORIES else "", due=OVERDUE if due == OVERDUE else "")


def _read(uow: UnitOfWork, desk: Desk, *, wanted: Filter) -> tuple[Board, list[Connection]]:
    deaf = [one for one in connections(uow, desk) if one.state != "up"]
    return board(uow, desk.org, desk.person, desk.units, wanted, desk.now), deaf


def _context(request: web.Request, desk: Desk, found: tuple[Board, list[Connection]]) -> dict[str, object]:
    wanted = _wanted(request)
    chosen = {UNIT: desk.unit.id, "category": wanted.category, "due": wanted.due}
    return {
        "board": found[0],
        "deaf": found[1],
        "wanted": wanted,
        "categories": CATEGORIES,
        "many": len(desk.units) > 1,
        "unit_names": {unit: desk.org.units[unit].name for unit in desk.units},
        "time": Times(request.app[DEPS], desk.unit.zone),
        "query": urlencode({name: value for name, value in chosen.items() if value}),
    }


# ---------------------------------------------------------------- the stream


async def stream(request: web.Request) -> web.StreamResponse:
    """Server-sent events: one at once, for what changed while nobody listened, and one whenever the board has changed."""
    hub = request.app[DEPS].hub
    desk, _ = await look(request, lambda _uow, _desk: None)
    watcher = Watcher(desk.visitor.account, partial(_minds, desk=desk), lambda: _is_open(request))
    if not hub.boards.join(watcher):
        return web.Response(status=204)  # a browser takes this for the end; the page asks every minute all the same
    watcher.bell.set()
    try:
        async with sse_response(request) as response:
            pinging = asyncio.create_task(response.wait(), name="board")  # ends where nobody is there any more
            pinging.add_done_callback(lambda _: watcher.dismiss())
            with contextlib.suppress(ConnectionResetError, TimeoutError):
                await _tell(response, watcher)
    finally:
        hub.boards.leave(watcher)
    return response


def _is_open(request: web.Request) -> bool:
    return request.transport is not None and not request.transport.is_closing()


async def _tell(response: EventSourceResponse, watcher: Watcher) -> None:
    while not watcher.gone.is_set():
        await watcher.bell.wait()
        watcher.bell.clear()
        await response.send(CHANGED, event=CHANGED)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(PAUSE):
                await watcher.gone.wait()


def _minds(org: Organization, tickets: Sequence[Ticket], *, desk: Desk) -> bool | None:
    """Whether one of the tickets is in the units that he looks at; None where he may look no more."""
    now = desk_of(org, desk.now, desk.visitor, desk.unit.id)
    if now is None:
        return None
    return any(ticket.unit in now.units and may_see(org, now.person, ticket) for ticket in tickets)
