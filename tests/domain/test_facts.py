"""A ticket in numbers: what rates ask of it, and nothing that names anybody."""

from dataclasses import asdict, fields
from datetime import UTC, datetime, timedelta

import pytest

from bot.domain.facts import Ballot, TicketFacts, facts_of
from bot.domain.poll import Vote, outcome, vote
from bot.domain.ticket import Ticket

START = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)
REPORTER, OTHER = "web:zhang", "web:li"
HOUR = timedelta(hours=1)


def ticket() -> Ticket:
    found = Ticket(
        "t1", "secret", "root", "grid", "web:room", REPORTER, START, title="化粪池又堵了", reporter_name="张三"
    )
    found.register(12, 2026, START, "bot")
    found.dispatch("wang", START)
    found.set_limits(START + HOUR, START + 2 * HOUR, START + 24 * HOUR)
    return found


def done() -> Ticket:
    found = ticket()
    found.follow(OTHER, START)
    found.sign("wang", START + HOUR)
    found.contact("wang", START + HOUR)
    found.finish("wang", START + 3 * HOUR, "通了")
    found.poll(START + 3 * HOUR)
    return found


def ballot(account: str, rating: int | None, solved: bool | None = None, round_: int = 1) -> Vote:
    return vote(account, round_, START, rating, solved, words=account == OTHER)


def test_facts_have_the_fields_of_the_ticket_under_the_same_names() -> None:
    found, facts = done(), facts_of(done())
    same = {f.name for f in fields(TicketFacts)} - {"voices", "repeat", "ballots"}
    assert {name: getattr(facts, name) for name in same} == {name: getattr(found, name) for name in same}
    assert (facts.voices, facts.repeat, facts.ballots) == (2, False, ())


def test_facts_name_nobody() -> None:
    said = repr(asdict(facts_of(done(), [ballot(REPORTER, 5)])))
    assert not any(word in said for word in ("张三", "化粪池", "zhang", "wang", "secret"))


def test_only_the_last_round_of_votes_counts() -> None:
    found = done()
    found.rework(START + 4 * HOUR, REPORTER)
    found.finish("wang", START + 5 * HOUR, "又通了")
    found.poll(START + 5 * HOUR)
    facts = facts_of(found, [ballot(REPORTER, 1), ballot(REPORTER, 5, round_=2), ballot(OTHER, 4, round_=2)])
    assert facts.ballots == (Ballot(5, True, by_reporter=True), Ballot(4, True, from_words=True))


def test_a_repeat_is_one_of_another_ticket() -> None:
    found = ticket()
    found.repeat_of = "t0"
    assert facts_of(found).repeat


def test_a_rework_proves_that_it_was_done() -> None:
    found = ticket()
    assert not facts_of(found).was_done
    again = done()
    again.rework(START + 4 * HOUR, REPORTER)
    assert facts_of(again).done_at is None
    assert facts_of(again).was_done


def test_what_was_closed_without_being_done_is_finished_then() -> None:
    assert facts_of(ticket()).finished_at is None
    assert facts_of(done()).finished_at == START + 3 * HOUR
    referred = ticket()
    referred.sign("wang", START)
    referred.close("referred", START + 2 * HOUR)
    assert facts_of(referred).finished_at == START + 2 * HOUR


@pytest.mark.parametrize("mine", [None, (5, None), (5, False), (3, True), (None, False)])
@pytest.mark.parametrize("others", [[], [1], [5, 1], [5, 5, 1], [5, 5, 5, 1]])
def test_solved_is_what_does_not_go_to_rework(mine: tuple[int | None, bool | None] | None, others: list[int]) -> None:
    votes = [ballot(f"web:{n}", rating) for n, rating in enumerate(others)]
    if mine is not None:
        votes.append(ballot(REPORTER, *mine))
    assert facts_of(done(), votes).is_said_solved == (bool(votes) and outcome(votes, REPORTER) != "rework")
