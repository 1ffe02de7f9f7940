"""The analysis page: whose it is, that its numbers are those of the tickets, and that hostile addresses and names do nothing."""

import json
from dataclasses import replace

import pytest

from bot.domain.org import Duty, Person
from bot.ports import UnitOfWork
from bot.settings import AnalysisSettings
from tests.adapters.web.house import LAMP, ORG, House, plain

PAGE, DATA = "/desk/analysis", "/desk/analysis.json"
XSS = "<script>alert(1)</script>"


async def a_closed_ticket(house: House) -> None:
    """Registered, signed, done and voted for on a Wednesday; ten days later it has fallen due."""
    resident, steward = await house.resident(), await house.staff("wang")
    await resident.say(LAMP)
    for action in ("sign", "done"):
        await steward.press(house.tickets()[0], action)
    await resident.rate(house.tickets()[0], 3)
    house.clock.pass_by(days=10)


async def test_an_owner_reads_value_n_and_interval(house: House) -> None:
    await a_closed_ticket(house)
    owner = await house.staff("li")

    status, text = await owner.get(PAGE)

    assert status == 200
    assert "按时办结率（按现在的期限） 100.0 % 1件中1件 20.7～100.0" in plain(text)
    assert "按时办结率（按原来的期限） 100.0 %" in plain(text)
    assert "满意率 90.0 % 1票" in plain(text)
    assert "发回重办率 0.0 % 1件中0件" in plain(text)
    assert len(text.encode()) < 100_000


async def test_without_tickets_there_is_a_dash(house: House) -> None:
    owner = await house.staff("li")

    _, text = await owner.get(f"{PAGE}?kind=day&day=2025-08-01")

    assert "办结率 — 0件中0件" in plain(text)
    assert "0.0 %" not in text
    assert "这段时间没有件" in text


async def test_what_is_left_out_is_told_with_its_reason(house: House) -> None:
    await a_closed_ticket(house)
    wang, owner = await house.staff("wang"), await house.staff("li")
    await (await house.resident("9-1-101")).say("5号楼的电梯坏了两天了，老人上不去楼，麻烦修一下")
    await owner.press(house.tickets()[-1], "not_accept", "不归社区管")
    house.clock.pass_by(days=9)

    _, text = await owner.get(PAGE)

    assert "不算1件：不予受理（不归这里管）1件" in plain(text)
    assert (await wang.get(PAGE))[0] == 404


async def test_the_period_before_stands_beside_it(house: House) -> None:
    await a_closed_ticket(house)
    owner = await house.staff("li")

    _, text = await owner.get(f"{PAGE}?kind=week&day=2025-09-15")
    assert "2025年9月8日至9月14日" in plain(text)  # the week of the 15th is to come
    _, text = await owner.get(f"{PAGE}?kind=assessment_month&day=2025-09-01")
    assert "2025年8月19日至9月18日" in plain(text)
    assert "到期的件算到9月13日" in plain(text)
    _, text = await owner.get(f"{PAGE}?kind=month&day=2025-08-01")
    assert "到期的件算到" not in text
    assert 'rel="next"' in text


async def test_the_charts_draw_what_the_tables_say(house: House) -> None:
    await a_closed_ticket(house)
    owner = await house.staff("li")

    status, text = await owner.get(DATA)

    charts = {chart["id"]: chart for chart in json.loads(text)["charts"]}
    assert status == 200
    assert charts["funnel"]["names"] == ["听到", "受理", "派出", "办结"]
    assert charts["funnel"]["series"] == [{"name": "件数", "data": [1, 1, 1, 1]}]
    assert sum(charts["trend"]["series"][0]["data"]) == sum(charts["trend"]["series"][1]["data"]) == 1
    assert charts["load"]["names"] == ["王建国"]
    assert charts["load"]["series"][1]["data"] == [1]


@pytest.mark.parametrize("path", [PAGE, DATA])
async def test_only_who_commands_the_unit_sees_it(house: House, path: str) -> None:
    owner, steward, resident = await house.staff("li"), await house.staff("wang"), await house.resident()

    foreign, missing = await owner.get(f"{path}?unit=other"), await owner.get(f"{path}?unit=nowhere")

    assert foreign == missing
    assert foreign[0] == 404
    assert [(await guest.get(path))[0] for guest in (steward, resident)] == [404, 404]


