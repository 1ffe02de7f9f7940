"""The page of classes of trouble: proposals are decided on it, sweeps are followed, only who commands the unit sees any of it."""

from bot.domain.ticket import Ticket
from bot.ports import Sweep, UnitOfWork
from bot.usecases.foresight import region_of
from tests.adapters.web.house import LAMP, NOON, Guest, House, plain

PAGE = "/desk/classes"
EVIL = '<img src=x onerror="alert(1)">{{7*7}}'


def propose(
    house: House,
    id_: str = "s1",
    unit: str = "court",
    title: str = "举一反三：排水（下水）",
    notice: str = "",
    members: tuple[str, ...] = (),
) -> None:
    """What the hourly round writes."""

    def job(uow: UnitOfWork) -> None:
        uow.sweeps.claim(Sweep(id_, unit, f"drainage|{id_}", "2025-09-03", NOON, members, notice))
        ticket = Ticket(id_, f"public-{id_}", "town", unit, "web:dm:li", "web:li", NOON)
        ticket.title, ticket.text, ticket.confidential = title, "30天内同类12件，涉及5栋。", True
        ticket.source = "season" if notice else "sweep"
        ticket.nature, ticket.category, ticket.assignee = "hazard", "drainage", "li"
        uow.tickets.add(ticket)

    house.ask(job)


async def answer(
    guest: Guest, action: str, ticket: str = "public-s1", unit: str = "court", once: str = "a1b2c3d4"
) -> int:
    return (await guest.post_form(f"{PAGE}?unit={unit}", once=once, ticket=ticket, action=action))[0]


async def test_a_yes_on_the_page_opens_the_tasks(house: House) -> None:
    propose(house)
    owner = await house.staff("li")
    status, text = await owner.get(PAGE)
    assert status == 200
    assert "举一反三：排水（下水）" in text
    assert "30天内同类12件，涉及5栋。" in text
    assert len(text.encode()) < 100_000

    assert [await answer(owner, "register") for _ in range(2)] == [200, 200]  # the same form twice acts once
    await house.talk()

    [task] = [ticket for ticket in house.tickets() if ticket.id != "s1"]
    assert (task.source, task.unit, task.assignee) == ("sweep", "court", "wang")
    _, text = await owner.get(f"{PAGE}?unit=court")
    assert "查完0个，共1个网格" in text
    assert "王建国" in text
    assert f"/t/{task.public_id}" in text
    assert "现在没有提议" in text


async def test_many_classes_of_many_tickets_stay_one_light_page(house: House) -> None:
    def troubles(uow: UnitOfWork) -> None:
        for n in range(300):
            ticket = Ticket(f"t{n}", f"public-t{n}", "town", "court", "web:court", "web:x", NOON)
            ticket.title, ticket.number = LAMP, n + 1
            uow.tickets.add(ticket)

    house.ask(troubles)
    for n in range(40):
        propose(house, f"s{n}", members=tuple(f"t{one}" for one in range(300)), notice="雨天请收好花盆。" * 12)
    owner = await house.staff("li")

    _, text = await owner.get(PAGE)

    assert len(text.encode()) < 100_000
    assert text.count('value="register"') == 15
    assert "还有25个没有列出" in text
    assert "还有295个没有列出" in text
    house.ask(turned_down)
    _, text = await owner.get(PAGE)
    assert text.count('<li><a href="/t/') == 200, "where there are few classes, each shows more"


def turned_down(uow: UnitOfWork) -> None:
    """Of forty proposals only the first is left."""
    for n in range(1, 40):
        ticket = uow.tickets.get(f"s{n}")
        assert ticket is not None
        ticket.state = "withdrawn"
        uow.tickets.save(ticket)


async def test_a_no_takes_it_off_the_page(house: House) -> None:
    propose(house)
    owner = await house.staff("li")

    assert await answer(owner, "reject") == 200
    _, text = await owner.get(PAGE)
    assert "下水" not in plain(text)
    assert [ticket.state for ticket in house.tickets()] == ["withdrawn"]


