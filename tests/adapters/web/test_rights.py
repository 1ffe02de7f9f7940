import re
from dataclasses import replace

import pytest

from bot.domain.org import Duty
from bot.domain.ticket import Ticket
from bot.messages import InboundMessage
from bot.ports import Connection, Matter, UnitOfWork
from bot.usecases import opening
from tests.adapters.web.house import LAMP, NOON, ORG, Guest, House, plain

REPORT = "举报王建国收了装修队的红包，垃圾乱倒也不管"


async def reported(house: House) -> tuple[Ticket, Guest]:
    resident = await house.resident("3-2-501")
    await resident.say(LAMP)
    [ticket] = house.tickets()
    return ticket, resident


def state_of(house: House, ticket: Ticket) -> str:
    return str(house.ask(lambda uow: uow.tickets.get(ticket.id).state))


async def test_buttons_are_for_who_may(house: House) -> None:
    steward, owner = await house.staff("wang"), await house.staff("li")
    stranger = await house.staff("sun", "other")
    _, resident = await reported(house)
    await stranger.post_form(f"/r/{house.invite()}", name="孙东风")

    assert (await resident.ticket_now())["may"] == ["urge"]
    for guest in (steward, owner):
        assert {"sign", "done"} <= set((await guest.ticket_now())["may"])
    seen = await stranger.ticket_now("court")
    assert (seen["may"], seen["page"]) == ([], "")


async def test_nobody_else_can_press(house: House) -> None:
    await house.staff("wang")
    ticket, resident = await reported(house)
    neighbour = await house.resident("王建国")  # a name gives no right
    other = await house.staff("sun", "other")
    await other.post_form(f"/r/{house.invite()}", name="x")

    for guest in (resident, neighbour, other):
        for action in ("sign", "done", "return", "register", "reject", "rate", "nothing", "erase_me"):
            assert await guest.press(ticket, action, "x") == 403
    assert state_of(house, ticket) == "dispatched"
    assert not any(line["badge"] for line in await neighbour.lines() if line["kind"] == "joined" and line["own"])


async def test_a_tap_is_a_line_that_all_can_read(house: House) -> None:
    steward = await house.staff("wang")
    ticket, resident = await reported(house)
    receipt = next(line for line in await steward.lines() if "1号件" in line["text"])

    body = {"type": "press", "id": "sign-it-1", "ticket": ticket.id, "action": "sign", "line": receipt["seq"]}
    first = await steward.command(body)
    await house.talk()
    again = await steward.command(body)  # the ack got lost

    assert first == again
    assert state_of(house, ticket) == "in_progress"
    line = (await resident.lines())[-1]
    assert (line["text"], line["name"], line["badge"]) == ("收到", "王建国", "管家")
    assert line["quote"]["seq"] == receipt["seq"]


async def test_the_vote_of_who_reported_and_nobody_else(house: House) -> None:
    steward = await house.staff("wang")
    ticket, resident = await reported(house)
    follower, neighbour = await house.resident("3-2-502"), await house.resident("3-2-503")
    await follower.say("我家也是")
    assert await resident.rate(ticket, 5) == 403  # nobody has asked yet
    await steward.press(ticket, "done", "灯泡换了")

    assert await neighbour.rate(ticket, 1) == 403
    assert await steward.rate(ticket, 5) == 403
    assert await follower.rate(ticket, 4) == 200
    assert state_of(house, ticket) == "callback"
    assert await resident.rate(ticket, 5) == 200
    assert state_of(house, ticket) == "closed"
    assert (await resident.ticket_now())["mine"] == 5
    assert (await neighbour.ticket_now())["mine"] is None
    assert not any("5" in line["text"] for line in await neighbour.lines() if line["kind"] != "bot" and line["ticket"])


async def test_unknown_and_forbidden_tickets_look_the_same(house: House) -> None:
    await house.staff("wang")
    ticket, resident = await reported(house)
    neighbour, other = await house.resident("3-2-503"), await house.staff("sun", "other")

    for guest in (neighbour, other):
        forbidden = await guest.browser.get(f"/t/{ticket.public_id}")
        unknown = await guest.browser.get("/t/AAAAAAAAAAAAAAAAAAAAAA")
        assert forbidden.status == unknown.status == 404
        assert await forbidden.text() == await unknown.text()
        assert dict(forbidden.headers, Date="") == dict(unknown.headers, Date="")
        tried = await guest.post_form(f"/t/{ticket.public_id}", action="sign", once="a" * 32)
        missing = await guest.post_form("/t/AAAAAAAAAAAAAAAAAAAAAA", action="sign", once="a" * 32)
        assert tried == missing
        assert tried[0] == 404
    assert (await resident.get(f"/t/{ticket.public_id}"))[0] == 200


