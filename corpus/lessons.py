"""The files of the corpus → lessons; a tenth of the conversations is kept apart to judge by."""

import sys
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

from adapters.tsv import read_tsv
from bot.triage.engine.room import Lesson, lesson_of

HERE = Path(__file__).parent
APART = 10  # one conversation in so many is never trained on


def files() -> list[Path]:
    """The files, by name."""
    return sorted(HERE.glob("*.tsv"))


def lessons(paths: Sequence[Path] | None = None) -> Iterator[Lesson]:
    """All lessons, conversation by conversation; a line of a file without conversations stands alone."""
    for path in paths or files():
        for number, row in enumerate(read_tsv(path, sys.stdin.buffer, ("text", "act"))):
            alone = {
                "group": f"{path.stem}{number}",
                "minute": "0",
                "user": "",
                "ticket": "1" * (row.cells["act"] == "new"),
            }
            yield lesson_of({**alone, **row.cells})


def is_apart(group: str) -> bool:
    """Whether a conversation belongs to the tenth that is kept apart."""
    return zlib.crc32(f"judge {group}".encode()) % APART == 0
