"""A digest is taken once, for good."""

from datetime import timedelta
from pathlib import Path

from storage.open import open_storage
from tests.fakes import MORNING, new_database


def test_a_digest_is_taken_once_also_after_a_restart(tmp_path: Path) -> None:
    path = new_database(tmp_path / "town.db")
    taken = []
    for at in (MORNING, MORNING + timedelta(days=400)):
        with open_storage(path, "OFF") as storage:
            taken.append(storage.desk.run(lambda uow, at=at: uow.digests.claim("xinhe", "week", "2026-04-27", at)))  # type: ignore[misc]
    assert taken == [True, False]


def test_another_unit_kind_or_day_is_another_digest(tmp_path: Path) -> None:
    with open_storage(new_database(tmp_path / "town.db"), "OFF") as storage:
        storage.desk.run(lambda uow: uow.digests.claim("xinhe", "week", "2026-04-27", MORNING))
        assert storage.desk.run(lambda uow: uow.digests.is_said("xinhe", "week", "2026-04-27"))
        for key in (("other", "week", "2026-04-27"), ("xinhe", "day", "2026-04-27"), ("xinhe", "week", "2026-05-04")):
            assert not storage.desk.run(lambda uow, key=key: uow.digests.is_said(*key))  # type: ignore[misc]
