"""Who logs out, or is logged out, is a stranger: his cookie, copies of it and his open pages."""

import pytest
from aiohttp import ClientWebSocketResponse, WSCloseCode, WSMsgType

from adapters.web.chat import SIGNED_OUT
from adapters.web.hub import Seat
from bot.ports import UnitOfWork
from tests.adapters.web.house import LAMP, Guest, House, origin_of
from tests.adapters.web.test_live import until


def cookie_of(guest: Guest) -> str:
    """The cookie as somebody could have copied it."""
    [cookie] = [morsel for morsel in guest.browser.session.cookie_jar if morsel.key == "steward"]
    return f"steward={cookie.value}"


async def is_known(house: House, cookie: str) -> bool:
    """Whether a browser with this cookie comes in."""
    return (await (await house.new_browser()).get("/dm", headers={"Cookie": cookie})).status == 200


async def ended(ws: ClientWebSocketResponse) -> bool:
    """Whether a socket is closed from the other side."""
    last = await ws.receive(timeout=10)
    while last.type is WSMsgType.TEXT:
        last = await ws.receive(timeout=10)
    return last.type in {WSMsgType.CLOSE, WSMsgType.CLOSED, WSMsgType.CLOSING}


def accounts(house: House, person: str) -> list[str]:
    """The accounts bound to a person."""
    return [account for _, account in house.ask(lambda uow: uow.org.load().people[person].accounts)]


async def test_who_logs_out_is_a_stranger_and_so_is_a_copied_cookie(house: House) -> None:
    resident = await house.resident()
    cookie = cookie_of(resident)
    assert await is_known(house, cookie)

    async with await resident.socket() as ws:
        await until(ws, lambda frame: frame.get("ready"))
        answer = await resident.browser.post(
            "/leave", headers={"Origin": origin_of(resident.browser)}, allow_redirects=False
        )
        assert await ended(ws)

    assert (answer.status, answer.headers["Location"]) == (303, "/")
    assert answer.headers["Clear-Site-Data"] == '"cache", "storage"'
    assert not [morsel for morsel in resident.browser.session.cookie_jar if morsel.key == "steward"]
    assert not await is_known(house, cookie)
    assert (await resident.get("/room/court"))[0] == 403


async def test_a_page_learns_whether_it_is_signed_out_or_shall_come_again(house: House) -> None:
    resident, neighbour = await house.resident(), await house.resident("3-2-502")
    async with await resident.socket() as ws, await neighbour.socket() as other:
        await until(ws, lambda frame: frame.get("ready"))
        await until(other, lambda frame: frame.get("ready"))
        await resident.post_form("/leave")
        assert await ended(ws)
        house.hub.close()
        assert await ended(other)

    assert (ws.close_code, other.close_code) == (SIGNED_OUT, WSCloseCode.OK)


async def test_a_resident_who_comes_back_is_somebody_new(house: House) -> None:
    resident = await house.resident()
    await resident.say(LAMP)
    [ticket] = house.tickets()
    await resident.post_form("/leave")
    await resident.post_form(f"/r/{house.invite()}", name="3-2-501")

    assert (await resident.get(f"/t/{ticket.public_id}"))[0] == 404
    assert house.ask(lambda uow: uow.tickets.get(ticket.id).reporter) == ticket.reporter


async def test_a_steward_who_logs_out_can_act_for_nobody_until_he_has_a_new_link(house: House) -> None:
    steward = await house.staff("wang")
    assert "不能再以您的身份办事" in (await steward.get("/"))[1]
    await steward.post_form("/leave")
    assert accounts(house, "wang") == []

    await steward.post_form(f"/bind/{house.code_for('wang', 'another-code-of-22-chars')}")
    assert len(accounts(house, "wang")) == 1
    assert (await steward.get("/tickets"))[0] == 200


async def test_a_stranger_may_log_out_too(house: House) -> None:
    stranger = Guest(house, await house.new_browser(), "court")

    assert (await stranger.post_form("/leave"))[0] == 200


# ---------------------------------------------------------------- a lost phone


async def test_an_owner_logs_out_all_phones_of_a_steward(house: House) -> None:
    owner, steward, second = await house.staff("li"), await house.staff("wang"), await house.resident()
    await second.post_form(f"/bind/{house.code_for('wang', 'second-code-of-22-chars')}")
    unused = house.code_for("wang", "unused-code-of-22-chars")
    cookies = [cookie_of(steward), cookie_of(second)]
    assert len(accounts(house, "wang")) == 2
    assert 'action="/people/wang/sign-out"' in (await owner.get("/people"))[1]

    async with await steward.socket() as ws:
        await until(ws, lambda frame: frame.get("ready"))
        status, html = await owner.post_form("/people/wang/sign-out")
        assert await ended(ws)

    assert (status, "王建国的手机和浏览器都退出了" in html) == (200, True)
    assert "sign-out" not in html.partition("/people/wang")[2].partition("</li>")[0], "nothing is left to log out"
    assert [await is_known(house, cookie) for cookie in cookies] == [False, False]
    assert accounts(house, "wang") == []
    assert (await Guest(house, await house.new_browser(), "court").get(f"/bind/{unused}"))[0] == 404
    assert await is_known(house, cookie_of(owner))


async def test_an_owner_keeps_the_browser_he_sits_at(house: House) -> None:
    owner, lost = await house.staff("li"), await house.resident()
    await lost.post_form(f"/bind/{house.code_for('li', 'second-code-of-22-chars')}")
    cookie = cookie_of(lost)

    status, html = await owner.post_form("/people/li/sign-out")

    assert (status, "您别的手机和浏览器都退出了" in html) == (200, True)
    assert (await is_known(house, cookie_of(owner)), await is_known(house, cookie)) == (True, False)
    assert len(accounts(house, "li")) == 1


@pytest.mark.parametrize(("who", "whom"), [("wang", "li"), ("wang", "wang"), ("li", "sun"), ("li", "nobody")])
async def test_nobody_else_is_logged_out_by_nobody_else(house: House, who: str, whom: str) -> None:
    victims = {person: await house.staff(person, room) for person, room in (("li", "court"), ("sun", "other"))}
    guest = victims.get(who) or await house.staff(who)

    assert (await guest.post_form(f"/people/{whom}/sign-out"))[0] == 404
    assert all([await is_known(house, cookie_of(victim)) for victim in victims.values()])


async def test_a_socket_that_came_in_while_its_cookie_was_taken_away_is_closed(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    resident = await house.resident()
    join = house.hub.join

    def too_late(room: str, seat: Seat) -> None:
        def lock_out(uow: UnitOfWork) -> None:
            uow.rooms.lock_out(seat.account)

        house.ask(lock_out)
        join(room, seat)

    monkeypatch.setattr(house.hub, "join", too_late)
    async with await resident.socket() as ws:
        assert await ended(ws)