async def test_the_region_is_chosen_on_the_page(house: House) -> None:
    owner = await house.staff("li")

    assert (await owner.post_form(f"{PAGE}/region?unit=court", region="north"))[0] == 200
    assert house.ask(lambda uow: region_of(uow, "court")) == "north"
    assert (await owner.post_form(f"{PAGE}/region?unit=court", region="moon"))[0] == 400
    assert '<option value="north" selected>' in (await owner.get(PAGE))[1]
    assert (await owner.post_form(f"{PAGE}/region?unit=court", region=""))[0] == 200
    assert house.ask(lambda uow: region_of(uow, "court")) == ""


async def test_a_foreign_unit_and_none_are_the_same(house: House) -> None:
    propose(house, "s2", "other")
    owner = await house.staff("li")

    for path in (PAGE, f"{PAGE}/region"):
        asked = [await owner.post_form(f"{path}?unit={unit}", region="north") for unit in ("other", "nowhere")]
        if path == PAGE:
            asked = [await owner.get(f"{path}?unit={unit}") for unit in ("other", "nowhere")]
        assert asked[0] == asked[1]
        assert asked[0][0] == 404
    assert await answer(owner, "register", "public-s2") == 404
    assert house.ask(lambda uow: region_of(uow, "other")) == ""
    assert "s2" not in (await owner.get(PAGE))[1]


async def test_a_steward_and_a_resident_see_and_decide_nothing(house: House) -> None:
    propose(house)
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get(PAGE))[0] == 404
        assert await answer(guest, "register") == 404
        assert (await guest.post_form(f"{PAGE}/region?unit=court", region="north"))[0] == 404
        assert (await guest.get("/t/public-s1"))[0] == 404
    assert [ticket.state for ticket in house.tickets()] == ["candidate"]


async def test_whoever_is_named_in_it_does_not_see_it(house: House) -> None:
    propose(house)

    def name(uow: UnitOfWork) -> None:
        ticket = uow.tickets.get("s1")
        assert ticket is not None
        ticket.named = ["li"]
        uow.tickets.save(ticket)

    house.ask(name)
    owner = await house.staff("li")
    assert "下水" not in (await owner.get(PAGE))[1]
    assert await answer(owner, "register") == 404


async def test_the_tickets_behind_a_proposal_are_shown_but_for_what_is_confidential(house: House) -> None:
    resident = await house.resident()
    await resident.say(LAMP)
    await resident.say("5号楼门口的化粪池堵了，脏水漫到路上来了，麻烦处理一下")
    lamp, drain = house.tickets()

    def hide(uow: UnitOfWork) -> None:
        drain.confidential, drain.named = True, ["li"]
        uow.tickets.save(drain)

    house.ask(hide)
    propose(house, members=(lamp.id, drain.id, "gone"))
    _, text = await (await house.staff("li")).get(PAGE)

    assert "是哪1件" in text
    assert f"/t/{lamp.public_id}" in text
    assert "化粪池" not in text


async def test_words_from_people_stay_words(house: House) -> None:
    propose(house, title=EVIL)
    _, text = await (await house.staff("li")).get(PAGE)

    assert "<img" not in text
    assert "{{7*7}}" in text


async def test_a_form_of_ones_own_making_is_refused(house: House) -> None:
    propose(house)
    owner = await house.staff("li")

    assert await answer(owner, "done") == 400
    assert await answer(owner, "register", once="x") == 400
    assert await answer(owner, "register", "public-none") == 404
    assert (await owner.post_form(f"{PAGE}?unit=court"))[0] == 400


async def test_residents_are_told_by_a_tap_on_the_page(house: House) -> None:
    propose(house, notice="中元节请不要当街烧纸。")
    owner, resident = await house.staff("li"), await house.resident()
    assert "中元节请不要当街烧纸。" in (await owner.get(PAGE))[1]

    assert await answer(owner, "announce") == 200
    await house.talk()

    assert [line["text"] for line in await resident.lines() if line["text"]] == ["提醒各位邻居：中元节请不要当街烧纸。"]
    _, text = await owner.get(PAGE)
    assert "已发到居民群" in text
    assert 'value="announce"' not in text
    assert 'value="register"' in text


async def test_what_has_no_notice_is_not_announced(house: House) -> None:
    propose(house)
    owner = await house.staff("li")

    assert 'value="announce"' not in (await owner.get(PAGE))[1]
    assert await answer(owner, "announce") == 403
    assert [ticket.state for ticket in house.tickets()] == ["candidate"]
