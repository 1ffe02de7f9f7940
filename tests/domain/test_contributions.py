"""What a ticket adds to the sums: read back they are the rates and the funnel of the tickets themselves."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from bot.domain import states
from bot.domain.contributions import contributions
from bot.domain.facts import facts_of
from bot.domain.halfdays import half_day
from bot.domain.periods import KINDS, Period, period_at
from bot.domain.poll import RATINGS, Vote
from bot.domain.rates.funnel import funnel
from bot.domain.rates.measure import EMPTY
from bot.domain.rates.registry import compute, compute_all, rates
from bot.domain.summed import Sums, codes_of
from bot.domain.ticket import Ticket
from tests.domain.clockwork import SHANGHAI

WEIGHTS = dict(zip(RATINGS, (Fraction(1), Fraction(1), Fraction(9, 10), Fraction(0), Fraction(0)), strict=True))
RATES = rates(WEIGHTS)
START = datetime(2026, 5, 1, tzinfo=UTC)
INSTANTS = st.integers(0, 100 * 24).map(lambda hours: START + timedelta(hours=hours))
MAYBE = st.none() | INSTANTS
Story = tuple[Ticket, list[Vote]]


@dataclass(frozen=True)
class Total:
    """A sum over tickets and half days."""

    code: str
    part: int
    whole: int
    excluded: int


@st.composite
def stories(draw: st.DrawFn) -> Story:
    """A ticket in any condition, also such as never occur: sums have to be right whatever is stored."""
    ticket = Ticket("t", "p", "town", "grid", "web:g", "web:zhang", draw(INSTANTS))
    ticket.nature = draw(st.sampled_from(states.NATURES))
    ticket.category = draw(st.sampled_from(states.CATEGORIES[:3]))
    ticket.source, ticket.confidential = draw(st.sampled_from(["group", states.SWEEP])), draw(st.booleans())
    ticket.state = draw(st.sampled_from(states.STATES))
    ticket.close_reason = draw(st.none() | st.sampled_from(states.CLOSE_REASONS))
    for name in ("registered", "dispatched", "signed", "first_contact", "done", "polled", "closed"):
        setattr(ticket, f"{name}_at", draw(MAYBE))
    for name in ("sign_due_at", "contact_due_at", "due_at", "original_due_at"):
        setattr(ticket, name, draw(MAYBE))
    ticket.rework_count, ticket.return_count, ticket.extension_count = draw(st.tuples(*[st.integers(0, 2)] * 3))
    ticket.repeat_of, ticket.poll_round = draw(st.none() | st.just("t0")), 1
    ratings = draw(st.lists(st.none() | st.sampled_from(RATINGS), max_size=4))
    voters = ("web:zhang", "web:li", "web:wu", "web:xu")
    votes = [Vote(who, 1, START, rating, draw(st.booleans())) for who, rating in zip(voters, ratings, strict=False)]
    return ticket, votes


def summed(tickets: Iterable[Story], span: Period) -> Sums:
    """The sums of a period's half days."""
    numbers: Counter[tuple[str, str]] = Counter()
    wanted = range(half_day(span.start, SHANGHAI), half_day(span.end, SHANGHAI))
    for ticket, votes in tickets:
        for slot, part, whole, excluded, code in contributions(ticket, votes, SHANGHAI):
            if slot in wanted:
                numbers.update({(code, "part"): part, (code, "whole"): whole, (code, "excluded"): excluded})
    codes = {code for code, _ in numbers}
    return Sums(Total(c, *(numbers[c, what] for what in ("part", "whole", "excluded"))) for c in codes)


@given(st.lists(stories(), max_size=12), st.sampled_from(KINDS), INSTANTS)
def test_rates_from_sums_are_the_rates_of_the_tickets(tickets: list[Story], kind: str, at: datetime) -> None:
    span = period_at(kind, at, SHANGHAI)
    facts = [facts_of(*story) for story in tickets]

    assert summed(tickets, span).results(WEIGHTS) == compute_all(RATES, facts, span)


@given(st.lists(stories(), max_size=12), st.sampled_from(KINDS), INSTANTS)
def test_the_funnel_from_sums_is_that_of_the_tickets(tickets: list[Story], kind: str, at: datetime) -> None:
    span = period_at(kind, at, SHANGHAI)
    categories = Counter(t.category for t, _ in tickets if t.registered_at and t.created_at in span)

    wanted = funnel(99, [facts_of(*story) for story in tickets], span)
    assert summed(tickets, span).funnel(99, categories.items()) == wanted


@given(st.lists(stories(), max_size=12), st.sampled_from(KINDS), INSTANTS)
def test_counts_are_those_of_the_period(tickets: list[Story], kind: str, at: datetime) -> None:
    span = period_at(kind, at, SHANGHAI)
    sums = summed(tickets, span)

    assert sums.count("created") == sum(ticket.created_at in span for ticket, _ in tickets)
    assert sums.count("registered") == sum(ticket.registered_at in span for ticket, _ in tickets)
    assert sum(n for _, n in sums.below("registered.nature.")) == sums.count("registered")
    assert sum(n for _, n in sums.below("registered.source.")) == sums.count("registered")
    assert sums.count("closed") == sum(t.closed_at in span for t, _ in tickets if t.state == states.CLOSED)
    assert sum(n for _, n in sums.below("closed.reason.")) == sums.count("closed")


@given(st.lists(stories(), max_size=12), st.sampled_from(KINDS), INSTANTS)
def test_troubles_are_neither_praise_nor_own_tasks_nor_taken_back_nor_confidential(
    tickets: list[Story], kind: str, at: datetime
) -> None:
    span = period_at(kind, at, SHANGHAI)
    sums = summed(tickets, span)
    troubles = [
        ticket
        for ticket, _ in tickets
        if not (ticket.nature == "praise" or ticket.source in states.OWN_TASKS or ticket.confidential)
        and ticket.state != states.WITHDRAWN
    ]

    heard = [ticket for ticket in troubles if ticket.registered_at in span]
    assert sums.count("troubles") == len(heard)
    assert sums.count("troubles.repeated") == sum(ticket.repeat_of is not None for ticket in heard)
    assert sums.count("troubles.closed") == sum(t.closed_at in span for t in troubles if t.state == states.CLOSED)


@given(st.lists(stories(), max_size=12), INSTANTS)
def test_a_few_codes_are_enough_to_compare_a_rate(tickets: list[Story], at: datetime) -> None:
    span = period_at("month", at, SHANGHAI)
    facts, every = [facts_of(*story) for story in tickets], summed(tickets, span)
    for rate in RATES:
        few = Sums(row for code in codes_of([rate.code]) if (row := every.row(code)))
        found, wanted = few.results(WEIGHTS)[rate.code], compute(rate, facts, span)
        assert (found.measure, found.cohort, found.counted) == (wanted.measure, wanted.cohort, wanted.counted)


def test_nothing_summed_is_nothing_to_measure() -> None:
    found = Sums([]).results(WEIGHTS)
    assert {result.measure.text for result in found.values()} == {EMPTY}
    assert [*found] == [rate.code for rate in RATES]


def test_a_candidate_is_heard_of_and_has_no_rate() -> None:
    ticket = Ticket("t", "p", "town", "grid", "web:g", "web:zhang", START)
    codes = [code for *_, code in contributions(ticket, [], SHANGHAI)]
    assert codes == ["created", "created.nature.help", "created.source.group"]
