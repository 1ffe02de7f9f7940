"""``gridsteward triage status`` and ``rollback`` as an operator calls them."""

from pathlib import Path

import pytest

from bot.ports import Scores, Version
from storage.open import open_storage
from tests.cli.test_commands import run
from tests.fakes import MORNING, new_database

SCORES = Scores(200, (58, 57), 120, (44, 12))


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A database with three attempts, the last of which lost."""
    path = new_database(tmp_path / "town.db")
    with open_storage(path, "OFF") as storage:
        for number, state in ((1, "live"), (2, "live"), (3, "refused")):
            version = Version("dongshan", number, MORNING, state, 120, MORNING, SCORES, b"x" * (state == "live"))
            storage.desk.run(lambda uow, version=version: uow.learning.add(version))  # type: ignore[misc]
    return path


def test_status(db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "triage", "status", "--db", db)

    assert code == 0
    assert out.splitlines() == [
        "dongshan：在用 第2版；更正 0 条",
        "  第3版 没有采用 2026-05-06 01:00 UTC 学了 120 条；错：标准题 58 → 57（共 200），本地旧话 44 → 12（共 120）",
        "  第2版 在用 2026-05-06 01:00 UTC 学了 120 条；错：标准题 58 → 57（共 200），本地旧话 44 → 12（共 120）",
        "  第1版 用过 2026-05-06 01:00 UTC 学了 120 条；错：标准题 58 → 57（共 200），本地旧话 44 → 12（共 120）",
    ]


def test_status_also_while_the_bot_runs(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with open_storage(db, "OFF"):
        code, out, _ = run(capsys, monkeypatch, "triage", "status", "--db", db)
        assert (code, "在用 第2版" in out) == (0, True)
        code, _, err = run(capsys, monkeypatch, "triage", "rollback", "--db", db)
        assert (code, "先停下机器人" in err) == (2, True)


def test_rollback_goes_back_step_by_step(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for said in ("在用 第1版", "在用 出厂"):
        code, out, _ = run(capsys, monkeypatch, "triage", "rollback", "--db", db)
        assert (code, said in out) == (0, True)
    code, _, err = run(capsys, monkeypatch, "triage", "rollback", "--db", db, "--unit", "dongshan")
    assert (code, err) == (2, "没有在用的版本；用的是出厂的判断\n")


def test_where_nothing_was_learnt(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = new_database(tmp_path / "new.db")

    assert run(capsys, monkeypatch, "triage", "status", "--db", path)[:2] == (0, "还没有可学的更正；用的是出厂的判断\n")
    assert run(capsys, monkeypatch, "triage", "rollback", "--db", path)[0] == 2
    code, _, err = run(capsys, monkeypatch, "triage", "rollback", "--db", path, "--unit", "nowhere")
    assert (code, err) == (2, "--unit: 还没有学到什么\n")
