"""The monthly pack: in the unit's name, with its numbers and lists, for who commands the unit alone."""

import re
from functools import partial
from io import BytesIO
from typing import Any

import docx
import pytest
from docx.document import Document

from bot.ports import Document as Report
from bot.usecases.pack import pack
from tests.adapters.web.dashboard.test_exports import file_of
from tests.adapters.web.dashboard.test_lists import tell
from tests.adapters.web.house import LAMP, Guest, House
from tests.adapters.web.test_photos import photo, upload


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
    assert [line for line in words if re.match(r"[0-9]\.", line)] == [
        "1. 概况", "2. 走势、类别和地点", "3. 问题清单", "4. 任务清单", "5. 效果清单", "6. 没办完的件", "7. 表扬", "8. 签字",
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
    assert [len(table.rows) for table in made.tables[1:4]] == [3, 3, 3]


async def test_only_who_commands_the_unit_gets_it(house: House, owner: Guest) -> None:
    nothing = await owner.get("/desk/lists/pack.docx?unit=nowhere")
    assert nothing[0] == 404
    for form in ("docx", "pdf"):
        for guest in (await house.staff("wang"), await house.staff("sun"), await house.resident("8-1-101")):
            assert await guest.get(f"/desk/lists/pack.{form}?unit=court") == nothing
        assert await owner.get(f"/desk/lists/pack.{form}?unit=other") == nothing


@pytest.mark.parametrize("month", ["2025", "2025-13", "0001-01", "9999-12", "x"])
async def test_a_month_that_is_none_is_refused(owner: Guest, month: str) -> None:
    assert (await owner.get(f"/desk/lists/pack.docx?month={month}"))[0] == 400


# ---------------------------------------------------------------- as it is printed


@pytest.fixture
def reports(monkeypatch: pytest.MonkeyPatch) -> list[Report]:
    """What is handed on to be set."""
    made: list[Report] = []

    def noted(*given: Any) -> Report:
        made.append(pack(*given))
        return made[-1]

    monkeypatch.setattr("adapters.web.dashboard.packs.pack", noted)
    return made


async def mended(house: House, guest: Guest, room: str = "court") -> None:
    """A lamp with a photo, done with a photo."""
    steward = await house.staff("wang")
    _, before = await upload(guest, photo((1200, 300)))
    await guest.say(f"{LAMP}，照片发来了", photos=[before["token"]], room=room)
    ticket = max(house.tickets(), key=lambda one: one.number or 0)
    await steward.press(ticket, "sign")
    _, after = await upload(steward, photo((800, 600)))
    await steward.say(f"{ticket.number}号件 办结 换了新灯", photos=[after["token"]])


async def test_the_pdf_has_pages_and_says_whose_it_is(owner: Guest) -> None:
    status, content, disposition = await file_of(owner, "/desk/lists/pack.pdf")

    assert status == 200
    assert content.startswith(b"%PDF-")
    [pages] = re.findall(rb"/Type/Pages/Count ([0-9]+)", content)
    assert int(pages) >= 6
    assert "filename*=UTF-8''%E5%AD%A6%E8%8B%91" in disposition
    assert disposition.endswith(".pdf")


async def test_photos_of_before_and_after_stand_side_by_side(house: House, reports: list[Report]) -> None:
    await mended(house, await house.resident())
    owner = await house.staff("li")

    status, content, _ = await file_of(owner, "/desk/lists/pack.pdf")

    assert status == 200
    [pair] = [pair for section in reports[0].sections for pair in section.pairs]
    assert pair.titles == ("办前", "办后")
    assert "楼道灯坏了" in pair.caption
    assert "换了新灯" in pair.lines[0]
    assert len(content) < 10_000_000
    assert content.count(b"/Subtype/Image") == 2
    shown = (await pack_of(owner)).inline_shapes
    texts = [shape._inline.docPr.get("descr") for shape in shown]
    assert [text for text in texts if text.startswith(("办前：", "办后："))] == [
        f"办前：{pair.caption}", f"办后：{pair.caption}",
    ]  # fmt: skip


async def test_the_effects_show_small_photos_of_before_and_after(house: House) -> None:
    await mended(house, await house.resident())

    _, page = await (await house.staff("li")).get("/desk/lists/effects")

    shown = re.findall(r'src="(/media/[^"]+)&amp;small=1" alt="(办.)：[^"]*楼道灯坏了[^"]*" loading="lazy"', page)
    assert [title for _, title in shown] == ["办前", "办后"]
    assert len({address for address, _ in shown}) == 2


async def test_a_photo_that_is_gone_is_left_out(house: House, reports: list[Report]) -> None:
    await mended(house, await house.resident())
    house.media.delete(house.media.refs_before(house.clock.now().replace(year=2999))[0])

    assert (await file_of(await house.staff("li"), "/desk/lists/pack.pdf"))[0] == 200

    assert [section.pairs for section in reports[0].sections if section.pairs] == []


async def test_open_matters_say_whose_move_it_is_and_praise_is_told(house: House, reports: list[Report]) -> None:
    await (await house.resident()).say(LAMP)
    await (await house.resident("8-1-101")).say("表扬王建国，昨天下雨还在通下水道，辛苦了，电话13812345678")

    await file_of(await house.staff("li"), "/desk/lists/pack.pdf")

    tables = {section.heading.partition(" ")[2]: section for section in reports[0].sections}
    still, praise = tables["没办完的件"], tables["表扬"]
    assert still.lines == ("共1件，0件超期。",)
    assert still.table is not None
    assert [row[3] for row in still.table.rows] == ["等王建国签收"]
    assert praise.table is not None
    assert "下雨还在通下水道" in str(praise.table.rows)
    assert "13812345678" not in str(reports)


async def test_what_was_told_in_confidence_is_nowhere_in_it(house: House, reports: list[Report]) -> None:
    guest = await house.resident()
    await guest.say(LAMP)
    house.ask(lambda uow: uow.tickets.save(_in_confidence(uow.tickets.all()[0])))

    await file_of(await house.staff("li"), "/desk/lists/pack.pdf")

    assert "楼道灯" not in str(reports)


def _in_confidence(ticket: Any) -> Any:
    ticket.confidential = True
    return ticket


async def test_without_its_package_the_page_says_how_to_get_it_and_word_works(
    house: House, owner: Guest, reports: list[Report]
) -> None:
    assert "/desk/lists/pack.pdf" in (await owner.get("/desk/lists/problems"))[1]
    object.__setattr__(house.deps, "press", None)

    _, page = await owner.get("/desk/lists/problems")

    assert "/desk/lists/pack.pdf" not in page
    assert "make setup-reports" in page
    assert (await owner.get("/desk/lists/pack.pdf"))[0] == 404
    made = await pack_of(owner)
    assert next(chart.title for section in reports[-1].sections for chart in section.charts) == "从听到到办结"
    assert [row.cells[1].text for row in made.tables[0].rows] == [
        "",
        "1",
        "1（100.0 %）",
        "1（100.0 %）",
        "1（100.0 %）",
    ]
    assert made.inline_shapes._inline_lst == []
