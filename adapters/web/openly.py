"""The page that a unit shows to everybody, where the settings name it. Any other unit is not there."""

from datetime import datetime, timedelta
from functools import partial
from zoneinfo import ZoneInfo

from aiohttp import web

from adapters.web.address import not_too_fast
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import Refusal
from adapters.web.security import page
from bot.domain.org import Organization
from bot.ports import UnitOfWork
from bot.usecases.openly import Board, board

DAY = timedelta(days=1)


async def show(request: web.Request) -> web.StreamResponse:
    """Counts, how long it takes, and what was solved; no sign-in."""
    deps = request.app[DEPS]
    not_too_fast(request)
    job = partial(_board, deps=deps, unit=request.match_info["unit"])
    found = await deps.inbound.query(job)
    if found is None:
        raise Refusal("error.not_found", 404)
    shown, org = found
    zone = shown.unit.zone
    effects = [
        (_name(org, one.unit), one.category, _day(deps, one.closed_at, zone), _days(one.took), one.rating)
        for one in shown.effects
    ]
    since, took = _day(deps, shown.since, zone), "" if shown.took is None else _days(shown.took)
    return page(request, "openly.html", {"board": shown, "effects": effects, "since": since, "took": took})


def _board(
    uow: UnitOfWork, org: Organization, now: datetime, *, deps: WebDeps, unit: str
) -> tuple[Board, Organization] | None:
    if unit not in deps.settings.analysis.public or unit not in org.units:
        return None
    return board(uow, org, org.units[unit], now, deps.services.scoring), org


def _name(org: Organization, unit: str) -> str:
    return org.units[unit].name


def _day(deps: WebDeps, at: datetime, zone: ZoneInfo) -> str:
    local = at.astimezone(zone)
    return deps.words("day", month=local.month, day=local.day)


def _days(span: timedelta) -> int:
    """Days begun, at least one."""
    return max(1, -(-span // DAY))
