"""Reports → .docx: A4, headings, tables whose titles come again on every page, the page's number at its foot."""

from collections.abc import Sequence
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

from bot.ports import Column, Document, Section, Sheet, Value
from bot.render.cells import cell_text

LONG, SHORT, MARGIN = Mm(297), Mm(210), Mm(18)
LETTERS = "SimSun"  # every office program has it or puts its own Chinese letters in its place
SIZE, SMALL = Pt(12), Pt(9)
TWIP = 635  # the unit of a width in the file


def write_document(document: Document) -> bytes:
    """The file of a report, across: the lists are wide."""
    made = new_document()
    _set_up(made, document.foot)
    title = made.add_heading(cell_text(document.title), 0)
    title.alignment = WD_ALIGN_PARAGRAPH.CENTER
    made.add_paragraph(cell_text(document.subtitle)).alignment = WD_ALIGN_PARAGRAPH.CENTER
    for section in document.sections:
        _add(made, section)
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


def _add(made: Docx, section: Section) -> None:
    made.add_heading(cell_text(section.heading), 1)
    for line in section.lines:
        made.add_paragraph(cell_text(line))
    if section.table is not None and section.table.rows:
        _add_table(made, section.table)


def _add_table(made: Docx, sheet: Sheet) -> None:
    rows = [[column.title for column in sheet.columns], *sheet.rows]
    table = made.add_table(rows=len(rows), cols=len(sheet.columns), style="Table Grid")
    table.autofit = False
    table.rows[0]._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))  # comes again on every page
    widths = _widths(sheet.columns)
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
