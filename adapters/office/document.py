"""Reports → .docx: A4, headings, tables whose titles come again on every page, the page's number at its foot."""

from collections.abc import Callable, Sequence
from io import BytesIO

from docx import Document as new_document
from docx.document import Document as Docx
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Length, Mm, Pt
from docx.table import _Cell
from docx.text.paragraph import Paragraph

from bot.ports import Chart, Column, Document, Pair, Section, Sheet, Value
from bot.render.cells import cell_text

LONG, SHORT, MARGIN = Mm(297), Mm(210), Mm(18)
LETTERS = "SimSun"  # every office program has it or puts its own Chinese letters in its place
SIZE, SMALL = Pt(12), Pt(9)
TWIP = 635  # the unit of a width in the file
DRAWN, HIGH, BROAD = Mm(165), Mm(62), Mm(120)  # how wide a chart is, and how large a photo at most
Draw = Callable[[Chart], bytes]


def write_document(document: Document, draw: Draw | None = None) -> bytes:
    """The file of a report, across: the lists are wide. ``draw`` makes a PNG of a chart."""
    made = new_document()
    _set_up(made, document.foot)
    title = made.add_heading(cell_text(document.title), 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(cell_text(document.subtitle)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in document.sections:
        _add(made, section, draw)
    written = BytesIO()
    made.save(written)
    return written.getvalue()


def _set_up(made: Docx, foot: str) -> None:
    page = made.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = LONG, SHORT
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = MARGIN
    for name in ("Normal", "Title", "Heading 1"):
        style = made.styles[name]
        style.font.name = LETTERS
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for script in ("w:eastAsia", "w:ascii", "w:hAnsi"):
            fonts.set(qn(script), LETTERS)
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme"):
            fonts.attrib.pop(qn(theme), None)  # a theme's letters would win
    made.styles["Normal"].font.size = SIZE
    line = page.footer.paragraphs[0]
    line.alignment = WD_ALIGN_PARAGRAPH.CENTER
    line.add_run(f"{cell_text(foot)}  ")
    _number(line)


def _number(line: Paragraph) -> None:
    """The page's number, counted by who opens the file."""
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    line._p.append(field)


def _add(made: Docx, section: Section, draw: Draw | None) -> None:
    made.add_heading(cell_text(section.heading), 1)
    for line in section.lines:
        made.add_paragraph(cell_text(line))
    for chart in section.charts:
        _add_chart(made, chart, draw)
    if section.table is not None and section.table.rows:
        _add_table(made, section.table)
    for pair in section.pairs:
        _add_pair(made, pair)


def _add_chart(made: Docx, chart: Chart, draw: Draw | None) -> None:
    if draw is not None:
        _add_picture(made.add_paragraph(), draw(chart), chart.words, DRAWN, SHORT)
        return
    made.add_paragraph(cell_text(chart.title)).paragraph_format.keep_with_next = True
    columns = (Column(""), *(Column(one.title) for one in chart.series))
    rows = [(name, *(one.text(place) for one in chart.series)) for place, name in enumerate(chart.names)]
    _add_table(made, Sheet(chart.title, columns, rows))


def _add_pair(made: Docx, pair: Pair) -> None:
    """The photos stand side by side in a table without lines, kept on one page with what is said of them."""
    made.add_paragraph(cell_text(pair.caption)).paragraph_format.keep_with_next = True
    table = made.add_table(rows=1, cols=2)
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))
    for cell, title, photo in zip(table.rows[0].cells, pair.titles, (pair.before, pair.after), strict=True):
        line = cell.paragraphs[0]
        _add_picture(line, photo, f"{title}：{pair.caption}", BROAD, HIGH)
        line.paragraph_format.keep_with_next = True
        cell.add_paragraph(cell_text(title)).paragraph_format.keep_with_next = True
    for place, told in enumerate(pair.lines, 1):
        made.add_paragraph(cell_text(told)).paragraph_format.keep_with_next = place < len(pair.lines)


def _add_picture(line: Paragraph, picture: bytes, words: str, width: Length, height: Length) -> None:
    """A picture, as large as fits, and in words what it shows."""
    shape = line.add_run().add_picture(BytesIO(picture))
    scale = min(width / shape.width, height / shape.height)
    shape.width, shape.height = Length(int(shape.width * scale)), Length(int(shape.height * scale))
    shape._inline.docPr.set("descr", cell_text(words))


def _add_table(made: Docx, sheet: Sheet) -> None:
    rows = [[column.title for column in sheet.columns], *sheet.rows]
    table = made.add_table(rows=len(rows), cols=len(sheet.columns), style="Table Grid")
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # comes again on every page
    widths = _widths(sheet.columns)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = width  # Word goes by the cells, LibreOffice by the columns
    for line, values in zip(table._tbl.tr_lst, rows, strict=True):  # table.rows looks each cell up among all
        for cell, value, width in zip(line.tc_lst, values, widths, strict=True):
            cell.width = width
            _write(_Cell(cell, table), value, bold=values is rows[0])


def _write(cell: _Cell, value: Value, *, bold: bool) -> None:
    run = cell.paragraphs[0].add_run("" if value is None else cell_text(str(value)))
    run.font.size, run.bold = SMALL, bold


def _widths(columns: Sequence[Column]) -> list[Length]:
    """The page's width, shared as the columns ask for it."""
    whole = sum(column.width for column in columns)
    return [Length((LONG - 2 * MARGIN) * column.width // whole // TWIP * TWIP) for column in columns]
