"""The sums behind the owner's pages: what is counted in, once; what a change takes back; how they are read."""

import re
from zoneinfo import ZoneInfo

import pytest

from bot.domain.contributions import BY_CATEGORY
from bot.domain.halfdays import half_day
from bot.domain.org import Organization, Unit
from bot.domain.ticket import Ticket
from bot.ports import By, Sum
from storage.facts import BY
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, a_ticket, opened

SHANGHAI = ZoneInfo("Asia/Shanghai")
TODAY = half_day(NOW, SHANGHAI)
TOWN = {"street": None, "community": "street", "grid-1": "community", "grid-2": "community"}
ALWAYS = (TODAY - 800, TODAY + 800)


def organization(parents: dict[str, str | None]) -> Organization:
    """Units by their parents."""
    return Organization({id_: Unit(id_, id_, "grid", parent) for id_, parent in parents.items()})


@pytest.fixture
def town(uow: SqliteUnitOfWork) -> SqliteUnitOfWork:
    """A street, a community and two grids."""
    uow.org.replace(organization(TOWN))
    return uow


def whole(uow: SqliteUnitOfWork, unit: str, code: str, span: tuple[int, int] = ALWAYS) -> int:
    """A count, after catching up."""
    while uow.facts.catch_up(100):
        pass
    return sum(found.whole for found in uow.facts.sums(unit, *span, codes=[code]))


def closed(uow: SqliteUnitOfWork, id_: str = "t1", **fields: object) -> Ticket:
    """A ticket that was worked on and closed."""
    ticket = opened(uow, id_, **fields)
    ticket.sign("wang", NOW)
    ticket.close("resolved", NOW + DAY)
    uow.tickets.save(ticket)
    return ticket


