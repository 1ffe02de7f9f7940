"""Copies that are known to be good: made while the bot runs, checked before they count, checked again before they return.

A backup is one database file and, beside it, the folder ``<file>.media`` with the photos. The database is copied first: a
photo is stored before the row that names it, so a copied row never names a photo that the copy lacks, except for those
that were deleted in between.
"""

import os
import shutil
import sqlite3
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

from storage.audit import Audit
from storage.errors import BackupFailed
from storage.repository import Pen
from storage.sqlite import FileLock, connect_read_only

Counts = dict[str, int]
NUMBER_GAP = 100  # numbers that may have been given after a backup was made
SEQ_GAP = 10_000  # the same for the lines of a room
GAPS: tuple[tuple[str, str, tuple[int, ...]], ...] = (
    ("outbox", "UPDATE outbox SET state = 'uncertain' WHERE state IN ('pending', 'sending')", ()),
    ("number", "UPDATE number SET last = last + ?", (NUMBER_GAP,)),
    ("room", "UPDATE room SET seq = seq + ?", (SEQ_GAP,)),
)


@dataclass(frozen=True, slots=True)
class BackupReport:
    """What a copy holds: rows of each table, and files."""

    path: Path
    rows: Counts = field(default_factory=dict)
    media: int = 0


def backup(database: Path, target: Path, media: Path | None = None) -> BackupReport:
    """Copy a database, in use or not, and its media folder; refuses to overwrite anything."""
    target_media = media_folder(target)
    for path in (target, target_media):
        if path.exists():
            raise BackupFailed(f"{path} exists already; choose another name")
    if not database.exists():
        raise BackupFailed(f"{database} does not exist")
    target.parent.mkdir(parents=True, exist_ok=True)
    rows = copy_verified(database, target)
    return BackupReport(target, rows, _copy_media(media, target_media))


def restore(
    copy: Path, database: Path, media: Path | None = None, *, replace: bool = False, gap: bool = True
) -> BackupReport:
    """Put a verified copy in place; an existing database is only replaced when told, and kept as ``<name>.replaced``.

    With ``gap`` the bot may have gone on after the copy was made: what waited to be sent is shown to an operator instead
    of being sent again, and numbers go on after a gap, so that none is given twice. Without, the copy is a move.
    """
    if not copy.exists():
        raise BackupFailed(f"{copy} does not exist")
    if database.exists() and not replace:
        raise BackupFailed(f"{database} exists already; say so if it is to be replaced")
    database.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(database):
        part = database.with_name(f"{database.name}.part")
        part.unlink(missing_ok=True)
        rows = copy_verified(copy, part)
        if gap:
            _leave_gap(part, rows)
        _set_aside(database)
        part.replace(database)
        _sync_folder(database.parent)
        files = _restore_media(media_folder(copy), media)
    return BackupReport(database, rows, files)


def media_folder(copy: Path) -> Path:
    """Where the photos of a backup are."""
    return copy.with_name(f"{copy.name}.media")


def copy_verified(source: Path, target: Path, *, audit: bool = True) -> Counts:
    """Copy a database as it is at one instant, and compare; nothing is left under the target's name unless it is good.

    In one step of the backup API: in smaller ones every commit of the bot would begin it anew.
    """
    part = target.with_name(f"{target.name}.copying")
    part.unlink(missing_ok=True)
    try:
        os.close(os.open(part, os.O_CREAT | os.O_WRONLY, 0o600))
        expected = _copy(source, part)
        found = verify(part, audit=audit)
        if found != expected:
            raise BackupFailed(f"the copy of {source} has other row counts: {found} instead of {expected}")
        part.replace(target)
        _sync_folder(target.parent)
    except sqlite3.Error as error:
        raise BackupFailed(f"{source} could not be copied: {error}") from error
    finally:
        part.unlink(missing_ok=True)
    return expected


def _copy(source: Path, part: Path) -> Counts:
    with closing(connect_read_only(source)) as reading, closing(sqlite3.connect(part, isolation_level=None)) as writing:
        reading.execute("BEGIN")  # one snapshot for the counts and the copy
        expected = _counts(reading)
        reading.backup(writing, pages=-1)
        writing.execute("PRAGMA journal_mode=DELETE")  # one file, nothing beside it
    with part.open("rb+") as file:
        os.fsync(file.fileno())
    return expected


def verify(path: Path, *, audit: bool = True) -> Counts:
    """Check a database that nobody writes to; gives back its row counts. ``audit``: the chains too."""
    with closing(connect_read_only(path)) as connection:
        faults = [str(row[0]) for row in connection.execute("PRAGMA integrity_check") if row[0] != "ok"]
        faults += [f"a row of {row[0]} points to nothing" for row in connection.execute("PRAGMA foreign_key_check")]
        counts = _counts(connection)
        if audit and "audit" in counts:
            faults += Audit(Pen(connection)).verify()
    if faults:
        raise BackupFailed(f"{path} is damaged: {'; '.join(faults[:5])}")
    return counts


def _counts(connection: sqlite3.Connection) -> Counts:
    tables = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'")
    counts = {}
    for (table,) in tables.fetchall():
        counts[table] = connection.execute(f'SELECT count(*) FROM "{table}"').fetchone()[0]  # noqa: S608 - own tables
    return counts


def _leave_gap(path: Path, tables: Collection[str]) -> None:
    """An old copy may lack a table that a migration adds after it is put in place."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        for table, statement, values in GAPS:
            if table in tables:
                connection.execute(statement, values)
        connection.execute("COMMIT")


def _set_aside(database: Path) -> None:
    """Move the old database away together with its log: a log left behind would be played into the new file."""
    for suffix in ("", "-wal", "-shm"):
        old = database.with_name(f"{database.name}{suffix}")
        if old.exists():
            old.replace(database.with_name(f"{database.name}.replaced{suffix}"))


def _copy_media(media: Path | None, target: Path) -> int:
    if media is None or not media.is_dir():
        return 0
    shutil.copytree(media, target, copy_function=_copy_file)
    return sum(1 for file in target.rglob("*") if file.is_file())


def _restore_media(copied: Path, media: Path | None) -> int:
    """Photos have names that are never given twice: those of both sides can stand together."""
    if media is None or not copied.is_dir():
        return 0
    shutil.copytree(copied, media, copy_function=_copy_file, dirs_exist_ok=True)
    return sum(1 for file in copied.rglob("*") if file.is_file())


def _copy_file(source: str, target: str) -> str:
    try:
        return str(shutil.copy2(source, target))
    except FileNotFoundError:  # deleted by retention while the folder was being copied
        return target


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
