"""Whatever happens to tickets, in whatever order: the sums that were kept are those of a fresh count."""

import itertools
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.domain.errors import DomainError
from bot.domain.facts import facts_of
from bot.domain.halfdays import half_day
from bot.domain.org import Organization, Unit
from bot.domain.periods import period_at
from bot.domain.poll import Vote
from bot.domain.rates.registry import compute_all
from bot.domain.summed import Sums
from bot.domain.ticket import Ticket
from bot.ports import Sum
from storage.open import Storage, open_storage
from storage.unit_of_work import SqliteUnitOfWork
from tests.domain.test_contributions import RATES, WEIGHTS
from tests.fakes import new_database
from tests.storage.making import DAY, NOW, opened

SHANGHAI = ZoneInfo("Asia/Shanghai")
UNITS = ("grid-1", "grid-2", "community", "gone")
IDS = ("t1", "t2", "t3", "t4")
VOTERS = ("web:zhang", "web:li", "web:wu")
Act = Callable[[SqliteUnitOfWork, Ticket, int], object]


def _move_due(_uow: SqliteUnitOfWork, ticket: Ticket, n: int) -> None:
    ticket.set_limits(NOW, NOW + DAY, NOW + n * DAY)


def _finish(_uow: SqliteUnitOfWork, ticket: Ticket, n: int) -> None:
    ticket.finish("wang", NOW + n * DAY, "好了")
    ticket.poll(NOW + n * DAY)


def _vote(uow: SqliteUnitOfWork, ticket: Ticket, n: int) -> None:
    vote = Vote(VOTERS[n % 3], max(1, ticket.poll_round), NOW, 1 + n % 5, n % 2 == 0)
    uow.polls.put(ticket.id, vote)


def _merge(uow: SqliteUnitOfWork, ticket: Ticket, n: int) -> None:
    other = uow.tickets.get(IDS[n % len(IDS)])
    if other is not None and other.id != ticket.id:
        ticket.merge_into(other, NOW + n * DAY, "wang")
        uow.tickets.save(other)


def _sort(_uow: SqliteUnitOfWork, ticket: Ticket, n: int) -> None:
    ticket.category, ticket.nature = ("noise", "drainage")[n % 2], ("help", "praise")[n % 2]


def _place(_uow: SqliteUnitOfWork, ticket: Ticket, n: int) -> None:
    ticket.unit = UNITS[n % len(UNITS)]


ACTS: dict[str, Act] = {
    "sign": lambda _uow, t, n: t.sign("wang", NOW + n * DAY),
    "contact": lambda _uow, t, n: t.contact("wang", NOW + n * DAY),
    "transfer": lambda _uow, t, n: t.transfer("wang", "li", NOW + n * DAY),
    "due": _move_due,
    "finish": _finish,
    "vote": _vote,
    "close": lambda _uow, t, n: t.close("resolved", NOW + n * DAY),
    "rework": lambda _uow, t, n: t.rework(NOW + n * DAY, "web:zhang"),
    "withdraw": lambda _uow, t, n: t.withdraw(NOW + n * DAY, "web:zhang"),
    "merge": _merge,
    "sort": _sort,
    "place": _place,
    "erase": lambda uow, _t, n: uow.words.erase_account(VOTERS[n % 3]),
    "forget": lambda uow, t, _n: uow.erasure.pseudonymise(t.id),
}
STEPS = st.tuples(st.sampled_from([*ACTS, "count", "import", "fail"]), st.sampled_from(IDS), st.integers(0, 40))


def organization(turn: int) -> Organization:
    """The community stands here or there; sometimes a grid is gone, or lives by another clock."""
    units = [Unit("a", "a", "street"), Unit("b", "b", "street"), Unit("community", "c", "community", "ab"[turn % 2])]
    units += [Unit("grid-1", "1", "grid", "community" if turn % 3 else "b")]
    units += [Unit("grid-2", "2", "grid", "community", timezone="Asia/Urumqi" if turn % 5 == 4 else "Asia/Shanghai")]
    return Organization({unit.id: unit for unit in units[: 4 if turn % 7 == 6 else 5]})


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Storage]:
    """One database: each history is taken back."""
    path: Path = new_database(tmp_path_factory.mktemp("facts") / "town.db")
    with open_storage(path, "OFF") as storage:
        yield storage


def act(uow: SqliteUnitOfWork, name: str, ticket_id: str, n: int) -> None:
    """One thing that happens; what is not allowed does not."""
    if name == "count":
        uow.facts.catch_up(1 + n % 3)
    elif name == "import":
        uow.org.replace(organization(n))
    elif name == "fail":
        uow.mark()
        act(uow, [*ACTS][n % len(ACTS)], ticket_id, n)
        uow.facts.catch_up(n % 3)
        uow.undo()
    else:
        ticket = uow.tickets.get(ticket_id) or opened(uow, ticket_id)
        try:
            ACTS[name](uow, ticket, n)
        except DomainError:
            return
        if name not in {"erase", "forget", "vote"}:  # they write past the ticket
            uow.tickets.save(ticket)


def rows(uow: SqliteUnitOfWork, table: str) -> list[tuple[object, ...]]:
    return uow.connection.execute(f"SELECT * FROM {table} ORDER BY 1, 2, 3, 4").fetchall()  # noqa: S608 - our names


