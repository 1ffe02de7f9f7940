"""An exported chat, whole: a file in, its transcript and the notes about it out. Nothing is sent anywhere."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import tzinfo
from io import TextIOWrapper
from pathlib import Path

from adapters.chatlog.detect import PARSERS, format_of
from adapters.chatlog.encoding import BROKEN, encoding_of
from adapters.chatlog.entries import ChatLogError, Entry, Note
from adapters.chatlog.transcript import Line, Transcript, in_order

HEAD = 4096
Watch = Callable[[Iterable[str]], Iterable[str]]
Tell = Callable[[Note], None]


@dataclass(frozen=True, slots=True)
class Reading:
    """How a file is to be read. ``format``: None to find it out."""

    chat: str
    zone: tzinfo
    format: str | None = None

    def of_file(self, path: Path, tell: Tell, watch: Watch = lambda lines: lines) -> Iterator[Line]:
        """The lines of a file's transcript; notes are told. Raises ChatLogError, before any line."""
        try:
            with path.open("rb") as file:
                encoding = encoding_of(file)
                text = TextIOWrapper(file, encoding, "replace", newline="")
                head = text.read(HEAD)
                text.seek(0)
                entries = list(self._entries(head, watch(_checked(text, tell)), tell))
        except OSError as error:
            raise ChatLogError(f"打不开（{error.strerror or error}）") from None
        return self._written(entries, tell)

    def _entries(self, head: str, lines: Iterable[str], tell: Tell) -> Iterator[Entry]:
        for found in PARSERS[self.format or format_of(head)](lines, self.zone):
            if isinstance(found, Note):
                tell(found)
            else:
                yield found

    def _written(self, entries: list[Entry], tell: Tell) -> Iterator[Line]:
        if not entries:
            raise ChatLogError("没有读到一条消息")
        return self._lines(entries, tell)

    def _lines(self, entries: list[Entry], tell: Tell) -> Iterator[Line]:
        for line in Transcript(self.chat, self.zone).lines(in_order(entries)):
            if isinstance(line, Note):
                tell(line)
            else:
                yield line


def _checked(lines: Iterable[str], tell: Tell) -> Iterator[str]:
    """The lines; characters that no encoding explains are told of."""
    for number, line in enumerate(lines, 1):
        if BROKEN in line:
            tell(Note(number, "有读不出的字，以“\ufffd”代替"))
        yield line
