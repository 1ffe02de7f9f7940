"""Bring a database to the schema of this program: numbered revisions, after a verified copy, in one transaction.

Alembic is only imported where there is something to do: a start at the newest schema reads one row and goes on.
"""

import sqlite3
from pathlib import Path

from storage.backup import copy_verified
from storage.errors import BrokenSchema, NewerSchema
from storage.sqlite import connect

MIGRATIONS = Path(__file__).parent / "migrations"


def known_revisions() -> list[str]:
    """The numbers of the revisions that this program has, in order."""
    return sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*.py"))


def revision_of(connection: sqlite3.Connection) -> str | None:
    """The revision that a database is at; None for an empty one."""
    exists = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'alembic_version'").fetchone()
    found = connection.execute("SELECT version_num FROM alembic_version").fetchone() if exists else None
    return None if found is None else str(found[0])


def upgrade(path: Path, revision: str | None = None) -> Path | None:
    """Bring a database to a revision, the newest by default; gives back the copy that was made before, if one was.

    The caller holds the lock of the file.
    """
    known = known_revisions()
    target = revision or known[-1]
    connection = connect(path)
    try:
        current = revision_of(connection)
        if current == target:
            return None
        if current is not None and current not in known:
            raise NewerSchema(
                f"{path} has schema {current}, this program knows up to {known[-1]}: "
                "run the newer program, or restore a copy from before its first start"
            )
        copy = None if current is None else _copy_before(path, current)
    finally:
        connection.close()
    _run_alembic(path, target)
    return copy


def _copy_before(path: Path, revision: str) -> Path:
    copy = path.with_name(f"{path.name}.schema-{revision}.bak")
    copy.unlink(missing_ok=True)  # of an attempt that failed; the database itself is still at that revision
    copy_verified(path, copy, audit=False)
    return copy


def _run_alembic(path: Path, target: str) -> None:
    from alembic import command  # noqa: PLC0415 - half a second that most starts do without
    from alembic.config import Config  # noqa: PLC0415
    from sqlalchemy import create_engine, pool  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    engine = create_engine("sqlite://", creator=lambda: _without_foreign_keys(path), poolclass=pool.NullPool)
    with engine.connect() as connection:
        config.attributes["connection"] = connection
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        command.upgrade(config, target)
        broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
        if broken:
            connection.exec_driver_sql("ROLLBACK")
            raise BrokenSchema(f"migrating {path} left {len(broken)} rows without their parents; nothing was changed")
        connection.exec_driver_sql("COMMIT")
    engine.dispose()


def _without_foreign_keys(path: Path) -> sqlite3.Connection:
    """A table that is rebuilt under foreign keys takes its children with it (ON DELETE CASCADE)."""
    connection = connect(path)
    connection.execute("PRAGMA foreign_keys=OFF")
    return connection
