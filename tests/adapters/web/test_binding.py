import asyncio

import pytest

from tests.adapters.web.house import Guest, House, plain


async def test_looking_at_a_code_uses_nothing_up(house: House) -> None:
    code = house.code_for("wang")
    guest = Guest(house, await house.new_browser(), "court")

    for _ in range(2):
        status, html = await guest.get(f"/bind/{code}")
        assert status == 200
        assert "这个链接是给王建国的" in plain(html)
    assert house.ask(lambda uow: uow.org.load().people["wang"].accounts) == ()


async def test_a_code_binds_once(house: House) -> None:
    code = house.code_for("wang")
    first = Guest(house, await house.new_browser(), "court")
    thief = Guest(house, await house.new_browser(), "court")

    status, html = await first.post_form(f"/bind/{code}")

    assert status == 200
    assert "好了，王建国" in plain(html)
    assert "学苑小区居民群" in plain(html)
    assert "东风小区居民群" not in plain(html)
    for answer in (await thief.post_form(f"/bind/{code}"), await thief.get(f"/bind/{code}")):
        assert answer[0] == 404
    await first.post_form("/room/court/enter")
    line = (await first.lines())[-1]
    assert (line["name"], line["badge"]) == ("王建国", "管家")


async def test_a_button_tapped_twice_binds_once_and_shuts_nobody_out(house: House) -> None:
    guest, path = Guest(house, await house.new_browser(), "court"), f"/bind/{house.code_for('wang')}"
    await guest.get(path)

    answers = await asyncio.gather(guest.post_form(path), guest.post_form(path))  # the browser shows the second answer

    assert [status for status, _ in answers] == [200, 200]
    assert all("好了，王建国" in plain(html) for _, html in answers)
    (account,) = house.ask(lambda uow: uow.org.load().people["wang"].account_keys())
    assert "王建国，您好" in plain((await guest.get(path))[1])  # the old message in the chat leads home
    house.ask(lambda uow: uow.org.unbind(account))
    await house.bot.reload()
    assert [(await guest.get(path))[0], (await guest.post_form(path))[0]] == [404, 404]


@pytest.mark.parametrize("path", ["/bind/{code}", "/r/{invite}"])
async def test_a_form_that_is_looked_at_makes_nobody_known(house: House, path: str) -> None:
    preview = Guest(house, await house.new_browser(), "court")

    status, _ = await preview.get(path.format(code=house.code_for("wang"), invite=house.invite()))

    assert status == 200
    assert (await preview.get("/dm"))[0] == 403
    assert house.ask(lambda uow: uow.rooms._all("SELECT account FROM visitor")) == []


async def test_a_name_sent_twice_is_one_neighbour(house: House) -> None:
    guest, path = Guest(house, await house.new_browser(), "court"), f"/r/{house.invite()}"
    await guest.get(path)

    answers = await asyncio.gather(*(guest.post_form(path, name="3-2-501") for _ in range(2)))

    assert [status for status, _ in answers] == [200, 200]
    assert len(house.ask(lambda uow: uow.rooms._all("SELECT account FROM visitor"))) == 1


async def test_a_resident_becomes_steward_and_keeps_his_account(house: House) -> None:
    resident = await house.resident("3-2-501")
    seq = await resident.say("早上好")
    neighbour = await house.resident("3-2-502")
    assert [line["badge"] for line in await neighbour.lines() if line["seq"] == seq] == [""]

    await resident.post_form(f"/bind/{house.code_for('wang')}")

    [line] = [line for line in await neighbour.lines() if line["seq"] == seq]
    assert (line["name"], line["badge"]) == ("王建国", "管家")


async def test_an_old_code_and_a_wrong_one(house: House) -> None:
    code = house.code_for("wang")
    house.clock.pass_by(days=2)
    guest = Guest(house, await house.new_browser(), "court")

    for wrong in (code, "nonsense", "%00", "a" * 500):
        assert (await guest.get(f"/bind/{wrong}"))[0] == 404
        assert (await guest.post_form(f"/bind/{wrong}"))[0] == 404


async def test_the_cookie(house: House) -> None:
    guest = await house.resident()
    [cookie] = [morsel for morsel in guest.browser.session.cookie_jar if morsel.key == "steward"]

    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"
    stored = house.ask(lambda uow: uow.rooms._all("SELECT digest FROM visitor"))
    assert cookie.value.rpartition(".")[0] not in str(stored)
    for forged in ("x", cookie.value[:-1], f"a{cookie.value}", "é", cookie.value.rpartition(".")[0]):
        answer = await (await house.new_browser()).get("/dm", headers={"Cookie": f"steward={forged}"})
        assert answer.status == 403


async def test_hosts_invite_with_a_code_to_print(house: House) -> None:
    for person in ("wang", "li"):
        host = await house.staff(person)
        status, html = await host.get("/invite/court")
        assert status == 200
        assert house.invite() in html
        picture = await host.browser.get("/invite/court/qr.svg")
        assert picture.content_type == "image/svg+xml"
        assert (await picture.text()).startswith("<svg")
    resident = await house.resident()
    assert (await resident.get("/invite/court"))[0] == 404
