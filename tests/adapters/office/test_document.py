"""A report on paper: what is in it, in Chinese letters, with titles that come again on every page."""

import zipfile
from io import BytesIO

import docx
from docx.oxml.ns import qn
from PIL import Image

from adapters.office import OfficeFiles
from bot.ports import Chart, Column, Document, Pair, Section, Series, Sheet

TABLE = Sheet(
    "问题清单", (Column("编号", 10), Column("原话", 30)), [("2026-0001", "=1+1\x00\n灯坏了"), ("2026-0002", None)]
)
PACK = Document(
    "新河社区 5月三单", "2026年5月", (Section("一、概况", ("共2件。",)), Section("二、问题清单", (), TABLE)), "新河社区"
)


def opened(document: Document) -> docx.document.Document:
    return docx.Document(BytesIO(OfficeFiles().document(document)))


def test_a_report_has_its_title_sections_and_tables() -> None:
    made = opened(PACK)

    words = [paragraph.text for paragraph in made.paragraphs]
    assert words == ["新河社区 5月三单", "2026年5月", "一、概况", "共2件。", "二、问题清单"]
    [table] = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["编号", "原话"], ["2026-0001", "=1+1\n灯坏了"], ["2026-0002", ""],
    ]  # fmt: skip


def test_it_is_ready_to_print() -> None:
    made = opened(PACK)

    page = made.sections[0]
    width, height, left, right = page.page_width, page.page_height, page.left_margin, page.right_margin
    assert width is not None
    assert height is not None
    assert left is not None
    assert right is not None
    assert (round(width.mm), round(height.mm)) == (297, 210)
    assert page.footer.paragraphs[0].text.strip() == "新河社区"
    assert 'w:instr="PAGE"' in page.footer.paragraphs[0]._p.xml
    [table] = made.tables
    assert "w:tblHeader" in table.rows[0]._tr.xml
    assert sum(cell.width or width for cell in table.rows[0].cells) <= width - left - right
    narrow, wide = (column.width or 0 for column in table.columns)
    assert round(wide / narrow) == 3
    for name in ("Normal", "Title", "Heading 1"):
        fonts = made.styles[name].element.rPr.rFonts
        assert fonts.get(qn("w:eastAsia")) == "SimSun"
        assert fonts.get(qn("w:eastAsiaTheme")) is None


def test_hostile_words_are_text_and_link_to_nothing() -> None:
    words = '<w:p>{ INCLUDETEXT "http://example.org" }</w:p>\x00\ud800'
    content = OfficeFiles().document(Document(words, words, (Section(words, (words,)),), words))

    assert "INCLUDETEXT" in docx.Document(BytesIO(content)).paragraphs[3].text
    with zipfile.ZipFile(BytesIO(content)) as archive:
        assert b"instrText" not in archive.read("word/document.xml")
        assert b"example.org" not in archive.read("word/_rels/document.xml.rels")


# ---------------------------------------------------------------- charts and photos

TREND = Chart(
    "每周", "columns", ("6月1日", "6月8日"), (Series("新登记", (3, 0)), Series("办结", (1, 2), ("1件", "2件")))
)


def jpeg(width: int, height: int) -> bytes:
    written = BytesIO()
    Image.new("RGB", (width, height), "green").save(written, "JPEG")
    return written.getvalue()


def test_a_chart_is_a_picture_with_its_numbers_in_words() -> None:
    drawn: list[Chart] = []

    def draw(chart: Chart) -> bytes:
        drawn.append(chart)
        return jpeg(1300, 430)

    report = Document("月报", "", (Section("走势", charts=(TREND,)),))
    made = docx.Document(BytesIO(OfficeFiles().document(report, draw)))

    assert drawn == [TREND]
    [shape] = made.inline_shapes
    assert shape._inline.docPr.get("descr") == "每周：6月1日 新登记 3、办结 1件；6月8日 新登记 0、办结 2件"
    assert round(shape.width.mm) == 165


def test_a_chart_that_nobody_draws_is_a_table() -> None:
    [table] = opened(Document("月报", "", (Section("走势", charts=(TREND,)),))).tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["", "新登记", "办结"], ["6月1日", "3", "1件"], ["6月8日", "0", "2件"],
    ]  # fmt: skip


def test_photos_stand_side_by_side_and_fit() -> None:
    pair = Pair("1号件 灯坏了", ("换了新灯",), ("办前", "办后"), jpeg(900, 100), jpeg(300, 900))
    made = opened(Document("月报", "", (Section("效果", pairs=(pair,)),)))

    [table] = made.tables
    assert [cell.paragraphs[-1].text for cell in table.rows[0].cells] == ["办前", "办后"]
    wide, high = made.inline_shapes
    assert (round(wide.width.mm), round(high.height.mm)) == (120, 62)
    assert round(wide.width / wide.height) == 9
    assert round(high.height / high.width) == 3
    assert wide._inline.docPr.get("descr") == "办前：1号件 灯坏了"
    assert "换了新灯" in [paragraph.text for paragraph in made.paragraphs]
