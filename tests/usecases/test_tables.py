"""Lists as tables: out, in again, and what a person has changed in them meanwhile."""

import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from adapters.office import OfficeFiles
from bot.ports import Grid, Sheet
from bot.render.catalog import LOCALES, load_catalog
from bot.usecases.comparing import Comparison, Fault, Placing, Reader, codes_of, compare
from bot.usecases.lineage import LISTS, Lineage
from bot.usecases.lists import Selection, lineage_of, page_of
from bot.usecases.tables import SETS, ColumnSet, Scribe, load_columns, sheet_of
from tests.fakes import CLEAR, SHANGHAI, TownBot

UNITS = ("xinhe", "xueyuan", "lvyuan")
CATALOG = load_catalog("zh_CN")


@pytest.fixture
def told(bot: TownBot) -> TownBot:
    """Two troubles, one of them done and praised."""
    bot.say("zhang", CLEAR["drainage"] + "，电话13812345678")
    bot.say("qian", "=1+1 " + CLEAR["noise"], chat="lvyuan")
    bot.say("zhou", "1号件 收到")
    bot.say("zhou", "1号件 办结 已经疏通")
    bot.rate("zhang", 1, 5)
    return bot


def scribe(bot: TownBot, locale: str = "zh_CN") -> Scribe:
    return Scribe(bot.engine.org, load_catalog(locale), SHANGHAI)


def sheets(bot: TownBot, columns: ColumnSet, locale: str = "zh_CN") -> list[Sheet]:
    """The tables of everything."""
    made = []
    for layout in columns.sheets:
        wanted = Selection().of(layout.list, UNITS, SHANGHAI, bot.clock.now())
        page = bot.read(lambda uow: page_of(uow, bot.engine.org, wanted, bot.clock.now(), None, 100))  # noqa: B023
        made.append(sheet_of(layout, map(scribe(bot, locale).fields, page.rows)))
    return made


def grids(bot: TownBot, columns: ColumnSet) -> dict[str, Grid]:
    """The same after a way through a file."""
    return dict(OfficeFiles().read(OfficeFiles().workbook(sheets(bot, columns)), 100))


def held(bot: TownBot, columns: ColumnSet, given: dict[str, Grid], unit: str = "xinhe") -> Comparison:
    """A file held against the tickets."""
    faults: list[Fault] = []
    lines = list(Reader(columns, "说明").lines(given, faults))
    units = tuple(one for one in UNITS if bot.engine.org.within(one, unit))

    def look(code: str) -> Lineage | None:
        return bot.read(lambda uow: lineage_of(uow, bot.engine.org, units, code, bot.clock.now()))

    known = {code: row for code in codes_of(lines) if (row := look(code)) is not None}
    place = Placing(bot.engine.org, bot.engine.org.units[unit], units)
    return compare(lines, known, scribe(bot).fields, place, faults)


def cell_of(given: dict[str, Grid], sheet: str, column: str, row: int) -> tuple[Callable[[object, str], None], object]:
    """A way to write into a cell, and what stands there."""
    titles = [cell[0] for cell in given[sheet][0]]
    at = titles.index(column)

    def write(value: object, kind: str = "s") -> None:
        line = given[sheet][row - 1]
        line += [(None, "n")] * (at + 1 - len(line))
        line[at] = (value, kind)

    line = given[sheet][row - 1]
    return write, line[at][0] if at < len(line) else None


@pytest.mark.parametrize("name", SETS)
def test_what_was_handed_out_is_recognised(told: TownBot, name: str) -> None:
    columns = load_columns(name)

    found = held(told, columns, grids(told, columns))

    assert found == Comparison({"lists": 5}.get(name, 2), (), (), ())


@pytest.mark.parametrize("locale", LOCALES)
@pytest.mark.parametrize("name", SETS)
def test_every_column_is_named_once_and_holds_something_known(told: TownBot, name: str, locale: str) -> None:
    known = set().union(*(scribe(told, locale).fields(row) for row in _lineages(told)))
    for layout in load_columns(name).sheets:
        titles = [heading.title for heading in layout.columns]
        assert len(set(titles)) == len(titles)
        assert layout.list in LISTS
        assert {heading.field for heading in layout.columns if heading.field} <= known


def _lineages(bot: TownBot) -> list[Lineage]:
    wanted = Selection().of("problems", UNITS, SHANGHAI, bot.clock.now())
    return list(bot.read(lambda uow: page_of(uow, bot.engine.org, wanted, bot.clock.now(), None, 100)).rows)


