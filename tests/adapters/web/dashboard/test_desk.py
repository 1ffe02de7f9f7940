"""Who sees which desk: by duties alone, and a unit of others looks like one that is not there."""

from datetime import UTC, datetime

from bot.ports import Connection
from tests.adapters.web.house import House

PAGE = "/desk/health"


async def test_an_owner_sees_his_platforms(house: House) -> None:
    since = datetime(2026, 5, 6, 1, tzinfo=UTC)
    house.ask(lambda uow: uow.connections.put(Connection("web", "down", since, "没有网络")))
    owner = await house.staff("li")

    status, text = await owner.get(PAGE)

    assert status == 200
    assert "没有网络" in text
    assert "05月06日" not in text
    assert "5月6日" in text


async def test_a_foreign_unit_and_none_are_the_same(house: House) -> None:
    owner = await house.staff("li")
    foreign, missing = await owner.get(f"{PAGE}?unit=other"), await owner.get(f"{PAGE}?unit=nowhere")

    assert foreign == missing
    assert foreign[0] == 404


async def test_a_steward_and_a_resident_have_no_such_page(house: House) -> None:
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get(PAGE))[0] == 404
