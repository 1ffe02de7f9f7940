"""Whether the platforms are heard and the webhooks are told, for who commands the unit."""

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.deps import DEPS
from adapters.web.tickets import Times
from bot.domain.hook import Hook, is_told
from bot.ports import Connection, UnitOfWork
from bot.usecases.hooks import of_units


def routes() -> list[web.RouteDef]:
    """The page."""
    return [web.get("/desk/health", show)]


async def show(request: web.Request) -> web.StreamResponse:
    """Each platform of the unit's groups, and since when it is as it is; each webhook that is off."""
    desk, (found, off) = await look(
        request, lambda uow, desk: (connections(uow, desk), silent(uow, desk)), commanders=True
    )
    times = Times(request.app[DEPS], desk.unit.zone)
    return desk_page(request, "health.html", desk, {"connections": found, "off": off, "time": times})


def silent(uow: UnitOfWork, desk: Desk) -> list[Hook]:
    """The webhooks of the units that are looked at to which nothing is told."""
    return [hook for hook in of_units(uow, desk.units) if not is_told(hook, desk.org)]


def connections(uow: UnitOfWork, desk: Desk) -> list[Connection]:
    """How it stands with the platforms of the groups in the units that are looked at."""
    channels = {group.channel for group in desk.org.groups.values() if group.unit in desk.units}
    return [one for one in uow.connections.all() if one.channel in channels]
