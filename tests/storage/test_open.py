"""One process owns the database; the next one is told so in one line."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from storage.errors import AlreadyOpen, NotThere
from storage.open import Storage, open_storage, open_to_read
from tests.storage.making import NOW, opened

SECOND = """
import sys
from storage.errors import AlreadyOpen
from storage.sqlite import FileLock
from pathlib import Path
try:
    FileLock(Path(sys.argv[1])).acquire()
except AlreadyOpen as refused:
    print(refused)
"""


def test_a_second_process_is_refused_with_one_line(path: Path) -> None:
    with open_storage(path, "OFF"):
        asked = subprocess.run([sys.executable, "-c", SECOND, str(path)], capture_output=True, text=True, check=True)
    assert asked.stdout == f"{path} is already open in process {os.getpid()}; stop that one first\n"

    after = subprocess.run([sys.executable, "-c", SECOND, str(path)], capture_output=True, text=True, check=True)
    assert after.stdout == ""


def test_the_same_process_is_refused_too(path: Path) -> None:
    with open_storage(path, "OFF"), pytest.raises(AlreadyOpen):
        open_storage(path, "OFF")
    open_storage(path, "OFF").close()


def test_a_failed_start_gives_the_lock_back(tmp_path: Path) -> None:
    path = tmp_path / "bot.db"
    path.write_bytes(b"no database at all" * 100)
    for _ in range(2):
        with pytest.raises(Exception, match="not a database"):
            open_storage(path)


def test_a_new_database_is_made_for_nobody_else_to_read(tmp_path: Path) -> None:
    path = tmp_path / "new" / "bot.db"
    with open_storage(path) as storage:
        storage.desk.run(opened)
        rights = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert rights == {0o600}

    with open_storage(path) as storage:
        assert storage.copied_to is None
        ticket = storage.desk.run(lambda uow: uow.tickets.get("t1"))
        assert ticket is not None
        assert ticket.created_at == NOW


@pytest.mark.parametrize(("setting", "value"), [("FULL", 2), ("NORMAL", 1)])
def test_the_database_is_set_up_to_last(path: Path, setting: str, value: int) -> None:
    with open_storage(path, setting) as storage:  # type: ignore[arg-type]
        found = {
            name: storage.connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys", "mmap_size", "secure_delete")
        }
    assert found == {"journal_mode": "wal", "synchronous": value, "foreign_keys": 1, "mmap_size": 0, "secure_delete": 1}


def test_a_start_at_the_newest_schema_does_not_load_alembic(path: Path) -> None:
    program = (
        "import sys; from storage.open import open_storage; open_storage(sys.argv[1]).close(); "
        "print('alembic' in sys.modules)"
    )
    asked = subprocess.run([sys.executable, "-c", program, str(path)], capture_output=True, text=True, check=True)
    assert asked.stdout == "False\n"


def test_a_reader_gets_a_copy_of_a_database_in_use_and_leaves_nothing(storage: Storage) -> None:
    storage.desk.run(opened)
    before, told = set(storage.path.parent.iterdir()), list[str]()

    with open_to_read(storage.path, lambda: told.append("a copy")) as copy:
        storage.desk.run(lambda uow: opened(uow, "t2"))  # the owner goes on writing
        rights = {stat.S_IMODE(file.stat().st_mode) for file in copy.path.parent.iterdir()}
        seen = [ticket.id for ticket in copy.desk.run(lambda uow: uow.tickets.all())]
        copy.desk.run(lambda uow: uow.rooms.invite("xueyuan"))

    assert (seen, told, copy.is_copy, rights) == (["t1"], ["a copy"], True, {0o600})
    assert storage.desk.run(lambda uow: uow.rooms.made_invite("xueyuan")) is None
    assert set(storage.path.parent.iterdir()) == before


def test_a_reader_of_a_database_that_nobody_uses_reads_it_itself(path: Path) -> None:
    told: list[str] = []
    with open_to_read(path, lambda: told.append("a copy")) as storage, pytest.raises(AlreadyOpen):
        open_storage(path)

    assert (storage.is_copy, told) == (False, [])


def test_reading_makes_no_database(tmp_path: Path) -> None:
    with pytest.raises(NotThere), open_to_read(tmp_path / "none.db"):
        pass
    assert list(tmp_path.iterdir()) == []


DYING = """
import os, sys
from storage.open import open_storage
open_storage(sys.argv[1], "OFF")
os._exit(1)
"""


def test_who_opens_knows_whether_the_one_before_died_with_it(path: Path) -> None:
    found = []
    for dies in (False, True, False):
        if dies:
            subprocess.run([sys.executable, "-c", DYING, str(path)], check=False)
        with open_storage(path, "OFF") as storage:
            found.append(storage.lock.was_orphaned)
            assert path.with_name("bot.db.lock").read_text() == str(os.getpid())

    assert found == [False, True, False]
