"""Databases as older programs left them: an old schema, filled with what today's program knows of its tables."""

import sqlite3
from contextlib import closing
from pathlib import Path

from storage import migrate
from storage.sqlite import connect

OWN = {"alembic_version"}


def aged(full: Path, path: Path, revision: str) -> Path:
    """What ``full`` holds, as a program of that revision would have stored it; tables and columns of later ones stay away."""
    migrate.upgrade(path, revision)
    with closing(connect(path)) as connection:
        connection.execute("PRAGMA foreign_keys=OFF")
        connection.execute("ATTACH DATABASE ? AS full", (str(full),))
        connection.execute("BEGIN")
        for table in sorted(tables_of(connection) & tables_of(connection, "full") - OWN):
            _fill(connection, table)
        connection.execute("COMMIT")
        assert not connection.execute("PRAGMA main.foreign_key_check").fetchall()
    return path


def tables_of(connection: sqlite3.Connection, schema: str = "main") -> set[str]:
    """The names of the tables."""
    found = connection.execute(f"SELECT name FROM {schema}.sqlite_master WHERE type = 'table'").fetchall()  # noqa: S608 - our names
    return {name for (name,) in found if not name.startswith("sqlite_")}


def columns_of(connection: sqlite3.Connection, table: str, schema: str = "main") -> list[str]:
    """The columns of a table, in order."""
    return [row[1] for row in connection.execute(f"PRAGMA {schema}.table_info({table})")]


def rows_of(connection: sqlite3.Connection, table: str, columns: list[str]) -> list[tuple[object, ...]]:
    """These columns of all rows, in an order of their own."""
    names = ", ".join(f'"{one}"' for one in columns)
    return sorted(connection.execute(f"SELECT {names} FROM {table}").fetchall(), key=repr)  # noqa: S608 - our names


def _fill(connection: sqlite3.Connection, table: str) -> None:
    """A table that meant something else then stays empty: what it held cannot be told from what it holds."""
    then = columns_of(connection, table)
    if set(then) <= set(columns_of(connection, table, "full")):
        names = ", ".join(f'"{one}"' for one in then)
        connection.execute(f"DELETE FROM main.{table}")  # noqa: S608 - our names
        connection.execute(f"INSERT INTO main.{table} ({names}) SELECT {names} FROM full.{table}")  # noqa: S608
