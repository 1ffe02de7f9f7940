"""The lists as files, out and in again: who may, what is in them, and that nothing is applied by itself."""

from functools import partial
from io import BytesIO
from typing import Any

import pytest
from aiohttp import FormData
from openpyxl import Workbook, load_workbook

from tests.adapters.web.dashboard.test_lists import NOISE, opened, tell
from tests.adapters.web.house import LAMP, Guest, House, origin_of, plain

SETS = ("lists", "fangshan", "order_wide")
FORMULAS = ('=HYPERLINK("http://example.org","x")', "+1", "-1", "@SUM(A1)", "＝1", "\t=1", "\r=1", "\x00=1")


@pytest.fixture
async def owner(house: House) -> Guest:
    """The owner, with a lamp of which a resident has told."""
    await (await house.resident()).say(LAMP + "，电话13812345678")
    return await house.staff("li")


async def file_of(guest: Guest, path: str) -> tuple[int, bytes, str]:
    """Status, content and name of a file."""
    answer = await guest.browser.get(path)
    return answer.status, await answer.read(), answer.headers.get("Content-Disposition", "")


async def book_of(guest: Guest, path: str = "/desk/lists/lists.xlsx") -> Workbook:
    """A workbook that there is."""
    status, content, _ = await file_of(guest, path)
    assert status == 200
    return load_workbook(BytesIO(content))


async def bring_back(guest: Guest, book: Workbook | bytes, do: str = "check", unit: str = "") -> tuple[int, str]:
    """Send a table; status and words of the answer."""
    if isinstance(book, Workbook):
        content = BytesIO()
        book.save(content)
        book = content.getvalue()
    form = FormData()
    form.add_field("file", book, filename="../../x.xlsx", content_type="application/octet-stream")
    form.add_field("do", do)
    path = f"/desk/lists/import?unit={unit}" if unit else "/desk/lists/import"
    answer = await guest.browser.post(path, data=form, headers={"Origin": origin_of(guest.browser)})
    return answer.status, plain(await answer.text())


@pytest.mark.parametrize("name", SETS)
async def test_an_export_holds_what_is_filtered(house: House, owner: Guest, name: str) -> None:
    await (await house.resident("9-1-101")).say(NOISE)

    whole, part = (
        await book_of(owner, f"/desk/lists/{name}.xlsx"),
        await book_of(owner, f"/desk/lists/{name}.xlsx?category=noise"),
    )

    assert whole.worksheets[0].max_row == 3
    assert part.worksheets[0].max_row == 2
    assert "烧烤店" in str([[cell.value for cell in row] for row in part.worksheets[0]])
    assert whole.sheetnames[-1] == "说明"


async def test_no_cell_is_a_formula_and_no_number_reaches_a_person(house: House, owner: Guest) -> None:
    for n, words in enumerate(FORMULAS):
        house.ask(partial(tell, id_=f"t{n}", words=words, people=1))
    for name in SETS:
        book = await book_of(owner, f"/desk/lists/{name}.xlsx")
        cells = [cell for sheet in book.worksheets for row in sheet for cell in row if cell.value is not None]
        assert {cell.data_type for cell in cells} <= {"s", "n"}
        assert all(isinstance(cell.value, int) for cell in cells if cell.data_type == "n")
        words = str([cell.value for cell in cells])
        assert "HYPERLINK" in words
        assert "138****5678" in words
        assert "13812345678" not in words


async def test_a_file_is_called_by_its_unit_and_day(owner: Guest) -> None:
    _, _, name = await file_of(owner, "/desk/lists/lists.xlsx")

    assert name.startswith('attachment; filename="lists.xlsx"')
    assert name.endswith("%E5%AD%A6%E8%8B%91%E5%B0%8F%E5%8C%BA-%E4%B8%89%E5%8D%95-2025-09-03.xlsx")