def test_the_tables_say_what_the_lists_say(told: TownBot) -> None:
    problems, tasks, effects = sheets(told, load_columns("lists"))

    assert [problems.title, tasks.title, effects.title] == ["问题清单", "任务清单", "效果清单"]
    by_title = dict(zip([column.title for column in effects.columns], effects.rows[0], strict=True))
    assert by_title["编号"] == "2026-0001"
    assert by_title["办理结果"] == "已经疏通"
    assert by_title["评价"] == "5 很满意：1人"
    assert by_title["是否解决"] == "解决"
    assert re.search(r"2026-05-06 09:00 结案 \S+ 5 很满意：1人", str(by_title["销号经过"]))
    assert "138****5678" in str(problems.rows)
    assert "13812345678" not in str([problems, tasks, effects])


def test_the_hotline_columns_are_those_of_the_hotline(told: TownBot) -> None:
    [sheet] = sheets(told, load_columns("fangshan"))

    assert [column.title for column in sheet.columns] == [
        "工单编号", "工单类型", "问题分类", "标签", "标题", "主要内容", "工单状态", "来电人",
        "来电人电话/账号", "被反映区", "被反映街乡镇", "办理结果", "回复内容", "处理受理方式", "办结时间", "企业名称",
        "是否解决", "是否满意", "工单性质", "村/社区", "小区点位",
    ]  # fmt: skip
    row = dict(zip([column.title for column in sheet.columns], sheet.rows[1], strict=True))
    assert (row["工单状态"], row["是否满意"], row["来电人"]) == ("回复完成", "满意", "保密")
    assert (row["被反映街乡镇"], row["村/社区"]) == ("东山街道", "新河社区")


def test_a_changed_cell_is_told_and_changes_nothing(told: TownBot) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    write, before = cell_of(given, "任务清单", "经办", 3)
    assert before == "周敏"
    write("=cmd", "s")

    found = held(told, columns, given)

    [change] = found.changes
    assert (change.sheet, change.row, change.code, change.column) == ("任务清单", 3, "2026-0001", "经办")
    assert (change.there, change.here) == ("=cmd", "周敏")
    assert found.same == 4
    assert told.ticket(1).assignee == "zhou"


def test_what_changed_here_since_is_told_too(told: TownBot) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    told.say("wu", "2号件 收到")

    assert {change.column for change in held(told, columns, given).changes} == {"签收时间", "状态"}


def new_row(given: dict[str, Grid], **cells: str) -> None:
    """A row under the problems."""
    titles = [cell[0] for cell in given["问题清单"][0]]
    given["问题清单"].append([(cells.get(str(title)), "s") for title in titles])


def test_a_row_without_a_number_is_a_trouble_to_report(told: TownBot) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    new_row(given, 单位="绿园小区", 位置="2号楼", 群众原话="下水道堵了")

    [fresh] = held(told, columns, given).fresh

    assert (fresh.sheet, fresh.row, fresh.text) == ("问题清单", 4, "绿园小区2号楼 下水道堵了")


@pytest.mark.parametrize(
    ("cells", "why"),
    [
        ({"单位": "东风小区", "群众原话": "灯坏了"}, "compare.unit"),
        ({"单位": "学苑小区", "群众原话": "绿园小区的灯也坏了"}, "compare.unit"),
        ({"单位": "学苑小区"}, "compare.empty"),
        ({"单位": "学苑小区", "群众原话": "长" * 1001}, "compare.too_long"),
        ({"编号": "2026-0099", "问题": "灯坏了"}, "compare.unknown"),
        ({"编号": "12号", "问题": "灯坏了"}, "compare.unknown"),
    ],
)
def test_a_row_that_cannot_be_taken_says_why(told: TownBot, cells: dict[str, str], why: str) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    new_row(given, **cells)

    [fault] = held(told, columns, given).faults

    assert (fault.sheet, fault.row, fault.why) == ("问题清单", 4, why)


def test_a_number_of_another_unit_is_as_unknown_as_one_that_was_not_given(told: TownBot) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    found = held(told, columns, given, "xueyuan")
    new_row(given, 编号="2026-0099")
    missing = held(told, columns, given, "xueyuan").faults[1]

    assert replace(missing, row=0, words="") == replace(found.faults[0], row=0, words="")
    assert {fault.words for fault in found.faults} == {"2026-0002"}
    assert not found.changes


def test_formulas_unknown_sheets_and_lost_columns_are_faults(told: TownBot) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    cell_of(given, "问题清单", "问题", 2)[0]("=1+1", "f")
    del given["任务清单"][0][0]
    given["我的"] = [[("x", "s")]]
    given["说明"] = [[("y", "s")]]

    found = {(fault.sheet, fault.row, fault.column, fault.why) for fault in held(told, columns, given).faults}

    assert found == {
        ("问题清单", 2, "问题", "compare.formula"),
        ("任务清单", 1, "编号", "compare.column"),
        ("我的", 1, "", "compare.sheet"),
    }


def test_new_rows_stand_among_the_problems_only(told: TownBot) -> None:
    columns = load_columns("lists")
    given = grids(told, columns)
    given["效果清单"].append([(None, "n"), ("换了灯", "s")])

    [fault] = held(told, columns, given).faults

    assert fault.why == "compare.elsewhere"
