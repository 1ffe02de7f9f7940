"""One score out of several rates, by weights that are data (``scoring.toml``)."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor

from bot.domain.rates.measure import EMPTY, Measure

FULL = 100  # points; weights of a composite add up to it


@dataclass(frozen=True, slots=True)
class Score:
    """Points from 0 to 100, exactly; None where a part has nothing to measure. ``n`` is that of its smallest part."""

    points: Fraction | None
    n: int

    @property
    def text(self) -> str:
        """To two places, halves up, as bulletins print it (85.50); ``—`` where there is none."""
        if self.points is None:
            return EMPTY
        hundredths = floor(self.points * 100 + Fraction(1, 2))
        return f"{hundredths // 100}.{hundredths % 100:02}"


@dataclass(frozen=True, slots=True)
class Composite:
    """A weighted sum of rates: (code, weight), weights above 0 that add up to 100."""

    title: str
    weights: tuple[tuple[str, Fraction], ...]

    def score(self, measures: Mapping[str, Measure]) -> Score:
        """综合 = Σ weight × rate, in points; a rate is 0 to 1 and is multiplied by its weight once (domain.md 6.1).

        Where one part has nothing to measure there is no score: to spread its weight over the others would let a unit
        gain by asking nobody.
        """
        parts = [(measures[code], weight) for code, weight in self.weights]
        n = min((measure.n for measure, _ in parts), default=0)
        if n == 0:
            return Score(None, 0)
        points = sum((weight * Fraction(measure.part, measure.whole) for measure, weight in parts), Fraction(0))
        return Score(points, n)
