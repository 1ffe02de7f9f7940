"""A table that was handed out comes back: what is known, what was changed in it, what is new, and what nobody can read.

Nothing is applied here. Changes are told, what they put right is for a person to say, and new rows are for him to report.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.org import Organization, Unit
from bot.ports import Cell, Grid, Value
from bot.render.catalog import Catalog
from bot.render.cells import cell_text
from bot.usecases.lineage import PROBLEMS, Lineage, parsed_code
from bot.usecases.placing import deepest_named
from bot.usecases.tables import ColumnSet, Layout, value_of

CODE, UNIT, PLACE, TITLE, VOICES = "code", "unit", "place", "title", "voices"
CORRECTED = ("nature", "category")  # fields that a table may put right, as 改类 does
REPORTED = 1000  # characters of a new row
Fields = Callable[[Lineage], Mapping[str, Value]]


@dataclass(frozen=True, slots=True)
class Fault:
    """What cannot be read: sheet, row of the file, column, and the catalog key of why, with its words."""

    sheet: str
    row: int
    column: str
    why: str
    words: str = ""


@dataclass(frozen=True, slots=True)
class Change:
    """A cell that says something else than the ticket does."""

    sheet: str
    row: int
    code: str
    column: str
    there: str
    here: str
    field: str = ""


@dataclass(frozen=True, slots=True)
class Fresh:
    """A row without a number: a trouble that nobody has reported yet, in words that name its unit."""

    sheet: str
    row: int
    text: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """What a file holds. ``same`` counts the rows that say what the tickets say."""

    same: int
    changes: tuple[Change, ...]
    fresh: tuple[Fresh, ...]
    faults: tuple[Fault, ...]


@dataclass(frozen=True, slots=True)
class Line:
    """A row of a sheet that was read: its number in the file and the texts by title."""

    layout: Layout
    number: int
    texts: Mapping[str, str]

    def text(self, field: str) -> str:
        """The text of a field, "" where there is no such column."""
        titles = (heading.title for heading in self.layout.columns if heading.field == field)
        return next((self.texts[title] for title in titles if title in self.texts), "")


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads the sheets of a column set. A formula, an error and a sheet that is not known are faults."""

    columns: ColumnSet
    notes: str  # the title of the sheet that is passed over

    def lines(self, grids: Mapping[str, Grid], faults: list[Fault]) -> Iterator[Line]:
        """The rows that hold anything."""
        layouts = {layout.title: layout for layout in self.columns.sheets}
        for title, grid in grids.items():
            if title in layouts:
                yield from _lines(layouts[title], grid, faults)
            elif title != self.notes and any(grid):
                faults.append(Fault(title, 1, "", "compare.sheet", "、".join(layouts)))


def _lines(layout: Layout, grid: Grid, faults: list[Fault]) -> Iterator[Line]:
    known = {heading.title for heading in layout.columns}
    titles = [_title(cell) for cell in grid[0]] if grid else []
    for lacking in [h.title for h in layout.columns if h.field == CODE and h.title not in titles]:
        faults.append(Fault(layout.title, 1, lacking, "compare.column"))
        return
    for number, cells in enumerate(grid[1:], 2):
        texts: dict[str, str] = {}
        for title, cell in zip(titles, cells, strict=False):
            if title not in known:
                continue
            if cell[1] in {"f", "e"}:
                faults.append(Fault(layout.title, number, title, "compare.formula"))
            else:
                texts[title] = plain(cell)
        if any(texts.values()):
            yield Line(layout, number, texts)


def _title(cell: Cell) -> str:
    return str(cell[0] or "").strip().rstrip("*＊")


def plain(cell: Cell) -> str:
    """A cell as the text that the table was written with: 3.0 as 3, an instant to the minute."""
    value = cell[0]
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else cell_text(str(value))


def codes_of(lines: Sequence[Line]) -> list[str]:
    """The codes that rows name, each once."""
    return list(dict.fromkeys(line.text(CODE) for line in lines if line.text(CODE)))


def compare(
    lines: Sequence[Line], known: Mapping[str, Lineage], fields: Fields, place: "Placing", faults: list[Fault]
) -> Comparison:
    """Hold rows against what is; ``known`` has the lineages by the code that was asked for."""
    same, changes, fresh = 0, list[Change](), list[Fresh]()
    for line in lines:
        code = line.text(CODE)
        if not code:
            match _fresh(line, place):
                case Fresh() as found:
                    fresh.append(found)
                case Fault() as fault:
                    faults.append(fault)
        elif parsed_code(code) is None or code not in known:
            faults.append(Fault(line.layout.title, line.number, "", "compare.unknown", code[:40]))
        else:
            differing = list(_changes(line, code, known[code], fields))
            changes += differing
            same += not differing
    return Comparison(same, tuple(changes), tuple(fresh), tuple(faults))


def _changes(line: Line, code: str, row: Lineage, fields: Fields) -> Iterator[Change]:
    """The cells that differ; of a ticket that was merged since, its number alone."""
    now = fields(row)
    for heading in line.layout.columns:
        value = value_of(heading, now)
        here = cell_text("" if value is None else str(value))
        there = line.texts.get(heading.title, here)
        if there != here and (code == row.code or heading.field == CODE):
            yield Change(line.layout.title, line.number, code, heading.title, there, here, heading.field)


def corrections_of(changes: Sequence[Change], catalog: Catalog) -> list[tuple[str, str]]:
    """What a table puts right: the number of a ticket with the code of the nature or category that stands there, each once."""
    codes = {(head, word): code for head in CORRECTED for code, word in catalog.sections[head].items()}
    found = ((change.code, codes.get((change.field, change.there))) for change in changes)
    return list(dict.fromkeys((number, code) for number, code in found if code))


@dataclass(frozen=True, slots=True)
class Placing:
    """Where new rows may belong: to the units of a desk. ``unit`` is meant where a row names none."""

    org: Organization
    unit: Unit
    units: tuple[str, ...]

    def named(self, name: str) -> Unit | None:
        """The unit of this name."""
        found = (self.org.units[unit] for unit in self.units)
        return self.unit if not name else next((unit for unit in found if name in unit.names), None)

    def is_clear(self, text: str) -> bool:
        """Whether words lead to a unit of the desk and to no other."""
        return deepest_named(self.org, text, tuple(self.org.units)) in self.units


def _fresh(line: Line, place: Placing) -> Fresh | Fault:
    """A new row as the words of a report; only the problems take new rows."""
    if line.layout.list != PROBLEMS:
        return Fault(line.layout.title, line.number, "", "compare.elsewhere")
    said = line.text(VOICES) or line.text(TITLE)
    if not said or len(said) > REPORTED:
        return Fault(line.layout.title, line.number, "", "compare.too_long" if said else "compare.empty", str(REPORTED))
    unit = place.named(line.text(UNIT))
    text = f"{unit.name if unit else ''}{line.text(PLACE)} {said}".strip()
    if unit is None or not place.is_clear(text):
        return Fault(line.layout.title, line.number, "", "compare.unit", line.text(UNIT)[:40])
    return Fresh(line.layout.title, line.number, text)
