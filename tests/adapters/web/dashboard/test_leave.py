"""The page of somebody's leave: own and others', handed over by choice, seen by who may; and nothing of it is markup."""

from dataclasses import replace
from datetime import UTC, datetime

from bot.domain.org import Duty, Organization, Person
from bot.domain.rota import Away
from tests.adapters.web.dashboard.test_people import HOSTILE, import_org
from tests.adapters.web.house import LAMP, NOON, ORG, Guest, House, plain

PAGE = "/desk/leave?unit=court"
OF_WANG = f"{PAGE}&person=wang"
EMPTY = {"first": "2025-09-05", "first_half": "", "last": "2025-09-07", "last_half": "", "standin": "", "reason": ""}
TOWN = replace(
    ORG,
    people={**ORG.people, "zhao": Person("zhao", "赵代班"), "sun": Person("sun", "孙东风")},
    duties=(*ORG.duties, Duty("zhao", "court", "handler", frozenset({"noise"}))),
)


def org_of(house: House) -> Organization:
    return house.bot._engine.org


async def save(guest: Guest, page: str = PAGE, **fields: str) -> tuple[int, str]:
    return await guest.post_form(page, **{**EMPTY, **fields})


async def test_a_steward_enters_his_own_leave_with_a_stand_in(house: House) -> None:
    await import_org(house, TOWN)
    wang = await house.staff("wang")

    status, text = await save(wang, standin="zhao", first_half="noon", last_half="noon", reason="体检")

    assert status == 200
    start, end = datetime(2025, 9, 5, 4, 0, tzinfo=UTC), datetime(2025, 9, 7, 4, 0, tzinfo=UTC)
    assert org_of(house).aways == (Away("wang", start, end, "zhao", "体检"),)
    assert "9月5日 12:00到9月7日 11:59，代班：赵代班" in plain(text)


async def test_today_means_from_now_on_and_back_again_ends_it(house: House) -> None:
    await import_org(house, TOWN)
    wang = await house.staff("wang")
    await save(wang, first="2025-09-03")
    [away] = org_of(house).aways
    assert away.start == NOON

    house.clock.pass_by(hours=3)
    _, text = await wang.post_form(PAGE, end=away.start.isoformat())

    assert "现在没有请假" in text
    assert org_of(house).aways == (replace(away, end=house.clock.now()),)


async def test_leave_that_is_to_come_is_taken_back_as_a_whole(house: House) -> None:
    await import_org(house, TOWN)
    wang = await house.staff("wang")
    await save(wang)

    await wang.post_form(PAGE, end=org_of(house).aways[0].start.isoformat())

    assert org_of(house).aways == ()


async def test_what_is_in_hand_is_handed_over_by_a_press_and_not_before(house: House) -> None:
    await import_org(house, TOWN)
    wang, resident = await house.staff("wang"), await house.resident()
    await resident.say(LAMP)
    [before] = house.tickets()
    _, text = await save(wang, standin="zhao")
    assert "手上还有1件" in text
    assert house.tickets()[0].assignee == "wang"

    await wang.post_form(PAGE, hand_over="1")

    [ticket] = house.tickets()
    assert (ticket.assignee, ticket.due_at) == ("zhao", before.due_at)


async def test_an_owner_enters_others_leave_and_every_change_is_on_the_page(house: House) -> None:
    await import_org(house, TOWN)
    owner = await house.staff("li")

    await save(owner, OF_WANG, standin="zhao")
    _, text = await owner.get(OF_WANG)

    assert "李书记：不请假 → 9月5日 00:00到9月7日 23:59，代班：赵代班" in plain(text)
    people = plain((await owner.get("/desk/people?unit=court"))[1])
    assert "两周内会没有管家在岗" not in people
    house.clock.pass_by(days=2)
    assert "王建国 没认领 请假到9月7日 23:59，代班：赵代班" in plain((await owner.get("/desk/people?unit=court"))[1])


async def test_without_a_stand_in_the_people_page_shows_the_gap(house: House) -> None:
    owner = await house.staff("li")

    await save(owner, OF_WANG)

    text = plain((await owner.get("/desk/people?unit=court"))[1])
    assert "两周内会没有管家在岗的单位 学苑小区：9月5日 00:00到9月7日 23:59" in text


async def test_what_cannot_be_is_refused_with_what_was_typed(house: House) -> None:
    await import_org(house, TOWN)
    wang = await house.staff("wang")
    for fields, why in (
        ({"last": "2025-09-04"}, "日期不对"),
        ({"first": "2025-09-01", "last": "2025-09-02"}, "日期不对"),
        ({"first": "x"}, "日期不对"),
        ({"last": "9999-12-31"}, "日期不对"),
        ({"standin": "wang"}, "不能代班"),
        ({"standin": "nobody"}, "不能代班"),
        ({"standin": "sun' OR 1=1"}, "不能代班"),
    ):
        status, text = await save(wang, **fields, reason="看病")
        assert status == 400, fields
        assert why in text
        assert 'value="看病"' in text
    assert org_of(house).aways == ()


async def test_others_leave_is_not_there_for_who_does_not_command_them(house: House) -> None:
    await import_org(house, TOWN)
    wang, owner, resident = await house.staff("wang"), await house.staff("li"), await house.resident()
    nobody = await owner.get(f"{PAGE}&person=nobody")

    assert nobody[0] == 404
    assert await owner.get(f"{PAGE}&person=sun") == nobody
    assert await wang.get(f"{PAGE}&person=li") == await wang.get(f"{PAGE}&person=nobody")
    assert (await save(wang, f"{PAGE}&person=li"))[0] == 404
    assert (await save(owner, f"{PAGE}&person=sun"))[0] == 404
    assert (await save(owner, "/desk/leave?unit=other"))[0] == 404
    assert (await resident.get(PAGE))[0] == 404
    assert org_of(house).aways == ()


async def test_who_has_a_duty_elsewhere_too_is_not_sent_away_by_one_of_his_owners(house: House) -> None:
    await import_org(house, replace(TOWN, duties=(*TOWN.duties, Duty("wang", "other", "steward"))))
    owner = await house.staff("li")

    assert (await save(owner, OF_WANG))[0] == 404
    assert "person=wang" not in (await owner.get("/desk/people?unit=court"))[1].replace("/people/wang", "")


async def test_tickets_of_other_units_are_not_moved_by_an_owner(house: House) -> None:
    await import_org(house, TOWN)
    owner, neighbour = await house.staff("li"), await house.resident(room="other")
    await neighbour.say(LAMP)
    [ticket] = house.tickets()
    ticket.assignee = "wang"
    house.ask(lambda uow: uow.tickets.save(ticket))

    _, text = await save(owner, OF_WANG, standin="zhao")
    await owner.post_form(OF_WANG, hand_over="1")

    assert "手上还有" not in text
    assert house.tickets()[0].assignee == "wang"


async def test_a_form_that_is_none_of_ours_is_refused(house: House) -> None:
    wang = await house.staff("wang")

    assert (await wang.post_form(PAGE, first="2025-09-05"))[0] == 400


async def test_words_of_people_are_words(house: House) -> None:
    people = {**TOWN.people, "zhao": Person("zhao", HOSTILE), "wang": Person("wang", HOSTILE)}
    await import_org(house, replace(TOWN, people=people))
    owner = await house.staff("li")

    _, text = await save(owner, OF_WANG, standin="zhao", reason=HOSTILE)

    assert HOSTILE not in text
    assert "&lt;script&gt;" in text
    assert HOSTILE not in (await owner.get("/desk/people?unit=court"))[1]