async def test_only_who_commands_the_unit_exports_or_brings_back(house: House, owner: Guest) -> None:
    nothing = await owner.get("/desk/lists/lists.xlsx?unit=nowhere")
    assert nothing[0] == 404
    guests = [await house.staff("wang"), await house.staff("sun"), await house.resident("8-1-101")]
    for guest in guests:
        for path in (*(f"/desk/lists/{name}.xlsx" for name in SETS), "/desk/lists/import"):
            assert await guest.get(path) == nothing
            assert await guest.get(f"{path}?unit=court") == nothing
        assert (await bring_back(guest, b"x"))[0] == 404
    assert await owner.get("/desk/lists/lists.xlsx?unit=other") == nothing
    assert (await bring_back(owner, b"x", unit="other"))[0] == 404
    assert "导出表格" not in (await guests[0].get("/desk/lists/problems"))[1]
    assert "导出表格" in (await owner.get("/desk/lists/problems"))[1]


@pytest.mark.parametrize("name", SETS)
async def test_what_was_exported_is_recognised(owner: Guest, name: str) -> None:
    status, words = await bring_back(owner, await book_of(owner, f"/desk/lists/{name}.xlsx"))

    assert status == 200
    assert "2行和系统一样" in words if name == "lists" else "1行和系统一样" in words
    for finding in ("看不懂", "不一样", "是新的"):
        assert finding not in words


async def test_a_change_is_listed_and_not_applied(house: House, owner: Guest) -> None:
    book = await book_of(owner)
    titles = [cell.value for cell in book["任务清单"][1]]
    book["任务清单"].cell(2, titles.index("经办") + 1).value = "<b>别人</b>"
    before = house.tickets()

    for do in ("check", "open"):
        _, words = await bring_back(owner, book, do)
        assert "1处和系统不一样" in words
        assert "任务清单第2行 2025-0001 “经办”" in words
        assert "&lt;b&gt;别人" in words
    assert house.tickets() == before


def add_row(book: Workbook, **cells: Any) -> None:
    """A row under the problems."""
    sheet = book["问题清单"]
    titles = [cell.value for cell in sheet[1]]
    row = sheet.max_row + 1
    for title, value in cells.items():
        sheet.cell(row, titles.index(title) + 1).value = value


async def test_new_rows_become_tickets_once_and_only_where_it_is_said(house: House, owner: Guest) -> None:
    book = await book_of(owner)
    add_row(book, 单位="学苑小区", 位置="7号楼", 群众原话="楼下的垃圾桶满了好几天没人清，臭得很")

    _, words = await bring_back(owner, book)
    assert "1行是新的" in words
    assert len(house.tickets()) == 1

    for _ in range(2):  # the same file again is the same report
        status, words = await bring_back(owner, book, "open")
        assert status == 200
        assert "问题清单第3行： 2号件" in words
        assert len(house.tickets()) == 2
    ticket = house.tickets()[-1]
    assert (ticket.unit, ticket.source, ticket.category, ticket.reporter) == (
        "court", "staff", "sanitation", f"web:{ticket.reporter[4:]}",
    )  # fmt: skip
    assert "垃圾桶" in await opened(owner, "/desk/lists/problems")


async def test_nothing_is_opened_of_a_file_with_faults(house: House, owner: Guest) -> None:
    book = await book_of(owner)
    add_row(book, 单位="学苑小区", 群众原话="楼下的垃圾桶满了好几天没人清")
    add_row(book, 单位="东风小区", 群众原话="灯坏了")
    add_row(book, 编号="2025-0099", 问题="=1+1")

    _, words = await bring_back(owner, book, "open")

    assert "看不懂" in words
    assert "问题清单第4行：看不出是哪个单位的事" in words
    assert "问题清单第5行 “问题”：是公式或错误值" in words
    assert "没有“2025-0099”这个编号" in words
    assert len(house.tickets()) == 1


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04"])
async def test_what_is_no_workbook_is_said_to_be_none(owner: Guest, content: bytes) -> None:
    status, words = await bring_back(owner, content)

    assert status == 200
    assert "这不是完好的 xlsx 表格" in words


