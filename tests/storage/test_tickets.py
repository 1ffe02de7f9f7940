"""Tickets: what is stored comes back, lists are short and newest first, a stale save is refused."""

from dataclasses import fields
from datetime import datetime, timedelta

import pytest

from bot.domain.org import Duty, Organization, Person, Unit
from bot.domain.states import CLOSED, DISPATCHED, IN_PROGRESS
from bot.domain.ticket import Ticket
from storage.errors import StaleTicket
from storage.mapping import TICKET_FIELDS
from storage.statements import columns
from storage.tables import TicketRow
from storage.tickets import POLLED
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, a_ticket, opened


def a_full_ticket() -> Ticket:
    """A ticket with a value of its own in every field."""
    ticket = a_ticket("full")
    for at, field in enumerate(fields(Ticket)):
        default = getattr(ticket, field.name)
        if field.name.endswith("_at") or field.name == "asked_until":
            setattr(ticket, field.name, NOW + timedelta(milliseconds=at))
        elif isinstance(default, bool) or field.name == "solved":
            setattr(ticket, field.name, True)
        elif isinstance(default, int) or field.name in {"number", "rating"}:
            setattr(ticket, field.name, at)
        elif isinstance(default, list) and field.name != "events":
            setattr(ticket, field.name, [f"{field.name}-{n}" for n in range(2)])
        elif default is None or default == "":
            setattr(ticket, field.name, f"{field.name} 值")
    return ticket


def test_columns_begin_with_the_fields_of_a_ticket() -> None:
    assert columns(TicketRow)[: len(TICKET_FIELDS)] == TICKET_FIELDS


@pytest.mark.parametrize("ticket", [a_ticket(), a_full_ticket()], ids=["bare", "full"])
def test_a_ticket_comes_back_as_it_was(uow: SqliteUnitOfWork, ticket: Ticket) -> None:
    uow.tickets.add(ticket)

    assert uow.tickets.get(ticket.id) == ticket
    assert uow.tickets.by_public_id(ticket.public_id) == ticket
    assert uow.tickets.all() == [ticket]


def test_nothing_is_found_under_unknown_names(uow: SqliteUnitOfWork) -> None:
    assert uow.tickets.get("x") is None
    assert uow.tickets.by_public_id("x") is None
    assert uow.tickets.by_number("town", 7) is None


def test_a_naive_time_is_refused(uow: SqliteUnitOfWork) -> None:
    with pytest.raises(TypeError):
        uow.tickets.add(a_ticket(created_at=datetime(2026, 5, 6)))  # noqa: DTZ001 - the point


def test_events_go_to_the_audit_with_the_ticket(uow: SqliteUnitOfWork) -> None:
    ticket = opened(uow)
    assert ticket.events == []

    ticket.sign("wang", NOW + DAY, "web:xueyuan:m9")
    uow.tickets.save(ticket)

    assert [event.kind for event in uow.audit.of("t1")] == ["registered", "dispatched", "signed"]
    assert uow.audit.of("t1")[-1].message == "web:xueyuan:m9"
    assert ticket.events == []


def test_saving_counts_versions_and_refuses_stale_ones(uow: SqliteUnitOfWork) -> None:
    first = opened(uow)
    second = uow.tickets.get("t1")
    assert second is not None
    first.sign("wang", NOW)
    uow.tickets.save(first)
    second.sign("li", NOW)

    with pytest.raises(StaleTicket):
        uow.tickets.save(second)

    assert first.version == 1
    assert uow.tickets.get("t1") == first
    assert [event.by for event in uow.audit.of("t1") if event.kind == "signed"] == ["wang"]
    assert uow.audit.verify() == []


def test_saving_an_unknown_ticket_is_stale(uow: SqliteUnitOfWork) -> None:
    with pytest.raises(StaleTicket):
        uow.tickets.save(a_ticket())


def test_numbers_are_per_root_and_year_and_never_given_twice(uow: SqliteUnitOfWork) -> None:
    given = [uow.tickets.next_number(*key) for key in (("a", 2026), ("a", 2026), ("b", 2026), ("a", 2027))]

    assert given == [1, 2, 1, 1]


def test_a_number_means_the_newest_ticket_that_had_it(uow: SqliteUnitOfWork) -> None:
    for id_, year in (("t1", 2025), ("t2", 2026)):
        ticket = a_ticket(id_)
        ticket.register(12, year, NOW, "bot")
        uow.tickets.add(ticket)

    found = uow.tickets.by_number("town", 12)
    assert found is not None
    assert found.id == "t2"


