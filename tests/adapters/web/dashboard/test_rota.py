"""The rota on its page: turns with who takes them, lines that who commands the unit adds and takes away."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from bot.domain.hours import OfficeHours
from bot.domain.org import Organization, Person
from bot.domain.rota import Away, Shift
from tests.adapters.web.dashboard.test_leave import TOWN
from tests.adapters.web.dashboard.test_people import HOSTILE, import_org
from tests.adapters.web.house import NOON, House, plain

PAGE = "/desk/rota?unit=court"
NIGHTS = OfficeHours.parse("每天 18:00-8:00")
LINE = Shift("court", ("wang", "zhao"), NIGHTS, first=date(2025, 9, 3))
FORM = {
    "place": "court", "people": "王建国、zhao", "hours": "每天 18:00-8:00", "turn": "day", "role": "steward",
    "first": "2025-09-03", "last": "",
}  # fmt: skip


def org_of(house: House) -> Organization:
    return house.bot._engine.org


async def test_turns_are_shown_with_who_takes_them(house: House) -> None:
    days = timedelta(days=1)
    aways = (Away("zhao", NOON, NOON + 2 * days, "wang"), Away("wang", NOON + 4 * days, NOON + 5 * days))
    await import_org(house, replace(TOWN, rota=(LINE,), aways=aways))
    wang = await house.staff("wang")

    status, text = await wang.get(PAGE)

    assert status == 200
    shown = plain(text)
    assert "9月3日 周三 18:00 王建国 9月4日 周四 18:00 赵代班 请假，王建国代班 9月5日 周五 18:00 王建国" in shown
    assert "9月7日 周日 18:00 王建国 不在，没人代" in shown
    assert "加一行排班" not in shown, "he may look, not change"
    assert "9月17日" in plain((await wang.get(f"{PAGE}&from=14"))[1])


async def test_a_turn_that_nobody_takes_is_a_gap_on_the_people_page(house: House) -> None:
    away = Away("wang", NOON, NOON + timedelta(days=1))
    await import_org(house, replace(TOWN, rota=(LINE,), aways=(away,)))
    owner = await house.staff("li")

    text = plain((await owner.get("/desk/people?unit=court"))[1])

    assert "两周内没人值的班 学苑小区：9月3日 18:00，王建国不在，没人代班" in text


async def test_the_turn_of_who_has_left_is_a_gap_too(house: House) -> None:
    await import_org(house, TOWN)
    house.ask(lambda uow: uow.rota.put_shift(replace(LINE, people=("gone",))))
    await house.bot.reload()
    owner = await house.staff("li")

    assert "gone不在，没人代班" in (await owner.get("/desk/people?unit=court"))[1]
    assert "不在，没人代" in (await owner.get(PAGE))[1]


async def test_an_owner_adds_a_line_and_takes_it_away_and_both_are_noted(house: House) -> None:
    await import_org(house, TOWN)
    owner = await house.staff("li")

    status, text = await owner.post_form(PAGE, **FORM)

    assert status == 200
    assert org_of(house).rota == (LINE,)
    assert "李书记：没有这一行 → 王建国、赵代班 周一-周日 00:00-08:00,18:00-24:00 每天轮" in plain(text)
    await owner.post_form(PAGE, **FORM)
    assert org_of(house).rota == (LINE,), "the same line twice is one"
    await owner.post_form(PAGE, remove=LINE.key)
    assert org_of(house).rota == ()
    assert len(house.ask(lambda uow: uow.choices.changes("court", "rota", 9))) == 2


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("people", "王建国、没有这个人"),
        ("people", ""),
        ("people", "孙东风的邻居"),
        ("hours", "有空的时候"),
        ("first", "明天"),
        ("last", "2025-09-02"),
        ("role", "owner"),
    ],
)
async def test_a_line_that_cannot_be_is_refused_with_what_was_typed(house: House, field: str, value: str) -> None:
    await import_org(house, TOWN)
    owner = await house.staff("li")

    status, text = await owner.post_form(PAGE, **{**FORM, field: value})

    assert status == 400
    assert "没有加上" in text
    assert org_of(house).rota == ()


async def test_lines_of_others_and_of_nobody_are_out_of_reach(house: House) -> None:
    await import_org(house, replace(TOWN, rota=(Shift("other", ("sun",)),)))
    owner, wang, resident = await house.staff("li"), await house.staff("wang"), await house.resident()

    await owner.post_form(PAGE, remove=org_of(house).rota[0].key)
    assert (await owner.post_form(PAGE, **{**FORM, "place": "other"}))[0] == 404
    assert (await wang.post_form(PAGE, **FORM))[0] == 404
    assert (await resident.get(PAGE))[0] == 404
    assert await owner.get("/desk/rota?unit=other") == await owner.get("/desk/rota?unit=nowhere")
    assert len(org_of(house).rota) == 1
    assert "孙东风" not in (await owner.get(PAGE))[1]


async def test_words_of_people_are_words_and_many_turns_stay_a_light_page(house: House) -> None:
    people = {**TOWN.people, "wang": Person("wang", HOSTILE)}
    lines = tuple(
        Shift("court", ("wang", "zhao"), NIGHTS, first=date(2025, 9, 3) - n * timedelta(days=1)) for n in range(90)
    )
    await import_org(house, replace(TOWN, people=people, rota=lines))
    owner = await house.staff("li")

    status, text = await owner.get(PAGE)

    assert status == 200
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert len(text.encode()) < 100_000


async def test_what_is_no_number_of_days_is_refused(house: House) -> None:
    owner = await house.staff("li")

    assert (await owner.get(f"{PAGE}&from=x"))[0] == 400
