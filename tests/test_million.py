"""The district of the benchmarks: what is written straight into the tables is what the program itself would have kept."""

from pathlib import Path

from benchmarks.district import fill
from bot.domain.states import CLOSED, OPEN
from bot.ports import Wanted
from storage.open import open_storage


def test_a_small_district_is_whole(tmp_path: Path) -> None:
    with open_storage(tmp_path / "district.db", "OFF") as storage:
        fill(storage, 400, grids=40)
        while storage.desk.run(lambda uow: uow.facts.catch_up(1000)):
            pass
        faults = storage.desk.run(lambda uow: [*uow.audit.verify(), *uow.facts.verify()])
        tickets = storage.desk.run(lambda uow: uow.tickets.all())
        org = storage.desk.run(lambda uow: uow.org.load())
        wanted = Wanted(org.below("district"), tuple(sorted({*OPEN, CLOSED})))
        listed = storage.desk.run(lambda uow: uow.lists.page(wanted, None, 1000))

    assert faults == []
    assert len(tickets) == 400
    assert all(ticket.root == "district" and org.group(f"web:g{ticket.unit[4:]}") for ticket in tickets)
    assert [one.id for one in listed] == sorted((one.id for one in listed), reverse=True)
    assert {one.id for one in listed} == {
        t.id for t in tickets if t.number and not t.confidential and t.state in {*OPEN, CLOSED} and t.nature != "praise"
    }
