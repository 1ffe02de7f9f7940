import zipfile
from collections.abc import Callable
from datetime import time
from pathlib import Path

import pytest
from openpyxl import Workbook, load_workbook

from adapters.office import OfficeFiles
from adapters.orgfile import OrgFileError
from adapters.orgfile import read_org as read_with
from adapters.orgfile.template import template
from bot.domain.hours import OfficeHours
from bot.domain.org import Organization

Value = str | int | float | time | None
Sheets = dict[str, list[list[Value]]]


def read_org(path: Path) -> Organization:
    return read_with(path, OfficeFiles())


def write_template(path: Path) -> None:
    path.write_bytes(OfficeFiles().workbook(template()))


def good() -> Sheets:
    return {
        "单位": [
            ["编号", "名称*", "层级", "上级单位", "户数", "别名", "办公时间", "时区", "备注"],
            ["yongan", "永安街道", "街道"],
            [None, "凤凰社区", "社区", "永安街道", 1200, "凤凰、凤凰里", "周一至周五 8:30-17:30", None, "随便写"],
        ],
        "人员": [
            ["姓名", "编号", "电话", "账号", "所属单位", "角色"],
            ["周敏", "zhou", 13800000001, "web:zhou，matrix：@zhou:example.org", "凤凰社区", "管家"],
            [],
            ["何主任", None, "027-1234 5678"],
        ],
        "职责": [["人员", "单位", "角色", "类别", "值班时间"], ["何主任", "yongan", "督办", "排水管网,noise", "全天"]],
        "群": [
            ["平台", "群号", "单位", "类型", "收听", "群名"],
            ["web", "phoenix", "凤凰社区"],
            ["web", 12345.0, "凤凰社区", "工作群", "全部", "工作"],
        ],
        "知识库": [
            ["编号", "标题", "单位", "关键词", "答复"],
            [None, "居住证办理", "永安街道", "居住证、暂住证", "带身份证。\n到3号窗口。"],
        ],
        "说明": [["什么都行"]],
    }


def write(folder: Path, sheets: Sheets) -> Path:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, lines in sheets.items():
        sheet = book.create_sheet(title)
        for line in lines:
            sheet.append(line)
    book.save(folder / "org.xlsx")
    return folder / "org.xlsx"


def faults(path: Path) -> list[str]:
    with pytest.raises(OrgFileError) as error:
        read_org(path)
    return [str(problem) for problem in error.value.problems]


def test_a_workbook_in_chinese_is_read(tmp_path: Path) -> None:
    org = read_org(write(tmp_path, good()))
    assert list(org.units) == ["yongan", "凤凰社区"]
    community = org.units["凤凰社区"]
    assert (community.level, community.parent, community.households) == ("community", "yongan", 1200)
    assert community.aliases == ("凤凰", "凤凰里")
    assert org.people["zhou"].account_keys() == ("web:zhou", "matrix:@zhou:example.org")
    assert (org.people["zhou"].phone, org.people["何主任"].phone) == ("13800000001", "027-1234 5678")
    steward, supervisor = org.duties
    assert (steward.person, steward.unit, steward.role, steward.available) == ("zhou", "凤凰社区", "steward", None)
    assert (supervisor.person, supervisor.unit, supervisor.role) == ("何主任", "yongan", "supervisor")
    assert supervisor.categories == {"drainage", "noise"}
    assert supervisor.available == OfficeHours.parse("Mon-Sun 00:00-24:00")
    residents, work = org.groups.values()
    assert (residents.kind, residents.listen) == ("residents", "addressed")
    assert (work.key, work.kind, work.listen, work.title) == ("web:12345", "work", "all", "工作")
    (article,) = org.articles
    assert (article.id, article.unit, article.keywords) == ("居住证办理", "yongan", ("居住证", "暂住证"))
    assert article.body == "带身份证。\n到3号窗口。"


