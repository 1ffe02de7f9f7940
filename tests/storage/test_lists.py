"""The lists over many tickets: filtered, page by page, each by an index."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from bot.domain.states import CALLBACK, CLOSED, DISPATCHED, IN_PROGRESS, NOT_ACCEPTED, OPEN, STATES
from bot.ports import Position, Wanted
from storage.lists import (
    BY_CATEGORY,
    BY_OPEN,
    BY_STATE,
    BY_STEWARD,
    BY_TIME,
    COUNTED,
    NEWEST_FIRST,
    OVERDUE,
    _condition,
)
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, a_ticket, opened

ALL = Wanted(("grid-1", "grid-2"), STATES)


def ids(uow: SqliteUnitOfWork, wanted: Wanted, after: Position | None = None, limit: int = 100) -> list[str]:
    """The ids of a page."""
    return [ticket.id for ticket in uow.lists.page(wanted, after, limit)]


def pages(uow: SqliteUnitOfWork, wanted: Wanted, size: int) -> Iterator[list[str]]:
    """Page after page until there is none."""
    after = None
    while found := uow.lists.page(wanted, after, size):
        yield [ticket.id for ticket in found]
        after = Position(found[-1].created_at, found[-1].id)


def fill(uow: SqliteUnitOfWork, count: int = 12) -> None:
    """Tickets in two units, three told at each instant."""
    for n in range(count):
        at = NOW + timedelta(hours=n // 3)
        opened(uow, f"t{n:02}", unit=f"grid-{n % 2 + 1}", created_at=at)


def test_the_newest_come_first_and_only_of_these_units(uow: SqliteUnitOfWork) -> None:
    fill(uow, 4)
    opened(uow, "elsewhere", unit="grid-9")

    assert ids(uow, ALL) == ["t03", "t02", "t01", "t00"]
    assert ids(uow, replace(ALL, units=("grid-2",))) == ["t03", "t01"]
    assert ids(uow, replace(ALL, units=())) == []


@pytest.mark.parametrize("size", [1, 2, 5, 12, 13])
def test_pages_show_every_ticket_once(uow: SqliteUnitOfWork, size: int) -> None:
    fill(uow)

    found = list(pages(uow, ALL, size))

    assert [one for page in found for one in page] == [f"t{n:02}" for n in reversed(range(12))]
    assert all(len(page) == size for page in found[:-1])


def test_what_comes_in_while_somebody_reads_moves_nothing(uow: SqliteUnitOfWork) -> None:
    fill(uow)
    first = uow.lists.page(ALL, None, 5)
    opened(uow, "t99", created_at=NOW + timedelta(days=1))

    rest = ids(uow, ALL, Position(first[-1].created_at, first[-1].id))

    assert [ticket.id for ticket in first] + rest == [f"t{n:02}" for n in reversed(range(12))]


@pytest.mark.parametrize(
    ("change", "found"),
    [
        ({"nature": "complaint"}, ["t1"]),
        ({"category": "noise"}, ["t2"]),
        ({"steward": "wu"}, ["t3"]),
        ({"states": (CLOSED,)}, ["t4"]),
        ({"states": (IN_PROGRESS, CALLBACK)}, ["t3"]),
        ({"overdue_at": NOW}, ["t2"]),
        ({"overdue_at": NOW, "states": (CLOSED,)}, []),
        ({"states": ()}, []),
        ({"overdue_at": NOW, "steward": "wang"}, ["t2"]),
        ({"since": NOW + timedelta(hours=1), "until": NOW + timedelta(hours=3)}, ["t2", "t1"]),
        ({"steward": "wang", "units": ("grid-2",)}, []),
        ({"states": (DISPATCHED, CLOSED), "category": "noise"}, ["t2"]),
        ({"states": (NOT_ACCEPTED,)}, ["t5"]),
    ],
)
def test_each_filter_alone(uow: SqliteUnitOfWork, change: dict[str, object], found: list[str]) -> None:
    late, soon = NOW - timedelta(hours=1), NOW + timedelta(hours=1)
    at = {n: NOW + timedelta(hours=n) for n in range(1, 5)}
    opened(uow, "t1", nature="complaint", created_at=at[1], due_at=soon)
    opened(uow, "t2", category="noise", created_at=at[2], due_at=late)
    signed = opened(uow, "t3", created_at=at[3], due_at=soon)
    signed.sign("wu", NOW)
    uow.tickets.save(signed)
    closed = opened(uow, "t4", created_at=at[4], due_at=late)
    closed.sign("sun", NOW)
    closed.close("resolved", NOW)
    uow.tickets.save(closed)
    refused = opened(uow, "t5", created_at=NOW)
    refused.refuse_acceptance("wang", NOW, "不归社区管")
    uow.tickets.save(refused)

    assert ids(uow, replace(ALL, **change)) == found  # type: ignore[arg-type]


def test_praise_and_what_nobody_was_given_are_told_apart(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1", nature="praise")
    answered = opened(uow, "t2", nature="inquiry")
    answered.dispatched_at = None
    uow.tickets.save(answered)

    assert ids(uow, ALL) == ["t2"]
    assert ids(uow, replace(ALL, nature="praise")) == ["t1"]
    assert ids(uow, replace(ALL, given=True)) == []


def test_confidential_tickets_and_candidates_are_on_no_list(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1", confidential=True, nature="report", due_at=NOW - timedelta(days=1))
    uow.tickets.add(a_ticket("t2"))

    for wanted in (ALL, replace(ALL, states=tuple(OPEN)), replace(ALL, steward="wang"), replace(ALL, overdue_at=NOW)):
        assert ids(uow, wanted) == []


def test_what_was_merged_into_a_ticket_is_found(uow: SqliteUnitOfWork) -> None:
    parent = opened(uow, "t1")
    for name, secret in (("t2", False), ("t3", False), ("t4", True)):
        child = opened(uow, name, confidential=secret)
        child.merge_into(parent, NOW, "wang")
        uow.tickets.save(child)

    assert [ticket.id for ticket in uow.lists.merged("t1")] == ["t2", "t3"]


def test_a_number_names_a_ticket_within_its_year_and_root(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1")

    found = uow.lists.numbered("town", 2026, 1)

    assert found is not None
    assert found.id == "t1"
    assert uow.lists.numbered("town", 2025, 1) is None
    assert uow.lists.numbered("village", 2026, 1) is None


@pytest.mark.parametrize(
    ("start", "values", "index", "sorts"),
    [
        (BY_TIME, ["grid-1"], "ix_ticket_listing", False),
        (BY_STATE, ["grid-1"], "ix_ticket_unit", True),  # few, sorted
        (BY_CATEGORY, ["grid-1"], "ix_ticket_listing_category", False),
        (BY_OPEN, ["grid-1"], "ix_ticket_listing_open", False),
        (BY_STEWARD, ["wang", "[]"], "ix_ticket_listing_steward", False),
    ],
)
def test_every_page_is_read_from_an_index(
    uow: SqliteUnitOfWork, start: str, values: list[object], index: str, sorts: bool
) -> None:
    wanted = replace(ALL, since=NOW, until=NOW, nature="help", category="noise", states=(DISPATCHED, CLOSED))
    condition, more = _condition(wanted, Position(NOW, "t1"), wanted.states)
    rows = uow.connection.execute(f"EXPLAIN QUERY PLAN {start}{condition}{NEWEST_FIRST}", [*values, *more, 50])

    plan = " / ".join(row[-1] for row in rows)

    assert f"SEARCH ticket USING INDEX {index} " in plan or f"USING COVERING INDEX {index} " in plan
    assert ("TEMP B-TREE" in plan) is sorts
    assert "SCAN ticket" not in plan
    if not sorts:
        assert "created_at" in plan  # the span is sought, not walked through


def test_merged_tickets_are_found_by_an_index(uow: SqliteUnitOfWork) -> None:
    rows = uow.connection.execute(
        "EXPLAIN QUERY PLAN SELECT id FROM ticket WHERE merged_into = 't1' AND confidential = 0"
    )

    assert "ix_ticket_merged" in " ".join(row[-1] for row in rows)


def test_open_ones_are_counted_by_state_without_reading_closed_ones(uow: SqliteUnitOfWork) -> None:
    late = NOW - timedelta(hours=1)
    uow.tickets.add(a_ticket("t1", state=DISPATCHED, due_at=late))
    uow.tickets.add(a_ticket("t2", state=DISPATCHED, category="noise", due_at=NOW))
    uow.tickets.add(a_ticket("t3", state=CALLBACK, unit="grid-2", due_at=late))
    uow.tickets.add(a_ticket("t4", state=DISPATCHED, confidential=True))
    uow.tickets.add(a_ticket("t5", state=CLOSED))
    uow.tickets.add(a_ticket("t6"))
    uow.tickets.add(a_ticket("t7", state=DISPATCHED, unit="grid-9"))

    assert uow.lists.counts(["grid-1", "grid-2", "grid-1"], "", NOW) == {DISPATCHED: (2, 1), CALLBACK: (1, 0)}
    assert uow.lists.counts(["grid-1"], "noise", NOW) == {DISPATCHED: (1, 0)}
    assert uow.lists.counts([], "", NOW) == {}
    plan = uow.connection.execute(f"EXPLAIN QUERY PLAN {COUNTED}", [0, "grid-1", "", ""])
    assert "INDEX ix_ticket_listing_open (unit=?)" in " ".join(row[-1] for row in plan)


def test_the_longest_overdue_are_read_from_what_is_open(uow: SqliteUnitOfWork) -> None:
    for number, hours in enumerate((1, 3, 2, -1)):
        opened(uow, f"t{number}", due_at=NOW - timedelta(hours=hours))
    opened(uow, "t4", due_at=NOW - timedelta(days=9), confidential=True)
    opened(uow, "t5", due_at=NOW - timedelta(days=9), unit="grid-9")
    uow.tickets.add(a_ticket("t6", state=CALLBACK, due_at=NOW - timedelta(days=9)))

    assert [one.id for one in uow.lists.overdue(["grid-1", "grid-2"], NOW, 2)] == ["t1", "t2"]
    assert [one.id for one in uow.lists.overdue(["grid-1"], NOW, 9)] == ["t1", "t2", "t0"]
    assert uow.lists.overdue([], NOW, 9) == []
    plan = uow.connection.execute(f"EXPLAIN QUERY PLAN {OVERDUE}", ["[]", "[]", 0, 3])
    assert "INDEX ix_ticket_listing_open (unit=?)" in " ".join(row[-1] for row in plan)
