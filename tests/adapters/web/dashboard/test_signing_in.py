"""The link that the bot sends to a duty-holder: once, ten minutes, and the rights are those of his duties at each request."""

import asyncio
import re
from dataclasses import replace

from tests.adapters.web.house import ORG, Guest, House, plain


async def link_of(house: House, guest: Guest) -> str:
    """The path of the link that the bot sends to who writes 看板 to it."""
    await guest.say("看板", room="dm")
    said = [line["text"] for line in await guest.lines("dm")]
    return str(re.findall(r"/sign-in/\S+", said[-1])[0])


async def newcomer(house: House) -> Guest:
    """A browser that has never been here."""
    return Guest(house, await house.new_browser(), "court")


async def test_the_link_lets_a_browser_in_once(house: House) -> None:
    link = await link_of(house, await house.staff("li"))
    computer, thief = await newcomer(house), await newcomer(house)

    for _ in range(2):  # whoever previews it uses nothing up
        status, html = await computer.get(link)
        assert status == 200
        assert "这个链接是给李书记的" in plain(html)
    answer = await computer.post_form(link)

    assert answer[0] == 200
    assert (await computer.get("/desk/health"))[0] == 200
    for refused in (await thief.get(link), await thief.post_form(link)):
        assert refused[0] == 404
    assert (await thief.get("/desk/health"))[0] == 403


async def test_a_button_tapped_twice_lets_in_and_the_link_leads_back_to_the_board(house: House) -> None:
    link = await link_of(house, await house.staff("li"))
    computer = await newcomer(house)
    await computer.get(link)

    answers = await asyncio.gather(computer.post_form(link), computer.post_form(link))

    assert [status for status, _ in answers] == [200, 200]
    assert len(house.ask(lambda uow: uow.org.load().people["li"].accounts)) == 2
    assert (await computer.get("/desk/health"))[0] == 200
    house.clock.pass_by(days=1)
    status, html = await computer.get(link)
    assert status == 200
    assert "在办看板" in html


async def test_the_link_is_good_for_ten_minutes(house: House) -> None:
    link = await link_of(house, await house.staff("li"))
    house.clock.pass_by(minutes=10, seconds=1)
    computer = await newcomer(house)

    for refused in (await computer.get(link), await computer.post_form(link)):
        assert refused[0] == 404
    assert (await computer.get("/desk/health"))[0] == 403


async def test_the_person_is_still_reached_on_his_phone(house: House) -> None:
    phone = await house.staff("wang")
    before = house.ask(lambda uow: uow.org.load().people["wang"].account_on("web"))

    await (await newcomer(house)).post_form(await link_of(house, phone))

    wang = house.ask(lambda uow: uow.org.load().people["wang"])
    assert len(wang.accounts) == 2
    assert wang.account_on("web") == before


async def test_a_browser_of_somebody_else_becomes_a_new_account(house: House) -> None:
    shared = await house.staff("wang")
    link = await link_of(house, await house.staff("li"))

    await shared.post_form(link)

    assert (await shared.get("/desk/health"))[0] == 200
    people = house.ask(lambda uow: uow.org.load().people)
    assert (len(people["wang"].accounts), len(people["li"].accounts)) == (1, 2)


async def test_a_resident_who_signs_in_keeps_his_account(house: House) -> None:
    resident = await house.resident("3-2-501")

    await resident.post_form(await link_of(house, await house.staff("li")))

    assert any(line["own"] for line in await resident.lines())
    assert (await resident.get("/desk/health"))[0] == 200


async def test_who_loses_his_duty_sees_nothing_with_the_next_request(house: House) -> None:
    owner = await house.staff("li")
    assert (await owner.get("/desk/health"))[0] == 200

    without = replace(ORG, duties=tuple(duty for duty in ORG.duties if duty.person != "li"))
    house.ask(lambda uow: uow.org.replace(without))
    await house.bot.reload()

    assert (await owner.get("/desk/health"))[0] == 404


async def test_a_resident_is_sent_no_link(house: House) -> None:
    resident = await house.resident()
    await resident.say("看板", room="dm")

    assert not any("/sign-in/" in line["text"] for line in await resident.lines("dm"))