def caught_up(uow: SqliteUnitOfWork) -> tuple[list[tuple[object, ...]], ...]:
    """All that was counted in."""
    while uow.facts.catch_up(100):
        pass
    return rows(uow, "fact"), rows(uow, "fact_ticket")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(history=st.lists(STEPS, max_size=30))
def test_after_any_history_the_sums_are_those_of_a_fresh_count(
    shared: Storage, history: list[tuple[str, str, int]]
) -> None:
    uow = shared.uow
    uow.begin()
    try:
        uow.org.replace(organization(1))
        for name in ("sign", "finish", "vote"):  # where most can happen next
            act(uow, name, "t1", 0)
        for name, ticket_id, n in history:
            act(uow, name, ticket_id, n)
            assert uow.facts.verify() == []
        kept = caught_up(uow)
        assert uow.facts.verify() == []
        uow.facts.rebuild()
        assert caught_up(uow) == kept
        _rates_are_right(uow)
    finally:
        uow.rollback()


def _rates_are_right(uow: SqliteUnitOfWork) -> None:
    """Of all tickets that lie where the clock is Shanghai's, month by month."""
    tickets = [ticket for ticket in uow.tickets.all() if ticket.unit != "grid-2"]
    facts = [facts_of(ticket, uow.polls.votes(ticket.id, ticket.poll_round)) for ticket in tickets]
    for at, unit in itertools.product((NOW, NOW + 31 * DAY), {ticket.unit for ticket in tickets}):
        month = period_at("month", at, SHANGHAI)
        span = half_day(month.start, SHANGHAI), half_day(month.end, SHANGHAI)
        if unit in {"grid-1", "gone"}:
            own = [fact for fact in facts if fact.unit == unit]
            assert Sums(uow.facts.sums(unit, *span)).results(WEIGHTS) == compute_all(RATES, own, month)


@pytest.fixture
def town(uow: SqliteUnitOfWork) -> SqliteUnitOfWork:
    uow.org.replace(organization(1))
    return uow


def due_in(uow: SqliteUnitOfWork, month: int) -> Sum | None:
    """按时办结 of a month, at the street."""
    caught_up(uow)
    span = period_at("month", NOW + month * timedelta(days=30), SHANGHAI)
    slots = half_day(span.start, SHANGHAI), half_day(span.end, SHANGHAI)
    return next(iter(uow.facts.sums("b", *slots, codes=["rate.on_time"])), None)


def test_a_ticket_whose_due_date_moves_to_another_month_moves_along(town: SqliteUnitOfWork) -> None:
    ticket = opened(town)
    ticket.set_limits(NOW, NOW, NOW + 3 * DAY)
    town.tickets.save(ticket)
    first = due_in(town, 0)
    assert first is not None
    assert (first.part, first.whole, due_in(town, 1)) == (0, 1, None)

    ticket.set_limits(NOW, NOW, NOW + 33 * DAY)
    town.tickets.save(ticket)
    second = due_in(town, 1)
    assert second is not None
    assert (second.whole, due_in(town, 0)) == (1, None)


def test_a_merged_ticket_leaves_the_rate_and_is_published_as_left_out(town: SqliteUnitOfWork) -> None:
    first, second = opened(town, "t1"), opened(town, "t2")
    for ticket in (first, second):
        ticket.set_limits(NOW, NOW, NOW + 3 * DAY)
    second.merge_into(first, NOW, "wang")
    for ticket in (first, second):
        town.tickets.save(ticket)

    found = due_in(town, 0)
    assert found is not None
    assert (found.whole, found.excluded) == (1, 1)


def test_a_changed_vote_changes_the_rate(town: SqliteUnitOfWork) -> None:
    ticket = opened(town)
    ticket.sign("wang", NOW)
    _finish(town, ticket, 1)
    town.tickets.save(ticket)
    span = half_day(NOW, SHANGHAI) - 60, half_day(NOW, SHANGHAI) + 60
    seen = []
    for rating, solved in ((5, True), (1, False)):
        town.polls.put("t1", Vote("web:zhang", 1, NOW, rating, solved))
        caught_up(town)
        results = Sums(town.facts.sums("b", *span)).results(WEIGHTS)
        seen.append((results["solved"].measure.text, results["satisfied"].measure.text))

    assert seen == [("100.0 %", "100.0 %"), ("0.0 %", "0.0 %")]
    assert town.facts.verify() == []


@pytest.mark.parametrize("counted_in", [0, 9])
def test_a_crash_before_the_commit_leaves_the_sums_right(storage: Storage, counted_in: int) -> None:
    storage.desk.run(lambda uow: uow.org.replace(organization(1)))
    storage.desk.run(opened)
    storage.desk.run(lambda uow: uow.facts.catch_up(9))

    def crash(uow: SqliteUnitOfWork) -> None:
        ticket = uow.tickets.get("t1")
        assert ticket is not None
        ticket.withdraw(NOW, "web:zhang")
        uow.tickets.save(ticket)
        uow.facts.catch_up(counted_in)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        storage.desk.run(crash)

    assert storage.desk.run(lambda uow: (uow.facts.waiting(), uow.facts.verify())) == (0, [])
    storage.desk.run(lambda uow: uow.tickets.save(uow.tickets.get("t1")))
    assert storage.desk.run(lambda uow: uow.facts.waiting()) == 1
