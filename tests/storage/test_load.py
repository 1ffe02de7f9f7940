"""Where troubles lie and who has how much work: by house, by person, of one's own units, without reports."""

from datetime import timedelta

from bot.ports import Burden, Ended, Spot
from storage.load import CLOSINGS, ENDED, HOUSES, SOLVED, SPOTS, WORKS
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, a_ticket, opened

SPAN = (NOW - DAY, NOW + DAY)


def test_spots_are_houses_of_ones_own_units(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1", building="5-2-501")
    opened(uow, "t2", building="5")
    opened(uow, "t3", building="", category="noise")
    opened(uow, "t4", unit="grid-2")

    assert uow.loads.spots(["grid-1"], *SPAN) == [Spot("grid-1", "", "noise", 1), Spot("grid-1", "5", "drainage", 2)]
    assert uow.loads.spots([], *SPAN) == []


def test_spots_leave_out_candidates_reports_and_other_days(uow: SqliteUnitOfWork) -> None:
    uow.tickets.add(a_ticket("t1"))
    opened(uow, "t2", confidential=True)
    opened(uow, "t3", created_at=SPAN[1])
    opened(uow, "t4", created_at=SPAN[0])

    assert [spot.count for spot in uow.loads.spots(["grid-1"], *SPAN)] == [1]


def test_houses_have_the_troubles_accepted_in_a_span(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1", building="5-2-501", category="noise")
    opened(uow, "t2", building="5")
    opened(uow, "t3", building="")
    opened(uow, "t4", building="5", nature="praise")
    opened(uow, "t5", building="5", source="sweep")
    opened(uow, "t6", building="5", confidential=True)
    opened(uow, "t7", building="5", unit="grid-2")
    opened(uow, "t8", building="5", created_at=SPAN[0] - DAY)
    later = opened(uow, "t9", building="5")
    later.registered_at = SPAN[1]
    uow.tickets.save(later)
    withdrawn = opened(uow, "t10", building="5")
    withdrawn.withdraw(NOW, "web:zhang")
    uow.tickets.save(withdrawn)
    uow.tickets.add(a_ticket("t11", building="5"))

    assert uow.loads.houses(["grid-1"], *SPAN) == [Spot("grid-1", "5", "", 3)]
    assert uow.loads.houses([], *SPAN) == []


def test_what_is_solved_is_found_by_its_end_however_old_it_is(uow: SqliteUnitOfWork) -> None:
    kinds: list[dict[str, object]] = [
        {}, {"created_at": NOW - 400 * DAY}, {"chat": "web:elsewhere"}, {"nature": "praise"}, {"confidential": True},
        {"unit": "grid-2"}, {"source": "sweep"}, {}, {}, {},
    ]  # fmt: skip
    ends = [NOW, NOW + timedelta(hours=1), *[NOW] * 5, SPAN[0] - DAY, SPAN[1], NOW]
    for number, (fields, end) in enumerate(zip(kinds, ends, strict=True)):
        ticket = opened(uow, f"t{number}", **{"chat": "web:xueyuan", **fields})
        ticket.sign("wang", end)
        ticket.close("resolved", end, solved=number != 9)
        uow.tickets.save(ticket)

    assert uow.loads.solved(["grid-1"], "web:xueyuan", *SPAN) == ["t1", "t0"]


def test_a_burden_is_what_a_person_has_to_do_and_has_done(uow: SqliteUnitOfWork) -> None:
    opened(uow, "t1", due_at=NOW - timedelta(hours=1))
    opened(uow, "t2", due_at=NOW + DAY)
    closed = opened(uow, "t3")
    closed.sign("wang", NOW)
    closed.close("resolved", NOW)
    uow.tickets.save(closed)
    opened(uow, "t4", unit="grid-2")
    opened(uow, "t5", confidential=True)

    assert uow.loads.burdens(["grid-1"], *SPAN, NOW) == [Burden("wang", 2, 1, 1)]
    assert uow.loads.burdens(["grid-1"], NOW + DAY, NOW + 2 * DAY, NOW) == [Burden("wang", 2, 1, 0)]


def test_who_has_had_nothing_is_not_listed(uow: SqliteUnitOfWork) -> None:
    ticket = opened(uow)
    ticket.withdraw(NOW, "web:zhang")
    uow.tickets.save(ticket)

    assert uow.loads.burdens(["grid-1"], *SPAN, NOW) == []


def test_nothing_is_read_but_what_was_asked_for(uow: SqliteUnitOfWork) -> None:
    plans = {
        sql: " ".join(str(row) for row in uow.connection.execute(f"EXPLAIN QUERY PLAN {sql}", ["[]"] * sql.count("?")))
        for sql in (SPOTS, HOUSES, WORKS, CLOSINGS, ENDED, SOLVED)
    }

    assert not [sql for sql, plan in plans.items() if "SCAN ticket" in plan]
    assert "ix_ticket_closed (unit=? AND category=? AND closed_at>" in plans[CLOSINGS]
    assert "ix_ticket_unit (unit=? AND state=?)" in plans[WORKS]
    assert "ix_ticket_listing (unit=? AND created_at>? AND created_at<?)" in plans[HOUSES]
    assert "ix_ticket_closed (unit=? AND category=? AND closed_at>" in plans[SOLVED]


def test_what_has_ended_is_told_newest_first_without_what_was_private(uow: SqliteUnitOfWork) -> None:
    kinds: list[dict[str, object]] = [
        {}, {"category": "noise"}, {"confidential": True}, {"chat": "web:dm:zhang"}, {"nature": "praise"}
    ]  # fmt: skip
    for number, fields in enumerate(kinds):
        ticket = opened(uow, f"t{number}", **fields)
        ticket.sign("wang", NOW)
        ticket.close("resolved", NOW + (number + 1) * DAY, solved=number == 0)
        uow.tickets.save(ticket)
    opened(uow, "t9")

    found = uow.loads.ended(["grid-1"], NOW, 9)

    assert found == [
        Ended("grid-1", "noise", NOW + 2 * DAY, 2 * DAY, False, None),
        Ended("grid-1", "drainage", NOW + DAY, DAY, True, None),
    ]
    assert uow.loads.ended(["grid-1"], NOW, 1) == found[:1]
    assert uow.loads.ended(["grid-1"], NOW + 2 * DAY, 9) == found[:1]
