"""The live board: what stands on it for whom, in which order, and that it learns of every change of its own units only."""

import asyncio
import re
from collections.abc import Awaitable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import TypeVar

import pytest
from aiohttp import ClientResponse

from adapters.web.boards import OPEN_BOARDS, Watcher
from bot.domain.org import Duty, Organization, Person
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from tests.adapters.web.house import LAMP, ORG, Guest, House, plain

DRAIN = "5号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看"
T = TypeVar("T")
PATIENCE = 20.0  # seconds after which a test that waits for an event gives up


async def soon(event: Awaitable[T]) -> T:
    """Wait for something that must come."""
    return await asyncio.wait_for(event, PATIENCE)


async def section(guest: Guest, state: str, path: str = "/desk") -> str:
    """The words of one column."""
    status, html = await guest.get(path)
    assert status == 200
    found = re.search(rf'<section class="column" aria-labelledby="c-{state}">(.*?)</section>', html, re.DOTALL)
    assert found is not None
    return plain(found[1])


async def test_a_ticket_goes_from_column_to_column_and_the_board_says_whose_move_it_is(house: House) -> None:
    owner, steward, resident = await house.staff("li"), await house.staff("wang"), await house.resident()
    await resident.say(LAMP)
    (ticket,) = house.tickets()

    assert "等王建国签收" in await section(owner, "dispatched")
    await steward.press(ticket, "sign")
    assert "王建国在办" in await section(owner, "in_progress")
    assert "1号件" not in await section(owner, "dispatched")
    await steward.press(ticket, "return", "不是我的事")
    assert "等上级批：申请退回" in await section(owner, "in_progress")
    await owner.press(ticket, "refuse")
    await steward.press(ticket, "done", "换好了")
    assert "等居民评价" in await section(owner, "callback")
    await resident.rate(ticket, 5)
    assert "1号件" not in plain((await owner.get("/desk"))[1])


