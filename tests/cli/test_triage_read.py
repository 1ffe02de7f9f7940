"""``gridsteward triage read``: one JSON object a line, and one line for input that can't be used."""

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from bot.app import DEMO_ORG
from tests.cli.test_commands import run

HEADER = "id\tgroup\tminute\tuser\treply_to\ttext"
TALK = [
    "a1\tA\t0\t刘姐\t\t各位早上好",
    "a2\tA\t2\t9-101\t\t9栋1单元进水管爆了，水漫到电梯口了，快来人关总阀！",
    "a3\tA\t3\t9-302\t\t我家水龙头也没水了",
    "b1\tB\t3\t老钱\t\t东门的路灯坏了，晚上一片黑，麻烦修一下",
    "a4\tA\t4\t物业阿明\ta2\t师傅已经过去了",
    "a5\tA\t30\t9-302\t\t来水了，辛苦师傅",
    "b2\tB\t40\t阿宽\tb1\t怎么还没人来修",
]
FIELDS = [
    "id",
    "actionable",
    "score",
    "act",
    "nature",
    "category",
    "urgency",
    "place",
    "ticket",
    "matters",
    "reason",
    "engine",
]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    path = tmp_path / "talk.tsv"
    path.write_text("\n".join([HEADER, *TALK, ""]), encoding="utf-8")
    return path


class Shell:
    """The command, called as its users call it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def answers(self, *words: object) -> list[dict[str, Any]]:
        code, out, err = run(self._capsys, self._monkeypatch, "triage", "read", *words)
        assert (code, err) == (0, "")
        return [json.loads(line) for line in out.splitlines()]

    def fault(self, *words: object) -> str:
        code, out, err = run(self._capsys, self._monkeypatch, "triage", "read", *words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        return err

    def type(self, content: bytes) -> None:
        self._monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch)


def test_conversations(table: Path, shell: Shell) -> None:
    """Answers stand in the order of the rows; a ticket keeps its name, its later messages have its labels."""
    found = shell.answers("--stream", table)
    assert [list(one) for one in found] == [FIELDS] * len(TALK)
    told = {one["id"]: one for one in found}
    assert list(told) == ["a1", "a2", "a3", "b1", "a4", "a5", "b2"]
    assert {id_: one["ticket"] for id_, one in told.items()} == {
        "a1": None, "a2": "A#1", "a3": "A#1", "b1": "B#1", "a4": "A#1", "a5": "A#1", "b2": "B#1",
    }  # fmt: skip
    assert [told[id_]["act"] for id_ in ("a1", "a2", "b1", "a4", "a5")] == ["chat", "new", "new", "answer", "resolved"]
    for later, first in (("a3", "a2"), ("b2", "b1")):
        assert told[later]["actionable"]
        assert [told[later][name] for name in FIELDS[4:7]] == [told[first][name] for name in FIELDS[4:7]]
    assert [told["a1"][name] for name in FIELDS[4:9]] == [None] * 5


def test_rows_by_themselves(table: Path, shell: Shell) -> None:
    """Nothing is open and nothing was said: each request is a ticket of its own."""
    found = shell.answers(table)
    tickets = [one["ticket"] for one in found if one["ticket"]]
    assert len(tickets) == len(set(tickets)) >= 2
    assert found[1]["act"] == "new"


def test_the_same_answers_each_time(table: Path, shell: Shell) -> None:
    assert shell.answers("--stream", table) == shell.answers("--stream", table)


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_standard_input(pack: Any, shell: Shell) -> None:
    shell.type(pack("text\n3栋电梯坏了，快来修\n".encode()))
    [one] = shell.answers()
    assert (one["id"], one["act"], one["place"]) == ("1", "new", "3栋")


def test_an_org_file(table: Path, shell: Shell) -> None:
    assert len(shell.answers("--stream", "--org", DEMO_ORG, table)) == len(TALK)


BAD = {
    "empty": (b"", ":0: the input is empty"),
    "header only": (b"text\n", ":1: no row follows the header"),
    "no text": (b"id\tuser\n1\t2\n", ":1: no column 'text'"),
    "not UTF-8": (b"text\nab\n\xff\xfe\n", ":3: not UTF-8"),
    "cells": (b"id\ttext\n1\n", ":2: 1 cells where the header has 2"),
    "minute": (b"minute\ttext\n1\tx\nsoon\ty\n", ":3: minute: 'soon' is no number of minutes"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(case: str, tmp_path: Path, shell: Shell) -> None:
    content, reason = BAD[case]
    path = tmp_path / "data.tsv"
    path.write_bytes(content)
    assert f"{path}{reason}" in shell.fault("--stream", path)


def test_bad_models(table: Path, tmp_path: Path, shell: Shell) -> None:
    for model, reason in ((table, "no triage model"), (tmp_path / "none.npz", "No such file")):
        assert shell.fault("--model", model, table).startswith(f"{model}: {reason}")


def test_odd_rows(tmp_path: Path, shell: Shell) -> None:
    """Ids twice, empty cells, control characters, a group like a private chat, text without end."""
    path = tmp_path / "odd.tsv"
    texts = ["", "\0\x1b[31m", "😀" * 40, "3栋漏水了" * 30_000, "'; DROP TABLE ticket; --"]
    rows = [f"x\tdm:{number % 2}\t\t物业\0\tx\t{text}" for number, text in enumerate(texts)]
    path.write_bytes("\r\n".join(["\ufeff" + HEADER, *rows]).encode())
    assert [one["id"] for one in shell.answers("--stream", path)] == ["x"] * len(texts)