def put(sheet: str, row: int, column: int, value: Value) -> Callable[[Sheets], None]:
    """Change one cell; row and column as the sheet counts them, from 1."""

    def change(sheets: Sheets) -> None:
        line = sheets[sheet][row - 1]
        line += [None] * (column - len(line))
        line[column - 1] = value

    return change


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (put("人员", 2, 5, "3号网格"), "org.xlsx｜人员｜第 2 行｜所属单位：没有“3号网格”这个单位"),
        (put("人员", 4, 5, "凤凰社区"), "人员｜第 4 行｜角色：所属单位和角色要一起填"),
        (put("人员", 4, 6, "管家"), "人员｜第 4 行｜所属单位：所属单位和角色要一起填"),
        (put("人员", 4, 4, "web:zhou"), "人员｜第 4 行｜账号：账号“web:zhou”已属于周敏（第 2 行）"),
        (put("人员", 4, 4, "zhou"), "账号：“zhou”应写成 平台:账号"),
        (put("人员", 4, 1, "周敏"), "职责｜第 2 行｜人员：没有“何主任”这个人员"),
        (put("单位", 3, 3, "大区"), "层级：不认识“大区”；可用 楼栋、网格、社区、街道、区县"),
        (put("单位", 3, 3, "=1+1"), "单位｜第 3 行｜层级：单元格里是公式"),
        (put("单位", 3, 3, "#N/A"), "单位｜第 3 行｜层级：单元格里是错误值"),
        (put("单位", 3, 7, time(8, 30)), "办公时间：被表格软件当成了日期或时间"),
        (put("单位", 3, 2, True), "名称：应是文字"),
        (put("单位", 3, 5, "很多"), "户数：“很多”不是整数"),
        (put("单位", 3, 5, 1.5), "户数：“1.5”不是整数"),
        (put("单位", 1, 3, "等级"), "单位｜第 1 行｜等级：不认识这一列"),
        (put("单位", 1, 3, "等级"), "单位｜第 1 行｜层级：缺少这一列"),
        (put("单位", 1, 9, "名称"), "单位｜第 1 行｜名称：这一列出现了两次"),
        (put("单位", 3, 2, "长" * 65), "名称：太长：65 个字，最多 64 个"),
        (put("单位", 3, 2, "凤凰\n社区"), "名称：含有看不见的控制字符"),
        (put("单位", 3, 2, "凤凰 社区"), "编号：“凤凰 社区”只能用文字"),
        (put("群", 3, 5, "有时"), "收听：不认识“有时”；可用 全部、点名、旁听"),
        (put("群", 3, 1, "微信"), "群｜第 3 行｜平台：平台“微信”应是小写字母"),
        (put("职责", 2, 4, "飞碟"), "职责｜第 2 行｜类别：不认识“飞碟”；可用 物业管理、"),
        (put("知识库", 2, 4, "、"), "知识库｜第 2 行｜关键词：没有填写"),
    ],
)
def test_what_does_not_fit_is_told_with_its_place(tmp_path: Path, change: Callable[[Sheets], None], fault: str) -> None:
    sheets = good()
    change(sheets)
    told = faults(write(tmp_path, sheets))
    assert any(fault in problem for problem in told), told


def test_a_name_that_two_units_have_needs_the_id(tmp_path: Path) -> None:
    sheets = good()
    sheets["单位"].append(["second", "凤凰社区", "社区", "yongan"])
    sheets["单位"][2][0] = "first"
    assert "人员｜第 2 行｜所属单位：有 2 个“凤凰社区”，请写编号" in "\n".join(faults(write(tmp_path, sheets)))


def test_unknown_sheets_are_told_and_empty_ones_ignored(tmp_path: Path) -> None:
    assert read_org(write(tmp_path, good() | {"Sheet1": []})).units
    assert faults(write(tmp_path, good() | {"通讯录": [["x"]]}))[0].startswith("org.xlsx｜通讯录：不认识这张表")


def test_only_the_units_are_a_must(tmp_path: Path) -> None:
    sheets = good()
    assert len(read_org(write(tmp_path, {"单位": sheets["单位"]})).units) == 2
    assert faults(write(tmp_path, {"群": [sheets["群"][0]]})) == ["org.xlsx｜单位：至少要有一行（示例不算）"]


def test_the_template_has_examples_that_are_not_read(tmp_path: Path) -> None:
    path = tmp_path / "org.xlsx"
    write_template(path)
    assert faults(path) == ["org.xlsx｜单位：至少要有一行（示例不算）"]
    book = load_workbook(path)
    assert book.sheetnames == ["说明", "单位", "人员", "职责", "群", "知识库", "值班表", "请假"]
    for sheet in book.worksheets[1:]:
        assert str(sheet["A2"].value).startswith("示例")
        assert any(cell.comment for cell in sheet[1])


def test_the_template_filled_in_is_read(tmp_path: Path) -> None:
    path = tmp_path / "org.xlsx"
    write_template(path)
    book = load_workbook(path)
    for title, lines in good().items():
        for number, line in enumerate(lines[1:] if title != "说明" else [], 3):
            titles = [str(value).rstrip("*") for value in lines[0]]
            columns = {str(cell.value).rstrip("*"): cell.coordinate[0] for cell in book[title][1]}
            for name, value in zip(titles, line, strict=False):
                book[title][f"{columns[name]}{number}"] = value
    book.save(path)
    filled = read_org(path)
    (tmp_path / "plain").mkdir()
    assert filled == read_org(write(tmp_path / "plain", good()))


def test_the_example_row_of_the_template_is_itself_right(tmp_path: Path) -> None:
    path = tmp_path / "org.xlsx"
    write_template(path)
    book = load_workbook(path)
    for sheet in book.worksheets[1:]:
        sheet["A2"] = str(sheet["A2"].value).removeprefix("示例：")
    book["单位"].append(["yongan", "永安街道", "街道"])
    book.save(path)
    rows = [(cell.value, cell.row) for cell in book["单位"]["A"] if cell.value]
    assert rows[-1][0] == "yongan"
    org = read_org(path)
    assert set(org.units) == {"phoenix", "yongan"}
    assert len(org.duties) == 2


def test_broken_workbooks(tmp_path: Path) -> None:
    path = tmp_path / "org.xlsx"
    path.write_bytes(b"no zip")
    assert faults(path) == ["org.xlsx：不是完好的 xlsx 文件（BadZipFile）"]
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("xl/workbook.xml", "<broken")
    assert faults(path)[0].startswith("org.xlsx：不是完好的 xlsx 文件")


def test_an_archive_that_unpacks_to_too_much_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "org.xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("xl/big.xml", "w") as big:
        for _ in range(201):
            big.write(b" " * 2**20)
    assert faults(path) == ["org.xlsx：解压后太大"]
