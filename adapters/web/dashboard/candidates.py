"""What may be a matter for somebody and may be talk: a duty-holder decides with one tap, as he may in the chat."""

from functools import partial
from typing import NoReturn
from urllib.parse import urlencode

from aiohttp import web

from adapters.web.dashboard.desk import UNIT, Desk, desk_page, look
from adapters.web.deps import DEPS
from adapters.web.doing import do
from adapters.web.errors import BadRequest, Refusal
from adapters.web.places import DM
from adapters.web.security import form_of
from adapters.web.tickets import Times, checked_once
from adapters.web.wire import Tap
from bot.domain.states import CANDIDATE
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from bot.usecases.board import Candidate, questions
from bot.usecases.context import may_act

PATH = "/desk/candidates"
ACTIONS = frozenset({"register", "reject", "merge"})
REFUSED = "refused"  # of the address: what was wanted could not be done, and the bot has said why in the private chat


def routes() -> list[web.RouteDef]:
    """The page and its buttons."""
    return [web.get(PATH, show), web.post(PATH, decide)]


async def show(request: web.Request) -> web.StreamResponse:
    """The candidates of the unit, those that lapse first before the others."""
    desk, found = await look(request, _questions)
    context = {
        "candidates": found,
        "titles": {group.key: group.title or group.chat for group in desk.org.groups.values()},
        "time": Times(request.app[DEPS], desk.unit.zone),
        "refused": request.query.get("note") == REFUSED,
    }
    return desk_page(request, "candidates.html", desk, context)


def _questions(uow: UnitOfWork, desk: Desk) -> list[Candidate]:
    return questions(uow, desk.org, desk.person, desk.units)


async def decide(request: web.Request) -> NoReturn:
    """Register it, say that it is none, or merge it: the same command as a tap in the private chat.

    Where somebody else was faster nothing is left to decide, and the list says so by itself.
    """
    form, deps = await form_of(request), request.app[DEPS]
    again = partial(_of_desk, public_id=form.get("ticket", ""))
    desk, ticket = await look(request, again)
    if ticket is None:
        raise Refusal("error.not_found", 404)
    note = ""
    if ticket.state == CANDIDATE:
        await do(deps, desk.visitor, DM, _command(form, ticket.id))
        deps.hub.wake(ticket.chat)
        _, now = await look(request, again)
        note = REFUSED if now is not None and now.state == CANDIDATE else ""
    query = {UNIT: desk.unit.id, "note": note} if note else {UNIT: desk.unit.id}
    raise web.HTTPSeeOther(f"{PATH}?{urlencode(query)}")


def _of_desk(uow: UnitOfWork, desk: Desk, *, public_id: str) -> Ticket | None:
    ticket = uow.tickets.by_public_id(public_id)
    if ticket is None or ticket.unit not in desk.units or not may_act(desk.org, desk.person, ticket):
        return None
    return ticket


def _command(form: dict[str, str], ticket_id: str) -> Tap:
    action, into = form.get("action", ""), form.get("into", "")
    if action not in ACTIONS or not (into == "" or (into.isascii() and into.isdigit() and len(into) < 8)):
        raise BadRequest("action")
    return Tap(checked_once(form), ticket_id, action, into if action == "merge" else "")
