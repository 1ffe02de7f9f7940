"""``gridsteward api-key`` as an operator calls it."""

from pathlib import Path

import pytest

from bot.usecases.keys import digest_of
from storage.open import open_storage
from tests.cli.test_commands import run
from tests.fakes import new_database, town


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """A neighbourhood."""
    return new_database(tmp_path / "town.db", town())


def test_a_key_is_printed_once_listed_and_ended(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    org = town()
    duty = next(duty for duty in org.duties if duty.role == "owner" and org.people[duty.person].accounts)
    words = ("api-key", "create", duty.person, duty.unit, "--label", "街道系统", "--scope", "act", "--db", db)
    code, out, _ = run(capsys, monkeypatch, *words)
    token = out.strip()
    assert code == 0
    with open_storage(db, "OFF") as storage:
        key = storage.desk.run(lambda uow: uow.keys.find(digest_of(token)))
        assert key is not None
        assert (key.person, key.unit, key.scope) == (duty.person, duty.unit, "act")
        code, out, _ = run(capsys, monkeypatch, "api-key", "list", "--db", db)  # also while somebody has it open
        assert (code, out.strip()) == (0, f"{key.id}  {duty.person}  {duty.unit}  act  没用过  街道系统")
        code, _, err = run(capsys, monkeypatch, *words)
        assert (code, "/desk/keys" in err) == (2, True)
    assert run(capsys, monkeypatch, "api-key", "revoke", key.id, "--db", db)[:2] == (0, "已作废\n")
    assert run(capsys, monkeypatch, "api-key", "revoke", key.id, "--db", db)[0] == 2
    assert "已作废" in run(capsys, monkeypatch, "api-key", "list", "--db", db)[1]


def test_a_key_that_would_open_nothing_is_refused_in_words(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = next(iter(town().units))
    code, out, err = run(capsys, monkeypatch, "api-key", "create", "nobody", unit, "--label", "x", "--db", db)
    assert (code, out) == (2, "")
    assert "职责" in err
    assert run(capsys, monkeypatch, "api-key", "list", "--db", db)[1] == "没有钥匙\n"
