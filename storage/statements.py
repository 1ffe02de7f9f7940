"""SQL text from the tables: written with SQLAlchemy Core, compiled once, run by the repositories on the driver's cursor.

Executing through SQLAlchemy costs about three times the driver's price for each statement, so only its compiler is used.
All parameters are positional; ``P`` stands for one. Compiled once a process: whoever opens a database again pays nothing.
"""

from functools import cache

from sqlalchemy import ColumnElement, Table, delete, insert, literal_column, select, update
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.base import Executable
from sqlmodel import SQLModel

P: ColumnElement[object] = literal_column("?")


def table(model: type[SQLModel]) -> Table:
    """The table behind a class."""
    return SQLModel.metadata.tables[str(model.__tablename__)]


def columns(model: type[SQLModel]) -> tuple[str, ...]:
    """The names of a table's columns, in their order."""
    return tuple(column.name for column in table(model).columns)


def sql(statement: Executable) -> str:
    """The statement as text for SQLite, constants written out."""
    dialect = sqlite.dialect(paramstyle="qmark")
    return str(statement.compile(dialect=dialect, compile_kwargs={"literal_binds": True}))  # type: ignore[attr-defined]


@cache
def insert_sql(model: type[SQLModel], names: tuple[str, ...] | None = None, *, ignore: bool = False) -> str:
    """INSERT of all columns, or of these, in order; with ``ignore`` an existing key is left alone."""
    values = dict.fromkeys(names or columns(model), P)
    return sql(insert(table(model)).prefix_with("OR IGNORE" if ignore else "").values(values).inline())


@cache
def upsert_sql(model: type[SQLModel], keys: tuple[str, ...]) -> str:
    """INSERT of all columns, in order; where the keys exist the other columns are replaced."""
    names = columns(model)
    statement = sqlite.insert(table(model)).values(dict.fromkeys(names, P)).inline()
    changed = {name: statement.excluded[name] for name in names if name not in keys}
    return sql(statement.on_conflict_do_update(index_elements=list(keys), set_=changed))


@cache
def update_sql(model: type[SQLModel], names: tuple[str, ...], keys: tuple[str, ...]) -> str:
    """UPDATE of some columns where the keys fit; parameters: the columns in order, then the keys."""
    target = table(model)
    wanted = [target.c[key] == P for key in keys]
    return sql(update(target).values(dict.fromkeys(names, P)).where(*wanted))


@cache
def delete_sql(model: type[SQLModel]) -> str:
    """DELETE of all rows."""
    return sql(delete(table(model)))


@cache
def select_sql(model: type[SQLModel], names: tuple[str, ...], keys: tuple[str, ...] = (), order: str = "") -> str:
    """SELECT of some columns where the keys fit. ``order`` is a column, with ``-`` before it for newest first."""
    target = table(model)
    statement = select(*[target.c[name] for name in names]).where(*[target.c[key] == P for key in keys])
    if order:
        column = target.c[order.lstrip("-")]
        statement = statement.order_by(column.desc() if order.startswith("-") else column)
    return sql(statement)
