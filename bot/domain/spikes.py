"""Whether something happens more often than before: a test that can be explained in a sentence.

If nothing had changed, every event of both spans would fall into the present one by chance alone, as often as it is long: of
one day after eight weeks, one in 57. How likely so many or more are, is a binomial tail (the conditional test of two Poisson
counts, Przyborowski and Wilenski 1940). It asks for no rate that is known exactly, so a short or empty past makes it careful.
"""

from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from math import exp, fsum, lgamma, log, log1p
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)

PAST = timedelta(weeks=8)  # looked back at
LEAST_PAST = timedelta(weeks=2)  # with less nobody knows what is usual
LEAST = 3  # fewer are no spike, however rare
RARE = 0.001  # of some twenty counts a day, one false alarm in two months at most: counts are whole, so it is less


@dataclass(frozen=True, slots=True)
class Spike(Generic[K]):
    """Something that came ``count`` times where ``usual`` times were to be expected."""

    what: K
    count: int
    usual: float


def chance(count: int, before: int, share: float) -> float:
    """The chance of ``count`` or more of ``count + before`` events in a span that is ``share`` of both (between 0 and 1)."""
    total, here, there = count + before, log(share), log1p(-share)
    ways = (lgamma(total + 1) - lgamma(k + 1) - lgamma(total - k + 1) for k in range(count, total + 1))  # as logarithms
    terms = (exp(way + k * here + (total - k) * there) for k, way in enumerate(ways, count))
    return min(1.0, fsum(terms))


def spikes(counts: Mapping[K, int], before: Mapping[K, int], length: timedelta, past: timedelta) -> list[Spike[K]]:
    """What came rarely often in a span of ``length``, seen from the ``past`` just before it; the rarest first."""
    if past < max(LEAST_PAST, length):
        return []
    share = length / (length + past)
    found = [(chance(n, before.get(what, 0), share), what, n) for what, n in counts.items() if n >= LEAST]
    rare = sorted((one for one in found if one[0] < RARE), key=lambda one: one[0])
    return [Spike(what, n, before.get(what, 0) * (length / past)) for _, what, n in rare]
