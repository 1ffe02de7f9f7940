"""Encodings and formats are told by what stands in the file."""

from io import BytesIO
from pathlib import Path

import pytest

from adapters.chatlog.detect import format_of
from adapters.chatlog.encoding import CHUNK, encoding_of
from tests.adapters.chatlog.shapes import Export, read, told

TEXT = "2026-03-01 09:12:33 张三\n3号楼的路灯坏了，麻烦修一下\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "gbk", "utf-16", "utf-16-le", "utf-16-be"])
def test_an_encoding(encoding: str, export: Export) -> None:
    lines, notes = export.of(TEXT, encoding)
    assert (told(lines), notes) == ([("09:12:33", "张三", "3号楼的路灯坏了，麻烦修一下")], [])


def test_utf_16_with_its_mark_in_the_other_order(export: Export, tmp_path: Path) -> None:
    export.path.write_bytes(b"\xfe\xff" + TEXT.encode("utf-16-be"))
    assert len(read(export.path)[0]) == 1


def test_a_character_across_two_chunks() -> None:
    """Nothing is taken for broken where the reader's pieces end."""
    assert encoding_of(BytesIO(b"a" * (CHUNK - 1) + "好".encode() * 9)) == "utf-8"
    assert encoding_of(BytesIO(b"a" * (CHUNK - 1) + "好".encode("gb18030") * 9)) == "gb18030"


def test_one_broken_character_spoils_nothing_else(export: Export) -> None:
    export.path.write_bytes(TEXT.encode() + b"\xff\n" + TEXT.replace("12:33", "13:00").encode())
    lines, notes = read(export.path)
    assert [line["text"][:7] for line in lines] == ["3号楼的路灯坏"] * 2
    assert notes == ["第 3 行：有读不出的字，以“\ufffd”代替"]


@pytest.mark.parametrize("broken", [b"\xff", "\ufffd".encode(), "坏".encode()[:2]])
def test_a_long_text_stays_utf_8_whatever_is_broken_in_it(broken: bytes) -> None:
    """Chinese in UTF-8 is often valid GB18030, too."""
    assert encoding_of(BytesIO(TEXT.encode() * 3 + broken + TEXT.encode() * 3)) == "utf-8"
    assert encoding_of(BytesIO(TEXT.encode("gb18030") * 3 + broken + TEXT.encode("gb18030") * 3)) == "gb18030"


def test_nothing_at_all() -> None:
    assert encoding_of(BytesIO(b"")) == "utf-8"


@pytest.mark.parametrize(
    ("head", "form"),
    [
        ('\n {"name": "x"', "telegram"),
        ("\ufefftime,text\n", "csv"),
        ("发送时间\t发送人\t消息内容\r\n", "csv"),
        (TEXT, "wechat"),
        ("", "wechat"),
        ("text,user\n", "wechat"),
    ],
)
def test_a_format(head: str, form: str) -> None:
    assert format_of(head) == form
