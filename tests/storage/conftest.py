"""Databases for the storage tests. Migrations run once a worker; each test gets a copy of the result."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from storage.open import Storage, open_storage
from storage.unit_of_work import SqliteUnitOfWork


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A fresh database, closed."""
    path = tmp_path_factory.mktemp("template") / "empty.db"
    open_storage(path).close()
    return path


@pytest.fixture
def path(empty_database: Path, tmp_path: Path) -> Path:
    """Where this test's database is."""
    return Path(shutil.copy(empty_database, tmp_path / "bot.db"))


@pytest.fixture
def storage(path: Path) -> Iterator[Storage]:
    """This test's database, open."""
    with open_storage(path, "OFF") as storage:
        yield storage


@pytest.fixture
def uow(storage: Storage) -> Iterator[SqliteUnitOfWork]:
    """A transaction that a test works in; what it did is checked by reading, then dropped."""
    storage.uow.begin()
    yield storage.uow
    storage.uow.rollback()
