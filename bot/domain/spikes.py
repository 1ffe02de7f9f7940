"""Whether something happens more often than before: a test that can be explained in a sentence.

If nothing had changed, every event of both spans would fall into the present one by chance alone, as often as it is long: of
one day after eight weeks, one in 57. How likely so many or more are, is a binomial tail (the conditional test of two Poisson
counts, Przyborowski and Wilenski 1940). It asks for no rate that is known exactly, so a short or empty past makes it careful.

What a season brings every year is measured by the same season of the year before; where nothing is known of that one, by the
weeks before with a higher bar: more must have come than if it came three times as often as usual.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import exp, fsum, lgamma, log, log1p
from types import MappingProxyType
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

PAST = timedelta(weeks=8)  # looked back at
LEAST_PAST = timedelta(weeks=2)  # with less nobody knows what is usual
LEAST = 3  # fewer are no spike, however rare
IN_SEASON = 3  # times as often as usual something may come in its season
RARE = 0.001  # of some twenty counts a day, one false alarm in two months at most: counts are whole, so it is less


@dataclass(frozen=True, slots=True)
class Spell:
    """A season that brings something: how often it came in the ``past`` span of the year before; None where nobody knows."""

    season: str
    before: int = 0
    past: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Spike(Generic[K]):
    """Something that came ``count`` times where ``usual`` times were to be expected, by the weeks before or by its season."""

    what: K
    count: int
    usual: float
    spell: Spell | None = None


def chance(count: int, before: int, share: float) -> float:
    """The chance of ``count`` or more of ``count + before`` events in a span that is ``share`` of both (between 0 and 1)."""
    total, here, there = count + before, log(share), log1p(-share)
    ways = (lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) for k in range(count, total + 1))  # as logarithms
    terms = (exp(way + k * here + (total - k) * there) for k, way in enumerate(ways, count))
    return min(1.0, fsum(terms))


def spikes(
    counts: Mapping[K, int],
    before: Mapping[K, int],
    length: timedelta,
    past: timedelta,
    spells: Mapping[K, Spell] = MappingProxyType({}),
) -> list[Spike[K]]:
    """What came rarely often in a span of ``length``, seen from the ``past`` just before it or its season; the rarest first."""
    found: list[tuple[float, Spike[K]]] = []
    for what, n in counts.items():
        spell = spells.get(what)
        earlier, back = (spell.before, spell.past) if spell and spell.past else (before.get(what, 0), past)
        is_known = back >= length and (back is not past or back >= LEAST_PAST)
        if n >= LEAST and is_known:
            bar = length * (IN_SEASON if spell and not spell.past else 1)
            odds = chance(n, earlier, bar / (bar + back))
            found.append((odds, Spike(what, n, earlier * (length / back), spell)))
    return [spike for odds, spike in sorted(found, key=lambda one: one[0]) if odds < RARE]
