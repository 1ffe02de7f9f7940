"""Timers and votes: one a kind, one a person."""

from datetime import timedelta

from bot.domain.poll import Vote
from bot.ports import Timer
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, opened

HOUR = timedelta(hours=1)


def test_a_timer_is_moved_not_doubled(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    uow.timers.set(Timer("t1", "sign", NOW + HOUR))
    uow.timers.set(Timer("t1", "sign", NOW + 2 * HOUR))

    assert uow.timers.due(NOW + HOUR, 9) == []
    assert uow.timers.due(NOW + 2 * HOUR, 9) == [Timer("t1", "sign", NOW + 2 * HOUR)]
    assert uow.timers.next_due() == NOW + 2 * HOUR


def test_due_timers_come_earliest_first(uow: SqliteUnitOfWork) -> None:
    assert uow.timers.next_due() is None
    for id_ in ("t1", "t2"):
        opened(uow, id_)
    timers = [Timer("t1", "due", NOW), Timer("t2", "sign", NOW - DAY), Timer("t1", "sign", NOW - HOUR)]
    for timer in timers:
        uow.timers.set(timer)

    assert uow.timers.due(NOW, 9) == [timers[1], timers[2], timers[0]]
    assert uow.timers.due(NOW, 1) == [timers[1]]


def test_a_timer_fires_once_and_not_if_it_was_moved(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    timer = Timer("t1", "sign", NOW)
    uow.timers.set(timer)
    uow.timers.set(Timer("t1", "sign", NOW + HOUR))

    assert not uow.timers.remove(timer)
    assert uow.timers.remove(Timer("t1", "sign", NOW + HOUR))
    assert not uow.timers.remove(Timer("t1", "sign", NOW + HOUR))


def test_timers_are_cancelled_by_kind_or_all(uow: SqliteUnitOfWork) -> None:
    for id_ in ("t1", "t2"):
        opened(uow, id_)
        for kind in ("sign", "contact", "due"):
            uow.timers.set(Timer(id_, kind, NOW))
    uow.timers.cancel("t1", ["sign", "contact"])
    uow.timers.cancel("t1", [])
    assert [t.kind for t in uow.timers.due(NOW, 9) if t.ticket_id == "t1"] == ["due"]

    uow.timers.cancel("t1")
    assert {t.ticket_id for t in uow.timers.due(NOW, 9)} == {"t2"}


def test_a_vote_is_changed_not_doubled(uow: SqliteUnitOfWork) -> None:
    opened(uow)
    first = Vote("web:zhang", 1, NOW, 5, True)
    changed = Vote("web:zhang", 1, NOW + HOUR, None, False, True)
    other = Vote("web:li", 1, NOW, 4, True)
    for vote in (first, other, changed, Vote("web:zhang", 2, NOW, 3, True)):
        uow.polls.put("t1", vote)

    assert uow.polls.votes("t1", 1) == [other, changed]
    assert len(uow.polls.votes("t1", 2)) == 1
    assert uow.polls.votes("t1", 3) == []
