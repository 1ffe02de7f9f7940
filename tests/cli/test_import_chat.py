"""``gridsteward import-chat``: a transcript on standard output or in a file, faults in words, and replay takes it."""

import json
from pathlib import Path
from typing import Any

import pytest

from bot.app import DEMO_ORG
from tests.cli.test_commands import run

LOG = "2026-03-02 09:12:33 王阿姨\n3号楼的路灯坏了，麻烦修一下\n\n2026-03-02 09:13:00 张三\n早上好\n"


class Shell:
    """The command, called as its users call it."""

    def __init__(self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
        self._capsys, self._monkeypatch = capsys, monkeypatch

    def run(self, *words: object) -> tuple[int, str, str]:
        return run(self._capsys, self._monkeypatch, *words)

    def lines(self, *words: object) -> list[dict[str, Any]]:
        code, out, err = self.run("import-chat", *words)
        assert (code, err) == (0, "")
        return [json.loads(line) for line in out.splitlines()]

    def fault(self, *words: object) -> str:
        code, out, err = self.run("import-chat", *words)
        assert (code, out, err.count("\n")) == (2, "", 1)
        return err


@pytest.fixture
def shell(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Shell:
    return Shell(capsys, monkeypatch)


@pytest.fixture
def log(tmp_path: Path) -> Path:
    path = tmp_path / "樱花苑.txt"
    path.write_text(LOG, encoding="gb18030")
    return path


def test_standard_output(log: Path, shell: Shell) -> None:
    lines = shell.lines(log)
    assert [(line["at"], line["chat"], line["name"]) for line in lines] == [
        ("2026-03-02T09:12:33+08:00", "樱花苑", "王阿姨"),
        ("2026-03-02T09:13:00+08:00", "樱花苑", "张三"),
    ]


def test_a_group_and_a_time_zone(log: Path, shell: Shell) -> None:
    first = shell.lines(log, "--group", "yinghua", "--timezone", "Europe/Berlin")[0]
    assert (first["chat"], first["at"]) == ("yinghua", "2026-03-02T09:12:33+01:00")


def test_a_file_that_replays(log: Path, tmp_path: Path, shell: Shell) -> None:
    out = tmp_path / "chat.jsonl"
    code, said, err = shell.run("import-chat", log, "--group", "yinghua", "--out", out)
    assert (code, said, err) == (0, f"已写好：{out}，2 行\n", "")
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []
    code, said, _ = shell.run("replay", out, "--org", DEMO_ORG, "--json")
    assert (code, json.loads(said)["counts"]["tickets"]) == (0, 1)


def test_the_same_each_time(log: Path, shell: Shell) -> None:
    assert shell.lines(log) == shell.lines(log, "--format", "wechat")


def test_notes_stand_on_standard_error_and_do_not_flood_it(log: Path, shell: Shell) -> None:
    log.write_text("".join(f"{number}\n" for number in range(30)) + LOG, encoding="utf-8")
    code, out, err = shell.run("import-chat", log)
    assert (code, len(out.splitlines())) == (0, 2)
    told = err.splitlines()
    assert (told[0], told[-1], len(told)) == (
        "樱花苑.txt｜第 1 行：在第一条消息之前，没有导入",
        "樱花苑.txt｜这样的还有 10 处",
        21,
    )


FAULTS = {
    "nothing": ("早上好\n", (), "没有认出一条消息"),
    "no day": ("王阿姨 昨天 09:12\n灯坏了\n", (), "第 1 行：时间没有写明是哪年哪月哪日"),
    "format": (LOG, ("--format", "qq"), "--format: 'qq' is none of wechat, telegram, csv"),
    "another format": (LOG, ("--format", "telegram"), "没有 messages"),
    "time zone": (LOG, ("--timezone", "Mars/Olympus"), "--timezone: 'Mars/Olympus' is no time zone"),
    "folder as time zone": (LOG, ("--timezone", "Asia"), "is no time zone"),
    "out": (LOG, ("--out", "nowhere/at/all.jsonl"), "all.jsonl: "),
}


@pytest.mark.parametrize("case", FAULTS)
def test_one_line_for_what_cannot_be_done(case: str, log: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    text, words, reason = FAULTS[case]
    monkeypatch.chdir(log.parent)
    log.write_text(text, encoding="utf-8")
    assert reason in shell.fault(log, *words)


def test_a_file_that_is_none(tmp_path: Path, shell: Shell) -> None:
    assert "打不开" in shell.fault(tmp_path / "none.txt")
    assert "打不开" in shell.fault(tmp_path)


def test_the_chat_itself_is_not_written_over(log: Path, shell: Shell) -> None:
    assert "the chat itself" in shell.fault(log, "--out", log)
    assert log.read_text(encoding="gb18030") == LOG


def test_a_fault_leaves_an_earlier_file_alone(log: Path, tmp_path: Path, shell: Shell) -> None:
    out = tmp_path / "chat.jsonl"
    out.write_text("before", encoding="utf-8")
    log.write_text("早上好\n", encoding="utf-8")
    shell.fault(log, "--out", out)
    assert out.read_text(encoding="utf-8") == "before"


def test_a_bar_shows_how_far_long_input_is(log: Path, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.imports.LONG", 1)
    monkeypatch.setattr("sys.stderr.isatty", lambda: True)
    code, out, err = shell.run("import-chat", log)
    assert (code, len(out.splitlines())) == (0, 2)
    assert "樱花苑.txt" in err
