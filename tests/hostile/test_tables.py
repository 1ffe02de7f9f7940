"""Hostile words in tables and reports: they are text there, whatever they begin with, and come back as they went."""

import re
import zipfile
from io import BytesIO

import docx
import pytest
from openpyxl import load_workbook

from adapters.office import OfficeFiles
from bot.ports import Column, Document, Section, Sheet
from bot.render.cells import cell_text
from tests.hostile.corpus import SOURCES, lines

STARTS = ("", "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", "\x00")
ACTIVE = re.compile(
    b'<f[ >/]|<w:instrText|<w:fldChar|<hyperlink|Type="[^"]*/(?:hyperlink|externalLink|oleObject|attachedTemplate)"'
)


def table(source: str) -> Sheet:
    """A line of the corpus a row, at the beginning and after each sign that could begin a formula."""
    rows = [tuple(start + line for start in STARTS) for line in lines(source)]
    return Sheet("问题清单", tuple(Column(f"原话{n}") for n in range(len(STARTS))), rows)


@pytest.mark.parametrize("source", SOURCES)
def test_in_a_workbook(source: str) -> None:
    sheet = table(source)
    content = OfficeFiles().workbook([sheet])

    made = load_workbook(BytesIO(content), read_only=True).worksheets[0]
    for words, cells in zip(sheet.rows, made.iter_rows(min_row=2, max_col=len(STARTS)), strict=False):
        for word, cell in zip(words, cells, strict=True):
            assert (cell.value or "") == cell_text(str(word))
            assert cell.value is None or cell.data_type == "s"
    assert_inert(content)


@pytest.mark.parametrize("source", SOURCES)
def test_in_a_report(source: str) -> None:
    words = lines(source)[:400]
    content = OfficeFiles().document(Document("月报", "", (Section("原话", words),), "脚"))

    made = [paragraph.text for paragraph in docx.Document(BytesIO(content)).paragraphs[3:]]
    assert made == [cell_text(word) for word in words]
    assert_inert(content)


def assert_inert(content: bytes) -> None:
    """Nothing in the file is evaluated, followed or fetched."""
    with zipfile.ZipFile(BytesIO(content)) as archive:
        for name in archive.namelist():
            assert ACTIVE.search(archive.read(name)) is None, name
            assert "vba" not in name.lower()
            assert "embeddings" not in name
