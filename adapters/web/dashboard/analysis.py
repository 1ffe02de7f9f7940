"""What the numbers of a unit say, for who commands it: rates with their n, funnel, trend, places, loads; as JSON for charts too."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from aiohttp import web

from adapters.web.dashboard.desk import Desk, desk_page, look
from adapters.web.dashboard.figures import Words
from adapters.web.deps import DEPS, WebDeps
from adapters.web.errors import BadRequest
from bot.domain.digest import Hot
from bot.domain.periods import KINDS, MONTH, Period
from bot.domain.rates.ranking import League
from bot.domain.rates.registry import rates
from bot.ports import Burden, UnitOfWork
from bot.render.digests import DigestWords
from bot.usecases import analysis
from bot.usecases.analysis import Figures, Heat, Point
from bot.usecases.comparison import compare
from bot.usecases.sudden import seasons_of, sudden

ONE_DAY = timedelta(days=1)
COMPARED = "on_time"  # the rate by which units are compared, unless another is chosen


@dataclass(frozen=True, slots=True)
class Asked:
    """What the address asks for: a kind of period, a day of it, and a rate to compare by."""

    kind: str
    day: date | None
    rate: str


@dataclass(frozen=True, slots=True)
class Sight:
    """All that the page shows."""

    figures: Figures
    before: Figures
    trend: tuple[Point, ...]
    heat: Heat
    loads: list[Burden]
    leagues: tuple[League, ...]
    sudden: tuple[Hot, ...]
    is_current: bool  # False while changes are still being counted in


def routes() -> list[web.RouteDef]:
    """The page, and what its charts draw."""
    return [web.get("/desk/analysis", show), web.get("/desk/analysis.json", numbers)]


async def show(request: web.Request) -> web.StreamResponse:
    """The page; whole without its charts."""
    desk, sight, asked = await _look(request)
    deps = request.app[DEPS]
    words = Words(deps, desk.unit.zone)
    period = sight.figures.span.period
    return desk_page(
        request, "analysis.html", desk,
        {
            "sight": sight,
            "asked": asked,
            "kinds": KINDS,
            "period": period,
            "query": {"unit": desk.unit.id, "kind": period.kind, "day": period.day.isoformat()},
            "earlier": _neighbour(period.before(), desk.now),
            "later": _neighbour(period.after(), desk.now),
            "span": words.span(period),
            "cut": words.instant(sight.figures.span.cut) if sight.figures.span.is_running else "",
            "rates": words.rates(sight.figures, sight.before),
            "scores": words.scores(sight.figures, sight.before, deps.services.scoring),
            "funnel": words.funnel(sight.figures.funnel),
            "trend": [(words.day(point.day), point) for point in sight.trend],
            "places": [(words.place(row, desk.org, desk.unit), row) for row in sight.heat.rows],
            "loads": [(words.person(one, desk.org), one) for one in sight.loads],
            "listed": desk.unit.level in analysis.SMALL,
            "compares": deps.settings.analysis.compare and bool(sight.leagues),
            "leagues": words.leagues(sight.leagues, deps.services.scoring, desk.org),
            "sudden": [DigestWords(deps.catalog).spike(one) for one in sight.sudden],
            "codes": [rate.code for rate in rates(deps.services.scoring.satisfaction)],
            "least": deps.services.scoring.fairness.least,
        },
    )  # fmt: skip


async def numbers(request: web.Request) -> web.StreamResponse:
    """The same numbers for the charts."""
    desk, sight, _ = await _look(request)
    words = Words(request.app[DEPS], desk.unit.zone)
    return web.json_response({"charts": words.charts(sight.figures.funnel, sight.trend, sight.loads, desk.org)})


async def _look(request: web.Request) -> tuple[Desk, Sight, Asked]:
    deps, asked = request.app[DEPS], _asked(request.query)

    def job(uow: UnitOfWork, desk: Desk) -> Sight:
        return _sight(uow, desk, deps, asked)

    desk, sight = await look(request, job, commanders=True)
    return desk, sight, asked


def _asked(query: Mapping[str, str]) -> Asked:
    """An address that nobody is led to is refused; an empty day is the present one, as browsers send it."""
    kind, day, rate = query.get("kind", MONTH), query.get("day", ""), query.get("rate", COMPARED)
    if kind not in KINDS or rate not in {one.code for one in rates({})}:
        raise BadRequest("kind or rate")
    try:
        return Asked(kind, date.fromisoformat(day) if day else None, rate)
    except ValueError as error:
        raise BadRequest("day") from error


def _sight(uow: UnitOfWork, desk: Desk, deps: WebDeps, asked: Asked) -> Sight:
    is_current = analysis.catch_up(uow)
    period = analysis.choose_period(asked.kind, asked.day, desk.now, desk.unit)
    span, before = (analysis.span_of(one, desk.now) for one in (period, period.before()))
    unit = desk.unit
    wants = deps.settings.analysis.compare
    return Sight(
        analysis.figures(uow, unit.id, span, deps.services.scoring),
        analysis.figures(uow, unit.id, before, deps.services.scoring),
        analysis.trend(uow, unit.id, span),
        analysis.heat(uow, desk.org, unit, span),
        analysis.burdens(uow, desk.org, unit, span, desk.now),
        compare(uow, desk.org, unit.id, span, asked.rate, deps.services.scoring) if wants else (),
        sudden(uow, unit.id, span, seasons_of(uow, desk.org, deps.services.outlook, unit.id)),
        is_current,
    )


def _neighbour(period: Period, now: datetime) -> str:
    """The day that leads to a period; "" for one that there is nothing to see of."""
    return period.day.isoformat() if period.day > analysis.OLDEST and period.start <= now else ""
