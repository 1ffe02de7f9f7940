"""The page behind a digest: the same numbers, for who commands the unit, back in time and no further than now."""

from datetime import timedelta

from tests.adapters.web.house import LAMP, House, plain

PAGE = "/desk/digest"


async def a_lamp(house: House) -> None:
    """Wednesday: a resident reports a lamp; then a week passes."""
    await (await house.resident()).say(LAMP)
    house.clock.time += timedelta(days=7)


async def test_the_newest_week_by_itself(house: House) -> None:
    await a_lamp(house)
    status, text = await (await house.staff("li")).get(PAGE)
    words = plain(text)
    assert status == 200
    assert "学苑小区周报 9月1日至9月7日" in words
    assert "新登记 1 前期0" in words
    assert "公共设施 1 0" in words
    assert "3号楼 1 0" in words
    assert len(text) < 100_000


async def test_a_day_that_is_named_and_the_ways_around_it(house: House) -> None:
    await a_lamp(house)
    owner = await house.staff("li")
    _, text = await owner.get(f"{PAGE}?unit=court&kind=daily&day=2025-09-03")
    assert "学苑小区日报 9月3日" in plain(text)
    assert "day=2025-09-02" in text
    assert "day=2025-09-04" in text
    _, newest = await owner.get(f"{PAGE}?unit=court&kind=daily&day=2025-09-09")
    assert "day=2025-09-10" not in newest
    _, empty = await owner.get(f"{PAGE}?unit=court&kind=monthly&day=2025-06-01")
    assert "学苑小区月报" in plain(empty)


async def test_what_is_not_over_or_is_no_day_is_not_there(house: House) -> None:
    owner = await house.staff("li")
    missing = await owner.get(f"{PAGE}?unit=nowhere")
    assert missing[0] == 404
    for query in (
        "kind=daily&day=2025-09-03", "kind=weekly&day=2025-09-05", "kind=yearly", "day=tomorrow", "day=0001-01-01",
        "day=9999-12-31", "day=20250801", "unit=other",
    ):  # fmt: skip
        assert await owner.get(f"{PAGE}?{query}") == missing, query


async def test_a_steward_and_a_resident_have_no_such_page(house: House) -> None:
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get(PAGE))[0] == 404


async def test_names_are_shown_as_they_stand(house: House) -> None:
    await a_lamp(house)
    house.ask(lambda uow: uow.connection.execute("UPDATE ticket SET building = '<b>3</b>'"))
    _, text = await (await house.staff("li")).get(PAGE)
    assert "<b>3" not in text
    assert "&lt;b&gt;3" in text
