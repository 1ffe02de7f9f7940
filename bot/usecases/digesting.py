"""What a digest holds: counts from the sums, which a district of a million tickets has as fast as a grid, and few tickets."""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.digest import SHOWN, Counts, Digest, Key, Material, digest_of
from bot.domain.halfdays import begin_of
from bot.domain.org import Organization, Unit
from bot.domain.periods import Period
from bot.domain.rates.formulas import Weights
from bot.domain.seasons import Season
from bot.domain.spikes import PAST
from bot.domain.summed import Sums
from bot.ports import UnitOfWork
from bot.usecases.analysis import SMALL, Span, catch_up, children_of, span_of
from bot.usecases.sudden import counted, spells
from bot.usecases.troubles import Parts, by_category, known_since, parts_of, sums_of

HALF_A_DAY = timedelta(hours=12)
COUNTED = ("troubles.closed", "troubles.repeated", "registered.nature.praise")


@dataclass(frozen=True, slots=True)
class Scope:
    """What a digest is of: exactly these units under one name, what a rating is worth, and which seasons they have."""

    name: str
    units: tuple[str, ...]
    weights: Weights
    seasons: tuple[Season, ...] = ()


def scope_of(org: Organization, unit: Unit, weights: Weights, seasons: tuple[Season, ...] = ()) -> Scope:
    """A unit and all below it."""
    return Scope(unit.name, org.below(unit.id), weights, seasons)


def collect(
    uow: UnitOfWork, org: Organization, scope: Scope, now: datetime, kind: str, spans: Sequence[Period]
) -> Digest:
    """The digest of a period; ``spans`` are it and the one it is compared with, in whole half days.

    Its rates are those that the analysis page shows of this period. No trouble that is counted here is confidential.
    """
    caught_up = catch_up(uow)
    covered, before = (span_of(one, now) for one in spans)
    found = _Counting(uow, org, scope, covered, before)
    present, earlier = found.counts(covered), found.counts(before)
    standing = uow.lists.counts(scope.units, "", now).values()
    return digest_of(
        kind,
        spans[0],
        Material(
            scope.name,
            now,
            categories=found.categories(),
            places=found.places(),
            closed=(present.count("troubles.closed"), earlier.count("troubles.closed")),
            open=sum(count for count, _ in standing),
            overdue=sum(late for _, late in standing),
            repeats=present.count("troubles.repeated"),
            praise=present.count("registered.nature.praise"),
            late=uow.lists.overdue(scope.units, now, SHOWN),
            rates={code: result.measure for code, result in found.due().results(scope.weights).items()},
            length=(covered.came - covered.since) * HALF_A_DAY,
            past=(covered.since - known_since(uow, found.parts, covered.since)) * HALF_A_DAY,
            units={unit: org.units[unit].name for unit in scope.units if unit in org.units},
            people={person.id: person.name for person in org.people.values()},
            spells=spells(scope.seasons, spans[0], counted(uow, found.parts, spans[0].zone)),
            behind=not caught_up,
        ),
    )


class _Counting:
    """The counts of one digest."""

    def __init__(self, uow: UnitOfWork, org: Organization, scope: Scope, covered: Span, before: Span) -> None:
        self._uow, self._org, self._scope, self._covered = uow, org, scope, covered
        self.parts: Parts = parts_of(org, scope.units)
        past = covered.since - 2 * PAST.days
        self._spans = (covered.since, covered.came), (before.since, before.came), (past, covered.since)

    def counts(self, span: Span) -> Sums:
        """What came in and was closed."""
        return Sums(sums_of(self._uow, self.parts, span.since, span.came, codes=COUNTED))

    def due(self) -> Sums:
        """What the rates are read from."""
        return Sums(sums_of(self._uow, self.parts, self._covered.since, self._covered.due))

    def categories(self) -> Counts:
        """What was heard by category."""
        return Counts(*(self._of_categories(*span) for span in self._spans))

    def _of_categories(self, since: int, until: int) -> Counter[Key]:
        found = by_category(self._uow, self.parts, since, until)
        return Counter({(category, "", ""): count for category, count in found.items()})

    def places(self) -> Counts:
        """What was heard by house, of units small enough to be read by ticket; by unit of what lies below a larger one."""
        units = [self._org.units[unit] for unit in self._scope.units if unit in self._org.units]
        of_span = self._of_houses if all(unit.level in SMALL for unit in units) else self._of_units
        return Counts(*(of_span(*span) for span in self._spans))

    def _of_houses(self, since: int, until: int) -> Counter[Key]:
        """By house, not by flat: nobody's home is to be read from a digest."""
        zone = self._covered.period.zone
        found = self._uow.loads.houses(self._scope.units, begin_of(since, zone), begin_of(until, zone))
        return Counter({("", spot.unit, spot.building): spot.count for spot in found})

    def _of_units(self, since: int, until: int) -> Counter[Key]:
        found = {unit: by_category(self._uow, {unit: 1}, since, until).total() for unit in self._right_below()}
        return Counter({("", unit, ""): count for unit, count in found.items() if count})

    def _right_below(self) -> Iterator[str]:
        """The units right below the topmost ones; a small topmost one itself."""
        own = set(self._scope.units)
        for top in (self._org.units[unit] for unit, sign in self.parts.items() if sign > 0):
            below = [one.id for one in children_of(self._org, top.id) if one.id in own]
            yield from below if below and top.level not in SMALL else [top.id]
