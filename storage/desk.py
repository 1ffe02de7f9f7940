"""The one queue in front of the database: jobs that arrive together share a commit, each falls alone.

One thread owns the connection. It takes whatever waits, runs each job in its own savepoint, commits once and only then
answers: an answer means that the job is on the disk. Nothing waits for a timer; batches form by themselves under load.
"""

import asyncio
import contextlib
import queue
import sqlite3
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future, InvalidStateError
from dataclasses import dataclass
from typing import Any, TypeVar

from storage.unit_of_work import SqliteUnitOfWork

T = TypeVar("T")
Job = Callable[[Any], Any]
AnyFuture = Future[Any] | asyncio.Future[Any]

BATCH = 512  # the most jobs in one transaction: a longer one would make the first of them wait


@dataclass(slots=True)
class Entry:
    """A job that waits, and what became of it."""

    job: Job
    future: AnyFuture | None = None
    loop: asyncio.AbstractEventLoop | None = None
    result: Any = None
    error: BaseException | None = None

    def answer(self) -> None:
        """Tell whoever waits, if anybody still does."""
        if self.future is None:
            return
        try:
            if self.error is None:
                self.future.set_result(self.result)
            elif isinstance(self.error, StopIteration):  # a future does not take it
                self.future.set_exception(RuntimeError("the job raised StopIteration"))
            else:
                self.future.set_exception(self.error)
        except (asyncio.InvalidStateError, InvalidStateError):
            pass  # cancelled meanwhile; the job is done all the same


def no_crash(_point: str) -> None:
    """A harness puts something deadly here."""


class Desk:
    """Group commit. ``crash`` is called at ``begin``, ``job`` (after each), ``pre_commit`` and ``post_commit``."""

    def __init__(self, uow: SqliteUnitOfWork, crash: Callable[[str], None] = no_crash) -> None:
        self._uow = uow
        self._crash = crash
        self._queue: queue.SimpleQueue[Entry | None] = queue.SimpleQueue()
        self._transaction = threading.Lock()  # the thread's batches against ``run``
        self._state = threading.Lock()  # starting and closing
        self._thread: threading.Thread | None = None
        self._closed = False
        self.failure: BaseException | None = None  # why the last transaction as a whole failed; None when all is well

    # ------------------------------------------------------------ asking

    async def submit(self, job: Callable[[Any], T]) -> T:
        """Run a job in a transaction; returns after the commit, raises what the job raised."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()
        self._put(Entry(job, future, loop))
        return await future

    def submit_nowait(self, job: Callable[[Any], T]) -> Future[T]:
        """The same without waiting, from any thread."""
        future: Future[T] = Future()
        self._put(Entry(job, future))
        return future

    def run(self, job: Callable[[Any], T]) -> T:
        """Run a job here and now, in a transaction of its own."""
        return self.run_all([job])[0]

    def run_all(self, jobs: Sequence[Callable[[Any], T]]) -> list[T]:
        """Run jobs here and now in one transaction, as if they had waited together; raises the first error."""
        if self._closed:
            raise RuntimeError("the desk is closed")
        batch = [Entry(job) for job in jobs]
        self._process(batch)
        for entry in batch:
            if entry.error is not None:
                raise entry.error
        return [entry.result for entry in batch]

    def close(self) -> None:
        """Take no more jobs, finish those that wait."""
        with self._state:
            self._closed = True
            thread, self._thread = self._thread, None
            if thread is not None:
                self._queue.put(None)
        if thread is not None:
            thread.join()
        while not self._queue.empty():  # put in by others while the thread was ending
            late = self._queue.get_nowait()
            if late is not None:
                self._process([late])

    def _put(self, entry: Entry) -> None:
        if self._thread is None or self._closed:
            self._start()
        self._queue.put(entry)

    def _start(self) -> None:
        with self._state:
            if self._closed:
                raise RuntimeError("the desk is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="desk", daemon=True)
                self._thread.start()

    # ------------------------------------------------------------ the thread

    def _serve(self) -> None:
        going = True
        while going:
            batch, going = self._take()
            if batch:
                self._process(batch)

    def _take(self) -> tuple[list[Entry], bool]:
        """Whatever waits, at least one; and whether to go on."""
        batch: list[Entry] = []
        entry = self._queue.get()
        while entry is not None:
            batch.append(entry)
            if len(batch) >= BATCH or self._queue.empty():
                return batch, True
            entry = self._queue.get_nowait()
        return batch, False

    def _process(self, batch: list[Entry]) -> None:
        with self._transaction:
            try:
                self._work(batch)
                self.failure = None
            except BaseException as error:
                self._give_up(batch, error)
        _answer_all(batch)

    def _work(self, batch: list[Entry]) -> None:
        uow, crash = self._uow, self._crash
        uow.begin()
        crash("begin")
        if len(batch) == 1:  # the transaction itself is the savepoint
            batch[0].result = batch[0].job(uow)
            crash("job")
        else:
            for entry in batch:
                self._attempt(entry)
                crash("job")
        crash("pre_commit")
        uow.commit()
        crash("post_commit")

    def _attempt(self, entry: Entry) -> None:
        """Run one job of several; what it did is taken back if it raises."""
        uow = self._uow
        uow.mark()
        try:
            entry.result = entry.job(uow)
        except Exception as error:
            entry.error = error
            if not uow.connection.in_transaction:  # full disk or I/O error: SQLite took everything back
                raise
            uow.undo()
        else:
            uow.keep()

    def _give_up(self, batch: list[Entry], error: BaseException) -> None:
        """Nothing of the batch is kept; each job learns why."""
        for entry in batch:
            entry.error = entry.error or error
        alone = len(batch) == 1 and isinstance(error, Exception) and self._uow.connection.in_transaction
        try:
            self._uow.rollback()
        except sqlite3.Error as broken:
            error, alone = broken, False
        self.failure = None if alone else error


def _answer_all(batch: Sequence[Entry]) -> None:
    """Answer at once in this thread, or with one call into each event loop."""
    loops: dict[asyncio.AbstractEventLoop, list[Entry]] = {}
    for entry in batch:
        if entry.loop is None:
            entry.answer()
        else:
            loops.setdefault(entry.loop, []).append(entry)
    for loop, entries in loops.items():
        with contextlib.suppress(RuntimeError):  # the loop was closed: nobody waits
            loop.call_soon_threadsafe(_answer_here, entries)


def _answer_here(entries: Sequence[Entry]) -> None:
    for entry in entries:
        entry.answer()
