"""Copies: good while the bot works, refused when damaged, put back without doubling anything."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from bot.ports import UnitOfWork
from storage import migrate
from storage.backup import backup, media_folder, restore, verify
from storage.errors import AlreadyOpen, BackupFailed
from storage.open import Storage, open_storage
from tests.storage.making import NOW, a_line, a_message, a_notice, a_photo, opened


def fill(storage: Storage) -> None:
    """A ticket with words, a line in the room, and a notice in each state."""
    storage.desk.run(opened)
    storage.desk.run(lambda uow: uow.words.keep(a_message(media=(a_photo("a" * 32),))))
    storage.desk.run(lambda uow: uow.rooms.post(a_line()))
    for state in ("pending", "sending", "sent", "dead"):
        storage.desk.run(partial(add_notice, state=state))


def add_notice(uow: UnitOfWork, state: str) -> None:
    """A notice in a state."""
    uow.outbox.add(a_notice(state, state=state))


@pytest.fixture
def media(tmp_path: Path) -> Path:
    """A media folder with one photo."""
    folder = tmp_path / "media"
    (folder / "aa").mkdir(parents=True)
    (folder / "aa" / "photo.jpg").write_bytes(b"photo")
    return folder


def test_a_copy_made_under_load_holds_what_was_committed_before(storage: Storage, tmp_path: Path) -> None:
    fill(storage)
    jobs = [storage.desk.submit_nowait(partial(opened, id_=f"t2{n:03}")) for n in range(300)]
    jobs[50].result(10)
    report = backup(storage.path, tmp_path / "copy.db")
    for job in jobs:
        job.result(10)

    assert 52 <= report.rows["ticket"] <= 301
    assert verify(report.path) == report.rows
    restore(report.path, tmp_path / "back.db")
    with open_storage(tmp_path / "back.db") as back:
        assert len(back.desk.run(lambda uow: uow.tickets.all())) == report.rows["ticket"]
        assert back.desk.run(lambda uow: uow.audit.verify()) == []


def test_photos_travel_with_the_database(storage: Storage, media: Path, tmp_path: Path) -> None:
    report = backup(storage.path, tmp_path / "out" / "copy.db", media)
    assert report.media == 1
    assert (media_folder(report.path) / "aa" / "photo.jpg").read_bytes() == b"photo"

    assert restore(report.path, tmp_path / "new" / "bot.db", tmp_path / "new" / "media").media == 1
    assert (tmp_path / "new" / "media" / "aa" / "photo.jpg").read_bytes() == b"photo"


def test_a_copy_is_one_file_with_nothing_beside_it(storage: Storage, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    backup(storage.path, folder / "copy.db")

    assert [file.name for file in folder.iterdir()] == ["copy.db"]


def test_nothing_is_overwritten(storage: Storage, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(storage.path, copy)

    with pytest.raises(BackupFailed, match="exists already"):
        backup(storage.path, copy)
    with pytest.raises(BackupFailed, match="exists already"):
        restore(copy, storage.path)
    with pytest.raises(AlreadyOpen):
        restore(copy, storage.path, replace=True)
    with pytest.raises(BackupFailed, match="does not exist"):
        backup(tmp_path / "x", tmp_path / "y")
    with pytest.raises(BackupFailed, match="does not exist"):
        restore(tmp_path / "x", tmp_path / "y")


def test_a_replaced_database_is_kept_aside_with_its_log(storage: Storage, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    backup(storage.path, copy)
    fill(storage)
    storage.close()
    storage.path.with_name("bot.db-wal").write_bytes(b"a log that was left behind")
    restore(copy, storage.path, replace=True)

    with open_storage(storage.path) as back:
        assert back.desk.run(lambda uow: uow.tickets.all()) == []
    assert verify(storage.path.with_name("bot.db.replaced"))["ticket"] == 1


def test_what_may_have_happened_after_the_copy_is_not_done_again(storage: Storage, tmp_path: Path) -> None:
    fill(storage)
    backup(storage.path, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "back.db")

    with open_storage(tmp_path / "back.db") as back:
        assert back.desk.run(lambda uow: uow.outbox.pending(NOW, 9)) == []
        uncertain = back.desk.run(lambda uow: uow.outbox.in_state("uncertain", 9))
        assert {n.id for n in uncertain} == {"pending", "sending"}
        assert back.desk.run(lambda uow: uow.tickets.next_number("town", 2026)) == 102
        assert back.desk.run(lambda uow: uow.rooms.post(a_line("c2"))).seq == 10_002


def test_a_move_to_another_machine_goes_on_where_it_was(storage: Storage, tmp_path: Path) -> None:
    fill(storage)
    backup(storage.path, tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "back.db", gap=False)

    with open_storage(tmp_path / "back.db") as back:
        assert len(back.desk.run(lambda uow: uow.outbox.pending(NOW, 9))) == 1
        assert back.desk.run(lambda uow: uow.tickets.next_number("town", 2026)) == 2


def test_a_copy_of_an_older_program_can_be_put_back(tmp_path: Path) -> None:
    migrate.upgrade(tmp_path / "old.db", "0001")
    backup(tmp_path / "old.db", tmp_path / "copy.db")
    restore(tmp_path / "copy.db", tmp_path / "back.db")

    open_storage(tmp_path / "back.db").close()


def damage_page(copy: Path) -> None:
    """A bad sector."""
    with copy.open("rb+") as file:
        file.seek(4096 * 3)
        file.write(b"\xff" * 4096)


def damage_audit(copy: Path) -> None:
    """An edited log."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DROP TRIGGER audit_only_erasure")
        connection.execute("UPDATE audit SET kind = 'closed' WHERE seq = 1")


def damage_links(copy: Path) -> None:
    """A ticket cut out."""
    with closing(sqlite3.connect(copy)) as connection, connection:
        connection.execute("DELETE FROM ticket")


def damage_all(copy: Path) -> None:
    """Something else altogether."""
    copy.write_bytes(b"once upon a time " * 1000)


@pytest.mark.parametrize("damage", [damage_page, damage_audit, damage_links, damage_all])
def test_a_damaged_copy_is_never_put_in_place(storage: Storage, tmp_path: Path, damage: Callable[[Path], None]) -> None:
    fill(storage)
    copy = tmp_path / "copy.db"
    backup(storage.path, copy)
    damage(copy)

    with pytest.raises(BackupFailed):
        restore(copy, tmp_path / "back.db")
    assert not (tmp_path / "back.db").exists()
    with pytest.raises(BackupFailed):
        backup(copy, tmp_path / "second.db")
    assert {file.name for file in tmp_path.iterdir()} <= {
        "bot.db", "bot.db-wal", "bot.db-shm", "bot.db.lock", "copy.db", "copy.db-wal", "copy.db-shm", "back.db.lock",
    }  # fmt: skip
