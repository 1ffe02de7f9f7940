"""Tables → .xlsx. What people wrote is never a formula: every text is stored as text, and stays text when it is edited."""

from collections.abc import Sequence
from copy import copy
from io import BytesIO
from typing import Any

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.styles.cell_style import StyleArray
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from bot.ports import Column, Sheet, Value
from bot.render.cells import cell_text

AS_TEXT = "@"  # the format of cells in which telephone numbers and times stay as they are typed
WRAPPED = Alignment(wrap_text=True, vertical="top")
HEAD, EXAMPLE = Font(bold=True), Font(italic=True, color="808080")
MUST, MAY = PatternFill("solid", fgColor="DDEBF7"), PatternFill("solid", fgColor="F2F2F2")


def write_workbook(sheets: Sequence[Sheet]) -> bytes:
    """The file of some tables, each with its titles in the first row."""
    book = Workbook()
    book.remove(book.worksheets[0])
    for sheet in sheets:
        _fill(book.create_sheet(sheet.title), sheet)
    written = BytesIO()
    book.save(written)
    return written.getvalue()


def _fill(target: Worksheet, sheet: Sheet) -> None:
    target.freeze_panes = "A2"
    for number, column in enumerate(sheet.columns, 1):
        _head(target, number, column)
        _choices(target, number, column, sheet)
        for row in range(2, sheet.prepared + 2):
            target.cell(row, number).number_format = AS_TEXT
    style = _text_style(target)
    for place, values in enumerate(sheet.rows, 2):
        for number, value in enumerate(values, 1):
            cell = _put(target, place, number, value)
            if cell.data_type == "s":
                cell._style = copy(style)
            if place < sheet.examples + 2:
                cell.font = EXAMPLE


def _put(target: Worksheet, row: int, column: int, value: Value) -> Any:
    cell: Any = target.cell(row, column)  # its stubs know nothing of its style as a whole
    if isinstance(value, str) and (text := cell_text(value)):
        cell.value = text
        cell.data_type = "s"  # openpyxl takes what begins with = for a formula
    elif isinstance(value, int):
        cell.value = value
    return cell


def _text_style(target: Worksheet) -> StyleArray:
    """How a text looks, worked out once: openpyxl looks a style up for each cell that is given its parts."""
    cell: Any = target.cell(1, 1)
    before, cell._style = cell._style, StyleArray()
    cell.number_format = AS_TEXT
    cell.alignment = WRAPPED
    cell.quotePrefix = True  # a spreadsheet program reads an edited cell anew, but for this mark
    style: StyleArray = cell._style
    cell._style = before
    return style


def _head(target: Worksheet, number: int, column: Column) -> None:
    cell = _put(target, 1, number, f"{column.title}*" if column.must else column.title)
    cell.font, cell.fill, cell.alignment = HEAD, MUST if column.must else MAY, WRAPPED
    if column.note:
        cell.comment = Comment(column.note, "GridSteward")
    target.column_dimensions[get_column_letter(number)].width = column.width


def _choices(target: Worksheet, number: int, column: Column, sheet: Sheet) -> None:
    """A list to pick from where a cell holds one of few words."""
    if column.choices:
        choice = DataValidation(type="list", formula1=f'"{",".join(column.choices)}"', allow_blank=True)
        choice.showErrorMessage = False
        letter = get_column_letter(number)
        choice.add(f"{letter}2:{letter}{max(sheet.prepared, len(sheet.rows)) + 1}")
        target.add_data_validation(choice)
