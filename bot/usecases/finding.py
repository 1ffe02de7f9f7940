"""Few of many by the words of their names, where a list of all of them would be longer than a page. Only reads."""

import unicodedata
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Generic, TypeVar

from bot.domain.org import Group, Organization, Person, Unit

T = TypeVar("T")
Names = Callable[[T], Iterable[str]]
MANY = 60  # of anything: as many are listed whole
FOUND = 30  # shown of what words fit
WORDS = 60  # characters that are read


@dataclass(frozen=True, slots=True)
class Found(Generic[T]):
    """What words fit: as much of it as is shown, best first, and how much there is. No words find nothing."""

    words: str
    shown: Sequence[T]
    count: int


def find(words: str, things: Iterable[T], names: Names[T]) -> Found[T]:
    """The things whose names hold all the words; ``names`` gives what a thing is called first, then what else leads to it.

    A thing of exactly that name comes first, then those with more of the words in their own name, each in the order given.
    """
    wanted = _folded(words[:WORDS])
    parts = wanted.split()
    if not parts:
        return Found("", (), 0)
    ranked: list[tuple[int, T]] = []
    for thing in things:
        own, *others = (_folded(name) for name in names(thing))
        if all(any(part in name for name in (own, *others)) for part in parts):
            ranked.append((-1 if own == wanted else sum(part not in own for part in parts), thing))
    ranked.sort(key=lambda one: one[0])
    return Found(words[:WORDS], [thing for _, thing in ranked[:FOUND]], len(ranked))


def _folded(text: str) -> str:
    """Letters of any width and case are the same."""
    return unicodedata.normalize("NFKC", text).casefold()


def names_of_unit(org: Organization, unit: Unit) -> list[str]:
    """What a unit is called, and the units above it."""
    return [*unit.names, *(name for above in org.chain(unit.id)[1:] for name in org.units[above].names)]


def names_of_group(org: Organization, group: Group) -> list[str]:
    """What a group is called, and its unit and those above."""
    return [group.title or group.key, *(name for unit in org.chain(group.unit) for name in org.units[unit].names)]


def names_of_person(org: Organization, units: Collection[str], person: Person) -> list[str]:
    """What a person is called, and those of some units that he has duties at: of others nothing is told."""
    own = dict.fromkeys(duty.unit for duty in org.duties_of(person.id) if duty.unit in units)
    return [person.name, *(name for unit in own for name in org.units[unit].names)]


def sought_of(org: Organization, own: Sequence[str], words: str) -> Found[Unit] | None:
    """Those of the units that somebody answers for that words find; None where they are so few that all are listed."""
    return find(words, (org.units[one] for one in own), partial(names_of_unit, org)) if len(own) > MANY else None


def near(org: Organization, own: Sequence[str], unit: str) -> list[Unit]:
    """What is offered of the units that somebody answers for while he looks at one: all where they are few; else those
    above it, itself, and those directly below, as many as are listed whole.
    """
    if len(own) <= MANY:
        return [org.units[one] for one in own]
    allowed = set(own)
    above = [one for one in reversed(org.chain(unit)) if one in allowed]
    below = [one for one in org.below(unit) if one in allowed and org.units[one].parent == unit]
    return [org.units[one] for one in (*above, *below)][:MANY]
