"""WeChat chats as text, in the shapes that WeChat itself and export tools write → entries."""

from collections.abc import Iterable, Iterator
from datetime import datetime, tzinfo
from itertools import chain, islice

from adapters.chatlog.body import heard
from adapters.chatlog.entries import ChatLogError, Found, Note, Person, shown
from adapters.chatlog.heads import MAILED, Head, Manner, day_of, first_undated, manner_of, notice_of
from adapters.chatlog.moments import NoMoment, moment

SAMPLE = 3000  # lines that settle how a file writes its heads
UNDATED = "没有写明是哪年哪月哪日，请改成完整日期再导入"


def read(lines: Iterable[str], zone: tzinfo) -> Iterator[Found]:
    """The entries of a text export in its order. Raises ChatLogError for a file without any message."""
    rest = (line.rstrip("\r\n").rstrip() for line in lines)
    sample = list(islice(rest, SAMPLE))
    if sample:
        sample[0] = sample[0].removeprefix("\ufeff")
    manner = manner_of(sample)
    if manner is None:
        undated = first_undated(sample)
        raise ChatLogError(f"时间{UNDATED}" if undated else "没有认出一条消息：每条要有“日期 时间 昵称”", undated)
    reader = _Reader(manner, zone)
    for number, line in enumerate(chain(sample, rest), 1):
        yield from reader.take(number, line)
    yield from reader.finish()


class _Reader:
    """Gathers the lines of a message until the next one begins."""

    def __init__(self, manner: Manner, zone: tzinfo) -> None:
        self._manner, self._zone = manner, zone
        self._day = ""
        self._open: tuple[int, datetime, Person | None] | None = None
        self._lines: list[tuple[int, str]] = []
        self._senders: set[str] = set()

    def take(self, number: int, line: str) -> Iterator[Found]:
        """A line: what ends with it."""
        if self._manner.shape is MAILED and (day := day_of(line)):
            self._day = day
            return
        head = self._head(line)
        if head is None:
            yield from self._keep(number, line)
            return
        try:
            at = moment(f"{self._day} {head.stamp}".strip(), self._zone)
        except NoMoment as error:
            yield Note(number, f"{error}；这一行算进上一条消息")
            yield from self._keep(number, line)
            return
        yield from self.finish()
        self._begin(number, at, head)

    def _begin(self, number: int, at: datetime, head: Head) -> None:
        self._open = (number, at, head.who)
        self._lines = [(number, head.text)] if head.text else []
        if head.who:
            self._senders.add(head.who.name)

    def _head(self, line: str) -> Head | None:
        notice = None if self._manner.shape is MAILED else notice_of(line)
        return notice or self._manner.head(line)

    def _keep(self, number: int, line: str) -> Iterator[Found]:
        """A line of the message before."""
        self._refuse_undated(number, line)
        if self._open is None:
            if line.strip():
                yield Note(number, "在第一条消息之前，没有导入")
            return
        self._lines.append((number, line))

    def _refuse_undated(self, number: int, line: str) -> None:
        """A known person's head without a day would make his words another's; anybody else's is a line like others."""
        head = self._manner.undated(line)
        if head and head.who and head.who.name in self._senders:
            raise ChatLogError(f"“{shown(head.stamp)}”{UNDATED}", number)

    def finish(self) -> Iterator[Found]:
        """What is still open ends."""
        if self._open is not None:
            yield from heard(*self._open, self._lines)
        self._open, self._lines = None, []
