"""People and duties on their page: who answers for what, who is overloaded, who is missing; and none of others' tickets."""

from dataclasses import replace

from bot.domain.hours import OfficeHours
from bot.domain.org import Duty, Organization, Person
from tests.adapters.web.house import LAMP, ORG, Guest, House, plain

PAGE = "/desk/people?unit=court"
HOSTILE = "<script>alert(1)</script>"


async def import_org(house: House, org: Organization) -> None:
    """The organization is imported anew."""
    house.ask(lambda uow: uow.org.replace(org))
    await house.bot.reload()


async def words(guest: Guest, path: str = PAGE) -> str:
    """The words of a page."""
    status, text = await guest.get(path)
    assert status == 200
    return plain(text)


async def test_an_owner_sees_who_answers_for_what_and_what_each_has_to_do(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await resident.say(LAMP)
    [ticket] = house.tickets()
    assert ticket.assignee == "wang"

    shown = await words(owner)

    assert "王建国 没认领 手上1件 学苑小区 · 管家" in shown
    assert "李书记 手上0件 学苑小区 · 群主" in shown
    assert "东风" not in shown
    house.clock.pass_by(days=30)
    assert "手上1件 超期1件" in await words(owner)


async def test_gaps_are_shown_with_a_way_to_close_them(house: House) -> None:
    units = {**ORG.units, "court": replace(ORG.units["court"], households=500)}
    duties = tuple(duty for duty in ORG.duties if duty.person != "wang")
    await import_org(house, replace(ORG, units=units, duties=(*duties, Duty("wang", "court", "handler"))))
    owner = await house.staff("li")

    status, text = await owner.get(PAGE)

    assert status == 200
    assert "没有管家的单位（1个） 学苑小区" in plain(text)
    assert "学苑小区：500户，现有2人，要有3人" in plain(text)
    assert "还没有认领账号的人（1个）" in text
    assert 'action="/people/wang"' in text
    status, text = await owner.post_form("/people/wang")
    assert "/bind/" in text


async def test_a_report_and_other_units_count_in_nobodys_load(house: House) -> None:
    await import_org(house, replace(ORG, duties=(*ORG.duties, Duty("wang", "other", "steward"))))
    owner = await house.staff("li")
    resident, neighbour = await house.resident(), await house.resident(room="other")
    await neighbour.say(LAMP)
    await resident.say("5号楼的电梯坏了两天了，老人上不去楼，麻烦修一下")
    [lift] = [ticket for ticket in house.tickets() if ticket.unit == "court"]
    lift.confidential = True
    house.ask(lambda uow: uow.tickets.save(lift))

    assert "王建国 没认领 手上0件" in await words(owner)


async def test_hours_and_kinds_are_in_words_and_names_are_no_markup(house: House) -> None:
    night = Duty("wang", "court", "steward", frozenset({"drainage"}), OfficeHours.parse("周一至周五 18:00-22:00"))
    people = {**ORG.people, "wang": Person("wang", HOSTILE)}
    await import_org(house, replace(ORG, people=people, duties=(night, *ORG.duties[1:])))
    owner = await house.staff("li")

    _, text = await owner.get(PAGE)

    assert "周一-周五 18:00-22:00" in text
    assert "排水" in text
    assert "现在不当班" in text
    assert HOSTILE not in text
    assert "&lt;script&gt;" in text


async def test_many_people_come_in_pages(house: House) -> None:
    people = {f"p{n}": Person(f"p{n}", f"第{n}人") for n in range(130)}
    duties = tuple(Duty(person, "court", "handler") for person in people)
    await import_org(house, replace(ORG, people={**ORG.people, **people}, duties=(*ORG.duties, *duties)))
    owner = await house.staff("li")

    _, first = await owner.get(PAGE)

    assert len(first.encode()) < 100_000
    assert "from=60" in first
    last = await words(owner, f"{PAGE}&from=120")
    assert "第129人" in last
    assert "看后面的" not in last


async def test_a_foreign_unit_and_none_are_the_same_and_stewards_have_no_such_page(house: House) -> None:
    owner = await house.staff("li")
    foreign, missing = await owner.get("/desk/people?unit=other"), await owner.get("/desk/people?unit=nowhere")
    assert foreign == missing
    assert foreign[0] == 404
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get(PAGE))[0] == 404
