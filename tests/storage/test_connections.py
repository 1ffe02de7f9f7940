"""How it stands with the platforms, and what their adapters keep."""

from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import Connection
from storage.open import Storage, open_storage
from tests.fakes import MORNING, new_database


@pytest.fixture
def storage(tmp_path: Path) -> Storage:
    return open_storage(new_database(tmp_path / "town.db"), "OFF")


def test_since_stays_while_the_state_does(storage: Storage) -> None:
    later = MORNING + timedelta(minutes=5)
    with storage:
        for at, state, reason in ((MORNING, "down", "reset"), (later, "down", "no route")):
            connection = Connection("matrix", state, at, reason)
            storage.desk.run(lambda uow, one=connection: uow.connections.put(one))  # type: ignore[misc]
        assert storage.desk.run(lambda uow: uow.connections.all()) == [
            Connection("matrix", "down", MORNING, "no route")
        ]
        storage.desk.run(lambda uow: uow.connections.put(Connection("matrix", "up", later)))
        assert storage.desk.run(lambda uow: uow.connections.all()) == [Connection("matrix", "up", later)]


def test_a_note_is_kept_until_it_is_old(storage: Storage) -> None:
    with storage:
        storage.desk.run(lambda uow: uow.connections.note("matrix", "since", "s1", MORNING))
        storage.desk.run(lambda uow: uow.connections.note("matrix", "since", "s2", MORNING + timedelta(days=1)))
        assert storage.desk.run(lambda uow: uow.connections.noted("matrix", "since")) == "s2"
        assert storage.desk.run(lambda uow: uow.connections.noted("telegram", "since")) is None
        assert storage.desk.run(lambda uow: uow.connections.forget(MORNING + timedelta(hours=1))) == 0
        assert storage.desk.run(lambda uow: uow.connections.forget(MORNING + timedelta(days=2))) == 1
