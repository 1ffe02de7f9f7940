"""Files of office programs: tables as .xlsx, reports as .docx or .pdf. What they hold is plain data; nothing is evaluated."""

from collections.abc import Callable, Mapping, Sequence
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
class Series:
    """Numbers of a chart, none below 0, one for each of its names; ``texts`` is how they are written, where not plainly."""

    title: str
    values: tuple[float, ...]
    texts: tuple[str, ...] = ()

    def text(self, place: int) -> str:
        """How a number is written."""
        return self.texts[place] if self.texts else f"{self.values[place]:g}"


@dataclass(frozen=True, slots=True)
class Chart:
    """Numbers to be drawn. ``kind``: bars (one under the other) or columns (along time). ``most`` ends the scale, 0: largest."""

    title: str
    kind: str
    names: tuple[str, ...]
    series: tuple[Series, ...]
    most: float = 0

    @property
    def words(self) -> str:
        """The same in words, for who cannot see it."""
        told = (
            f"{name} " + "、".join(f"{one.title} {one.text(place)}".strip() for one in self.series)
            for place, name in enumerate(self.names)
        )
        return f"{self.title}：{'；'.join(told)}"


@dataclass(frozen=True, slots=True)
class Pair:
    """Two photos side by side, JPEG, each with its title, and what they show."""

    caption: str
    lines: tuple[str, ...]
    titles: tuple[str, str]
    before: bytes
    after: bytes


@dataclass(frozen=True, slots=True)
class Section:
    """A part of a report: a heading, then charts, lines, photos, and a table, as far as there are any."""

    heading: str
    lines: tuple[str, ...] = ()
    table: Sheet | None = None
    charts: tuple[Chart, ...] = ()
    pairs: tuple[Pair, ...] = ()


@dataclass(frozen=True, slots=True)
class Document:
    """A report to print. ``foot`` stands at the end of every page, before its number; ``contents`` over the list of sections.

    ``issuer`` is in whose name it is, ``locale`` in which language.
    """

    title: str
    subtitle: str
    sections: tuple[Section, ...]
    foot: str = ""
    contents: str = ""
    issuer: str = ""
    locale: str = "zh_CN"


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

    def document(self, document: Document, draw: Callable[[Chart], bytes] | None = None) -> bytes:
        """A .docx, A4. ``draw`` makes a PNG of a chart; without it a chart is a table of its numbers."""
        ...


class Press(Protocol):
    """What sets reports and draws charts. Takes time: call it in a thread of its own."""

    def chart(self, chart: Chart) -> bytes:
        """A PNG."""
        ...

    def pdf(self, document: Document) -> bytes:
        """A .pdf, A4, with a cover and a list of its sections."""
        ...