async def test_a_ticket_page_shows_each_reader_his_part(house: House) -> None:
    steward = await house.staff("wang")
    resident = await house.resident("3-2-501")
    await resident.say("3号楼2单元501室漏水，打我电话13912345678")
    [ticket] = house.tickets()
    follower = await house.resident("3-2-601")
    await follower.say("我家也是，601也漏")
    await steward.press(ticket, "progress", "师傅下午到，电话13800001111")

    whole = plain((await steward.get(f"/t/{ticket.public_id}"))[1])
    reporters, followers = [plain((await g.get(f"/t/{ticket.public_id}"))[1]) for g in (resident, follower)]

    assert "13912345678" in whole
    assert "3号楼2单元501" in whole
    assert "反映人 3-2-501" in whole
    assert "13912345678" in reporters  # his own words
    assert "13912345678" not in followers
    assert "501" not in followers
    assert "3-2-601" not in reporters
    assert "13800001111" not in reporters
    assert "138****1111" in reporters
    for page in (reporters, followers):
        assert "王建国" in page
        assert "进展" in page


async def test_the_steward_works_on_the_ticket_page(house: House) -> None:
    steward = await house.staff("wang")
    ticket, resident = await reported(house)
    page = f"/t/{ticket.public_id}"

    async def act(guest: Guest, **fields: str) -> int:
        status, _ = await guest.post_form(page, once=guest.next_id().replace("-", "x"), **fields)
        await house.talk()
        return status

    assert await act(steward, action="sign") == 200
    assert await act(steward, action="extend", text="等配件 到9月20日") == 200
    assert house.ask(lambda uow: uow.tickets.get(ticket.id).asked) == "extended"
    owner = await house.staff("li")
    assert "待批" in plain((await owner.get(page))[1])
    assert "王建国说：等配件" in plain((await owner.get(page))[1])
    assert await act(owner, action="grant") == 200
    assert await act(steward, action="done", text="换好了") == 200
    assert await act(resident, rating="4") == 200
    assert state_of(house, ticket) == "closed"
    assert "4 满意：1人" in plain((await owner.get(page))[1])
    assert await act(resident, action="sign") == 403
    assert await act(resident, action="nonsense") == 400
    assert (await resident.post_form(page, rating="5"))[0] == 400


async def test_from_the_chat_the_board_is_one_tap_away_for_who_has_one(house: House) -> None:
    for guest, found in (
        (await house.staff("li"), True),
        (await house.staff("wang"), True),
        (await house.resident(), False),
    ):
        for path in ("/room/court", "/dm"):
            assert ('href="/desk"' in (await guest.get(path))[1]) is found


async def test_a_form_sent_twice_acts_once(house: House) -> None:
    steward = await house.staff("wang")
    ticket, _ = await reported(house)

    for _ in range(2):
        status, _ = await steward.post_form(f"/t/{ticket.public_id}", action="progress", text="在路上", once="b" * 32)
        assert status == 200

    events = house.ask(lambda uow: [event.kind for event in uow.audit.of(ticket.id)])
    assert events.count("progressed") == 1


async def test_the_list_is_for_duty_holders_and_their_units(house: House) -> None:
    steward, other = await house.staff("wang"), await house.staff("sun", "other")
    ticket, resident = await reported(house)

    assert (await resident.get("/tickets"))[0] == 404
    assert "1号件" in plain((await steward.get("/tickets"))[1])
    assert "1号件" not in plain((await other.get("/tickets"))[1])
    for query, found in {
        "unit=court": True, "unit=other": False, "state=dispatched": True, "state=on_hold": False,
        f"category={ticket.category}": True, "category=noise": ticket.category == "noise", "due=overdue": False,
        "state=%00&unit='or'1": False,
    }.items():  # fmt: skip
        status, html = await steward.get(f"/tickets?{query}")
        assert status == 200
        assert ("1号件" in plain(html)) is found
    house.clock.pass_by(days=30)
    assert "已超期" in plain((await steward.get("/tickets?due=overdue"))[1])


