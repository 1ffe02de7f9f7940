"""The command line as its users call it: exit status, one-line errors, the same result each time."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from adapters.orgfile import read_org
from bot.app import DEMO_ORG
from bot.cli import main
from bot.ports import UnitOfWork
from storage.open import Storage, open_storage
from tests.fakes import new_database, town

CHAT = [
    {"at": "2026-07-08T09:00:00+08:00", "chat": "yinghua", "from": "a", "text": "3号楼的路灯坏了，麻烦修一下"},
    {"at": "2026-07-08T09:05:00+08:00", "chat": "yinghua", "from": "b", "text": "早上好"},
]


def run(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, *words: object) -> tuple[int, str, str]:
    """Exit status, standard output and standard error of a command."""
    monkeypatch.setattr("sys.argv", ["gridsteward", *map(str, words)])
    with pytest.raises(SystemExit) as stop:
        main()
    captured = capsys.readouterr()
    return int(stop.value.code or 0), captured.out, captured.err


@pytest.fixture
def chat(tmp_path: Path) -> Path:
    """A short transcript of the demo neighbourhood."""
    path = tmp_path / "chat.jsonl"
    path.write_text("\n".join(json.dumps(line) for line in CHAT), encoding="utf-8")
    return path


def test_replay_prints_one_json_object_the_same_each_time(
    chat: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    first = run(capsys, monkeypatch, "replay", chat, "--org", DEMO_ORG, "--json")
    again = run(capsys, monkeypatch, "replay", chat, "--org", DEMO_ORG, "--json")
    assert first == again
    assert first[0] == 0
    result = json.loads(first[1])
    assert result["counts"] == {"messages": 2, "tickets": 1, "kept": 1}


def test_replay_lets_time_pass(chat: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    until = "2026-07-20T09:00:00+08:00"
    _, out, _ = run(capsys, monkeypatch, "replay", chat, "--org", DEMO_ORG, "--json", "--until", until)
    [ticket] = json.loads(out)["tickets"]
    assert ticket["supervision"] >= 2


def test_replay_keeps_a_named_database_and_refuses_an_old_one(
    chat: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db = tmp_path / "kept.db"
    assert run(capsys, monkeypatch, "replay", chat, "--org", DEMO_ORG, "--db", db, "--json")[0] == 0
    code, _, err = run(capsys, monkeypatch, "replay", chat, "--org", DEMO_ORG, "--db", db, "--json")
    assert code == 2
    assert "exists" in err
    assert run(capsys, monkeypatch, "audit", "verify", "--db", db)[0] == 0


@pytest.mark.parametrize("line", ["{", '{"at": "x"}', '{"at": "2026-07-08T09:00:00+08:00", "chat": 1, "from": "a"}'])
def test_bad_input_is_one_line_and_status_2(
    line: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(line, encoding="utf-8")
    code, out, err = run(capsys, monkeypatch, "replay", path, "--org", DEMO_ORG, "--json")
    assert (code, out) == (2, "")
    assert err.startswith(f"{path}:1: ")
    assert err.count("\n") == 1


def test_the_readable_timeline(chat: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    code, out, _ = run(capsys, monkeypatch, "replay", chat, "--org", DEMO_ORG)
    assert code == 0
    assert out.startswith("2026-07-08 09:00  [yinghua] 1号件已登记")


def test_from_template_to_a_running_neighbourhood(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, copy = tmp_path / "town.db", tmp_path / "copy.db"
    assert run(capsys, monkeypatch, "org", "template", tmp_path / "org.xlsx")[0] == 0
    assert run(capsys, monkeypatch, "org", "check", tmp_path / "org.xlsx")[0] == 2  # an empty template is no town
    assert run(capsys, monkeypatch, "org", "check", DEMO_ORG)[0] == 0
    code, out, _ = run(capsys, monkeypatch, "init", DEMO_ORG, "--db", db)
    assert code == 0
    assert "/bind/" in out
    assert "/r/" in out
    assert run(capsys, monkeypatch, "init", DEMO_ORG, "--db", db)[0] == 2
    assert run(capsys, monkeypatch, "org", "import", DEMO_ORG, "--db", db)[0] == 0
    assert "/bind/" in run(capsys, monkeypatch, "code", "linjing", "--db", db)[1]
    assert run(capsys, monkeypatch, "code", "nobody", "--db", db)[0] == 2
    assert run(capsys, monkeypatch, "check", "--db", db)[0] in {0, 1}
    assert run(capsys, monkeypatch, "backup", copy, "--db", db)[0] == 0
    assert run(capsys, monkeypatch, "restore", copy, "--db", tmp_path / "back.db")[0] == 0
    assert run(capsys, monkeypatch, "restore", copy, "--db", db)[0] == 2


def test_an_import_names_what_the_dashboard_says_otherwise(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, article = tmp_path / "town.db", read_org(DEMO_ORG).articles[0]
    run(capsys, monkeypatch, "init", DEMO_ORG, "--db", db)
    assert "看板" not in run(capsys, monkeypatch, "org", "import", DEMO_ORG, "--db", db)[1]
    with open_storage(db) as storage:
        storage.desk.run(lambda uow: uow.choices.remove_article(article))

    code, out, _ = run(capsys, monkeypatch, "org", "import", DEMO_ORG, "--db", db)

    assert code == 0
    assert f"注意：1 条知识在看板上改过，以看板为准：{article.title}" in out


def test_check_says_what_is_missing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, _ = run(capsys, monkeypatch, "check", "--db", tmp_path / "none.db")
    assert code == 1
    assert "gridsteward init" in out


def test_a_new_link_can_log_out_the_phone_that_was_lost(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, now = new_database(tmp_path / "town.db", read_org(DEMO_ORG)), datetime(2026, 7, 8, tzinfo=UTC)

    def lose(uow: UnitOfWork) -> None:
        uow.org.issue_code("linjing", "d1", now)
        uow.org.use_code("d1", "web:lost", now)
        uow.rooms.add_visitor("lost", "林静", "cookie", now)

    def left(uow: UnitOfWork) -> tuple[object, bool]:
        return uow.rooms.visitor("cookie"), uow.org.load().person_of("web:lost") is not None

    with open_storage(db, "OFF") as storage:
        storage.desk.run(lose)
    assert "/bind/" in run(capsys, monkeypatch, "code", "linjing", "--db", db)[1]
    with open_storage(db, "OFF") as storage:
        assert storage.desk.run(left) == (("lost", "林静"), True)

    code, out, _ = run(capsys, monkeypatch, "code", "linjing", "--revoke", "--db", db)
    assert (code, out.count("/bind/")) == (0, 1)
    digest = sha256(out.strip().rpartition("/")[2].encode()).hexdigest()
    with open_storage(db, "OFF") as storage:
        assert storage.desk.run(left) == (None, False)
        assert storage.desk.run(lambda uow: uow.org.peek_code(digest, now)) == "linjing"
        assert storage.connection.execute("SELECT count(*) FROM org_code WHERE used_at IS NULL").fetchone() == (1,)


@pytest.fixture
def running(tmp_path: Path) -> Iterator[Storage]:
    """The database of a bot that runs, with the demo neighbourhood."""
    with open_storage(new_database(tmp_path / "running.db", read_org(DEMO_ORG)), "OFF") as storage:
        yield storage


@pytest.mark.parametrize("words", [("check",), ("audit", "verify"), ("rooms",)])
def test_who_reads_need_not_stop_the_bot(
    words: tuple[str, ...], running: Storage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, *words, "--db", running.path)

    assert code in ({0, 1} if words == ("check",) else {0})
    assert "already open" not in out
    assert err == "机器人正在运行：读的是此刻的一份副本\n"


def test_a_copy_gives_out_no_link_that_opens_nothing(
    running: Storage, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    room = next(group.key for group in read_org(DEMO_ORG).groups.values() if group.channel == "web")
    assert "/r/" not in run(capsys, monkeypatch, "rooms", "--db", running.path)[1]

    token = running.desk.run(lambda uow: uow.rooms.invite(room))
    assert f"/r/{token}\n" in run(capsys, monkeypatch, "rooms", "--db", running.path)[1]


@pytest.mark.parametrize(
    ("words", "instead"),
    [(("code", "linjing"), "/people"), (("org", "import", str(DEMO_ORG)), "停下机器人，导入，再启动")],
)
def test_who_writes_is_told_what_to_do_instead(
    words: tuple[str, ...],
    instead: str,
    running: Storage,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    code, out, err = run(capsys, monkeypatch, *words, "--db", running.path)

    assert (code, out) == (2, "")
    assert "already open in process" in err
    assert instead in err
    assert err.count("\n") == 1


def test_audit_verify_makes_no_database(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    code, out, err = run(capsys, monkeypatch, "audit", "verify", "--db", tmp_path / "typo.db")

    assert (code, out) == (2, "")
    assert err.endswith("typo.db does not exist\n")
    assert not (tmp_path / "typo.db").exists()


def test_reading_photos_without_its_packages_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDSTEWARD_MEDIA__READ_PHOTOS", "true")
    monkeypatch.setattr("adapters.ocr.installed", lambda: False)
    code, out, _ = run(capsys, monkeypatch, "check", "--db", tmp_path / "none.db")
    assert code == 1
    assert "make setup-ocr" in out

    monkeypatch.setattr("adapters.ocr.installed", lambda: True)
    assert "make setup-ocr" not in run(capsys, monkeypatch, "check", "--db", tmp_path / "none.db")[1]


def test_reading_photos_without_its_packages_refuses_the_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GRIDSTEWARD_MEDIA__READ_PHOTOS", "true")
    monkeypatch.setattr("adapters.ocr.installed", lambda: False)
    code, _, err = run(capsys, monkeypatch, "demo", "--port", 0, "--data", tmp_path)
    assert code == 2
    assert "make setup-ocr" in err


def test_the_demo_is_a_neighbourhood_or_a_town(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    served: list[tuple[str, Path, int]] = []
    for name in ("demo", "town"):
        monkeypatch.setattr(
            f"bot.server.serve_{name}", lambda _settings, data, port, name=name: served.append((name, data, port))
        )

    assert run(capsys, monkeypatch, "demo", "--port", 8001, "--data", tmp_path)[0] == 0
    assert run(capsys, monkeypatch, "demo", "--town", "--port", 8002, "--data", tmp_path)[0] == 0
    assert served == [("demo", tmp_path, 8001), ("town", tmp_path, 8002)]


@pytest.mark.parametrize("name", ["org.xlsx", "ORG.toml"])
def test_an_organization_is_written_and_taken_in_again(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    db, file = new_database(tmp_path / "bot.db"), tmp_path / name

    assert run(capsys, monkeypatch, "org", "export", file, "--db", db)[0] == 0
    assert run(capsys, monkeypatch, "org", "export", file, "--db", db)[0] == 2, "nothing is overwritten"
    assert run(capsys, monkeypatch, "org", "import", file, "--db", db)[0] == 0
    with open_storage(db) as storage:
        assert storage.desk.run(lambda uow: uow.org.load()) == town()
