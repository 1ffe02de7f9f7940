"""All rates in one tuple, so that pages, exports and tests can walk them one way."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial

from bot.domain.facts import TicketFacts
from bot.domain.periods import Period
from bot.domain.rates import cohorts, excluded, formulas
from bot.domain.rates.excluded import Exclusion
from bot.domain.rates.formulas import Formula, Weights
from bot.domain.rates.measure import Measure

Cohort = Callable[[TicketFacts, Period], bool]


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate: its code, what it counts, of which tickets, without which, and which way is better."""

    code: str
    formula: Formula
    cohort: Cohort
    exclusions: tuple[Exclusion, ...]
    higher_is_better: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """A rate of a period, with what an auditor asks: counted + excluded = cohort, in tickets.

    ``measure.n`` is tickets, too, but for votes in ``satisfied``. ``excluded`` are (reason code, tickets), none of them 0.
    """

    code: str
    measure: Measure
    cohort: int
    counted: int
    excluded: tuple[tuple[str, int], ...] = ()


def rates(weights: Weights) -> tuple[Rate, ...]:
    """Every rate of product.md §7 and domain.md 6.2; ``weights`` say what a rating is worth in ``satisfied``."""
    satisfied = partial(formulas.satisfied, weights=weights)
    return (
        Rate("signed", formulas.signed, cohorts.dispatched, excluded.SIGN_LIMIT),
        Rate("contacted", formulas.contacted, cohorts.dispatched, excluded.CONTACT_LIMIT),
        Rate("contacted_callback", formulas.contacted_callback, cohorts.asked_of_somebody, excluded.UNANSWERED),
        Rate("closed", formulas.closed, cohorts.due, excluded.ON_HOLD_TOO),
        Rate("on_time", formulas.on_time, cohorts.limited, excluded.ON_HOLD_TOO),
        Rate("on_time_original", formulas.on_time_original, cohorts.first_limited, excluded.STANDING),
        Rate("solved", formulas.solved, cohorts.asked, excluded.UNANSWERED),
        Rate("satisfied", satisfied, cohorts.asked, excluded.UNRATED),
        Rate("reworked", formulas.reworked, cohorts.done, excluded.STANDING, higher_is_better=False),
        Rate("first_time", formulas.first_time, cohorts.done, excluded.STANDING),
        Rate("returned", formulas.returned, cohorts.first_dispatched, excluded.STANDING, higher_is_better=False),
        Rate("extended", formulas.extended, cohorts.first_dispatched, excluded.STANDING, higher_is_better=False),
        Rate("held", formulas.held, cohorts.first_dispatched, excluded.STANDING, higher_is_better=False),
        Rate("asked", formulas.asked, cohorts.closed, excluded.STANDING),
        Rate("reached", formulas.reached, cohorts.asked, excluded.WAITING),
        Rate("repeated", formulas.repeated, cohorts.due, excluded.STANDING, higher_is_better=False),
    )


def compute(rate: Rate, tickets: Iterable[TicketFacts], period: Period) -> Result:
    """One rate of a period. A period that still runs is to be cut first (``Period.so_far``)."""
    cohort = [ticket for ticket in tickets if rate.cohort(ticket, period)]
    counted, left = excluded.split(cohort, rate.exclusions)
    return Result(rate.code, rate.formula(counted), len(cohort), len(counted), left)


def compute_all(every: Iterable[Rate], tickets: Iterable[TicketFacts], period: Period) -> dict[str, Result]:
    """Rates of a period by code, in their order."""
    known = list(tickets)
    return {rate.code: compute(rate, known, period) for rate in every}