async def test_a_form_that_is_none_is_refused(owner: Guest) -> None:
    status, _ = await owner.post_form("/desk/lists/import", do="open")
    assert status == 415
    foreign = await owner.browser.post(
        "/desk/lists/import", data=FormData({"do": "open"}), headers={"Origin": "http://x"}
    )
    assert foreign.status == 403


async def test_files_cost_so_much_that_only_some_are_made_a_minute(owner: Guest) -> None:
    found = {(await file_of(owner, "/desk/lists/lists.xlsx"))[0] for _ in range(21)}

    assert found == {200, 429}


def put(book: Workbook, row: int, sheet: str = "问题清单", **cells: str) -> None:
    """Write into a row that is there."""
    titles = [cell.value for cell in book[sheet][1]]
    for title, value in cells.items():
        book[sheet].cell(row, titles.index(title) + 1).value = value


async def test_natures_and_categories_are_put_right_where_it_is_said(house: House, owner: Guest) -> None:
    book = await book_of(owner)
    before = house.tickets()[0]
    put(book, 2, 性质="投诉", 类别="噪声扰民", 位置="火星")

    _, words = await bring_back(owner, book)
    assert "其中2处是性质或类别，可以照表改" in words
    assert house.tickets()[0] == before
    status, words = await bring_back(owner, book, "correct")

    after = house.tickets()[0]
    assert status == 200
    assert "照表改了2处" in words
    assert "1处和系统不一样" in words
    assert (after.nature, after.category, after.place) == ("complaint", "noise", before.place)
    steps = [(e.kind, e.by, e.note) for e in house.ask(lambda uow: uow.audit.of(after.id)) if e.kind == "corrected"]
    assert sorted(steps) == [("corrected", "li", "category"), ("corrected", "li", "nature")]
    learnt = [example.labels for example in house.ask(lambda uow: uow.learning.examples(after.root))]
    assert any(labels.get("category") == "noise" or labels.get("nature") == "complaint" for labels in learnt)
    _, words = await bring_back(owner, book, "correct")
    assert "照表改了" not in words, "it is as the table says already"


@pytest.mark.parametrize(
    ("title", "value"), [("性质", "举报"), ("性质", "表扬"), ("类别", "火星"), ("类别", "<b>x</b>")]
)
async def test_what_a_table_may_not_say_changes_nothing(house: House, owner: Guest, title: str, value: str) -> None:
    book = await book_of(owner)
    before = house.tickets()[0]
    put(book, 2, **{title: value})

    _, words = await bring_back(owner, book, "correct")
    await house.talk()

    assert "照表改了" not in words
    assert "1处和系统不一样" in words
    assert (house.tickets()[0].nature, house.tickets()[0].category) == (before.nature, before.category)


async def test_nothing_is_put_right_by_a_table_with_faults(house: House, owner: Guest) -> None:
    book = await book_of(owner)
    put(book, 2, 类别="噪声扰民", 问题="=1+1")

    await bring_back(owner, book, "correct")

    assert house.tickets()[0].category != "noise"


async def test_what_is_over_may_be_put_right_as_in_the_chat(house: House, owner: Guest) -> None:
    book = await book_of(owner)
    ticket = house.tickets()[0]
    assert await owner.press(ticket, "not_accept", "不归社区管") == 200
    assert house.tickets()[0].state == "not_accepted"
    put(book, 2, 类别="噪声扰民")

    await bring_back(owner, book, "correct")

    assert (house.tickets()[0].category, house.tickets()[0].state) == ("noise", "not_accepted")


async def test_why_something_is_not_accepted_stands_in_its_row(house: House, owner: Guest) -> None:
    await owner.press(house.tickets()[0], "not_accept", "不归社区管")

    sheet = (await book_of(owner))["问题清单"]
    row = dict(zip([cell.value for cell in sheet[1]], [cell.value for cell in sheet[2]], strict=True))
    assert (row["状态"], row["不予受理原因"]) == ("不予受理", "不归这里管")
    assert "不予受理 不归这里管" in plain((await owner.get("/desk/lists/problems"))[1])
