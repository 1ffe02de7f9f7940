"""``gridsteward webhook`` as an operator calls it."""

import json
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from storage.open import open_storage
from tests.cli.test_commands import run
from tests.fakes import new_database, town

URL = "https://desk.example.com/in"


@pytest.fixture
def db(tmp_path: Path) -> Path:
    """The town's database."""
    return new_database(tmp_path / "town.db", town())


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """A receiver on loopback, which is allowed: its address, and then the bodies that came."""
    bodies: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            bodies.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            self.send_response(200 if self.path == "/in" else 500)
            self.end_headers()

        def log_message(self, format: str, *args: object) -> None:
            """Nothing."""

    server = HTTPServer(("127.0.0.1", 0), Handler)
    bodies.append(f"http://127.0.0.1:{server.server_port}")
    monkeypatch.setenv("GRIDSTEWARD_WEBHOOKS__NETWORKS", '["127.0.0.0/8"]')
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield bodies
    server.shutdown()
    thread.join()
    server.server_close()


def test_added_listed_removed(db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run(capsys, monkeypatch, "webhook", "list", "--db", db) == (0, "没有要通知的系统\n", "")
    words = (URL, "--unit", "xinhe", "--by", "chen", "--kind", "closed", "--db", db)
    code, out, _ = run(capsys, monkeypatch, "webhook", "add", *words)
    id_, secret = out.split("\n")[0], out.strip().rpartition("：")[2]
    assert code == 0
    assert secret.startswith("whsec_")

    with open_storage(db, "OFF"):  # the bot runs
        code, out, err = run(capsys, monkeypatch, "webhook", "list", "--db", db)
        assert (code, out) == (0, f"{id_}  xinhe  chen  on  closed  -  {URL}\n")
        assert "副本" in err
        for command in (("add", *words), ("remove", id_, "--db", db)):
            code, _, err = run(capsys, monkeypatch, "webhook", *command)
            assert (code, "/desk/webhooks" in err) == (2, True)

    assert run(capsys, monkeypatch, "webhook", "remove", id_, "--db", db) == (0, "已删除\n", "")
    assert run(capsys, monkeypatch, "webhook", "list", "--db", db) == (0, "没有要通知的系统\n", "")
    assert run(capsys, monkeypatch, "webhook", "remove", id_, "--db", db)[0] == 2


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ((URL, "--unit", "xinhe", "--by", "zhou"), "--by"),
        ((URL, "--unit", "xinhe", "--by", "nobody"), "no such person"),
        (("http://127.0.0.1/", "--unit", "xinhe", "--by", "chen"), "URL"),
        ((URL, "--unit", "xinhe", "--by", "chen", "--kind", "noted"), "--kind"),
    ],
)
def test_faults_are_said_in_one_line(
    db: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, words: tuple[str, ...], reason: str
) -> None:
    code, out, err = run(capsys, monkeypatch, "webhook", "add", *words, "--db", db)

    assert (code, out, err.count("\n")) == (2, "", 1)
    assert reason in err


def test_a_test_is_posted_here_and_now(
    db: Path, heard: list[str], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    base = heard.pop()
    ids = []
    for path in ("/in", "/broken"):
        words = (f"{base}{path}", "--unit", "xinhe", "--by", "chen", "--db", db)
        ids.append(run(capsys, monkeypatch, "webhook", "add", *words)[1].split("\n")[0])

    assert run(capsys, monkeypatch, "webhook", "test", ids[0], "--db", db) == (0, "http 200\n", "")
    assert run(capsys, monkeypatch, "webhook", "test", ids[1], "--db", db) == (1, "http 500\n", "")
    assert [json.loads(body)["type"] for body in heard] == ["webhook.test"] * 2
