"""From what tickets add to the sums that have it: of their units and all above, of all categories, of fortnights.

Rolled up dimension by dimension, so that what meets on the way is added once: a third of the work of adding every number of
every ticket to each of its sums.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from bot.domain.contributions import Contribution, is_detail
from bot.domain.halfdays import fortnight

Chain = tuple[str, ...]  # a unit and all above it, from the ground up
Place = tuple[Chain, int, str, str]  # of whom, half day or fortnight, category, code
Key = tuple[str, int, str, str]  # the same of the lowest unit alone: the key of a sum
Numbers = list[int]  # part, whole, excluded
Places = dict[Place, Numbers]


class Given(NamedTuple):
    """What a ticket adds, and to the sums of which units, from the ground up."""

    units: Chain
    category: str
    rows: tuple[Contribution, ...]  # in order


def roll_up(changes: Iterable[tuple[Given, int]]) -> Iterator[tuple[Key, Numbers]]:
    """The sums that change, and by how much; a change is what is added with 1, or taken away with -1."""
    every: Places = {}
    level = _sum(_own(changes))
    while level:
        _add(every, level.items())
        level = _sum(((u[1:], slot, cat, code), n) for (u, slot, cat, code), n in level.items() if len(u) > 1)
    _add(every, [((u, slot, "", code), n) for (u, slot, cat, code), n in every.items() if cat])
    _add(every, [((u, fortnight(slot), cat, code), n) for (u, slot, cat, code), n in every.items()])
    return (((u[0], slot, cat, code), n) for (u, slot, cat, code), n in every.items() if any(n))


def _own(changes: Iterable[tuple[Given, int]]) -> Iterator[tuple[Place, Numbers]]:
    """The tickets' own numbers; what is not told apart by category stands under none."""
    for (units, category, rows), sign in changes:
        for slot, part, whole, excluded, code in rows:
            place = units, slot, "" if is_detail(code) else category, code
            yield place, [sign * part, sign * whole, sign * excluded]


def _sum(rows: Iterable[tuple[Place, Numbers]]) -> Places:
    found: Places = {}
    _add(found, rows)
    return found


def _add(places: Places, rows: Iterable[tuple[Place, Numbers]]) -> None:
    """Each place has a list of its own: what is added to later must not change elsewhere."""
    for place, (part, whole, excluded) in rows:
        numbers = places.get(place)
        if numbers is None:
            places[place] = [part, whole, excluded]
        else:
            numbers[0] += part
            numbers[1] += whole
            numbers[2] += excluded
