"""Numbers in the words of the pages."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from adapters.web.deps import WebDeps
from adapters.web.tickets import Times
from bot.domain.org import Organization, Unit
from bot.domain.periods import DAY, Period
from bot.domain.rates.funnel import Funnel
from bot.domain.rates.measure import EMPTY, Measure
from bot.domain.rates.ranking import Fairness, League
from bot.domain.rates.registry import Result
from bot.domain.rates.scoring import Scoring
from bot.ports import Burden
from bot.usecases.analysis import Figures, HeatRow, Point, spot_of

MINUTE = timedelta(minutes=1)
VOTES = "satisfied"  # the one rate whose n is votes


@dataclass(frozen=True, slots=True)
class RateLine:
    """A rate as it is read. ``low`` and ``high`` are percents of the interval; ``left_out`` tells how many and why."""

    code: str
    value: str
    of: str
    before: str
    before_of: str
    change: str
    interval: str
    low: float
    high: float
    left_out: str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A line of a comparison; ``rank`` is "" for who has none."""

    rank: str
    name: str
    value: str
    n: int


@dataclass(frozen=True, slots=True)
class Words:
    """Says numbers in the locale of the pages and the zone of a unit."""

    deps: WebDeps
    zone: ZoneInfo

    def _(self, key: str, **slots: object) -> str:
        return self.deps.words(f"rates.{key}", **slots)

    # ------------------------------------------------------------ time

    def instant(self, at: datetime) -> str:
        """Day and time."""
        return Times(self.deps, self.zone)(at)

    def day(self, day: date) -> str:
        """A day of this year or last, short."""
        return self.deps.words("day", month=day.month, day=day.day)

    def span(self, period: Period) -> str:
        """From when to when, with the year; the end is the last that is part of it."""
        if period.kind == DAY:
            return self._("dated", year=period.day.year, days=self.day(period.day))
        first, last = period.start.astimezone(self.zone), (period.end - MINUTE).astimezone(self.zone)
        whole = period.start.astimezone(self.zone).hour == 0
        start, end = (self.day(first), self.day(last)) if whole else (self.instant(first), self.instant(last + MINUTE))
        return self._("dated", year=first.year, days=self._("span", start=start, end=end))

    # ------------------------------------------------------------ rates

    def rates(self, now: Figures, before: Figures) -> list[RateLine]:
        """Every rate with its n, its interval, what it was before and what it leaves out."""
        return [self._rate(result, before.results[code].measure) for code, result in now.results.items()]

    def _rate(self, result: Result, before: Measure) -> RateLine:
        measure, (low, high) = result.measure, result.measure.interval or (0.0, 0.0)
        low, high = round(low * 100, 1), round(high * 100, 1)
        return RateLine(
            result.code, measure.text, self._of(result.code, measure), before.text,
            self._("votes" if result.code == VOTES else "count", n=before.n),
            self._change(measure, before), self._("interval", low=low, high=high) if measure.n else "", low, high,
            self._left_out(result),
        )  # fmt: skip

    def _of(self, code: str, measure: Measure) -> str:
        if code == VOTES:
            return self._("votes", n=measure.n)
        return self._("of", part=measure.part, n=measure.n)

    def _change(self, now: Measure, before: Measure) -> str:
        if now.value is None or before.value is None:
            return ""
        return self._moved((now.value - before.value) * 100)

    def _moved(self, points: Fraction) -> str:
        shown = f"{abs(float(points)):.1f}"
        if shown == "0.0":
            return self._("same")
        return self._("up", points=shown) if points > 0 else self._("down", points=shown)

    def _left_out(self, result: Result) -> str:
        if not result.excluded:
            return ""
        listed = [self._("reason", why=self._(f"why.{code}"), n=n) for code, n in result.excluded]
        return self._("left_out", n=sum(n for _, n in result.excluded), why=self._("comma").join(listed))

    def scores(self, now: Figures, before: Figures, scoring: Scoring) -> list[tuple[str, str, int, str, str]]:
        """Each composite: title, points, n, points before, and its weights."""
        found = []
        for composite in scoring.composites.values():
            weights = [f"{self._(f'name.{code}')} {float(weight):g}" for code, weight in composite.weights]
            score, earlier = now.score(composite), before.score(composite)
            found.append((composite.title, score.text, score.n, earlier.text, self._("plus").join(weights)))
        return found

    # ------------------------------------------------------------ funnel, places, people

    def funnel(self, funnel: Funnel) -> list[tuple[str, int, str]]:
        """Its steps: name, number, share of the step before."""
        nothing = ""
        return [
            (self._("step.heard"), funnel.heard, nothing),
            (self._("step.accepted"), funnel.accepted, funnel.accepted_share.text),
            (self._("step.assigned"), funnel.assigned, funnel.assigned_share.text),
            (self._("step.closed"), funnel.closed, funnel.closed_share.text),
        ]

    def place(self, row: HeatRow, org: Organization, unit: Unit) -> str:
        """What a row of the heat table is called."""
        return spot_of(self.deps.catalog, row, org, unit)

    def person(self, one: Burden, org: Organization) -> str:
        """A name; the id of who is no more."""
        found = org.people.get(one.person)
        return found.name if found else one.person

    # ------------------------------------------------------------ comparison

    def leagues(self, leagues: Iterable[League], scoring: Scoring, org: Organization) -> list[tuple[str, list[Ranked]]]:
        """Each league with its title and lines."""
        return [
            (self._title(league, scoring.fairness), [
                Ranked(str(place.rank or ""), org.units[place.entry.unit].name, _percent(place.entry.value), place.entry.n)
                for place in league.places
            ])
            for league in leagues
        ]  # fmt: skip

    def _title(self, league: League, fairness: Fairness) -> str:
        bounds = (0, *fairness.bands)
        level = self._(f"level.{league.unit_class}")
        if league.band + 1 < len(bounds):
            return self._("band", level=level, low=bounds[league.band], high=bounds[league.band + 1] - 1)
        return self._("band_top", level=level, low=bounds[league.band])

    # ------------------------------------------------------------ charts

    def charts(
        self, funnel: Funnel, trend: Sequence[Point], loads: Sequence[Burden], org: Organization
    ) -> list[dict[str, object]]:
        """What the page's script draws, with its words."""
        steps = self.funnel(funnel)
        drawn: list[dict[str, object]] = [
            _chart("funnel", self._("funnel"), [name for name, _, _ in steps], {self._("pieces"): [n for _, n, _ in steps]}),
            _chart("trend", self._("trend"), [self.day(point.day) for point in trend], {
                self._("registered"): [point.registered for point in trend],
                self._("closed"): [point.closed for point in trend],
            }),
        ]  # fmt: skip
        if loads:
            names = [self.person(one, org) for one in loads]
            series = {self._("open"): [one.open for one in loads], self._("done"): [one.closed for one in loads]}
            drawn.append(_chart("load", self._("load"), names, series))
        return drawn


def _percent(value: Fraction | None) -> str:
    return EMPTY if value is None else Measure(value.numerator, value.denominator).text


def _chart(id_: str, label: str, names: list[str], series: dict[str, list[int]]) -> dict[str, object]:
    return {"id": id_, "label": label, "names": names, "series": [{"name": k, "data": v} for k, v in series.items()]}
