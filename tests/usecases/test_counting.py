"""Once an hour what has changed goes into the sums of the owner's pages."""

from pathlib import Path

from bot import housekeeping
from storage.open import open_storage
from tests.fakes import new_database, town
from tests.storage.making import opened


async def test_the_housekeeping_counts_in_all_that_has_changed(tmp_path: Path) -> None:
    with open_storage(new_database(tmp_path / "town.db", town()), "OFF") as storage:
        for number in range(housekeeping.COUNTED_AT_ONCE + 1):
            storage.desk.run(lambda uow, number=number: opened(uow, f"t{number}"))  # type: ignore[misc]
        await housekeeping.count_in(storage)

        assert storage.desk.run(lambda uow: (uow.facts.waiting(), uow.facts.verify())) == (0, [])
        [created] = storage.desk.run(lambda uow: uow.facts.sums("grid-1", 41000, 42000, codes=["created"]))
        assert created.whole == housekeeping.COUNTED_AT_ONCE + 1
