"""Which encoding a chat export is in: UTF-8, UTF-16 or GB18030. Told by its bytes, read once from end to end."""

import codecs
from collections.abc import Iterator
from typing import BinaryIO

CHUNK = 2**20
SAMPLE = 4096
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    b"\x84\x31\x95\x33": "gb18030",
}
ASCII = bytes(range(128))
BROKEN = "\ufffd"


def encoding_of(file: BinaryIO) -> str:
    """The encoding that reads a file best; the file stands at its beginning before and after."""
    head = file.read(SAMPLE)
    file.seek(0)
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    return _wide(head) or ("utf-8" if _is_utf8(file) else "gb18030")


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark: digits and line ends have a zero byte each, which no other text has."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    if max(even, odd) * 20 <= len(head):
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _is_utf8(file: BinaryIO) -> bool:
    """A character broken here and there does not make UTF-8 another encoding; Chinese in GB18030 is broken everywhere."""
    flaws = _flaws(file, "utf-8")
    if flaws == 0:
        return True
    beyond = sum(len(chunk.translate(None, ASCII)) for chunk in _chunks(file))
    file.seek(0)
    return flaws * 10 <= beyond or flaws <= _flaws(file, "gb18030")


def _flaws(file: BinaryIO, name: str) -> int:
    """How many characters cannot be read in an encoding."""
    decoder = codecs.getincrementaldecoder(name)("replace")
    count = sum(decoder.decode(chunk).count(BROKEN) for chunk in _chunks(file))
    file.seek(0)
    return count + decoder.decode(b"", final=True).count(BROKEN)


def _chunks(file: BinaryIO) -> Iterator[bytes]:
    while chunk := file.read(CHUNK):
        yield chunk