async def test_overdue_ones_come_first(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await resident.say(LAMP)
    house.clock.pass_by(days=1)
    await (await house.resident("5-1-101")).say(DRAIN)
    first, second = house.tickets()

    def make_late(uow: UnitOfWork) -> None:
        late = uow.tickets.get(second.id)
        assert late is not None
        late.due_at = house.clock.now() - timedelta(minutes=1)
        uow.tickets.save(late)

    assert first.due_at is not None
    house.ask(make_late)

    words = await section(owner, "dispatched")
    assert words.index("2号件") < words.index("1号件")
    assert words.count("已超期") == 1
    only = await section(owner, "dispatched", "/desk?due=overdue")
    assert "2号件" in only
    assert "1号件" not in only
    assert "1号件" in await section(owner, "dispatched", f"/desk?category={first.category}")
    other = "noise" if first.category != "noise" else "greenery"
    assert "号件" not in await section(owner, "dispatched", f"/desk?category={other}")


async def test_the_rest_of_a_column_stands_in_the_tasks_of_the_same_unit(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.usecases.board.SHOWN", 1)
    house.ask(lambda uow: uow.org.replace(replace(ORG, duties=(*ORG.duties, Duty("li", "town", "supervisor")))))
    await house.bot.reload()
    owner, resident, far = await house.staff("li"), await house.resident(), await house.resident("9-9-909", "other")
    await resident.say(LAMP)
    await (await house.resident("5-1-101")).say(DRAIN)
    await far.say("7号楼楼道灯坏了，晚上看不见，请修一下", room="other")
    assert len(house.tickets()) == 3

    _, html = await owner.get("/desk?unit=court")
    (rest,) = re.findall(r'<p><a class="button" href="([^"]+)">还有1件', html)
    status, listed = await owner.get(rest.replace("&amp;", "&"))

    assert status == 200
    assert all(words in plain(listed) for words in ("1号件", "2号件"))
    assert "3号件" not in plain(listed)
    assert "unit=court" in rest


async def test_a_steward_has_a_board_and_a_stranger_to_the_unit_has_none_of_it(house: House) -> None:
    steward, resident, stranger = await house.staff("wang"), await house.resident(), await house.staff("sun", "other")
    await resident.say(LAMP)

    assert "1号件" in await section(steward, "dispatched")
    assert "1号件" not in plain((await stranger.get("/desk"))[1])
    for path in ("/desk", "/desk/board", "/desk/stream"):
        foreign, missing = await stranger.get(f"{path}?unit=court"), await stranger.get(f"{path}?unit=nowhere")
        assert foreign == missing
        assert foreign[0] == 404
        assert (await resident.get(path))[0] == 404


async def test_who_is_named_in_a_report_does_not_find_it(house: House) -> None:
    house.ask(lambda uow: uow.org.replace(two_owners()))
    await house.bot.reload()
    named, other = await house.staff("li"), await house.staff("zhao")
    resident = await house.resident()
    await resident.say("我要举报学苑小区李书记收了物业的钱", room="dm")
    (ticket,) = house.tickets()
    assert ticket.confidential, "triage takes this for no report any more: take other words"

    def point_out(uow: UnitOfWork) -> None:
        found = uow.tickets.get(ticket.id)
        assert found is not None
        found.named = ["li"]
        uow.tickets.save(found)

    house.ask(point_out)
    seen, unseen = await other.get("/desk"), await named.get("/desk")

    assert "保密件" in plain(seen[1])
    assert "收了物业的钱" not in seen[1]
    assert "保密件" not in plain(unseen[1])
    assert "共0件" in plain(unseen[1])
    steward = await house.staff("wang")
    assert "共0件" in plain((await steward.get("/desk"))[1])


def two_owners() -> Organization:
    """The court with a second owner."""
    people = {**ORG.people, "zhao": Person("zhao", "赵主任")}
    return replace(ORG, people=people, duties=(*ORG.duties, Duty("zhao", "court", "owner")))


# ---------------------------------------------------------------- live


async def listen(guest: Guest, path: str = "/desk/stream") -> ClientResponse:
    """The stream of a board, behind its first event."""
    answer = await guest.browser.get(path)
    assert answer.status == 200
    assert answer.content_type == "text/event-stream"
    await heard(answer)
    return answer


async def heard(stream: ClientResponse) -> None:
    """Wait for the next event."""
    while b"event: changed" not in (line := await soon(stream.content.readline())):
        assert line, "the stream has ended"


async def test_the_stream_tells_of_words_buttons_and_clocks(house: House) -> None:
    owner, steward, resident = await house.staff("li"), await house.staff("wang"), await house.resident()
    stream = await listen(owner)

    await resident.say(LAMP)
    await heard(stream)
    (ticket,) = house.tickets()
    await steward.press(ticket, "sign")
    await heard(stream)
    house.clock.pass_by(days=30)
    await house.talk()
    await heard(stream)
    stream.close()


@pytest.mark.parametrize("which", ["foreign", "own"])
async def test_a_change_rings_at_the_boards_that_show_it(house: House, which: str) -> None:
    def minds(_org: Organization, tickets: Sequence[Ticket]) -> bool:
        return any(ticket.unit == ("court" if which == "own" else "other") for ticket in tickets)

    watcher = Watcher("a", minds)
    house.hub.boards.join(watcher)
    await (await house.resident()).say(LAMP)
    reading = house.hub.boards._reading
    assert reading is not None
    await reading

    assert watcher.bell.is_set() == (which == "own")


async def test_a_stranger_hears_nothing_of_it(house: House) -> None:
    stranger, resident = await house.staff("sun", "other"), await house.resident()
    neighbour = await house.resident("1-1-101", "other")
    stream = await listen(stranger)
    (watcher,) = house.hub.boards._watchers

    await resident.say(LAMP)
    reading = house.hub.boards._reading
    assert reading is not None
    await reading
    assert not watcher.bell.is_set()
    await neighbour.say(DRAIN)
    await heard(stream)
    stream.close()


async def test_the_stream_of_who_lost_his_duty_ends_with_the_next_change(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    stream = await listen(owner)
    house.ask(
        lambda uow: uow.org.replace(replace(ORG, duties=tuple(duty for duty in ORG.duties if duty.person != "li")))
    )
    await house.bot.reload()

    await resident.say(LAMP)
    while await soon(stream.content.readline()):
        pass

    answer = await owner.browser.get("/desk/board")
    assert answer.status == 404
    assert answer.headers["HX-Refresh"] == "true"
    assert not house.hub.boards._watchers


async def test_an_account_with_many_tabs_leaves_connections_for_its_pages(house: House) -> None:
    owner, steward = await house.staff("li"), await house.staff("wang")
    streams = [await listen(owner) for _ in range(OPEN_BOARDS)]

    assert (await owner.browser.get("/desk/stream")).status == 204
    streams.append(await listen(steward))
    assert (await owner.get("/desk"))[0] == 200

    for stream in streams:  # tabs that were closed are counted no more, though nothing was said to them since
        stream.close()
    async with asyncio.timeout(PATIENCE):
        again = await owner.browser.get("/desk/stream")
        while again.status == 204:
            again = await owner.browser.get("/desk/stream")
    again.close()


async def test_the_stream_of_who_signs_out_ends(house: House) -> None:
    owner = await house.staff("li")
    stream = await listen(owner)

    await owner.post_form("/leave")

    while await soon(stream.content.readline()):
        pass


async def test_the_home_page_leads_to_the_board_for_all_with_a_unit(house: House) -> None:
    for guest, leads in (
        (await house.staff("wang"), True),
        (await house.staff("li"), True),
        (await house.resident(), False),
    ):
        assert ('href="/desk"' in (await guest.get("/"))[1]) == leads
