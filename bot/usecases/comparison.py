"""How the units right below one compare in a rate: on the desk of who commands them all, where the settings allow it.

Never in a group: nothing that speaks uses this (domain.md 6.2, product.md §7).
"""

from bot.domain.org import Organization
from bot.domain.rates.ranking import Entry, League, leagues
from bot.domain.rates.registry import rates
from bot.domain.rates.scoring import Scoring
from bot.domain.summed import Sums
from bot.ports import Sum, UnitOfWork
from bot.usecases.analysis import Span, children_of


def compare(
    uow: UnitOfWork, org: Organization, unit: str, span: Span, code: str, scoring: Scoring
) -> tuple[League, ...]:
    """The children of a unit by a rate's code, in their leagues: one class and band of workload each.

    A unit's workload is what was registered there in the period. Raises ``KeyError`` for a code that is no rate.
    """
    rate = {rate.code: rate for rate in rates(scoring.satisfaction)}[code]
    children = children_of(org, unit)
    ids = [child.id for child in children]
    due = _by_unit(uow.facts.children(ids, span.since, span.due))
    came = _by_unit(uow.facts.children(ids, span.since, span.came, ["registered"]))
    entries = []
    for child in children:
        measure = Sums(due.get(child.id, ())).results(scoring.satisfaction)[code].measure
        workload = Sums(came.get(child.id, ())).count("registered")
        entries.append(Entry(child.id, child.level, workload, measure.value, measure.n))
    return leagues(entries, scoring.fairness, higher_is_better=rate.higher_is_better)


def _by_unit(sums: list[Sum]) -> dict[str, list[Sum]]:
    found: dict[str, list[Sum]] = {}
    for one in sums:
        found.setdefault(one.unit, []).append(one)
    return found
