"""The SQLite file: one owning process, write-ahead log, every commit on the disk before it counts."""

import fcntl
import os
import sqlite3
from pathlib import Path
from typing import Literal, Self

from storage.errors import AlreadyOpen

Synchronous = Literal["FULL", "NORMAL", "OFF"]  # FULL in life; NORMAL and OFF for benchmarks and replay's scratch files

# No mmap: with it a second writer does more harm. Erased words are overwritten, not only unlinked. What a savepoint may
# have to restore is kept in memory: on disk it costs a new ticket a third of its time. Folding the log into the file takes two
# syncs whatever its length, and whoever commits then waits for it: the log may grow to 16 MB first, not 4.
PRAGMAS = ("journal_mode=WAL", "foreign_keys=ON", "busy_timeout=5000", "secure_delete=ON", "cache_size=-16000", "temp_store=MEMORY",
           "journal_size_limit=67108864", "wal_autocheckpoint=4000", "mmap_size=0")  # fmt: skip


def connect(path: Path, synchronous: Synchronous = "FULL") -> sqlite3.Connection:
    """A connection that begins no transaction by itself. The caller holds the lock of the file."""
    if not path.exists():
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))  # the log and the index take over these rights
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False, cached_statements=256)
    try:
        for pragma in (*PRAGMAS, f"synchronous={synchronous}"):
            connection.execute(f"PRAGMA {pragma}")
    except sqlite3.Error:  # not a database, damaged, or on a full disk
        connection.close()
        raise
    return connection


def connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that can neither write nor checkpoint: safe beside the owning process."""
    return sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, isolation_level=None)


class FileLock:
    """The mark of the one process that owns a database: an exclusive lock on ``<database>.lock``, freed when it dies.

    The file stays: removing it would let two processes lock two files of one name.
    """

    def __init__(self, database: Path) -> None:
        self._database = database
        self._file: int | None = None
        self.was_orphaned = False  # whoever had it last died with it

    def acquire(self) -> Self:
        """Take the lock, or say at once who has it."""
        file = os.open(self._database.with_name(f"{self._database.name}.lock"), os.O_CREAT | os.O_RDWR, 0o600)
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(file, 32).decode("ascii", "replace").strip() or "unknown"
            os.close(file)
            raise AlreadyOpen(f"{self._database} is already open in process {holder}; stop that one first") from None
        self.was_orphaned = os.read(file, 32) != b""
        os.ftruncate(file, 0)
        os.pwrite(file, str(os.getpid()).encode(), 0)
        self._file = file
        return self

    def release(self) -> None:
        """Give the lock back; a second time does nothing."""
        if self._file is not None:
            os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = None

    def __enter__(self) -> Self:
        return self.acquire()

    def __exit__(self, *_error: object) -> None:
        self.release()
