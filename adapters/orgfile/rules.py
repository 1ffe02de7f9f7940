"""What every cell of an organization file has to satisfy, whatever it says: there, not too long, nothing invisible."""

import re
import unicodedata
from collections.abc import Iterator

from adapters.orgfile.problems import Report, Row
from adapters.orgfile.schema import TABLES, Field

MAX_ITEMS = 200
MAX_COUNT = 10_000_000

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufeff]")  # also turns text around


def check_cells(rows: list[Row], report: Report) -> None:
    """Report cells that are missing, too long or carry signs that nobody sees; surrounding blanks are dropped."""
    for row in rows:
        for field in TABLES[row.table].fields:
            _check(row, field, report)


def _check(row: Row, field: Field, report: Report) -> None:
    value = row.cells[field.key] = _stripped(row.cells.get(field.key, ""))
    if value is None:
        return  # reported where it was read
    if value in {"", ()} and field.required:
        report.about(row, field.key, "没有填写")
    elif isinstance(value, int) and not 0 <= value <= MAX_COUNT:
        report.about(row, field.key, f"应在 0 到 {MAX_COUNT} 之间")
    elif isinstance(value, tuple) and len(value) > MAX_ITEMS:
        report.about(row, field.key, f"超过 {MAX_ITEMS} 项")
    for text in _texts(value):
        if len(text) > field.longest:
            report.about(row, field.key, f"太长：{len(text)} 个字，最多 {field.longest} 个")
        if _has_control(text, field):
            report.about(row, field.key, "含有看不见的控制字符，请重新输入")


def _stripped(value: object) -> object:
    if isinstance(value, tuple):
        items = (tuple(map(str.strip, item)) if isinstance(item, tuple) else item.strip() for item in value)
        return tuple(item for item in items if item)
    return value.strip() if isinstance(value, str) else value


def _texts(value: object) -> Iterator[str]:
    if isinstance(value, tuple):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, str):
        yield value


def _has_control(text: str, field: Field) -> bool:
    allowed = "\n\r\t" if field.kind == "prose" else ""
    controls = (sign for sign in text if unicodedata.category(sign) in {"Cc", "Cs", "Zl", "Zp"})
    return any(sign not in allowed for sign in controls) or bool(_INVISIBLE.search(text))
