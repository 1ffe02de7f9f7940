"""The monthly pack: in the unit's name, with its numbers and lists, for who commands the unit alone."""

from functools import partial
from io import BytesIO

import docx
import pytest
from docx.document import Document

from tests.adapters.web.dashboard.test_exports import file_of
from tests.adapters.web.dashboard.test_lists import tell
from tests.adapters.web.house import Guest, House


async def pack_of(guest: Guest, query: str = "") -> Document:
    """A pack that there is."""
    status, content, _ = await file_of(guest, f"/desk/lists/pack.docx{query}")
    assert status == 200
    return docx.Document(BytesIO(content))


async def test_a_pack_has_a_summary_rates_and_three_lists(owner: Guest) -> None:
    made = await pack_of(owner)

    words = [paragraph.text for paragraph in made.paragraphs]
    assert words[0] == "学苑小区2025年9月三单月报"
    assert "本月听到1件事，受理1件，派单1件，其中办结1件。" in words
    assert [line for line in words if line[:2] in {"1.", "2.", "3.", "4.", "5."}] == [
        "1. 概况", "2. 问题清单", "3. 任务清单", "4. 效果清单", "5. 签字",
    ]  # fmt: skip
    rates, problems, tasks, effects = made.tables
    shown = {row.cells[0].text: row.cells[1].text for row in rates.rows}
    assert {"签收及时率", "满意率", "发回重办率"} <= set(shown)
    assert "138****5678" in problems.rows[1].cells[5].text
    assert tasks.rows[1].cells[3].text == "王建国"
    assert effects.rows[1].cells[2].text == "换了新灯"
    assert "13812345678" not in str([[cell.text for cell in row.cells] for row in problems.rows])


async def test_the_numbers_of_a_closed_month_are_those_of_its_tickets(house: House, owner: Guest) -> None:
    house.clock.pass_by(days=40)

    made = await pack_of(owner, "?month=2025-09")

    shown = {row.cells[0].text: [cell.text for cell in row.cells[1:3]] for row in made.tables[0].rows}
    assert shown["满意率"] == ["100.0 %", "1票"]
    assert shown["签收及时率"] == ["100.0 %", "1件中1件"]
    assert shown["发回重办率"] == ["0.0 %", "1件中0件"]


async def test_an_empty_month_says_that_it_is_empty(owner: Guest) -> None:
    made = await pack_of(owner, "?month=2025-08")

    assert [paragraph.text for paragraph in made.paragraphs].count("没有这样的件。") == 3
    assert len(made.tables) == 1
    assert "—" in made.tables[0].rows[1].cells[1].text


async def test_what_is_not_on_the_paper_is_said(house: House, owner: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.web.dashboard.packs.PRINTED", 2)
    for n in range(3):
        house.ask(partial(tell, id_=f"t{n}", words="灯坏了", people=1))

    made = await pack_of(owner)

    assert [paragraph.text for paragraph in made.paragraphs].count("这里只印最新的2件，其余请看导出的表格。") == 3
    assert [len(table.rows) for table in made.tables[1:]] == [3, 3, 3]


async def test_only_who_commands_the_unit_gets_it(house: House, owner: Guest) -> None:
    nothing = await owner.get("/desk/lists/pack.docx?unit=nowhere")
    assert nothing[0] == 404
    for guest in (await house.staff("wang"), await house.staff("sun"), await house.resident("8-1-101")):
        assert await guest.get("/desk/lists/pack.docx?unit=court") == nothing
    assert await owner.get("/desk/lists/pack.docx?unit=other") == nothing


@pytest.mark.parametrize("month", ["2025", "2025-13", "0001-01", "9999-12", "x"])
async def test_a_month_that_is_none_is_refused(owner: Guest, month: str) -> None:
    assert (await owner.get(f"/desk/lists/pack.docx?month={month}"))[0] == 400
