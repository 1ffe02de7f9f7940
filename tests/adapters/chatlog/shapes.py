"""Reading texts of our own making as the command reads files."""

from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from adapters.chatlog import Note, Reading
from adapters.chatlog.entries import Person

ZONE = ZoneInfo("Asia/Shanghai")
CHAT = "xueyuan"


def read(path: Path, form: str | None = None) -> tuple[list[dict[str, Any]], list[str]]:
    """The lines and the notes of a file."""
    notes: list[Note] = []
    lines = [dict(line) for line in Reading(CHAT, ZONE, form).of_file(path, notes.append)]
    return lines, [str(note) for note in notes]


class Export:
    """A file that some program might have written."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "export.txt"

    def of(self, text: str, encoding: str = "utf-8", form: str | None = None) -> tuple[list[dict[str, Any]], list[str]]:
        """The lines and the notes of a text."""
        self.path.write_bytes(text.encode(encoding))
        return read(self.path, form)

    def lines(self, text: str) -> list[dict[str, Any]]:
        """The lines of a text that is read without any note."""
        lines, notes = self.of(text)
        assert notes == []
        return lines


def account(name: str) -> str:
    """The account id made from a name."""
    return Person(name).account


def told(lines: list[dict[str, Any]]) -> list[tuple[str, str, str]]:
    """Time of day, name and words of messages."""
    return [(line["at"][11:19], line.get("name", ""), line["text"]) for line in lines if "text" in line]