def test_triage_sees_open_tickets_but_no_candidate_and_nothing_confidential(uow: SqliteUnitOfWork) -> None:
    uow.tickets.add(a_ticket("t1"))
    opened(uow, "t2", confidential=True)
    opened(uow, "t3", category="noise")
    opened(uow, "t4", unit="grid-2")
    opened(uow, "t5", followers=["web:li"])

    assert [t.id for t in uow.tickets.open_near(["grid-1", "grid-2"], None, 9)] == ["t5", "t4", "t3"]
    assert [t.id for t in uow.tickets.open_near(["grid-1", "grid-2", "grid-1"], "drainage", 9)] == ["t5", "t4"]
    newest = uow.tickets.open_near(["grid-1"], "drainage", 1)[0]
    assert (newest.reporter, newest.followers, newest.building) == ("web:zhang", ("web:li",), "5-2-501")
    assert newest.text == "化粪池堵了,5号楼后面"
    assert (newest.registered_at, newest.closed_at) == (NOW, None)


def test_triage_sees_what_was_closed_since(uow: SqliteUnitOfWork) -> None:
    for id_, closed, confidential in (("t1", -31, False), ("t2", -30, False), ("t3", -2, True), ("t4", -1, False)):
        ticket = opened(uow, id_, confidential=confidential)
        ticket.sign("wang", NOW)
        ticket.close("resolved", NOW + closed * DAY)
        uow.tickets.save(ticket)

    assert [t.id for t in uow.tickets.closed_near(["grid-1"], "drainage", NOW - 30 * DAY, 9)] == ["t4", "t2"]
    assert [t.id for t in uow.tickets.closed_near(["grid-1"], "drainage", NOW - 30 * DAY, 1)] == ["t4"]
    assert uow.tickets.closed_near(["grid-1"], "noise", NOW - 30 * DAY, 9) == []
    assert uow.tickets.open_near(["grid-1"], None, 9) == []


def test_a_chat_lists_its_open_tickets_and_candidates(uow: SqliteUnitOfWork) -> None:
    uow.tickets.add(a_ticket("t1"))
    opened(uow, "t2")
    opened(uow, "t3", chat="web:other")
    ended = opened(uow, "t4")
    ended.withdraw(NOW, "web:zhang")
    uow.tickets.save(ended)

    assert [t.id for t in uow.tickets.open_in_chat("web:xueyuan", 9)] == ["t2", "t1"]


