"""The page for everybody: only of units that have chosen it, and nothing on it that anybody said."""

from datetime import timedelta

from adapters.web.limits import RateLimit
from bot.ports import UnitOfWork
from bot.settings import AnalysisSettings
from tests.adapters.web.house import LAMP, House, plain

PAGE = "/u/court"


def choose(house: House, *units: str) -> None:
    """Set which units have such a page."""
    settings = house.deps.settings.model_copy(update={"analysis": AnalysisSettings(public=units)})
    object.__setattr__(house.deps, "settings", settings)


def count_in(uow: UnitOfWork) -> int:
    """What housekeeping does each hour."""
    return uow.facts.catch_up(100)


async def look(house: House, path: str = PAGE) -> tuple[int, str]:
    """As somebody who has never been here."""
    answer = await (await house.new_browser()).get(path)
    return answer.status, await answer.text()


async def test_a_unit_that_has_not_chosen_it_looks_like_none(house: House) -> None:
    missing = await look(house, "/u/nowhere")
    assert await look(house) == missing
    assert missing[0] == 404

    choose(house, "court", "gone")
    assert (await look(house))[0] == 200
    assert await look(house, "/u/other") == await look(house, "/u/gone") == missing


async def test_counts_days_and_what_was_solved_without_words(house: House) -> None:
    choose(house, "court")
    resident, steward = await house.resident("3-2-501"), await house.staff("wang")
    await resident.say(LAMP)
    await steward.press(house.tickets()[0], "sign")
    house.clock.pass_by(hours=30)
    await steward.press(house.tickets()[0], "done", "换了灯泡，王师傅13812345678")
    await resident.rate(house.tickets()[0], 5)
    house.clock.pass_by(days=8)
    house.ask(count_in)

    status, text = await look(house)

    assert status == 200
    assert "登记 1 办结 1 一半的事办结用时 2天以内 问题解决率 100.0 % (共1件) 满意率 100.0 % (1票)" in plain(text)
    assert "学苑小区：公共设施，9月4日办结，用了2天 · 居民评价5分" in plain(text)
    for secret in ("3号楼", "老人", "3-2-501", "王", "138", "灯泡"):
        assert secret not in text


async def test_the_page_of_an_empty_unit(house: House) -> None:
    choose(house, "court")

    _, text = await look(house)

    assert "登记 0 办结 0 问题解决率 — (共0件)" in plain(text)
    assert "还没有办结的事" in text


async def test_nobody_may_ask_for_it_without_end(house: House) -> None:
    choose(house, "court")
    object.__setattr__(house.deps, "arrivals", RateLimit(2, timedelta(minutes=1)))

    assert [(await look(house))[0] for _ in range(3)] == [200, 200, 429]
