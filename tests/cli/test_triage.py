"""``gridsteward triage train`` and ``eval``: one JSON object, and one line for input that can't be used."""

import gzip
import io
import json
from pathlib import Path

import pytest

from tests.cli.test_commands import run
from tests.triage.learned.made_up import labelled


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Labelled text with a column too many and a row without a label."""
    path = tmp_path / "data.tsv"
    rows = [f"{number}\t{text}\t{label}" for number, (text, label) in enumerate(zip(*labelled(200), strict=True))]
    path.write_text("\n".join(["id\ttext\tkind", *rows, "x\t没有标签\t", ""]), encoding="utf-8")
    return path


def test_train_and_eval(
    data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    out = tmp_path / "head.npz"
    code, printed, _ = run(capsys, monkeypatch, "triage", "train", data, "--label", "kind", "--out", out)
    assert code == 0
    assert json.loads(printed) | {"seconds": 0} == {
        "rows": 200, "labels": 3, "seconds": 0, "bytes": out.stat().st_size, "out": str(out),
    }  # fmt: skip
    code, printed, _ = run(capsys, monkeypatch, "triage", "eval", data, "--label", "kind", "--model", out)
    found = json.loads(printed)
    assert (code, found["rows"], found["accuracy"]) == (0, 200, 1.0)
    assert found.keys() == {
        "rows", "accuracy", "macro_f1", "weighted_f1", "per_label", "per_second", "p99_ms", "bytes",
    }  # fmt: skip


@pytest.mark.parametrize("packed", [False, True])
def test_standard_input(
    packed: bool, data: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content = gzip.compress(data.read_bytes()) if packed else data.read_bytes()
    monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BufferedReader(io.BytesIO(content))))
    code, printed, _ = run(capsys, monkeypatch, "triage", "train", "--label", "kind", "--out", tmp_path / "head.npz")
    assert (code, json.loads(printed)["rows"]) == (0, 200)


BAD = {
    "empty": (b"", ":0: the input is empty"),
    "header only": (b"text\tkind\n", ":0: kind: no row has a label"),
    "no column": (b"text\tsort\n1\t2\n", ":1: no column 'kind'"),
    "twice a column": (b"text\tkind\tkind\n1\t2\t3\n", ":1: two columns"),
    "not UTF-8": (b"text\tkind\nab\tx\n\xff\xfe\ty\n", ":3: not UTF-8"),
    "a tab too many": (b"text\tkind\na\tb\tc\n", ":2: 3 cells where the header has 2"),
    "a cell too few": (b"text\tkind\n\nabc\n", ":3: 1 cells where the header has 2"),
    "one label": (b"text\tkind\nab\tx\nac\tx\n", ":0: kind: at least two"),
    "cut gzip": (gzip.compress(b"text\tkind\nab\tx\n" * 99)[:-20], ": "),
    "no gzip": (b"\x1f\x8bnonsense", ": "),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_input(
    case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    content, reason = BAD[case]
    path = tmp_path / "data.tsv"
    path.write_bytes(content)
    code, out, err = run(
        capsys, monkeypatch, "triage", "train", path, "--label", "kind", "--out", tmp_path / "head.npz"
    )
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert err.startswith(f"{path}:")
    assert reason in err
    assert not (tmp_path / "head.npz").exists()


def test_odd_rows_are_learnt_from(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "data.tsv"
    huge = "路灯不亮，" * 7_000  # more than 100 kB
    path.write_bytes(f"\ufefftext\tkind\r\n{huge}\t灯\r\n\0\0水\0\t水\r\n\t水\r\n停水\t水\r\n".encode())
    code, out, _ = run(capsys, monkeypatch, "triage", "train", path, "--label", "kind", "--out", tmp_path / "head.npz")
    assert (code, json.loads(out)["rows"]) == (0, 4)


def test_no_model(data: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    for model in ((), ("--model", data), ("--model", data.parent / "none.npz")):
        code, out, err = run(capsys, monkeypatch, "triage", "eval", data, "--label", "kind", *model)
        assert (code, out, err.count("\n")) == (2, "", 1)
