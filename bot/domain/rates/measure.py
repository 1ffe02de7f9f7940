"""A share with its numbers: part of whole, exact, with its interval and the text that people read."""

from dataclasses import dataclass
from fractions import Fraction
from math import floor, sqrt
from statistics import NormalDist

CONFIDENCE = 0.95
EMPTY = "—"  # nothing to measure: neither 0 nor 100 (domain.md 6.2)


@dataclass(frozen=True, slots=True)
class Measure:
    """``part`` of ``whole``. Both are counts; only a weighted part (满意) is a fraction, an exact one.

    A part above its whole is refused here, so that no rate can exceed 100 %.
    """

    part: int | Fraction
    whole: int

    def __post_init__(self) -> None:
        """Refuse what is no share."""
        if not 0 <= self.part <= self.whole:
            raise ValueError(f"{self.part} of {self.whole} is no share")

    def __add__(self, other: "Measure") -> "Measure":
        """The measure of two disjoint sets together: numerators and denominators add up."""
        return Measure(self.part + other.part, self.whole + other.whole)

    @property
    def n(self) -> int:
        """How many were counted: shown beside every value."""
        return self.whole

    @property
    def value(self) -> Fraction | None:
        """The share, exactly, 0 to 1; None where there is nothing to measure."""
        return Fraction(self.part, self.whole) if self.whole else None

    @property
    def complement(self) -> "Measure":
        """The rest of the whole."""
        return Measure(self.whole - self.part, self.whole)

    @property
    def interval(self) -> tuple[float, float] | None:
        """The Wilson score interval at 95 %, within 0 to 1; None where there is nothing to measure.

        centre ± half = (p + z²/2n ± z·√(p(1−p)/n + z²/4n²)) / (1 + z²/n), E. B. Wilson 1927. For a weighted part it is
        wider than need be, never narrower: no spread of numbers from 0 to 1 exceeds p(1−p).
        """
        if not self.whole:
            return None
        p, n, z = float(Fraction(self.part, self.whole)), self.whole, NormalDist().inv_cdf((1 + CONFIDENCE) / 2)
        scale = 1 + z * z / n
        centre = (p + z * z / (2 * n)) / scale
        half = z * sqrt(p * (1 - p) / n + z * z / (4 * n * n)) / scale
        return max(0.0, min(p, centre - half)), min(1.0, max(p, centre + half))

    @property
    def text(self) -> str:
        """In percent to one place, halves up: ``98.3 %``; ``—`` where there is nothing to measure.

        100.0 % is said of all and 0.0 % of none only: 9,999 of 10,000 is 99.9 %.
        """
        value = self.value
        if value is None:
            return EMPTY
        tenths = floor(value * 1000 + Fraction(1, 2))
        if value < 1:
            tenths = min(tenths, 999)
        if value > 0:
            tenths = max(tenths, 1)
        return f"{tenths // 10}.{tenths % 10} %"


NOTHING = Measure(0, 0)
