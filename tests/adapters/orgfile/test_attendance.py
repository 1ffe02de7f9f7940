"""The rota and absences in both files: read, refused with the place of the fault, and written so that they read the same."""

from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from adapters.office import OfficeFiles
from adapters.orgfile import OrgFileError, as_sheets, as_toml, read_org
from bot.domain.hours import OfficeHours
from bot.domain.org import Organization
from bot.domain.rota import ALWAYS, MONDAY, Away, Shift
from bot.ports import Column, Sheet
from tests.fakes import town

BASE = """
[[unit]]
id = "xinhe"
name = "新河社区"
level = "community"
[[unit]]
id = "frontier"
name = "边城社区"
level = "community"
timezone = "Asia/Urumqi"
[[person]]
id = "zhou"
name = "周敏"
[[person]]
id = "wu"
name = "吴刚"
[[person]]
id = "far"
name = "远山"
[[duty]]
person = "zhou"
unit = "xinhe"
role = "owner"
[[duty]]
person = "far"
unit = "frontier"
role = "steward"
"""
AWAY = """
[[away]]
person = "{person}"
from = {start}
to = {end}
standin = "{standin}"
reason = "体检"
"""
WEEKENDS = OfficeHours.parse("周六至周日 全天")


def read(folder: Path, text: str) -> Organization:
    (folder / "ORG.toml").write_text(BASE + text, encoding="utf-8")
    return read_org(folder / "ORG.toml")


def faults(folder: Path, text: str) -> list[str]:
    with pytest.raises(OrgFileError) as error:
        read(folder, text)
    return [str(problem).partition("｜")[2] for problem in error.value.problems]


def away(start: str, end: str, person: str = "zhou", standin: str = "wu") -> str:
    return AWAY.format(start=start, end=end, person=person, standin=standin)


@pytest.mark.parametrize(
    ("start", "end", "first", "last"),
    [
        ('"2026-11-24"', '"2026-11-26"', (23, 16, 0), (26, 16, 0)),
        ("2026-11-24", "2026-11-24", (23, 16, 0), (24, 16, 0)),
        ('"2026/11/24 13:30"', '"2026年11月24日 18：00"', (24, 5, 30), (24, 10, 0)),
        ("2026-11-24T13:30:00", "2026-11-25", (24, 5, 30), (25, 16, 0)),
    ],
)
def test_days_and_times_are_those_of_the_units_clock(
    tmp_path: Path, start: str, end: str, first: tuple[int, int, int], last: tuple[int, int, int]
) -> None:
    [found] = read(tmp_path, away(start, end)).aways

    assert found == Away(
        "zhou", datetime(2026, 11, *first, tzinfo=UTC), datetime(2026, 11, *last, tzinfo=UTC), "wu", "体检"
    )


def test_another_zone_has_another_midnight(tmp_path: Path) -> None:
    [found] = read(tmp_path, away('"2026-11-24"', '"2026-11-24"', "far")).aways

    assert found.start == datetime(2026, 11, 23, 18, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("start", "end", "more", "fault"),
    [
        ('"2026-11-24"', '"2026-11-23"', {}, "第 29 行｜to：结束不晚于开始"),
        (
            '"2026-02-30"',
            '"2026-11-23"',
            {},
            "第 29 行｜from：看不懂“2026-02-30”；请写成 2026-11-24 或 2026-11-24 13:30",
        ),
        ('"明天"', '"2026-11-23"', {}, "第 29 行｜from：看不懂“明天”；请写成 2026-11-24 或 2026-11-24 13:30"),
        ('"2026-11-24"', '"2026-11-24"', {"standin": "zhou"}, "第 29 行｜standin：代班人不能是本人"),
        ('"2026-11-24"', '"2026-11-24"', {"standin": "nobody"}, "第 29 行｜standin：没有“nobody”这个人员"),
        ('"2026-11-24"', '"2026-11-24"', {"person": "nobody"}, "第 29 行｜person：没有“nobody”这个人员"),
        ("7", '"2026-11-24"', {}, "第 29 行｜from：应是日期，如 2026-11-24"),
    ],
)
def test_a_fault_names_its_place(tmp_path: Path, start: str, end: str, more: dict[str, str], fault: str) -> None:
    assert f"[[away]]｜{fault}" in faults(tmp_path, away(start, end, **more))


def test_a_line_of_the_rota_has_what_is_usual_where_nothing_is_said(tmp_path: Path) -> None:
    org = read(tmp_path, '[[rota]]\nunit = "xinhe"\npeople = ["zhou", "wu"]\n')

    assert org.rota == (Shift("xinhe", ("zhou", "wu"), ALWAYS, "steward", "day", MONDAY),)


