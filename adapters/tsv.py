"""A TSV file with a header → rows. Plain or gzip, UTF-8; bad input is named by file, row and reason."""

import gzip
import zlib
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import BinaryIO, NamedTuple, cast

GZIP = b"\x1f\x8b"


class TsvError(Exception):
    """Input that can't be read: file, row (the header is row 1) and reason in one sentence."""


class Row(NamedTuple):
    """One row: its number in the file, and its cells by column."""

    number: int
    cells: dict[str, str]


def read_tsv(path: Path | None, stdin: BinaryIO, columns: Iterable[str] = ()) -> Iterator[Row]:
    """The rows of a file, or of standard input where no path is given; blank lines are passed over.

    Raises TsvError for what can't be opened or unpacked, is not UTF-8, is empty, lacks one of ``columns``, or where a row
    has not as many cells as the header.
    """
    name = str(path) if path else "<stdin>"
    number = 0
    with ExitStack() as stack:
        try:
            file = stack.enter_context(path.open("rb")) if path else stdin
            header: list[str] | None = None
            for number, line in enumerate(_unpacked(file), 1):
                cells = line.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n").split("\t")
                if header is None:
                    header = _header(cells, columns)
                elif cells != [""]:
                    yield Row(number, _paired(header, cells))
            if header is None:
                raise ValueError("the input is empty")
        except UnicodeDecodeError as error:
            raise TsvError(f"{name}:{number}: not UTF-8") from error
        except (OSError, EOFError, zlib.error, ValueError) as error:
            raise TsvError(f"{name}:{number}: {getattr(error, 'strerror', None) or error}") from error


def _unpacked(file: BinaryIO) -> BinaryIO:
    """Told by its first bytes, so that standard input may be gzip, too."""
    peek = getattr(file, "peek", None)
    packed = peek(2)[:2] == GZIP if peek else False
    return cast(BinaryIO, gzip.GzipFile(fileobj=file)) if packed else file


def _header(cells: list[str], columns: Iterable[str]) -> list[str]:
    for column in columns:
        if column not in cells:
            raise ValueError(f"no column {column!r}; there are: {' '.join(cells)[:200]}")
    if len(set(cells)) < len(cells):
        raise ValueError("two columns have the same name")
    return cells


def _paired(header: list[str], cells: list[str]) -> dict[str, str]:
    if len(cells) != len(header):
        raise ValueError(f"{len(cells)} cells where the header has {len(header)}")
    return dict(zip(header, cells, strict=True))
