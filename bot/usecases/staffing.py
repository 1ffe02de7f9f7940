"""Who answers for what in some units, how much each has to do, and where somebody is missing. Only reads."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from math import ceil

from bot.domain.attendance import AHEAD, Uncovered, Watch, uncovered, watches
from bot.domain.org import Duty, Organization, Person, Unit
from bot.domain.rota import Away

EACH = 200  # households that one duty-holder can look after (product.md §8)
BUILDING = "building"  # a level that has no stewards of its own


@dataclass(frozen=True, slots=True)
class Holder:
    """A person with the duties in the units, and the working and overdue tickets there. ``at_work``: one of them is on now.
    ``away``: he is on leave.
    """

    person: Person
    duties: tuple[Duty, ...]
    working: int
    overdue: int
    at_work: bool
    away: Away | None = None

    @property
    def bound(self) -> bool:
        """Whether any account is bound, so that the bot can reach this person at all."""
        return bool(self.person.accounts)


@dataclass(frozen=True, slots=True)
class Short:
    """A unit with fewer people than its households need."""

    unit: Unit
    people: int
    needed: int


@dataclass(frozen=True, slots=True)
class Gaps:
    """Where somebody is missing. ``unsteered``: units at the foot of the tree with no steward there or above.
    ``uncovered``: where in the two weeks to come all stewards are away; ``missed``: turns of the rota that nobody takes then.
    """

    unsteered: tuple[Unit, ...]
    short: tuple[Short, ...]
    unbound: tuple[Person, ...]
    uncovered: tuple[Uncovered, ...] = ()
    missed: tuple[Watch, ...] = ()

    @property
    def any(self) -> bool:
        """Whether there are any."""
        return bool(self.unsteered or self.short or self.unbound or self.uncovered or self.missed)


def holders(
    org: Organization, units: Sequence[str], loads: Mapping[str, tuple[int, int]], now: datetime
) -> list[Holder]:
    """Who has duties at exactly these units, in their order. ``loads``: working and overdue tickets by person."""
    duties: dict[str, list[Duty]] = {}
    for unit in units:
        for duty in org.duties_at(unit):
            if duty.person in org.people:
                duties.setdefault(duty.person, []).append(duty)
    return [
        Holder(
            org.people[person],
            tuple(dict.fromkeys(own)),
            *loads.get(person, (0, 0)),
            any(org.on_duty(duty, now) for duty in own),
            org.away(person, now),
        )
        for person, own in duties.items()
    ]


def gaps(org: Organization, units: Sequence[str], now: datetime) -> Gaps:
    """Where somebody is missing in these units."""
    own = [org.units[unit] for unit in units if unit in org.units and org.units[unit].level != BUILDING]
    people = dict.fromkeys(duty.person for unit in units for duty in org.duties_at(unit))
    return Gaps(
        tuple(unit for unit in own if _is_foot(org, unit) and not _has_steward(org, unit)),
        tuple(_short(org, own)),
        tuple(org.people[one] for one in people if one in org.people and not org.people[one].accounts),
        tuple(uncovered(org, [unit.id for unit in own if _is_foot(org, unit)], now)),
        tuple(_missed(org, units, now)),
    )


def _missed(org: Organization, units: Sequence[str], now: datetime) -> Iterator[Watch]:
    for shift in org.rota:
        if shift.unit in units:
            today = now.astimezone(org.units[shift.unit].zone).date()
            yield from (watch for watch in watches(org, shift, today, AHEAD.days) if watch.taker is None)


def _is_foot(org: Organization, unit: Unit) -> bool:
    return all(org.units[below].level == BUILDING for below in org.below(unit.id) if below != unit.id)


def _has_steward(org: Organization, unit: Unit) -> bool:
    return any(duty.role == "steward" for duty in org.duties_over(unit.id))


def _short(org: Organization, units: Sequence[Unit]) -> Iterator[Short]:
    for unit in units:
        people = {duty.person for below in org.below(unit.id) for duty in org.duties_at(below)}
        needed = ceil((unit.households or 0) / EACH)
        if len(people) < needed:
            yield Short(unit, len(people), needed)