def test_a_ticket_counts_at_its_unit_and_at_all_above(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    opened(town, "t2", unit="grid-2")

    assert [whole(town, unit, "registered") for unit in ("grid-1", "grid-2", "community", "street")] == [1, 1, 2, 2]
    assert town.facts.verify() == []


def test_what_has_not_changed_is_counted_in_once(town: SqliteUnitOfWork) -> None:
    ticket = opened(town)
    assert town.facts.catch_up(100) == 1
    assert town.facts.catch_up(100) == 0

    town.tickets.save(ticket)
    assert town.facts.catch_up(100) == 1
    assert whole(town, "street", "registered") == 1


def test_a_change_takes_back_what_was_added(town: SqliteUnitOfWork) -> None:
    ticket = closed(town)
    assert whole(town, "street", "closed.reason.resolved") == 1

    ticket.category, ticket.nature = "noise", "complaint"
    ticket.rework(NOW + 2 * DAY, "web:zhang")
    town.tickets.save(ticket)
    assert whole(town, "street", "closed") == 0
    assert whole(town, "street", "registered.nature.help") == 0
    assert whole(town, "street", "registered.nature.complaint") == 1
    by_category = town.facts.sums("street", *ALWAYS, by="category", codes=["registered"])
    assert by_category == [Sum("street", 0, "noise", "registered", 0, 1, 0)]
    assert town.facts.verify() == []


def test_nothing_is_left_of_a_sum_that_is_empty(town: SqliteUnitOfWork) -> None:
    ticket = closed(town)
    whole(town, "street", "closed")
    ticket.rework(NOW + 2 * DAY, "web:zhang")
    town.tickets.save(ticket)
    whole(town, "street", "closed")

    assert town.connection.execute("SELECT count(*) FROM fact WHERE sums LIKE '%\"closed%'").fetchone() == (0,)
    assert town.connection.execute("SELECT count(*) FROM fact WHERE sums IN ('', '{}')").fetchone() == (0,)


def test_a_bounded_bite_is_taken(town: SqliteUnitOfWork) -> None:
    town.facts.catch_up(2)  # from now on what is counted is counted by this program
    for number in range(5):
        opened(town, f"t{number}")

    assert [town.facts.catch_up(2) for _ in range(4)] == [2, 2, 1, 0]


def test_a_span_is_half_open_and_split_as_one_likes(town: SqliteUnitOfWork) -> None:
    for number in range(60):
        ticket = a_ticket(f"t{number}", created_at=NOW + number * DAY / 2)
        town.tickets.add(ticket)

    assert whole(town, "street", "created", (TODAY, TODAY + 60)) == 60
    assert whole(town, "street", "created", (TODAY + 1, TODAY + 59)) == 58
    assert whole(town, "street", "created", (TODAY + 1, TODAY + 1)) == 0
    each = town.facts.sums("street", TODAY + 3, TODAY + 40, by="slot", codes=["created"])
    assert [found.slot for found in each] == list(range(TODAY + 3, TODAY + 40))


def test_units_are_compared_side_by_side(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    for id_ in ("t2", "t3"):
        opened(town, id_, unit="grid-2")
    town.facts.catch_up(100)

    found = town.facts.children(["grid-1", "grid-2"], *ALWAYS, codes=["registered"])
    assert [(one.unit, one.whole) for one in found] == [("grid-1", 1), ("grid-2", 2)]


def test_what_is_open_is_counted_now(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    closed(town, "t2")
    town.tickets.add(a_ticket("t3", unit="grid-2"))

    found = town.facts.open_now(["grid-1", "grid-2"])
    assert found == [("grid-1", "dispatched", 1), ("grid-2", "candidate", 1)]


def test_a_job_that_failed_adds_nothing(town: SqliteUnitOfWork) -> None:
    ticket = opened(town)
    town.facts.catch_up(100)
    town.mark()
    ticket.sign("wang", NOW)
    ticket.close("resolved", NOW)
    town.tickets.save(ticket)
    town.undo()

    assert (town.facts.waiting(), town.facts.verify()) == (0, [])
    assert whole(town, "street", "closed") == 0
    again = town.tickets.get(ticket.id)
    assert again is not None
    again.sign("wang", NOW)
    again.close("resolved", NOW)
    town.tickets.save(again)
    assert whole(town, "street", "closed") == 1


def test_a_new_formula_counts_every_ticket_anew(town: SqliteUnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    opened(town)
    town.facts.catch_up(100)
    monkeypatch.setattr("storage.facts.VERSION", 99)
    monkeypatch.setattr("storage.counting.contributions", lambda *_: [])

    assert (town.facts.waiting(), town.facts.verify()) == (1, [])
    assert [town.facts.catch_up(100), town.facts.catch_up(100)] == [1, 0]


def test_they_fall_due_a_bite_at_a_time_with_what_changes_meanwhile(
    town: SqliteUnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    tickets = [opened(town, f"t{number}") for number in range(1, 8)]
    while town.facts.catch_up(3):
        pass
    monkeypatch.setattr("storage.facts.VERSION", 99)
    monkeypatch.setattr("storage.counting.contributions", lambda *_: [])

    assert town.facts.catch_up(3) == 3
    assert (town.facts.waiting(), town.facts.verify()) == (4, [])
    tickets[6].sign("wang", NOW)
    town.tickets.save(tickets[6])
    assert town.facts.waiting() == 5
    assert [town.facts.catch_up(3) for _ in range(3)] == [3, 2, 0]
    assert (town.facts.waiting(), town.facts.verify()) == (0, [])
    assert town.facts.sums("street", *ALWAYS) == []


def test_nothing_is_left_out_where_the_last_bite_is_full(
    town: SqliteUnitOfWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number in range(1, 7):
        opened(town, f"t{number}")
    town.facts.catch_up(9)
    monkeypatch.setattr("storage.facts.VERSION", 99)

    assert [town.facts.catch_up(3) for _ in range(3)] == [3, 3, 0]
    assert (town.facts.waiting(), town.facts.catch_up(3)) == (0, 0)


def test_all_is_counted_again_after_a_rebuild(town: SqliteUnitOfWork) -> None:
    closed(town)
    before = whole(town, "street", "closed")
    town.facts.rebuild()

    assert town.facts.sums("street", *ALWAYS) == []
    assert whole(town, "street", "closed") == before == 1
    assert town.facts.verify() == []


@pytest.mark.parametrize(
    ("planted", "told"),
    [
        ("UPDATE fact SET sums = json_set(sums, '$.closed', 2) "
         "WHERE unit = 'street' AND sums LIKE '%\"closed\"%' AND category = '' AND slot > 0",
         "street，2026-05-07 起两周，closed：汇总的分母差 +1"),
        ("UPDATE fact SET sums = json_set(sums, '$.closed:part', 3) "
         "WHERE unit = 'street' AND sums LIKE '%\"closed\"%' AND category <> '' AND slot < 0",
         "分日、分类或小计对不上"),
        ("UPDATE fact SET slot = slot + 1 WHERE unit = 'grid-1' AND sums LIKE '%\"closed\"%' AND slot > 0",
         "分日、分类或小计对不上"),
        ("DELETE FROM fact WHERE unit = 'community' AND sums LIKE '%\"created\"%'", "community"),
        ("INSERT INTO fact VALUES ('nowhere', 41000, 'noise', '{\"closed\":2}')", "nowhere"),
        ("DELETE FROM fact_ticket", "工单 t1：计入汇总的与工单现状不符"),
        ("UPDATE ticket SET nature = 'wish'", "工单 t1：计入汇总的与工单现状不符"),
    ],
)  # fmt: skip
def test_a_planted_error_is_noticed(town: SqliteUnitOfWork, planted: str, told: str) -> None:
    closed(town)
    town.facts.catch_up(100)
    assert town.facts.verify() == []

    town.connection.execute(planted)
    faults = town.facts.verify()
    assert any(told in fault for fault in faults), faults


def test_a_unit_that_is_moved_takes_its_sums_along(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    opened(town, "t2", unit="grid-2")
    assert whole(town, "community", "registered") == 2

    town.org.replace(organization(TOWN | {"other": None, "grid-1": "other"}))
    assert town.facts.verify() == [], "moved tickets wait to be counted in"
    counted = {unit: whole(town, unit, "registered") for unit in ("street", "community", "other", "grid-1", "grid-2")}
    assert counted == {"street": 1, "community": 1, "other": 1, "grid-1": 1, "grid-2": 1}
    assert town.facts.verify() == []


def test_a_community_that_is_moved_takes_its_grids_along(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    whole(town, "street", "registered")

    town.org.replace(organization(TOWN | {"other": None, "community": "other"}))
    assert (whole(town, "street", "registered"), whole(town, "other", "registered")) == (0, 1)


def test_an_import_that_moves_nothing_counts_nothing_anew(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    whole(town, "street", "registered")

    town.org.replace(organization(TOWN))
    assert town.facts.catch_up(100) == 0


def test_tickets_of_a_unit_that_is_no_more_stay_counted_there(town: SqliteUnitOfWork) -> None:
    opened(town, "t1")
    whole(town, "street", "registered")

    town.org.replace(organization({"street": None}))
    assert (whole(town, "street", "registered"), whole(town, "grid-1", "registered")) == (0, 1)
    assert town.facts.verify() == []


def test_what_waits_to_be_counted_in_is_no_fault(town: SqliteUnitOfWork) -> None:
    ticket = opened(town)
    town.facts.catch_up(100)
    ticket.category = "noise"
    town.tickets.save(ticket)

    assert town.facts.verify() == []


@pytest.mark.parametrize("by", ["", "category", "slot"])
def test_pages_read_by_the_key(uow: SqliteUnitOfWork, by: By) -> None:
    rows = uow.connection.execute(f"EXPLAIN QUERY PLAN {BY[by]}", ["unit", "[]"]).fetchall()
    plan = [row[3] for row in rows if "json_each" not in row[3]]

    wanted = "category>?" if by == "category" else "category=?"
    assert any(f"SEARCH fact USING PRIMARY KEY (unit=? AND slot=? AND {wanted}" in step for step in plan), plan
    assert not any(step.startswith("SCAN fact") for step in plan)


def test_some_codes_are_told_of_each_category_and_the_rest_of_all(town: SqliteUnitOfWork) -> None:
    closed(town)
    whole(town, "street", "closed")

    told = {one.code for one in town.facts.sums("street", *ALWAYS, by="category")}
    assert {"created", "closed"} <= told <= BY_CATEGORY
    assert told < {one.code for one in town.facts.sums("street", *ALWAYS)}


def test_an_operator_sees_how_far_the_check_is(town: SqliteUnitOfWork, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("storage.facts_check.AT_ONCE", 2)
    for number in range(5):
        opened(town, f"t{number}")
    seen: list[int] = []

    assert town.facts.verify(seen.append) == []
    assert seen == [2, 4, 5]


def test_many_faults_are_counted_and_few_told(town: SqliteUnitOfWork) -> None:
    closed(town)
    town.facts.catch_up(100)
    town.connection.execute("DELETE FROM fact WHERE unit <> 'street'")
    for number in range(60):
        town.connection.execute("INSERT INTO fact VALUES (?, 41000, '', '{\"closed\":2}')", (f"u{number}",))

    faults = town.facts.verify()
    assert len(faults) == 51
    assert re.fullmatch(r"还有 \d+ 处", faults[-1])
