"""Short notation for the columns of new tables. Migrations depend on it: a letter's meaning never changes."""

from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeEngine

# A type without a name is text.
TYPES: dict[str, type[TypeEngine[Any]]] = {
    "": sa.String,
    "int": sa.Integer,
    "time": sa.BigInteger,
    "flag": sa.Boolean,
    "blob": sa.LargeBinary,
}


def columns(notation: str) -> list[sa.Column[Any]]:
    """Columns from ``name``, ``name:type`` or ``name:type?`` (may be NULL), separated by blanks."""
    return [_column(word) for word in notation.split()]


def _column(word: str) -> sa.Column[Any]:
    name, _, kind = word.rstrip("?").partition(":")
    return sa.Column(name, TYPES[kind](), nullable=word.endswith("?"))
