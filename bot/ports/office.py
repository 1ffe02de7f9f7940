"""Files of office programs: tables as .xlsx, reports as .docx. What they hold is plain data; nothing in them is evaluated."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

Value = str | int | None
Cell = tuple[
    object, str
]  # of a file that was read: value, and what it is there: s text, n number, f formula, e error, d date
Grid = list[list[Cell]]


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title, its width in characters, a note on its title, and words to choose from in its cells."""

    title: str
    width: int = 18
    note: str = ""
    choices: tuple[str, ...] = ()
    must: bool = False


@dataclass(frozen=True, slots=True)
class Sheet:
    """A table. ``examples`` counts the first rows that only show how it is done; ``prepared`` rows are ready to be typed in."""

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Value]] = ()
    examples: int = 0
    prepared: int = 0


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a heading, lines, and a table where there is one."""

    heading: str
    lines: tuple[str, ...] = ()
    table: Sheet | None = None


@dataclass(frozen=True, slots=True)
class Document:
    """A report to print. ``foot`` stands at the end of every page, before its number."""

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    foot: str = ""


class Unreadable(Exception):
    """A file that cannot be taken. ``kind``: large (unpacked), long (``detail`` is the sheet), broken (``detail`` says how)."""

    def __init__(self, kind: str, detail: str = "") -> None:
        super().__init__(f"{kind} {detail}".strip())
        self.kind = kind
        self.detail = detail


class Office(Protocol):
    """What reads and writes such files. All of it takes time: call it outside of transactions, in a thread of its own."""

    def read(self, content: bytes, max_rows: int) -> Mapping[str, Grid]:
        """The cells of each sheet of an .xlsx; raises ``Unreadable``."""
        ...

    def workbook(self, sheets: Sequence[Sheet]) -> bytes:
        """An .xlsx. Text stays text, whatever it begins with."""
        ...

    def document(self, document: Document) -> bytes:
        """A .docx, A4."""
        ...
