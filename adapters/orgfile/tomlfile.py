"""ORG.toml → rows. Pure: bytes in, rows out; what does not fit is reported."""

import re
import tomllib
from datetime import date

from adapters.orgfile.problems import Report, Row
from adapters.orgfile.schema import TABLES, Field, Table

_POSITION = re.compile(r"\(at line (\d+), column \d+\)")
_TYPES = {
    "text": "带引号的文字",
    "prose": "带引号的文字",
    "count": "整数",
    "moment": "日期，如 2026-11-24",
    "list": '文字列表，如 ["a", "b"]',
}
_ACCOUNTS = '账号表，如 { web = "zhou" }'


def read_toml(content: bytes, report: Report) -> tuple[list[Row], str | None]:
    """The rows of a file and its default time zone."""
    data, text = _parsed(content, report)
    rows: list[Row] = []
    for key, value in data.items():
        if key in TABLES:
            rows += _rows(TABLES[key], value, text, report)
        elif key != "timezone":
            report.add(f"不认识“{key}”；可用 timezone、{'、'.join(TABLES)}")
    zone = data.get("timezone")
    if zone is not None and not isinstance(zone, str):
        report.add(f"应是{_TYPES['text']}", column="timezone")
    return rows, zone if isinstance(zone, str) else None


def _parsed(content: bytes, report: Report) -> tuple[dict[str, object], str]:
    try:
        text = content.decode("utf-8-sig")  # Windows editors put a mark in front
        return tomllib.loads(text), text
    except UnicodeDecodeError as error:
        report.add("不是 UTF-8 编码，请另存为 UTF-8", row=content.count(b"\n", 0, error.start) + 1)
    except tomllib.TOMLDecodeError as error:
        found = _POSITION.search(str(error))
        line = int(found[1]) if found else content.count(b"\n") + 1
        report.add(f"TOML 写法有误（{error}）", row=line)
    except RecursionError:
        report.add("括号嵌套太深")
    return {}, ""


def _rows(table: Table, value: object, text: str, report: Report) -> list[Row]:
    if not isinstance(value, list) or not all(isinstance(item, dict) for item in value):
        report.add(f"应写成 [[{table.key}]]", table.key)
        return []
    lines = _lines(table.key, text)
    numbers = lines if len(lines) == len(value) else list(range(1, len(value) + 1))
    return [_row(table, item, number, report) for item, number in zip(value, numbers, strict=True)]


def _lines(key: str, text: str) -> list[int]:
    """The lines on which tables begin; tomllib does not tell. A header inside a long text would be one too many."""
    header = re.compile(rf"\s*\[\[\s*[\"']?{key}[\"']?\s*\]\]")
    return [number for number, line in enumerate(text.split("\n"), 1) if header.match(line)]


def _row(table: Table, item: dict[str, object], number: int, report: Report) -> Row:
    row = Row(table.key, number, {})
    for key, value in item.items():
        field = table.field(key)
        if field is None or field.sheet_only:
            known = "、".join(field.key for field in table.fields if not field.sheet_only)
            report.about(row, key, f"不认识这一项；可用 {known}")
        elif (fit := _fit(field, value)) is None:
            report.about(row, key, f"应是{_TYPES.get(field.kind, _ACCOUNTS)}")
            row.cells[key] = None
        else:
            row.cells[key] = fit
    return row


def _fit(field: Field, value: object) -> object:
    """The value if it has the type that the field wants, else None."""
    match field.kind, value:
        case "count", bool():
            return None
        case ("count", int()) | ("text" | "prose", str()):
            return value
        case "moment", str() | date():
            return str(value)
        case "list", list() if all(isinstance(item, str) for item in value):
            return tuple(value)
        case "accounts", dict() if all(isinstance(item, str) for item in value.values()):
            return tuple(value.items())
    return None
