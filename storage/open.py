"""Open a database for the bot: lock, migrate, connect, and put the desk in front."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from storage.backup import copy_verified
from storage.desk import Desk, no_crash
from storage.errors import AlreadyOpen, NotThere
from storage.migrate import upgrade
from storage.sqlite import FileLock, Synchronous, connect
from storage.unit_of_work import SqliteUnitOfWork


@dataclass(slots=True)
class Storage:
    """An open database. ``uow`` belongs to the desk: use it directly only where no desk is at work."""

    path: Path
    desk: Desk
    uow: SqliteUnitOfWork
    connection: sqlite3.Connection
    lock: FileLock
    copied_to: Path | None = None  # the copy that was made before a migration
    is_copy: bool = False  # what is written here goes away

    def close(self) -> None:
        """Finish what waits, fold the log into the file, give the file back."""
        self.desk.close()
        self.connection.close()
        self.lock.release()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()


def open_storage(
    path: Path | str, synchronous: Synchronous = "FULL", crash: Callable[[str], None] = no_crash
) -> Storage:
    """Open or make a database; raises ``AlreadyOpen`` or ``NewerSchema`` with one clear sentence."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path).acquire()
    try:
        copied_to = upgrade(path)
        connection = connect(path, synchronous)
        uow = _unit_of_work(connection)
    except BaseException:
        lock.release()
        raise
    return Storage(path, Desk(uow, crash), uow, connection, lock, copied_to)


@contextmanager
def open_to_read(
    path: Path, on_copy: Callable[[], None] = lambda: None, synchronous: Synchronous = "FULL"
) -> Iterator[Storage]:
    """The database for who only looks; while a bot owns it, a copy as it is at this instant, which then goes away.

    The copy lies beside the database: that disk was chosen for what people said, and the owner of the file can read it.
    """
    if not path.is_file():
        raise NotThere(f"{path} does not exist")
    try:
        storage = open_storage(path, synchronous)
    except AlreadyOpen:
        storage = None
    if storage is not None:
        with storage:
            yield storage
        return
    on_copy()
    with TemporaryDirectory(prefix=".reading-", dir=path.parent) as folder:
        copy = Path(folder) / path.name
        copy_verified(path, copy, audit=False)
        with open_storage(copy, "OFF") as storage:
            storage.is_copy = True
            yield storage


def _unit_of_work(connection: sqlite3.Connection) -> SqliteUnitOfWork:
    try:
        return SqliteUnitOfWork(connection)
    except BaseException:
        connection.close()
        raise
