""".xlsx → cells. Formulas are never evaluated: they come as what they are, marked ``f``."""

import warnings
import zipfile
from io import BytesIO

from openpyxl import load_workbook

from bot.ports import Cell, Grid, Unreadable

MAX_UNPACKED = 200 * 2**20  # bytes: a small archive may unpack to anything
MAX_COLUMNS = 128


def read_workbook(content: bytes, max_rows: int) -> dict[str, Grid]:
    """The cells of each sheet; raises ``Unreadable``."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            if sum(entry.file_size for entry in archive.infolist()) > MAX_UNPACKED:
                raise Unreadable("large")
        return _loaded(content, max_rows)
    except Unreadable:
        raise
    except Exception as error:  # a damaged file makes zipfile, the XML parser and openpyxl raise nearly anything
        raise Unreadable("broken", type(error).__name__) from error


def _loaded(content: bytes, max_rows: int) -> dict[str, Grid]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what openpyxl does not support in a file is of no interest here
        book = load_workbook(BytesIO(content), read_only=True, data_only=False, keep_links=False)
        grids: dict[str, Grid] = {}
        for sheet in book.worksheets:
            lines = sheet.iter_rows(max_row=max_rows + 1, max_col=MAX_COLUMNS)
            grid: Grid = [_filled([(cell.value, str(cell.data_type)) for cell in line]) for line in lines]
            if len(grid) > max_rows:
                raise Unreadable("long", sheet.title.strip())
            grids[sheet.title.strip()] = grid
        book.close()
    return grids


def _filled(line: list[Cell]) -> list[Cell]:
    """A row without the empty cells behind its last one."""
    while line and line[-1][0] is None:
        line.pop()
    return line