async def test_a_long_list_comes_some_at_a_time(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.web.tickets.ROWS", 1)
    ticket, _ = await reported(house)
    await (await house.resident("5-1-101")).say("5号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看")
    assert len(house.tickets()) == 2
    steward, seen = await house.staff("wang"), list[str]()

    path = f"/tickets?state={ticket.state}"
    for _ in range(2):
        status, html = await steward.get(path)
        assert status == 200
        assert "共2件" in plain(html)
        seen += re.findall(r'class="whole" href="/t/(\w+)"', html)
        following = re.findall(r'rel="next" href="([^"]+)"', html)
        path = following[0].replace("&amp;", "&") if following else ""

    assert sorted(seen) == sorted(ticket.public_id for ticket in house.tickets())
    assert not path
    assert 'rel="prev" href="/tickets?state=' in html
    assert (await steward.get("/tickets?from=x"))[0] == 400
    assert "共2件" in plain((await steward.get("/tickets?from=999"))[1])


async def test_a_unit_that_is_picked_is_not_lost_behind_the_newest_of_others(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    house.ask(lambda uow: uow.org.replace(replace(ORG, duties=(*ORG.duties, Duty("li", "town", "supervisor")))))
    await house.bot.reload()
    await reported(house)
    await (await house.resident("9-9-909", "other")).say("7号楼楼道灯坏了，晚上看不见，请修一下", room="other")
    monkeypatch.setattr("bot.usecases.overview.LISTED", 1)

    _, html = await (await house.staff("li")).get("/tickets?unit=court")

    assert "1号件" in plain(html)


async def test_a_report_is_never_shown_to_whom_it_names(house: House) -> None:
    steward, owner = await house.staff("wang"), await house.staff("li")
    resident = await house.resident("3-2-501")
    await resident.say(REPORT, room="dm")
    [ticket] = house.tickets()
    assert ticket.confidential

    for guest in (steward,):
        assert (await guest.get(f"/t/{ticket.public_id}"))[0] == 404
        assert "1号件" not in plain((await guest.get("/tickets"))[1])
        assert await guest.press(ticket, "sign", room="dm") == 403
    assert (await owner.get(f"/t/{ticket.public_id}"))[0] == 200
    _, listed = await owner.get("/tickets")
    assert "1号件 保密件" in plain(listed)  # of what is said, a list shows nothing to whoever looks over a shoulder
    assert not any(words in listed for words in ("红包", "垃圾乱倒", "3-2-501"))
    assert "保密件" in plain((await resident.get(f"/t/{ticket.public_id}"))[1])
    assert await owner.press(ticket, "sign") == 403  # not in the group, where all would see it
    assert await owner.press(ticket, "sign", room="dm") == 200
    assert not any("1号件" in line["text"] for line in await resident.lines())


@pytest.mark.parametrize(("action", "state"), [("register", "dispatched"), ("reject", "withdrawn")])
async def test_a_candidate_waits_for_the_steward(house: House, action: str, state: str) -> None:
    steward = await house.staff("wang")
    resident = await house.resident("3-2-501")
    message = InboundMessage("web", "court", "someone", "m1", house.clock.now(), "楼上是不是有点吵", "3-2-502")

    def doubt(uow: UnitOfWork) -> None:
        ctx = house.bot._engine.context(uow, house.clock.now())
        matter = Matter(message.text, "complaint", "noise", "routine")
        opening.open_candidate(ctx, opening.new_ticket(ctx, matter, [message], "court", ["像"]), [message])

    house.ask(doubt)
    await house.talk()
    [ticket] = house.tickets()
    assert await resident.press(ticket, action) == 403
    assert (await steward.ticket_now("dm"))["may"] == ["register", "reject", "merge"]
    assert "待确认的事" in plain((await steward.get("/tickets"))[1])

    assert await steward.press(ticket, action, room="dm") == 200

    assert state_of(house, ticket) == state


async def test_duty_holders_see_which_platform_is_deaf(house: House) -> None:
    def put(uow: UnitOfWork) -> None:
        for channel, state in (("web", "down"), ("matrix", "down"), ("telegram", "up")):
            uow.connections.put(Connection(channel, state, NOON, "<b>reset</b>"))

    house.ask(put)
    page = (await (await house.staff("wang")).get("/tickets"))[1]

    assert "web从9月3日 12:00起收不到消息" in plain(page)
    assert "<b>reset" not in page
    assert "Matrix" not in page, "no group of the organization is there"
