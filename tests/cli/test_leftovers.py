"""``gridsteward outbox`` as an operator calls it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.ports import Notice
from storage.open import Storage, open_storage
from tests.cli.test_commands import run
from tests.fakes import MORNING, new_database, town

GROUP = "web:xueyuan"
WORDS = {"note": "明天来修", "number": "1"}


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database with a message in doubt, a refused one and an event set aside."""
    path = new_database(tmp_path / "town.db", town())
    with open_storage(path, "OFF") as storage:
        for id_, state, attempts in (("n1", "uncertain", 1), ("n2", "dead", 5)):
            notice = Notice(id_, GROUP, "progress", "progress", MORNING, WORDS, state=state, attempts=attempts)
            storage.desk.run(lambda uow, notice=notice: uow.outbox.add(notice))  # type: ignore[misc]
        storage.desk.run(lambda uow: uow.reserve.put("web:xueyuan:m1", MORNING, "ZeroDivisionError: x"))
    return path


@pytest.fixture
def running(db: Path) -> Iterator[Storage]:
    """The same, of a bot that runs."""
    with open_storage(db, "OFF") as storage:
        yield storage


def states(db: Path) -> dict[str, str]:
    """What became of the messages."""
    with open_storage(db, "OFF") as storage:
        return dict(storage.connection.execute("SELECT id, state FROM outbox").fetchall())


def test_it_lists_without_words_also_while_the_bot_runs(
    running: Storage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, "outbox", "--db", running.path)

    assert (code, err) == (0, "机器人正在运行：读的是此刻的一份副本\n")
    assert "n1  2026-05-06 09:00  学苑业主群（web:xueyuan）  progress  -  uncertain  不知是否送达" in out
    assert "n2  2026-05-06 09:00  学苑业主群（web:xueyuan）  progress  -  dead  试了5次，平台不收" in out
    assert "web:xueyuan:m1  1次  ZeroDivisionError: x" in out
    assert "明天来修" not in out
    _, checked, _ = run(capsys, monkeypatch, "check", "--db", running.path)
    assert checked.count("gridsteward outbox") == 3


def test_decisions_are_refused_while_the_bot_runs(
    running: Storage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for words in (("--resend", "n1"), ("--drop", "n2"), ("--clear", "web:xueyuan:m1")):
        code, out, err = run(capsys, monkeypatch, "outbox", *words, "--db", running.path)
        assert (code, out) == (2, "")
        assert "先停下机器人" in err
        assert err.count("\n") == 1


def test_decisions_are_carried_out_together(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    words = ("--resend", "n1", "--drop", "n2", "--clear", "web:xueyuan:m1")
    code, out, _ = run(capsys, monkeypatch, "outbox", *words, "--db", db)

    assert code == 0
    assert out.startswith("已处理：重发 1 条")
    assert states(db) == {"n1": "pending", "n2": "dropped"}
    assert run(capsys, monkeypatch, "outbox", "--db", db) == (0, "没有要处理的\n", "")


def test_one_wrong_id_and_nothing_is_done(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, "outbox", "--resend", "n1", "--drop", "n9", "--db", db)

    assert (code, out) == (2, "")
    assert err == "n9: no message with this id waits for a decision\n"
    assert states(db) == {"n1": "uncertain", "n2": "dead"}
