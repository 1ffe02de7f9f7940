"""Rates read back from sums of contributions: the same results as from the tickets themselves, which need not be read."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Protocol

from bot.domain.poll import RATINGS
from bot.domain.rates.formulas import Weights
from bot.domain.rates.funnel import Funnel, Tally
from bot.domain.rates.measure import Measure
from bot.domain.rates.registry import Result, rates


def most_first(counts: Iterable[tuple[str, int]]) -> Tally:
    """The most first; equal ones by the code, as ``funnel.tally`` does."""
    return tuple(sorted(counts, key=lambda row: (-row[1], row[0])))


class Summed(Protocol):
    """A sum of contributions of one code."""

    @property
    def code(self) -> str:
        """Of what: ``bot.domain.contributions``."""
        ...

    @property
    def part(self) -> int:
        """The numerator."""
        ...

    @property
    def whole(self) -> int:
        """The denominator, or the count."""
        ...

    @property
    def excluded(self) -> int:
        """Tickets left out."""
        ...


class Sums:
    """The sums of one unit, span and category by code."""

    def __init__(self, rows: Iterable[Summed]) -> None:
        self._rows = {row.code: row for row in rows}

    def count(self, code: str) -> int:
        """A count; 0 where nothing was counted."""
        row = self._rows.get(code)
        return row.whole if row else 0

    def below(self, prefix: str) -> tuple[tuple[str, int], ...]:
        """Counts of the codes below a prefix that ends with a dot, by what follows it."""
        found = ((code.removeprefix(prefix), row.whole) for code, row in self._rows.items() if code.startswith(prefix))
        return tuple(sorted(found))

    def funnel(self, heard: int, categories: Iterable[tuple[str, int]]) -> Funnel:
        """What came in and what became of it; ``categories`` are the sums of ``funnel.accepted`` by category."""
        steps = {step: self.count(f"funnel.{step}") for step in ("accepted", "assigned", "closed", "answered")}
        return Funnel(
            heard, **steps, natures=most_first(self.below("funnel.nature.")), categories=most_first(categories)
        )

    def results(self, weights: Weights) -> dict[str, Result]:
        """All rates; ``weights`` say what a vote is worth."""
        return {
            rate.code: self._result(rate.code, tuple(e.code for e in rate.exclusions), weights)
            for rate in rates(weights)
        }

    def _result(self, code: str, reasons: tuple[str, ...], weights: Weights) -> Result:
        row = self._rows.get(f"rate.{code}")
        part, whole, left = (row.part, row.whole, row.excluded) if row else (0, 0, 0)
        counted = whole
        worth: int | Fraction = part
        if code == "satisfied":  # its whole is votes, its part what they are worth
            counted = self.count("rate.satisfied.tickets")
            worth = sum((weights[n] * self.count(f"rate.satisfied.{n}") for n in RATINGS), Fraction(0))
        why = tuple((name, n) for name in reasons if (n := self.count(f"rate.{code}.excluded.{name}")))
        return Result(code, Measure(worth, whole), counted + left, counted, why)
