"""``gridsteward facts`` as an operator calls it, and an import that moves a grid."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from bot.app import DEMO_ORG
from storage.open import open_storage
from storage.unit_of_work import SqliteUnitOfWork
from tests.cli.test_commands import run
from tests.fakes import new_database, town
from tests.storage.making import opened

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database with two tickets, counted in."""
    path = new_database(tmp_path / "town.db", town())
    change(path, lambda uow: [opened(uow, id_, unit="xueyuan") for id_ in ("t1", "t2")])
    change(path, lambda uow: uow.facts.catch_up(9))
    return path


@pytest.fixture
def command(db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """A command on that database."""
    return lambda *words: run(capsys, monkeypatch, *words, "--db", db)


def change(path: Path, job: Callable[[SqliteUnitOfWork], object]) -> None:
    with open_storage(path, "OFF") as storage:
        storage.desk.run(job)


def sql(path: Path, statement: str) -> list[tuple[object, ...]]:
    with open_storage(path, "OFF") as storage:
        return storage.connection.execute(statement).fetchall()


def test_right_sums_are_said_to_be_right(db: Path, command: Command) -> None:
    assert command("facts", "verify") == (0, "汇总与工单一致\n", "")
    sql(db, "INSERT INTO fact_due VALUES ('t1')")
    assert command("facts", "verify") == (0, "汇总与工单一致；1 件有变化的工单等待计入\n", "")


def test_verify_works_beside_the_bot_and_rebuild_does_not(db: Path, command: Command) -> None:
    with open_storage(db, "OFF"):
        assert command("facts", "verify")[:2] == (0, "汇总与工单一致\n")
        code, out, err = command("facts", "rebuild")

    assert (code, out) == (2, "")
    assert "请先停下机器人" in err


def test_a_wrong_sum_is_told_and_mended(db: Path, command: Command) -> None:
    sql(db, "UPDATE fact SET sums = json_set(sums, '$.created', 7) WHERE unit = 'xinhe' AND category = '' AND slot > 0")
    code, out, _ = command("facts", "verify")
    assert code == 1
    assert "xinhe，2026-04-23 起两周，created：汇总的分母差 +5" in out

    assert command("facts", "rebuild") == (0, "已重新汇总：2 件工单\n", "")
    assert command("facts", "verify")[0] == 0


def test_an_import_leaves_no_sum_behind(db: Path, command: Command, tmp_path: Path) -> None:
    org = shutil.copy(DEMO_ORG, tmp_path / "org.toml")
    assert command("org", "import", org)[0] == 0

    assert sql(db, "SELECT * FROM fact_due") == []
    assert sql(db, "SELECT DISTINCT unit FROM fact") == [("xueyuan",)], (
        "the demo has no such grid, nor what was above it"
    )
    assert command("facts", "verify") == (0, "汇总与工单一致\n", "")


def test_an_operator_hears_how_far_it_is(db: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.cli.facts.TOLD", 2)

    assert command("facts", "verify")[2] == "… 2 件\n"
    assert command("facts", "rebuild")[2] == "… 2 件\n"
