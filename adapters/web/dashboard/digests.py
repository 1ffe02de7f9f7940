"""The page behind a digest: a day, a week or a month of a unit, as its owner is told of it, with the way back in time."""

from dataclasses import dataclass
from datetime import date

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import Refusal
from bot.domain.digest import Digest
from bot.domain.periods import Period, period
from bot.domain.slots import newest_due
from bot.ports import UnitOfWork
from bot.render.digests import DigestWords
from bot.usecases.digesting import collect, scope_of
from bot.usecases.digests import PERIODS, WEEKLY, period_kind
from bot.usecases.sudden import seasons_of

YEARS = range(2000, 2100)


@dataclass(frozen=True, slots=True)
class Told:
    """A digest with the days of the periods around it; ``after`` is "" where that is not over yet."""

    digest: Digest
    before: str
    after: str


def routes() -> list[web.RouteDef]:
    """The page."""
    return [web.get("/desk/digest", show)]


async def show(request: web.Request) -> web.StreamResponse:
    """The digest that is asked for; the newest one of its kind where no day is named."""
    deps, kind, day = request.app[DEPS], request.query.get("kind", WEEKLY), request.query.get("day", "")
    wanted = _day(day) if day else None
    if kind not in PERIODS or (day and wanted is None):
        raise Refusal("error.not_found", 404)

    def job(uow: UnitOfWork, desk: Desk) -> Told | None:
        covered = _covered(deps, desk, kind, wanted)
        return _told(uow, deps, desk, kind, covered) if covered.end <= desk.now else None

    desk, told = await look(request, job, commanders=True)
    if told is None:
        raise Refusal("error.not_found", 404)
    words = DigestWords(deps.catalog)
    kinds = [(one, deps.catalog.text("digest", one)) for one in PERIODS]
    shown = {
        "kind": kind,
        "kinds": kinds,
        "told": told,
        "title": words.title(told.digest),
        "card": words.card(told.digest),
    }
    return desk_page(request, "digest.html", desk, shown)


def _day(text: str) -> date | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.year in YEARS and day.isoformat() == text else None


def _covered(deps: WebDeps, desk: Desk, kind: str, day: date | None) -> Period:
    wanted = deps.settings.digests
    named = period_kind(desk.org, desk.unit.id, kind, wanted.assessed)
    if day is not None:
        return period(named, day, desk.unit.zone)
    return newest_due(named, desk.now, desk.unit.zone, wanted.hour, wanted.weekday - 1)


def _told(uow: UnitOfWork, deps: WebDeps, desk: Desk, kind: str, covered: Period) -> Told:
    seasons = seasons_of(uow, desk.org, deps.services.outlook, desk.unit.id)
    scope, before, after = (
        scope_of(desk.org, desk.unit, deps.services.scoring.satisfaction, seasons),
        covered.before(),
        covered.after(),
    )
    digest = collect(uow, desk.org, scope, desk.now, kind, (covered, before))
    return Told(digest, before.day.isoformat(), after.day.isoformat() if after.end <= desk.now else "")
