"""Migrations: what they make is what the tables say; old databases come along with a copy; new ones are refused."""

import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import create_engine
from sqlmodel import SQLModel

from storage import migrate, tables, tables_people
from storage.backup import verify
from storage.errors import BrokenSchema, NewerSchema
from storage.open import open_storage
from tests.storage.making import opened

ADD_COLUMN = """
from alembic import op
import sqlalchemy as sa
revision = "9001"
down_revision = "{last}"
def upgrade() -> None:
    op.add_column("member", sa.Column("extra", sa.String(), nullable=True))
    op.execute({statement!r})
"""


def schema(path: Path) -> dict[str, str]:
    """Every object that a database holds, as SQL without regard to blanks."""
    with closing(sqlite3.connect(path)) as connection:
        rows = connection.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    return {name: re.sub(r"\s+", " ", sql).strip() for name, sql in rows}


def at(path: Path, revision: str) -> Path:
    """A database of an older program."""
    migrate.upgrade(path, revision)
    return path


@pytest.fixture
def newer_program(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A program with one more migration; gives back its folder of versions."""
    folder = tmp_path / "migrations"
    shutil.copytree(migrate.MIGRATIONS, folder)
    monkeypatch.setattr(migrate, "MIGRATIONS", folder)
    return folder / "versions"


def test_migrations_make_what_the_tables_say(empty_database: Path, tmp_path: Path) -> None:
    assert tables.TicketRow.metadata is tables_people.RoomRow.metadata is SQLModel.metadata
    engine = create_engine(f"sqlite:///{tmp_path / 'tables.db'}")
    SQLModel.metadata.create_all(engine)
    engine.dispose()
    migrated = schema(empty_database)

    assert migrated.pop("alembic_version")
    kept = ("audit_no_delete", "audit_only_erasure", "org_change_no_update", "org_change_no_delete")
    assert {migrated.pop(name)[:14] for name in kept} == {"CREATE TRIGGER"}
    assert migrated == schema(tmp_path / "tables.db")


@pytest.mark.parametrize("revision", migrate.known_revisions()[:-1])
def test_an_older_database_is_upgraded_after_a_copy(tmp_path: Path, empty_database: Path, revision: str) -> None:
    path = at(tmp_path / "old.db", revision)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO reserve VALUES ('k', 0, 1, 'kept')")

    with open_storage(path) as storage:
        copy = storage.copied_to
        assert storage.desk.run(lambda uow: uow.reserve.all()) == [("k", 1, "kept")]
        storage.desk.run(opened)

    assert schema(path) == schema(empty_database)
    assert copy == tmp_path / f"old.db.schema-{revision}.bak"
    assert verify(copy)["reserve"] == 1
    assert schema(copy) == schema(at(tmp_path / "same.db", revision))


def test_revisions_are_numbered_without_gaps() -> None:
    known = migrate.known_revisions()

    assert known == [f"{n:04}" for n in range(1, len(known) + 1)]


def test_a_newer_database_is_refused_in_one_sentence(path: Path) -> None:
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9001'")
    before = schema(path)

    with pytest.raises(
        NewerSchema,
        match=rf"bot\.db has schema 9001, this program knows up to {migrate.known_revisions()[-1]}: run the newer",
    ) as refused:
        open_storage(path)

    assert "\n" not in str(refused.value)
    assert schema(path) == before
    assert not list(path.parent.glob("*.bak"))


def test_the_next_program_upgrades_what_this_one_made(path: Path, newer_program: Path) -> None:
    with open_storage(path) as storage:
        storage.desk.run(opened)
    newer_program.joinpath("9001_more.py").write_text(
        ADD_COLUMN.format(last=migrate.known_revisions()[-1], statement="SELECT 1")
    )

    copy = migrate.upgrade(path)

    assert "extra" in schema(path)["member"]
    assert copy is not None
    assert verify(copy)["ticket"] == 1
    assert migrate.upgrade(path) is None


@pytest.mark.parametrize(
    ("statement", "error"),
    [("DELETE FROM ticket", BrokenSchema), ("this is no SQL", Exception)],
    ids=["orphans", "broken"],
)
def test_a_failed_migration_changes_nothing(
    path: Path, newer_program: Path, statement: str, error: type[Exception]
) -> None:
    with open_storage(path) as storage:
        storage.desk.run(opened)
    before = schema(path)
    newer_program.joinpath("9001_more.py").write_text(
        ADD_COLUMN.format(last=migrate.known_revisions()[-1], statement=statement)
    )

    for _ in range(2):  # the copy of the first attempt is in nobody's way
        with pytest.raises(error):
            migrate.upgrade(path)

    assert schema(path) == before
    assert verify(path)["ticket"] == 1
