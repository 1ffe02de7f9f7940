"""Much of the same at once: read together, written together, and never seen half done."""

import pytest

from bot.ports import Timer
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, a_message, a_notice, opened


@pytest.fixture
def due(uow: SqliteUnitOfWork) -> list[Timer]:
    """Three tickets, of which the second has two timers; all due now."""
    for id_ in ("t1", "t2", "t3"):
        opened(uow, id_)
    for id_, kind in (("t1", "sign"), ("t2", "contact"), ("t2", "sign"), ("t3", "sign")):
        uow.timers.set(Timer(id_, kind, NOW))
    return uow.timers.due(NOW, 9)


def remind(uow: SqliteUnitOfWork, timer: Timer) -> None:
    """As a timer does that fires: an event on the ticket, and a notice."""
    ticket = uow.tickets.get(timer.ticket_id)
    assert ticket is not None
    ticket.record("reminded", NOW, "bot", timer.kind)
    uow.tickets.save(ticket)
    uow.outbox.add(a_notice(f"n-{timer.ticket_id}-{timer.kind}", ticket_id=timer.ticket_id))


def test_all_is_written_at_the_end_in_few_statements(uow: SqliteUnitOfWork, due: list[Timer]) -> None:
    said: list[str] = []
    with uow.together():
        uow.tickets.fetch(["t1", "t3"])
        uow.connection.set_trace_callback(said.append)
        for timer in uow.timers.take([due[0], due[3]]):
            remind(uow, timer)
        assert said == []  # nothing was asked, nothing written
    uow.connection.set_trace_callback(None)

    assert [row.ticket_id for row in uow.timers.due(NOW, 9)] == ["t2", "t2"]
    assert [notice.id for notice in uow.outbox.pending(NOW, 9)] == ["n-t1-sign", "n-t3-sign"]
    assert [uow.audit.of(id_)[-1].kind for id_ in ("t1", "t2", "t3")] == ["reminded", "dispatched", "reminded"]
    assert uow.audit.verify() == []


def test_whoever_reads_finds_what_was_gathered(uow: SqliteUnitOfWork, due: list[Timer]) -> None:
    with uow.together():
        uow.tickets.fetch(["t1", "t2", "t3"])
        for timer in uow.timers.take(due):
            remind(uow, timer)
            assert [event.note for event in uow.audit.of(timer.ticket_id)][-1] == timer.kind
            assert f"n-{timer.ticket_id}-{timer.kind}" in [notice.id for notice in uow.outbox.pending(NOW, 9)]

    twice = uow.tickets.get("t2")
    assert twice is not None
    assert twice.version == 2
    assert uow.timers.due(NOW, 9) == []
    assert uow.audit.verify() == []


def test_a_timer_that_was_taken_away_or_moved_meanwhile_is_left_out(uow: SqliteUnitOfWork, due: list[Timer]) -> None:
    taken: list[tuple[str, str]] = []
    with uow.together():
        uow.tickets.fetch(["t1", "t2", "t3"])
        for timer in uow.timers.take(due):
            taken.append((timer.ticket_id, timer.kind))
            uow.timers.cancel("t2", ["sign"])
            uow.timers.set(Timer("t3", "sign", NOW.replace(hour=9)))

    assert taken == [("t1", "sign"), ("t2", "contact")]
    assert uow.timers.due(NOW.replace(hour=10), 9) == [Timer("t3", "sign", NOW.replace(hour=9))]


def test_what_fails_leaves_nothing_behind(uow: SqliteUnitOfWork, due: list[Timer]) -> None:
    def fail() -> None:
        with uow.together():
            uow.tickets.fetch(["t1"])
            for timer in uow.timers.take(due[:1]):
                remind(uow, timer)
                raise ZeroDivisionError

    uow.mark()
    with pytest.raises(ZeroDivisionError):
        fail()
    uow.undo()

    assert uow.timers.due(NOW, 9) == due
    assert uow.outbox.pending(NOW, 9) == []
    remind(uow, due[0])
    assert uow.audit.verify() == []


def test_words_that_were_erased_do_not_come_back(uow: SqliteUnitOfWork, due: list[Timer]) -> None:
    uow.words.keep(a_message("t1"))
    with uow.together():
        uow.tickets.fetch(["t1"])
        uow.words.erase("t1")
        for timer in uow.timers.take(due[:1]):
            remind(uow, timer)

    ticket = uow.tickets.get("t1")
    assert ticket is not None
    assert (ticket.title, ticket.text) == ("", "")


def test_it_is_known_whether_something_may_be_due(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    assert not uow.stirred()
    uow.timers.set(Timer("t1", "sign", NOW))
    assert uow.stirred()
    uow.outbox.add(a_notice())
    assert uow.stirred()
    assert not uow.stirred()
