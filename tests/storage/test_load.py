"""Where troubles lie and who has how much work: by house, by person, of one's own units, without reports."""

from datetime import timedelta

from bot.ports import Burden, Spot
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
