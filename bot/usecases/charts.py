"""Charts of a month on paper, from its numbers: each value stands written at its bar."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.domain.rates.funnel import Funnel
from bot.domain.rates.measure import Measure
from bot.ports import Chart, Series
from bot.render.catalog import Catalog
from bot.usecases.analysis import Figures, Heat, Point

LIMITS = ("signed", "contacted", "on_time", "on_time_original")  # the rates that say whether limits were kept
SHOWN = 10  # bars of categories and places
WHOLE = 100.0  # percent


@dataclass(frozen=True, slots=True)
class Words:
    """The words of the pages."""

    catalog: Catalog

    def __call__(self, key: str, **slots: object) -> str:
        """A sentence or label."""
        return self.catalog.text("web", key).format(**slots)


def funnel_chart(words: Words, funnel: Funnel) -> Chart:
    """Heard, accepted, assigned, closed, with the share of the step before."""
    steps: tuple[tuple[str, int, Measure | None], ...] = (
        ("heard", funnel.heard, None),
        ("accepted", funnel.accepted, funnel.accepted_share),
        ("assigned", funnel.assigned, funnel.assigned_share),
        ("closed", funnel.closed, funnel.closed_share),
    )
    texts = tuple(f"{n}" if share is None or not share.n else f"{n}（{share.text}）" for _, n, share in steps)
    names = tuple(words(f"rates.step.{code}") for code, _, _ in steps)
    return Chart(words("rates.funnel"), "bars", names, (Series("", tuple(n for _, n, _ in steps), texts),))


def limits_chart(words: Words, figures: Figures) -> Chart:
    """Which part of the limits was kept, of how many."""
    measures = [figures.results[code].measure for code in LIMITS]
    values = tuple(WHOLE * float(one.value or 0) for one in measures)
    texts = tuple(
        f"{one.text}（{words('rates.of', n=one.n, part=one.part)}）" if one.n else one.text for one in measures
    )
    names = tuple(words(f"rates.name.{code}") for code in LIMITS)
    return Chart(words("pack.limits"), "bars", names, (Series("", values, texts),), WHOLE)


def trend_chart(words: Words, points: Sequence[Point]) -> Chart:
    """Registered and closed, week by week."""
    names = tuple(words("day", month=one.day.month, day=one.day.day) for one in points)
    registered = Series(words("rates.registered"), tuple(one.registered for one in points))
    closed = Series(words("rates.closed"), tuple(one.closed for one in points))
    return Chart(words("pack.trend"), "columns", names, (registered, closed))


def category_chart(words: Words, funnel: Funnel) -> Chart:
    """What it was about, the most first."""
    listed = funnel.categories[:SHOWN]
    names = tuple(words.catalog.label("category", code) for code, _ in listed)
    return _counts(words("pack.categories"), names, tuple(n for _, n in listed))


def place_chart(words: Words, heat: Heat, names: Sequence[str]) -> Chart:
    """Where it came from, the most first; ``names`` are those of the rows."""
    return _counts(words("pack.places"), tuple(names[:SHOWN]), tuple(row.total for row in heat.rows[:SHOWN]))


def _counts(title: str, names: tuple[str, ...], counts: tuple[int, ...]) -> Chart:
    return Chart(title, "bars", names, (Series("", counts),))
