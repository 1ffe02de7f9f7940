"""org.xlsx → rows. Formulas are never evaluated: a cell that holds one is reported."""

import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, time, timedelta

from adapters.orgfile.problems import Report, Row
from adapters.orgfile.schema import EXAMPLE, NOTES_SHEET, REMARK, TABLES, WORDS, Field, Table
from bot.ports import Cell, Grid, Office, Unreadable

MAX_ROWS = 20_000
_SEPARATORS = re.compile(r"[,，;；、\n]")


def read_xlsx(content: bytes, report: Report, office: Office) -> list[Row]:
    """The rows of all sheets."""
    rows: list[Row] = []
    grids = _grids(content, report, office)
    tables = {table.title: table for table in TABLES.values()}
    for title, grid in grids.items():
        if title in tables:
            rows += _rows(tables[title], grid, report)
        elif title != NOTES_SHEET and any(value is not None for line in grid for value, _ in line):
            report.add(f"不认识这张表；可用 {'、'.join(tables)}，自己的笔记请放在“{NOTES_SHEET}”", title)
    return rows


def _grids(content: bytes, report: Report, office: Office) -> Mapping[str, Grid]:
    try:
        return office.read(content, MAX_ROWS)
    except Unreadable as error:
        match error.kind:
            case "large":
                report.add("解压后太大")
            case "long":
                report.add(f"超过 {MAX_ROWS} 行", error.detail)
            case _:
                report.add(f"不是完好的 xlsx 文件（{error.detail}）")
        return {}


def _rows(table: Table, grid: Grid, report: Report) -> list[Row]:
    columns = _columns(table, grid[0] if grid else [], report)
    rows = []
    for number, line in enumerate(grid[1:], 2):
        if _is_filled(line):
            row = Row(table.key, number, {})
            row.cells.update(_cells(row, columns, line, report))
            _fall_back(table, row)
            rows.append(row)
    return rows


def _is_filled(line: Sequence[Cell]) -> bool:
    """Whether a line is to be read: not empty and no example."""
    texts = [str(value).strip() for value, _ in line if value is not None]
    first = next((text for text in texts if text), "")
    return bool(first) and not first.startswith(EXAMPLE)


def _columns(table: Table, header: Sequence[Cell], report: Report) -> dict[int, Field]:
    fields = {field.title: field for field in table.fields}
    found: dict[int, Field] = {}
    for index, (value, _) in enumerate(header):
        title = str(value or "").strip().rstrip("*＊")
        if title in fields and fields[title] in found.values():
            report.add("这一列出现了两次", table.key, 1, title)
        elif title in fields:
            found[index] = fields[title]
        elif title and title != REMARK:
            report.add(f"不认识这一列；可用 {'、'.join(fields)}", table.key, 1, title)
    for field in table.fields:
        if field.required and not field.fallback and field not in found.values():
            report.add("缺少这一列", table.key, 1, field.title)
    return found


def _cells(row: Row, columns: dict[int, Field], line: Sequence[Cell], report: Report) -> Iterator[tuple[str, object]]:
    for index, cell in enumerate(line):
        field = columns.get(index)
        if field is None:
            continue
        text = _text(row, field, cell, report)
        if text is None:
            yield field.key, None  # reported
        elif text:
            yield field.key, _value(row, field, text, report)


def _fall_back(table: Table, row: Row) -> None:
    """Nobody has to invent an id: where it is empty, the name serves."""
    for field in table.fields:
        if field.fallback and field.key not in row.cells and field.fallback in row.cells:
            row.cells[field.key] = row.cells[field.fallback]


def _text(row: Row, field: Field, cell: Cell, report: Report) -> str | None:
    """The words in a cell; None where there is something else, which is reported."""
    value, kind = cell
    if kind == "f":
        report.about(row, field.key, "单元格里是公式，不会被计算；请改成文字")
    elif kind == "e":
        report.about(row, field.key, f"单元格里是错误值 {value}")
    elif field.kind == "moment" and isinstance(value, date):
        return str(value.date() if isinstance(value, datetime) and value.time() == time() else value)
    elif isinstance(value, date | time | timedelta):
        report.about(row, field.key, "被表格软件当成了日期或时间；请把单元格格式设为“文本”再填")
    elif isinstance(value, bool):
        report.about(row, field.key, "应是文字")
    elif isinstance(value, float) and value.is_integer():
        return str(int(value))
    else:
        return "" if value is None else str(value).strip()
    return None


def _value(row: Row, field: Field, text: str, report: Report) -> object:
    """A cell's words as the value that the field wants; codes in place of Chinese words."""
    words = WORDS.get(field.key, {})
    match field.kind:
        case "count":
            return _count(row, field, text, report)
        case "list":
            return tuple(words.get(part, part) for part in _parts(text))
        case "accounts":
            return _accounts(row, field, text, report)
    return words.get(text, text)


def _parts(text: str) -> list[str]:
    return [part.strip() for part in _SEPARATORS.split(text) if part.strip()]


def _count(row: Row, field: Field, text: str, report: Report) -> int | None:
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    report.about(row, field.key, f"“{text}”不是整数")
    return None


def _accounts(row: Row, field: Field, text: str, report: Report) -> tuple[tuple[str, str], ...] | None:
    pairs = []
    for part in _parts(text):
        channel, colon, account = part.replace("：", ":", 1).partition(":")
        if not colon:
            report.about(row, field.key, f"“{part}”应写成 平台:账号，如 web:zhou")
            return None
        pairs.append((channel.strip(), account.strip()))
    return tuple(pairs)