@pytest.mark.parametrize(
    "query", ["kind=year", "day=tomorrow", "day=2025-02-30", "rate=beauty", f"kind={XSS}", "day=%00"]
)
async def test_an_odd_address_is_refused(house: House, query: str) -> None:
    owner = await house.staff("li")

    status, text = await owner.get(f"{PAGE}?{query}")

    assert status == 400
    assert XSS not in text


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31", "1999-12-31"])
async def test_a_day_beyond_all_days_is_today(house: House, day: str) -> None:
    owner = await house.staff("li")
    for kind in ("day", "report_day", "week", "month", "assessment_month"):
        assert (await owner.get(f"{PAGE}?kind={kind}&day={day}"))[0] == 200
        assert (await owner.get(f"{PAGE}?kind={kind}&day=2000-01-01"))[0] == 200


async def test_words_of_people_are_words(house: House) -> None:
    await a_closed_ticket(house)
    units = {**ORG.units, "court": replace(ORG.units["court"], name=XSS)}
    people = {**ORG.people, "wang": Person("wang", XSS)}
    owner = await house.staff("li")
    org = replace(house.ask(lambda uow: uow.org.load()), units=units)
    bound = {**org.people, "wang": replace(org.people["wang"], name=people["wang"].name)}
    house.ask(lambda uow: uow.org.replace(replace(org, people=bound)))
    await house.bot.reload()

    _, text = await owner.get(PAGE)
    _, data = await owner.get(DATA)

    assert "&lt;script&gt;" in text
    assert XSS not in text
    assert json.loads(data)["charts"][2]["names"] == [XSS]


async def test_units_are_compared_only_where_the_settings_say_so(house: House) -> None:
    owner = await house.staff("li")
    org = house.ask(lambda uow: uow.org.load())
    house.ask(lambda uow: uow.org.replace(replace(org, duties=(*org.duties, Duty("li", "town", "supervisor")))))
    await house.bot.reload()
    page = f"{PAGE}?unit=town&rate=solved"
    assert "下级单位比较" not in (await owner.get(page))[1]

    compare(house)
    _, text = await owner.get(page)

    assert "社区，本期登记0到29件" in text
    assert "学苑小区 — — n=0" in plain(text)
    assert "请在上面选一个社区" in text


def compare(house: House) -> None:
    """Switch the setting on, where the pages look."""
    settings = house.deps.settings.model_copy(update={"analysis": AnalysisSettings(compare=True)})
    object.__setattr__(house.deps, "settings", settings)


async def test_a_report_shows_in_no_place_and_no_load(house: House) -> None:
    await a_closed_ticket(house)
    owner = await house.staff("li")

    def hide(uow: UnitOfWork) -> None:
        ticket = uow.tickets.all()[0]
        ticket.confidential = True
        uow.tickets.save(ticket)

    assert "3号楼" in (await owner.get(PAGE))[1]
    house.ask(hide)

    _, text = await owner.get(PAGE)
    assert "3号楼" not in text
    assert json.loads((await owner.get(DATA))[1])["charts"][2]["series"][1]["data"] == [0]


async def test_what_came_suddenly_is_said_in_words_and_explained(house: House) -> None:
    earlier = await house.resident()
    await earlier.say(LAMP)
    house.clock.pass_by(weeks=5)
    for n in range(1, 6):
        guest = await house.resident(f"{n}-1-101")
        await guest.say(f"{n}号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看")
        house.clock.pass_by(minutes=5)
    owner = await house.staff("li")

    _, text = await owner.get(f"{PAGE}?kind=week")

    assert "排水管网5件，平常没有" in plain(text)
    assert "和前八周比：至少3件" in plain(text)
    assert "没有突然变多的事" not in text
    assert "没有突然变多的事" in (await owner.get(f"{PAGE}?kind=day&day=2025-08-01"))[1]
