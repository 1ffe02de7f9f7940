"""Classes of trouble: each is put to an owner once, whatever happens in between."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.ports import Sweep
from storage.open import Storage, open_storage
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import NOW, opened

DRAINS = Sweep("s1", "xinhe", "drainage|下水", "2026-05-06", NOW, ("t1", "t2"), "请大家当心")


def test_a_season_is_asked_once_a_year_and_unit_across_restarts(path: Path) -> None:
    season = Sweep("s1", "xinhe", "season:zhongyuan", "2026", NOW)
    with open_storage(path, "OFF") as storage:
        assert storage.desk.run(lambda uow: uow.sweeps.claim(season))
    with open_storage(path, "OFF") as storage:
        again = [
            replace(season, ticket_id="s2", at=NOW + timedelta(days=1)),
            replace(season, ticket_id="s3", term="2027"),
            replace(season, ticket_id="s4", unit="other"),
        ]
        assert [storage.desk.run(lambda uow, one=one: uow.sweeps.claim(one)) for one in again] == [False, True, True]  # type: ignore[misc]
        assert [one.ticket_id for one in storage.desk.run(lambda uow: uow.sweeps.of_unit("xinhe"))] == ["s3", "s1"]


def test_what_was_stored_comes_back(uow: SqliteUnitOfWork) -> None:
    assert uow.sweeps.claim(DRAINS)

    assert uow.sweeps.get("s1") == DRAINS
    assert uow.sweeps.get("s2") is None
    assert uow.sweeps.of_unit("dongshan") == []


def test_tasks_keep_their_order(uow: SqliteUnitOfWork) -> None:
    for id_ in ("t1", "t2", "t3"):
        opened(uow, id_)
    for id_ in ("t3", "t1"):
        uow.sweeps.add_task("s1", id_)
    uow.sweeps.add_task("s2", "t2")

    assert uow.sweeps.tasks("s1") == ["t1", "t3"]


def test_a_claim_that_is_taken_back_leaves_nothing(storage: Storage) -> None:
    def fails(uow: SqliteUnitOfWork) -> None:
        uow.sweeps.claim(DRAINS)
        raise RuntimeError

    with pytest.raises(RuntimeError):
        storage.desk.run(fails)
    assert storage.desk.run(lambda uow: uow.sweeps.get("s1")) is None
