from datetime import UTC, datetime, timedelta

import pytest

from adapters.web.errors import Refusal
from adapters.web.limits import RateLimit
from adapters.web.words import checked_name, checked_text, clean_text

BOT = "网格管家"


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("三号楼\x00漏水\x07", "三号楼漏水"),
        ("abc\u202egnp.exe", "abcgnp.exe"),
        ("一行\r\n两行\t\u2066完\u2069", "一行\n两行\t完"),
        ("👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"),
        ("<script>alert(1)</script>{{7*7}}", "<script>alert(1)</script>{{7*7}}"),
        ("e" + "\u0301" * 1000, "e" + "\u0301" * 3),
    ],
)
def test_text_keeps_its_words(typed: str, kept: str) -> None:
    assert clean_text(typed) == kept
    assert checked_text(kept) == kept


def test_a_million_marks_are_no_message() -> None:
    assert len(checked_text("e" + "\u0301" * 1_000_000)) == 4


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("3-2-501", "3-2-501"), ("  张 \n 阿姨\u202e\u200b ", "张 阿姨"), ("网格管家的邻居", "网格管家的邻居")],
)
def test_names_are_made_plain(typed: str, kept: str) -> None:
    assert checked_name(typed, BOT) == kept


@pytest.mark.parametrize(
    "typed", ["", " \u200b\u202e\x00 ", "长" * 21, BOT, "网 格 管 家", "网格\u200b管家！", "bot", "ＢＯＴ"]
)
def test_some_names_are_refused(typed: str) -> None:
    with pytest.raises(Refusal):
        checked_name(typed, BOT)


def test_a_window_slides_and_idle_keys_go() -> None:
    limit, now = RateLimit(3, timedelta(seconds=10)), datetime(2025, 9, 3, tzinfo=UTC)

    assert [limit.allows("a", now) for _ in range(4)] == [True, True, True, False]
    assert limit.allows("b", now)
    later = now + timedelta(seconds=10)
    assert limit.allows("a", later)
    assert not [key for key in ("c", "d", "e") if not limit.allows(key, later + timedelta(minutes=1))]
    assert len(limit._seen) <= 3