@pytest.mark.parametrize(
    ("line", "fault"),
    [
        ('people = ["nobody"]', "people：没有“nobody”这个人员"),
        ("people = []", "people：没有填写"),
        (
            'people = ["zhou"]\nhours = "有空"',
            "hours：看不懂“有空”；请写成 Mon-Fri 08:30-17:30 或 周一至周五 8:30-17:30",
        ),
        ('people = ["zhou"]\nturn = "year"', "turn：不认识“year”；可用 day、week、half"),
        ('people = ["zhou"]\nrole = "handler"', "role：不认识“handler”；可用 steward、owner"),
        ('people = ["wu"]\nrole = "owner"', "people：“吴刚”在这里不是群主或督办，不能值群主的班"),
        ('people = ["zhou"]\nfirst = 2026-11-24\nlast = 2026-11-23', "last：结束日期早于开始日期"),
    ],
)
def test_a_line_that_cannot_be_is_refused(tmp_path: Path, line: str, fault: str) -> None:
    assert faults(tmp_path, f'[[rota]]\nunit = "xinhe"\n{line}\n') == [f"[[rota]]｜第 28 行｜{fault}"]


def a_full_org() -> Organization:
    start = datetime(2026, 11, 23, 16, 0, tzinfo=UTC)
    rota = (
        Shift("xinhe", ("zhou", "wu"), WEEKENDS, "steward", "week", date(2026, 11, 28), date(2027, 1, 3)),
        Shift("xinhe", ("chen",), role="owner", turn="half"),
    )
    aways = (
        Away("zhou", start, datetime(2026, 11, 24, 16, 0, tzinfo=UTC), "wu", '=1+1 "看病"'),
        Away("chen", datetime(2026, 11, 24, 5, 30, tzinfo=UTC), datetime(2026, 11, 24, 16, 0, tzinfo=UTC)),
    )
    return replace(town(), rota=rota, aways=aways)


def test_what_is_written_as_toml_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "ORG.toml").write_text(as_toml(a_full_org()), encoding="utf-8")

    assert read_org(tmp_path / "ORG.toml") == a_full_org()


def test_what_is_written_as_sheets_reads_the_same(tmp_path: Path) -> None:
    (tmp_path / "org.xlsx").write_bytes(OfficeFiles().workbook(as_sheets(a_full_org())))

    assert read_org(tmp_path / "org.xlsx", OfficeFiles()) == a_full_org()


def test_a_fault_in_a_sheet_names_sheet_and_row(tmp_path: Path) -> None:
    sheets = {sheet.title: sheet for sheet in as_sheets(a_full_org())}
    line = ("新河社区", "周敏、王五", "每天 18:00-8:00", "每年")
    rota = Sheet("值班表", tuple(Column(title) for title in ("单位", "值班人", "值班时段", "轮换")), [line])
    leave = Sheet("请假", tuple(Column(title) for title in ("人员", "开始", "结束")), [("周敏", "2026-11-24", "下周")])
    made = [*(sheet for title, sheet in sheets.items() if title not in {"值班表", "请假"}), rota, leave]
    (tmp_path / "org.xlsx").write_bytes(OfficeFiles().workbook(made))

    with pytest.raises(OrgFileError) as error:
        read_org(tmp_path / "org.xlsx", OfficeFiles())

    assert [str(problem) for problem in error.value.problems] == [
        "org.xlsx｜值班表｜第 2 行｜值班人：没有“王五”这个人员",
        "org.xlsx｜值班表｜第 2 行｜轮换：不认识“每年”；可用 每天、每周、半天",
        "org.xlsx｜请假｜第 2 行｜结束：看不懂“下周”；请写成 2026-11-24 或 2026-11-24 13:30",
    ]


def test_cells_that_hold_real_dates_are_days(tmp_path: Path) -> None:
    from openpyxl import load_workbook  # noqa: PLC0415 - only here

    org = replace(a_full_org(), rota=())
    path = tmp_path / "org.xlsx"
    path.write_bytes(OfficeFiles().workbook(as_sheets(org)))
    book = load_workbook(path)
    for column in "BC":
        book["请假"][f"{column}2"] = date(2026, 11, 24)
        book["请假"][f"{column}2"].number_format = "yyyy-mm-dd"
    book.save(path)

    assert read_org(path, OfficeFiles()).aways == org.aways
