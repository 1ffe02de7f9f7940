"""From what tickets add to the sums that have it: of their units and all above, of all categories, of fortnights.

Rolled up level by level, so that what meets on the way is added once.
"""

from collections.abc import Iterable
from typing import NamedTuple

from bot.domain.contributions import BY_CATEGORY, Contribution
from bot.domain.halfdays import fortnight
from storage.sums import Names, add, named

Chain = tuple[str, ...]  # a unit and all above it, from the ground up
Place = tuple[Chain, int, str]  # of whom, half day or fortnight, category or "" for all
Key = tuple[str, int, str]  # the same of the lowest unit alone: the key of a row


class Given(NamedTuple):
    """What a ticket adds, and to the sums of which units, from the ground up."""

    units: Chain
    category: str
    rows: tuple[Contribution, ...]  # in order


def roll_up(changes: Iterable[tuple[Given, int]]) -> dict[Key, Names]:
    """The sums that change, and by how much; a change is what is added with 1, or taken away with -1."""
    every: dict[Key, Names] = {}
    level = _ground(changes)
    for (chain, slot, category), names in list(level.items()):
        add(level.setdefault((chain, fortnight(slot), category), {}), names.items())
    while level:
        above: dict[Place, Names] = {}
        for (chain, slot, category), names in level.items():
            add(every.setdefault((chain[0], slot, category), {}), names.items())
            if len(chain) > 1:
                add(above.setdefault((chain[1:], slot, category), {}), names.items())
        level = above
    return every


def _ground(changes: Iterable[tuple[Given, int]]) -> dict[Place, Names]:
    """The tickets' own numbers, at their own units."""
    level: dict[Place, Names] = {}
    for (units, category, rows), sign in changes:
        for row in rows:
            adds = [(name, sign * count) for name, count in named(row)]
            add(level.setdefault((units, row.slot, ""), {}), adds)
            if row.code in BY_CATEGORY:
                add(level.setdefault((units, row.slot, category), {}), adds)
    return level