def test_an_account_finds_what_it_reported_and_follows(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1")
    followed = opened(uow, "t2", reporter="web:li")
    followed.follow("web:zhang", NOW)
    uow.tickets.save(followed)
    opened(uow, "t3", reporter="web:li", helpers=["web:zhang"])

    assert [t.id for t in uow.tickets.of_account("web:zhang", 9)] == ["t2", "t1"]
    followed.reporter = followed.followers.pop()
    uow.tickets.save(followed)
    assert [t.id for t in uow.tickets.of_account("web:zhang", 1)] == ["t2"]
    assert [t.id for t in uow.tickets.of_account("web:li", 9)] == ["t3"]


def test_an_account_finds_what_it_is_asked_about(uow: SqliteUnitOfWork) -> None:
    for number in range(1, 6):
        ticket = opened(uow, f"t{number}")
        if number > 1:
            ticket.sign("wang", NOW)
            ticket.finish("wang", NOW, "疏通了")
            ticket.poll(NOW)
        if number > 2:
            ticket.close("resolved", NOW + number * DAY)
        uow.tickets.save(ticket)

    assert [t.id for t in uow.tickets.polled_of("web:zhang", NOW + 4 * DAY, 9)] == ["t5", "t4", "t2"]
    assert [t.id for t in uow.tickets.polled_of("web:zhang", NOW + 4 * DAY, 2)] == ["t5", "t4"]
    assert uow.tickets.polled_of("web:li", NOW, 9) == []


def test_a_vote_in_words_reads_a_few_tickets_by_their_keys(uow: SqliteUnitOfWork) -> None:
    rows = uow.connection.execute(f"EXPLAIN QUERY PLAN {POLLED}", ("web:zhang", 20, 0)).fetchall()
    plan = "; ".join(row[3] for row in rows)

    assert "SEARCH ticket USING INDEX sqlite_autoindex_ticket_1 (id=?)" in plan
    assert "SEARCH participant USING PRIMARY KEY (account=?)" in plan
    assert "SCAN ticket" not in plan


def test_a_person_finds_his_work_and_is_counted_by_it(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1")
    uow.tickets.add(a_ticket("t2", assignee="wang"))  # a candidate that was shown to him
    asked = opened(uow, "t3")
    asked.sign("wang", NOW)
    asked.finish("wang", NOW, "疏通了")
    uow.tickets.save(asked)
    opened(uow, "t4", assignee="li").assignee = "li"

    assert [t.id for t in uow.tickets.of_person("wang", 9)] == ["t4", "t2", "t1"]
    assert uow.tickets.load("wang") == 2
    assert uow.tickets.load("li") == 0


def test_requests_wait_for_those_who_command_the_unit(uow: SqliteUnitOfWork) -> None:
    units = {u.id: u for u in (Unit("town", "镇", "street"), Unit("grid-1", "网格", "grid", "town"))}
    people = {name: Person(name, name) for name in ("wang", "owner", "boss", "other")}
    duties = (Duty("wang", "grid-1", "steward"), Duty("owner", "grid-1", "owner"), Duty("boss", "town", "supervisor"))
    uow.org.replace(Organization(units, people, duties))
    ticket = opened(uow)
    ticket.ask_return("wang", "不归我管", NOW)
    uow.tickets.save(ticket)

    waiting = {name: [t.id for t in uow.tickets.of_person(name, 9)] for name in people}
    assert waiting == {"wang": ["t1"], "owner": ["t1"], "boss": ["t1"], "other": []}


def test_units_list_their_tickets_by_state(uow: SqliteUnitOfWork) -> None:
    for id_, unit in (("t1", "grid-1"), ("t2", "grid-2"), ("t3", "grid-1")):
        ticket = opened(uow, id_, unit=unit)
        ticket.sign("wang", NOW)
        uow.tickets.save(ticket)
    ticket.close("resolved", NOW)
    uow.tickets.save(ticket)

    assert [t.id for t in uow.tickets.in_units(["grid-1", "grid-2"], [IN_PROGRESS], 9)] == ["t2", "t1"]
    assert [t.id for t in uow.tickets.in_units(["grid-1"], [IN_PROGRESS, CLOSED], 1)] == ["t3"]
    assert uow.tickets.in_units([], [CLOSED], 9) == []


def test_the_longest_due_come_first(uow: SqliteUnitOfWork) -> None:
    for number, unit in enumerate(("grid-1", "grid-2", "grid-1", "grid-3"), 1):
        opened(uow, f"t{number}", unit=unit, due_at=NOW - DAY * number)
    opened(uow, "t5", unit="grid-1", due_at=NOW)
    opened(uow, "t6", unit="grid-1")

    found = uow.tickets.due_before(["grid-1", "grid-2"], [DISPATCHED], NOW, 9)
    assert [ticket.id for ticket in found] == ["t3", "t2", "t1"]
    assert [ticket.id for ticket in uow.tickets.due_before(["grid-1", "grid-2"], [DISPATCHED], NOW, 2)] == ["t3", "t2"]
    assert uow.tickets.due_before(["grid-1"], [CLOSED], NOW, 9) == []


@pytest.mark.parametrize(
    ("query", "index"),
    [
        ("unit = ? AND category = ? AND listed = 'open' ORDER BY id DESC LIMIT 9", "ix_ticket_near "),
        ("unit = ? AND listed = 'open' ORDER BY id DESC LIMIT 9", "ix_ticket_near_any"),
        (
            "unit = ? AND category = ? AND listed = 'closed' AND closed_at >= 0 ORDER BY closed_at DESC",
            "ix_ticket_closed",
        ),
        ("chat = ? AND alive = 1 ORDER BY id DESC LIMIT 9", "ix_ticket_chat"),
        ("assignee = ? AND alive = 1 AND state <> 'callback' ORDER BY id DESC LIMIT 9", "ix_ticket_assignee"),
        ("unit = ? AND state = ? ORDER BY id DESC LIMIT 9", "ix_ticket_unit"),
    ],
)
def test_lists_read_an_index_and_sort_nothing(uow: SqliteUnitOfWork, query: str, index: str) -> None:
    values = ("x",) * query.count("?")
    rows = uow.connection.execute(f"EXPLAIN QUERY PLAN SELECT * FROM ticket WHERE {query}", values).fetchall()  # noqa: S608
    plan = "; ".join(row[3] for row in rows)

    assert f"INDEX {index}" in plan
    assert "B-TREE" not in plan


def test_loads_are_of_the_units_and_leave_reports_out(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1")
    opened(uow, "t2", due_at=NOW)
    opened(uow, "t3", confidential=True)
    opened(uow, "t4", unit="grid-2")
    uow.tickets.add(a_ticket("t5"))

    assert uow.tickets.loads(["grid-1"], NOW + DAY) == {"wang": (2, 1)}
    assert uow.tickets.loads(["grid-1", "grid-2"], NOW) == {"wang": (3, 0)}
    assert uow.tickets.loads([], NOW) == {}
