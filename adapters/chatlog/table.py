"""A chat in a table (CSV, also with tabs or semicolons), with Chinese or English column names → entries."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, tzinfo
from itertools import chain
from typing import TYPE_CHECKING

from adapters.chatlog.body import message, told
from adapters.chatlog.columns import KINDS, NOTICES, delimiter_of, fields_of
from adapters.chatlog.entries import ChatLogError, Found, Note, Person, Said
from adapters.chatlog.heads import SYSTEM
from adapters.chatlog.moments import NoMoment, is_relative, moment

if TYPE_CHECKING:
    from _csv import Reader

WANTED = "表头里要有时间和内容两列，例如：时间,昵称,内容"


def read(lines: Iterable[str], zone: tzinfo) -> Iterator[Found]:
    """The entries of a table in its order. Raises ChatLogError for one without a time and a text."""
    found = iter(lines)
    header = next((line for line in found if line.strip("\ufeff \t\r\n")), "").removeprefix("\ufeff")
    delimiter = delimiter_of(header.rstrip("\r\n"))
    if delimiter is None:
        raise ChatLogError(WANTED)
    rows = csv.reader(chain([header], found), delimiter=delimiter)
    titles = next(rows)
    fields = fields_of(titles)
    if not {"time", "text"} <= fields.keys():
        raise ChatLogError(WANTED)
    yield from _Table(fields, _Frame(len(titles), fields["text"], delimiter), zone).read(_numbered(rows))


def _numbered(rows: "Reader") -> Iterator[tuple[int, list[str]]]:
    """Rows with the lines on which they begin. Raises ChatLogError where the csv module gives up."""
    while True:
        number = rows.line_num + 1
        try:
            row = next(rows)
        except StopIteration:
            return
        except csv.Error as error:
            raise ChatLogError(f"读不下去（{error}）：多半是引号没有成对", number) from None
        if any(cell.strip() for cell in row):
            yield number, row


@dataclass(frozen=True, slots=True)
class _Frame:
    """A table's width, and where its words stand."""

    width: int
    text: int
    delimiter: str

    def fit(self, row: list[str]) -> list[str]:
        """A row with as many cells as the header: surplus ones are commas in the words that nobody put into quotes."""
        while len(row) > self.width and not row[-1].strip():
            row = row[:-1]
        surplus = max(0, len(row) - self.width)
        end = self.text + 1 + surplus
        return [*row[: self.text], self.delimiter.join(row[self.text : end]), *row[end:]]


class _Table:
    """Makes rows into entries. A row waits for those after it, which may turn out to be more of its words."""

    def __init__(self, fields: dict[str, int], frame: _Frame, zone: tzinfo) -> None:
        self._fields, self._frame, self._zone = fields, frame, zone
        self._open: Said | None = None
        self._at: datetime | None = None

    def read(self, rows: Iterable[tuple[int, list[str]]]) -> Iterator[Found]:
        """All entries."""
        for number, row in rows:
            yield from self._row(number, self._frame.fit(row))
        yield from self._close()

    def _row(self, number: int, row: Sequence[str]) -> Iterator[Found]:
        if self._open and not any(self._cell(row, one) for one in ("time", "date", "sender", "account", "type")):
            self._open = _longer(self._open, self._cell(row, "text"))
            return
        at, note = self._moment(number, row)
        if note:
            yield note
        if at is None:
            return
        self._at = at
        name, text = self._cell(row, "sender"), self._cell(row, "text")
        account, kind = self._cell(row, "account"), self._cell(row, "type").lower()
        events = told(number, at, text)
        if events is not None:
            yield from self._close()
            yield from events
        elif kind in NOTICES or name in SYSTEM or not (name or account or self._open):
            yield Note(number, "没有发送人，不是认识的系统消息，没有导入")
        elif self._open and not (name or account):
            self._open = _longer(self._open, text)
        else:
            yield from self._close()
            said = message(number, at, Person(name, account), text, KINDS.get(kind, ""))
            self._open = replace(said, id=self._cell(row, "id"), reply_to=self._cell(row, "reply_to"))

    def _moment(self, number: int, row: Sequence[str]) -> tuple[datetime | None, Note | None]:
        """When a row was said; one without a time that can be read was said with the row before it."""
        day, clock = self._cell(row, "date"), self._cell(row, "time")
        text = f"{day} {clock}" if day and day not in clock else clock
        try:
            return moment(text, self._zone), None
        except NoMoment as error:
            if is_relative(text):
                raise ChatLogError(str(error), number) from None
            what = "按上一行的时间算" if self._at else "没有导入"
            return self._at, Note(number, f"{error}；{what}")

    def _close(self) -> Iterator[Found]:
        """What waited has all its words."""
        if self._open:
            yield self._open
        self._open = None

    def _cell(self, row: Sequence[str], field: str) -> str:
        index = self._fields.get(field)
        return row[index].strip() if index is not None and index < len(row) else ""


def _longer(said: Said, text: str) -> Said:
    """A message with words of a row that names nobody."""
    return replace(said, text=f"{said.text}\n{text.strip()}", raw=f"{said.raw}\n{text.strip()}")
