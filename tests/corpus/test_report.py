"""The report: gold and readings as lines, the sample's codes in ours, tables."""

import pytest

from adapters.tsv import Row
from bot.triage.engine.room import lesson_of
from corpus.measures import Judged, Line, tally
from corpus.report import coarse, gold_of, judged, line_of, tables
from corpus.sample import lesson_of_sample

LESSON = {
    "group": "G", "minute": "0", "user": "老钱", "text": "3栋漏水，5栋也是", "act": "new", "nature": "help+complaint",
    "category": "drainage+noise", "urgency": "urgent+routine", "place": "3栋+5栋", "ticket": "1+2",
}  # fmt: skip


def test_of_two_matters_the_first_counts() -> None:
    assert gold_of(lesson_of(LESSON)) == Line("new", "help", "drainage", "urgent", ("3栋", "5栋"), "1")


def test_what_the_command_leaves_open_is_empty() -> None:
    answer = dict.fromkeys(("nature", "category", "urgency", "place", "ticket"))
    assert line_of({**answer, "act": "chat", "score": 0.0}) == Line("chat")


@pytest.mark.parametrize(
    ("act", "kind", "category", "urgency", "expected"),
    [
        ("new", "求助", "供水", "高", Line("new", "help", "utilities", "urgent", ("东门",), "D1")),
        ("new", "表扬", "没听过", "低", Line("new", "praise", "", "routine", ("东门",), "D1")),
        ("progress", "求助", "供水", "高", Line("urge", places=("东门",), ticket="D1")),
        ("trade", "", "", "", Line("chat", places=("东门",), ticket="D1")),
    ],
)
def test_the_samples_codes(act: str, kind: str, category: str, urgency: str, expected: Line) -> None:
    cells = {"group": "D", "minute": "1", "user": "u", "text": "t", "act": act, "kind": kind, "category": category}
    row = Row(2, {**cells, "urgency": urgency, "location": "东门", "ticket": "D1", "id": "x", "is_request": "1"})
    assert gold_of(lesson_of_sample(row)) == expected


def test_the_sample_knows_two_degrees_of_urgency() -> None:
    read = tuple(Line("new", urgency=code) for code in ("emergency", "urgent", "complex", "routine"))
    assert [line.urgency for line in coarse(Judged((), read)).read] == ["urgent", "urgent", "routine", "routine"]


def test_conversations_as_the_command_reads_them() -> None:
    rows = [
        ("0", "老钱", "3栋电梯坏了，老人下不来，快来修", "new", "1"),
        ("1", "*管家", "马上到", "answer", "1"),
        ("2", "梧桐雨", "哈哈哈", "chat", ""),
    ]
    columns = ("minute", "user", "text", "act", "ticket")
    lessons = [lesson_of({"group": "G", **dict(zip(columns, row, strict=True))}) for row in rows]
    [one] = judged(lessons, None)
    assert [line.act for line in one.read] == ["new", "answer", "chat"]
    shown = "\n".join(tables([tally(one)], draws=10))
    assert "| request F1 | 1.000 | 1.000–1.000 |" in shown
    assert "| answer | 1 | 0.000 | 1.000 |" in shown
