"""The sums behind the owner's pages: what every rate and count comes to, of any unit and time, without reading tickets."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

By = Literal["", "category", "slot"]


@dataclass(frozen=True, slots=True)
class Sum:
    """A sum of contributions (``bot.domain.contributions``). What it is not told apart by is empty, or 0."""

    unit: str
    slot: int
    category: str
    code: str
    part: int
    whole: int
    excluded: int


class Facts(Protocol):
    """Sums over the tickets of a unit and all below it. Half days are numbered as in ``bot.domain.halfdays``."""

    def catch_up(self, limit: int) -> int:
        """Count in what has changed, at most so many tickets; gives back how many. Called before sums are read."""
        ...

    def waiting(self) -> int:
        """How many tickets have changed and are not counted in yet."""
        ...

    def sums(self, unit: str, since_slot: int, until_slot: int, by: By = "", codes: Sequence[str] = ()) -> list[Sum]:
        """The sums of the half days from ``since_slot`` up to, not with, ``until_slot``; of these codes, or of all."""
        ...

    def children(self, units: Sequence[str], since_slot: int, until_slot: int, codes: Sequence[str] = ()) -> list[Sum]:
        """The same of several units, to compare them."""
        ...

    def open_now(self, units: Sequence[str]) -> list[tuple[str, str, int]]:
        """Unit, state and number of the candidates and open tickets that lie at exactly these units, counted now."""
        ...

    def verify(self, seen: Callable[[int], object] = ...) -> list[str]:
        """What is wrong with the sums, in words, after computing all of it anew; empty when all is right.

        ``seen`` hears now and then how many tickets have been looked at.
        """
        ...

    def rebuild(self) -> None:
        """Forget all sums. Every ticket falls due; ``catch_up`` counts them again."""
        ...
