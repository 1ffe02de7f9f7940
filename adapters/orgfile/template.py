"""An empty org.xlsx to fill in: every sheet with its columns, a note on each, and one example row that is not read."""

from adapters.orgfile.schema import EXAMPLE, NOTES_SHEET, REMARK, TABLES, WORDS, Field, Table
from bot.ports import Column, Sheet

PREPARED_ROWS = 500  # formatted as text, so that telephone numbers and times stay as they are typed
NOTES = (
    "每张表填一类：单位、人员、职责、群、知识库、值班表、请假。带 * 的列必填。",
    f"第一格以“{EXAMPLE}”开头的行不会被读取；照着填好后可以删掉。",
    "把鼠标放在列名上可以看到说明。单位、人员可以写编号，也可以写名称（名称不能重复）。",
    f"多个值用顿号或逗号隔开。“{REMARK}”列和这张表写什么都可以。",
    "不要用公式：公式不会被计算。",
)


def template() -> list[Sheet]:
    """The sheets of the workbook."""
    first, *others = NOTES
    notes = Sheet(NOTES_SHEET, (Column(first, 100),), [(line,) for line in others])
    return [notes, *(_sheet(table) for table in TABLES.values())]


def _sheet(table: Table) -> Sheet:
    first, *others = (field.example for field in table.fields)
    columns = (*map(_column, table.fields), Column(REMARK))
    return Sheet(table.title, columns, [(f"{EXAMPLE}：{first}", *others)], examples=1, prepared=PREPARED_ROWS)


def _column(field: Field) -> Column:
    must = field.required and not field.fallback
    note = "。".join(part for part in ("必填" if must else "", field.note) if part)
    return Column(field.title, 40 if field.kind == "prose" else 18, note, _choices(field), must)


def _choices(field: Field) -> tuple[str, ...]:
    """The words to pick from where a cell holds one of few."""
    words = {code: word for word, code in reversed(WORDS.get(field.key, {}).items())}
    return tuple(reversed(words.values())) if field.kind == "text" else ()
