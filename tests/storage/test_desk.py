"""The desk: answers come after the commit, a bad job falls alone, a failed commit fails everybody."""

import asyncio
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest

from bot.ports import UnitOfWork
from storage.desk import Desk
from storage.open import Storage
from storage.sqlite import connect
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, a_ticket, opened

Job = Callable[[Any], Any]


def claims(key: str) -> Callable[[UnitOfWork], bool]:
    """A job that takes a message key."""
    return lambda uow: uow.inbox.claim(key, NOW)


def fails_after_writing(uow: SqliteUnitOfWork) -> None:
    """A poisoned job: it claims, writes, and breaks."""
    uow.inbox.claim("poison", NOW)
    opened(uow, "poison")
    raise ZeroDivisionError("poison")


def fails_after_claiming(uow: SqliteUnitOfWork) -> None:
    """A poisoned job that wrote nothing but its key."""
    uow.inbox.claim("poison", NOW)
    raise ZeroDivisionError("poison")


def count(path: Path, table: str) -> int:
    """What another connection sees: only what was committed."""
    with sqlite3.connect(path) as connection:
        found = connection.execute(f"SELECT count(*) FROM {table}").fetchone()  # noqa: S608 - a table's name
    connection.close()
    return int(found[0])


class Waiting:
    """Jobs that are put in while the desk is busy, so that they share one transaction."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._go = threading.Event()
        self._begun = threading.Event()
        self._busy = desk.submit_nowait(self._hold)

    def _hold(self, _uow: UnitOfWork) -> None:
        self._begun.set()
        self._go.wait(10)

    def together(self, *jobs: Job) -> list[Future[Any]]:
        """Put jobs in, then let the desk go on."""
        self._begun.wait(10)
        futures = [self._desk.submit_nowait(job) for job in jobs]
        self._go.set()
        self._busy.result(10)
        return futures


def test_a_job_runs_and_answers(storage: Storage) -> None:
    ticket = storage.desk.run(opened)

    assert storage.desk.submit_nowait(lambda uow: uow.tickets.get("t1")).result(10) == ticket


async def test_jobs_of_an_event_loop_are_answered_in_it(storage: Storage) -> None:
    answers = await asyncio.gather(*(storage.desk.submit(claims(f"k{n % 3}")) for n in range(6)))

    assert sorted(answers) == [False] * 3 + [True] * 3
    with pytest.raises(ZeroDivisionError):
        await storage.desk.submit(fails_after_writing)


@pytest.mark.parametrize("poison", [fails_after_writing, fails_after_claiming])
def test_a_poisoned_job_falls_alone(storage: Storage, poison: Job) -> None:
    jobs = (claims("a"), lambda uow: opened(uow, "t1"), poison, lambda uow: opened(uow, "t2"), claims("b"))
    first, _, third, _, last = Waiting(storage.desk).together(*jobs)

    assert first.result(10) is last.result(10) is True
    with pytest.raises(ZeroDivisionError):
        third.result(10)
    kept = storage.desk.run(lambda uow: ([t.id for t in uow.tickets.all()], uow.audit.verify()))
    assert kept == (["t1", "t2"], [])
    assert storage.desk.run(lambda uow: uow.inbox.claim("poison", NOW)), "its key may come again"
    assert storage.desk.failure is None


def test_a_poisoned_job_falls_alone_when_it_is_alone(storage: Storage) -> None:
    with pytest.raises(ZeroDivisionError):
        storage.desk.run(fails_after_writing)

    assert storage.desk.failure is None
    assert storage.desk.run(lambda uow: uow.tickets.all()) == []
    assert storage.desk.run(lambda uow: uow.inbox.claim("poison", NOW))


def test_numbers_and_chain_go_on_after_a_poisoned_job(storage: Storage) -> None:
    storage.desk.run(opened)
    with pytest.raises(ZeroDivisionError):
        storage.desk.run_all([lambda uow: opened(uow, "t2"), fails_after_writing])

    assert storage.desk.run(lambda uow: opened(uow, "t3")).number == 3
    assert storage.desk.run(lambda uow: uow.audit.verify()) == []


def test_a_repository_that_forgets_the_savepoint_is_found_out(storage: Storage) -> None:
    def careless(uow: SqliteUnitOfWork) -> None:
        uow.connection.execute("INSERT INTO reserve VALUES ('k', 0, 1, '')")
        raise ZeroDivisionError

    good, bad = Waiting(storage.desk).together(claims("a"), careless)

    for future in (good, bad):
        with pytest.raises((ZeroDivisionError, Exception)):
            future.result(10)
    assert storage.desk.run(lambda uow: uow.reserve.all()) == []
    assert storage.desk.run(lambda uow: uow.inbox.claim("a", NOW))


def test_answers_come_after_the_commit(path: Path) -> None:
    connection = connect(path, "OFF")
    seen: list[tuple[str, bool, int]] = []
    futures: list[Future[Any]] = []

    def watch(point: str) -> None:
        seen.append((point, any(future.done() for future in futures), count(path, "inbox")))

    desk = Desk(SqliteUnitOfWork(connection), watch)
    waiting = Waiting(desk)
    seen.clear()
    futures += waiting.together(claims("a"), claims("b"))
    assert [future.result(10) for future in futures] == [True, True]
    desk.close()
    connection.close()

    batch = seen[-5:]
    assert [point for point, _, _ in batch] == ["begin", "job", "job", "pre_commit", "post_commit"]
    assert not any(done for _, done, _ in batch)
    assert [rows for _, _, rows in batch] == [0, 0, 0, 0, 2]


class BrokenCommit(SqliteUnitOfWork):
    """The disk is full at the worst moment, once."""

    broken = True

    def commit(self) -> None:
        if self.broken:
            self.broken = False
            raise sqlite3.OperationalError("database or disk is full")
        super().commit()


def test_a_failed_commit_fails_every_job_of_the_batch(path: Path) -> None:
    connection = connect(path, "OFF")
    uow = BrokenCommit(connection)
    uow.broken = False
    desk = Desk(uow)
    waiting = Waiting(desk)

    def breaks_the_commit(uow: BrokenCommit) -> None:
        uow.broken = True

    futures = waiting.together(claims("a"), breaks_the_commit, lambda uow: opened(uow, "t1"))
    for future in futures:
        with pytest.raises(sqlite3.OperationalError, match="disk is full"):
            future.result(10)
    assert str(desk.failure) == "database or disk is full"

    assert desk.run(lambda uow: (uow.inbox.claim("a", NOW), uow.tickets.all())) == (True, []), "it recovers by itself"
    assert desk.failure is None
    assert desk.run(opened).number == 1
    assert desk.run(lambda uow: uow.audit.verify()) == []
    desk.close()
    connection.close()


def test_a_transaction_that_sqlite_gave_up_fails_as_a_whole(storage: Storage) -> None:
    def full_disk(uow: SqliteUnitOfWork) -> None:
        uow.inbox.claim("b", NOW)
        uow.connection.execute("ROLLBACK")
        raise sqlite3.OperationalError("database or disk is full")

    first, second = Waiting(storage.desk).together(claims("a"), full_disk)

    for future in (first, second):
        with pytest.raises(sqlite3.OperationalError):
            future.result(10)
    assert storage.desk.run(lambda uow: [uow.inbox.claim(key, NOW) for key in "ab"]) == [True, True]


def test_strange_errors_are_answers_too(storage: Storage) -> None:
    def stops(_uow: object) -> None:
        raise StopIteration

    def exits(_uow: object) -> None:
        raise SystemExit(3)

    with pytest.raises(RuntimeError, match="StopIteration"):
        storage.desk.submit_nowait(stops).result(10)
    with pytest.raises(SystemExit):
        storage.desk.submit_nowait(exits).result(10)
    assert storage.desk.submit_nowait(claims("a")).result(10) is True


async def test_a_caller_who_gave_up_disturbs_nobody(storage: Storage) -> None:
    waiting = Waiting(storage.desk)
    task = asyncio.ensure_future(storage.desk.submit(claims("a")))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    waiting.together()

    assert await storage.desk.submit(claims("a")) is False, "the job was done all the same"


def test_closing_finishes_what_waits_and_takes_no_more(storage: Storage) -> None:
    waiting = Waiting(storage.desk)
    futures = waiting.together(*(claims(f"k{n}") for n in range(100)))
    storage.desk.close()

    assert all(future.result(0) for future in futures)
    for ask in (storage.desk.run, storage.desk.submit_nowait):
        with pytest.raises(RuntimeError, match="closed"):
            ask(claims("late"))
    storage.desk.close()


def test_a_savepoint_takes_back_what_raised_inside(storage: Storage) -> None:
    with storage.uow.transaction() as uow:
        opened(uow, "t1")
        with pytest.raises(ZeroDivisionError), uow.savepoint():
            fails_after_writing(uow)
        with uow.savepoint():
            uow.tickets.add(a_ticket("t2"))

    with pytest.raises(ZeroDivisionError), storage.uow.transaction() as uow:
        fails_after_writing(uow)
    assert [t.id for t in storage.desk.run(lambda uow: uow.tickets.all())] == ["t1", "t2"]
    assert storage.desk.run(lambda uow: uow.audit.verify()) == []


def test_the_unit_of_work_is_the_port(storage: Storage) -> None:
    def job(uow: UnitOfWork) -> int:
        return uow.words.count()

    assert job(storage.uow) == storage.desk.run(job) == 0
