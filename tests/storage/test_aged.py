"""A full database of an older program comes along whole, also when the power goes in the middle of it."""

import os
import shutil
import signal
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.states import OPEN
from storage import migrate
from storage.backup import backup, restore, verify
from storage.open import Storage, open_storage
from storage.retention import RetentionPolicy, apply_retention
from tests.demo.town import UNTIL, small_town
from tests.storage.aged import aged, columns_of, rows_of, tables_of

ROOT = Path(__file__).parents[2]
ANEW = {"alembic_version", "fact", "fact_ticket", "fact_due"}  # sums are computed again, and compared as sums
Rows = dict[str, tuple[list[str], list[tuple[object, ...]]]]
OLD = [
    "0002",
    "0005",
    "0010",
    "0013",
]  # the first with an organization; before the sums; the sums as they were; before the rota
DIE = """
_whole = upgrade


def upgrade() -> None:
    import os, signal

    _whole()
    os.kill(os.getpid(), signal.SIGKILL)
"""
UPGRADE = """
import sys
from pathlib import Path
from storage import migrate

migrate.MIGRATIONS = Path(sys.argv[1])
migrate.upgrade(Path(sys.argv[2]))
"""


@pytest.fixture(scope="module")
def town(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two weeks of a town, with tickets in many states, votes, timers, photos; all of it counted in."""
    path = small_town(tmp_path_factory.mktemp("town"))
    with open_storage(path, "OFF") as storage:
        counted_in(storage)
    return path


@pytest.fixture(scope="module", params=OLD)
def old(request: pytest.FixtureRequest, town: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The town as a program of some time ago would have left it; nobody opens this one."""
    return aged(town, tmp_path_factory.mktemp("old") / "bot.db", request.param)


@pytest.fixture
def upgraded(old: Path, tmp_path: Path) -> Iterator[Storage]:
    """It, opened by the program of today."""
    with open_storage(shutil.copy(old, tmp_path / "bot.db"), "OFF") as storage:
        yield storage


def counted_in(storage: Storage) -> None:
    """Count in all tickets that wait."""
    while storage.desk.run(lambda uow: uow.facts.catch_up(500)):
        pass


def held(path: Path, like: Path) -> Rows:
    """What the tables and columns of ``like`` hold here."""
    with closing(sqlite3.connect(path)) as here, closing(sqlite3.connect(like)) as then:
        tables = {table: columns_of(then, table) for table in tables_of(then) - ANEW}
        return {table: (columns, rows_of(here, table, columns)) for table, columns in tables.items()}


def sums(path: Path) -> list[tuple[object, ...]]:
    """All sums."""
    with closing(sqlite3.connect(path)) as connection:
        return rows_of(connection, "fact", columns_of(connection, "fact"))


def test_every_row_comes_along(upgraded: Storage, old: Path) -> None:
    before = held(old, old)

    assert held(upgraded.path, old) == before
    assert upgraded.copied_to is not None
    assert held(upgraded.copied_to, old) == before
    assert min(len(before[table][1]) for table in ("ticket", "audit", "message", "outbox", "timer", "vote")) > 0


def test_tickets_read_as_before_and_the_log_holds(upgraded: Storage, town: Path) -> None:
    with open_storage(town, "OFF") as storage:
        expected = storage.desk.run(lambda uow: uow.tickets.all())

    found = upgraded.desk.run(lambda uow: uow.tickets.all())

    assert found == expected
    assert {ticket.state for ticket in found} >= {"closed", "callback", "in_progress", "withdrawn"}
    assert upgraded.desk.run(lambda uow: uow.audit.verify()) == []


def test_the_sums_are_those_of_today(upgraded: Storage, town: Path) -> None:
    counted_in(upgraded)

    assert upgraded.desk.run(lambda uow: uow.facts.verify()) == []
    assert sums(upgraded.path) == sums(town)


def test_it_can_be_copied_put_back_and_forgotten(upgraded: Storage, tmp_path: Path) -> None:
    upgraded.close()
    backup(upgraded.path, tmp_path / "copies" / "bot.db")
    restore(tmp_path / "copies" / "bot.db", tmp_path / "again.db")

    with open_storage(tmp_path / "again.db", "OFF") as storage:
        open_now = [ticket for ticket in storage.desk.run(lambda uow: uow.tickets.all()) if ticket.state in OPEN]
        storage.desk.run(lambda uow: uow.words.erase_account(open_now[0].reporter))
        later = UNTIL + timedelta(days=400)
        report = storage.desk.run(lambda uow: apply_retention(uow, later, RetentionPolicy(tickets_at_once=10_000)))
        counted_in(storage)

        assert report.pseudonymised > 0
        assert storage.desk.run(lambda uow: (uow.audit.verify(), uow.facts.verify())) == ([], [])


@pytest.mark.parametrize("last", ["0006", "0013", migrate.known_revisions()[-1]])
def test_killed_in_the_middle_it_starts_again(town: Path, empty_database: Path, tmp_path: Path, last: str) -> None:
    path = aged(town, tmp_path / "bot.db", "0005")
    tickets = verify(path)["ticket"]
    dying = Path(shutil.copytree(migrate.MIGRATIONS, tmp_path / "migrations"))
    [file] = (dying / "versions").glob(f"{last}_*.py")
    file.write_text(file.read_text(encoding="utf-8") + DIE, encoding="utf-8")

    command = [sys.executable, "-c", UPGRADE, str(dying), str(path)]
    killed = subprocess.run(command, cwd=ROOT, env=os.environ, capture_output=True, text=True, check=False)

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    with open_storage(path, "OFF") as storage:
        assert storage.copied_to == tmp_path / "bot.db.schema-0005.bak"
        assert len(storage.desk.run(lambda uow: uow.tickets.all())) == tickets
        assert storage.desk.run(lambda uow: uow.audit.verify()) == []
