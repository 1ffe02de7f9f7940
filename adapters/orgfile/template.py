"""An empty org.xlsx to fill in: every sheet with its columns, a note on each, and one example row that is not read."""

from pathlib import Path

from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from adapters.orgfile.schema import EXAMPLE, NOTES_SHEET, REMARK, TABLES, WORDS, Field, Table

PREPARED_ROWS = 500  # formatted as text, so that telephone numbers and times stay as they are typed
GREY = "808080"
NOTES = (
    "每张表填一类：单位、人员、职责、群、知识库。带 * 的列必填。",
    f"第一格以“{EXAMPLE}”开头的行不会被读取；照着填好后可以删掉。",
    "把鼠标放在列名上可以看到说明。单位、人员可以写编号，也可以写名称（名称不能重复）。",
    f"多个值用顿号或逗号隔开。“{REMARK}”列和这张表写什么都可以。",
    "不要用公式：公式不会被计算。",
)


def write_template(path: Path) -> None:
    """Write the workbook; an existing file is replaced. OSError where it cannot be written."""
    book = Workbook()
    notes = book.worksheets[0]
    notes.title = NOTES_SHEET
    for line in NOTES:
        notes.append([line])
    notes.column_dimensions["A"].width = 100
    for table in TABLES.values():
        _fill(book.create_sheet(table.title), table)
    book.save(path)


def _fill(sheet: Worksheet, table: Table) -> None:
    sheet.freeze_panes = "A2"
    for column, field in enumerate(table.fields, 1):
        _head(sheet, column, field)
        _choices(sheet, column, field)
        for row in range(2, PREPARED_ROWS + 2):
            sheet.cell(row, column).number_format = "@"
        example = sheet.cell(2, column, f"{EXAMPLE}：{field.example}" if column == 1 else field.example)
        example.font = Font(italic=True, color=GREY)
    sheet.cell(1, len(table.fields) + 1, REMARK).font = Font(bold=True)


def _head(sheet: Worksheet, column: int, field: Field) -> None:
    must = field.required and not field.fallback
    cell = sheet.cell(1, column, f"{field.title}*" if must else field.title)
    cell.font = Font(bold=True)
    cell.fill = PatternFill("solid", fgColor="DDEBF7" if must else "F2F2F2")
    note = "。".join(part for part in ("必填" if must else "", field.note) if part)
    if note:
        cell.comment = Comment(note, "GridSteward")
    sheet.column_dimensions[get_column_letter(column)].width = 40 if field.kind == "prose" else 18


def _choices(sheet: Worksheet, column: int, field: Field) -> None:
    """A list to pick from where a cell holds one of few words."""
    words = {code: word for word, code in reversed(WORDS.get(field.key, {}).items())}
    if words and field.kind == "text":
        choice = DataValidation(type="list", formula1=f'"{",".join(reversed(words.values()))}"', allow_blank=True)
        choice.showErrorMessage = False
        letter = get_column_letter(column)
        choice.add(f"{letter}2:{letter}{PREPARED_ROWS + 1}")
        sheet.add_data_validation(choice)
