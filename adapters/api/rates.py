"""The rates of a unit and a period: the numbers of the analysis page."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from adapters.api.operations import Call, Day, Strict, get
from adapters.api.problems import missing
from adapters.api.units import unit_of
from bot.domain.rates.registry import Result
from bot.usecases import analysis
from bot.usecases.analysis import Figures


class RatesQuery(Strict):
    """A kind of period and a day of it; without a day the present one, as for days to come."""

    kind: Literal["day", "report_day", "week", "month", "assessment_month"] = "month"
    day: Day | None = None


class LeftOutBody(BaseModel):
    """So many tickets are not counted, and why."""

    why: str
    tickets: int


class RateBody(BaseModel):
    """A rate, 0 to 1, with what an auditor asks: ``value`` = ``part`` / ``n``; counted + left out = cohort, in tickets.

    ``value``, ``low`` and ``high`` (Wilson, 95 %) are null where ``n`` is 0: neither none nor all.
    """

    code: str
    value: float | None
    part: float
    n: int
    low: float | None
    high: float | None
    cohort: int
    counted: int
    left_out: list[LeftOutBody]


class ScoreBody(BaseModel):
    """A composite, 0 to 100 points; null where one of its rates has nothing to measure."""

    code: str
    title: str
    points: float | None
    n: int


class FunnelBody(BaseModel):
    """What came in in the period, wherever it stands now."""

    heard: int
    accepted: int
    assigned: int
    closed: int


class RatesBody(BaseModel):
    """The numbers of a unit and all below it. What falls due is counted up to ``counted_until``.

    ``is_current`` is false while changes are still being counted in: ask again.
    """

    unit: str
    kind: str
    day: date
    start: datetime
    end: datetime
    counted_until: datetime
    is_current: bool
    rates: list[RateBody]
    scores: list[ScoreBody]
    funnel: FunnelBody


@get("/v1/units/{unit}/rates", answer=RatesBody, query=RatesQuery)
def show_rates(call: Call) -> RatesBody:
    """Every rate of a unit and a period, for who commands the unit."""
    unit, wanted, caller = unit_of(call), call.query(RatesQuery), call.caller
    if not caller.commands(unit.id):
        raise missing()
    is_current = analysis.catch_up(call.uow)
    period = analysis.choose_period(wanted.kind, wanted.day, caller.now, unit)
    span = analysis.span_of(period, caller.now)
    figures = analysis.figures(call.uow, unit.id, span, call.deps.services.scoring)
    return RatesBody(
        unit=unit.id,
        kind=period.kind,
        day=period.day,
        start=period.start,
        end=period.end,
        counted_until=figures.span.cut,
        is_current=is_current,
        rates=[_rate(result) for result in figures.results.values()],
        scores=_scores(call, figures),
        funnel=_funnel(figures),
    )


def _rate(result: Result) -> RateBody:
    measure = result.measure
    low, high = measure.interval or (None, None)
    return RateBody(
        code=result.code,
        value=None if measure.value is None else float(measure.value),
        part=float(measure.part),
        n=measure.n,
        low=low,
        high=high,
        cohort=result.cohort,
        counted=result.counted,
        left_out=[LeftOutBody(why=why, tickets=tickets) for why, tickets in result.excluded],
    )


def _scores(call: Call, figures: Figures) -> list[ScoreBody]:
    found = []
    for code, composite in call.deps.services.scoring.composites.items():
        score = figures.score(composite)
        points = None if score.points is None else float(score.points)
        found.append(ScoreBody(code=code, title=composite.title, points=points, n=score.n))
    return found


def _funnel(figures: Figures) -> FunnelBody:
    funnel = figures.funnel
    return FunnelBody(heard=funnel.heard, accepted=funnel.accepted, assigned=funnel.assigned, closed=funnel.closed)


OPERATIONS = (show_rates,)
