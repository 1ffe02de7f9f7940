"""Candidates are decided on with one tap, by who may do so in the chat, and by nobody else."""

import re

import pytest

from bot.messages import InboundMessage
from bot.ports import Matter, UnitOfWork
from bot.usecases import opening
from tests.adapters.web.house import LAMP, House, plain

DOUBTFUL = "楼上是不是有点吵"
PAGE = "/desk/candidates"


async def doubt(house: House, text: str = DOUBTFUL, name: str = "3-2-502") -> None:
    """Somebody has said something that triage is in doubt about."""
    message = InboundMessage("web", "court", "someone", "m1", house.clock.now(), text, name)

    def keep(uow: UnitOfWork) -> None:
        ctx = house.bot._engine.context(uow, house.clock.now())
        matter = Matter(text, "complaint", "noise", "routine")
        opening.open_candidate(ctx, opening.new_ticket(ctx, matter, [message], "court", ["像"]), [message])

    house.ask(keep)
    await house.talk()


def fields(html: str, action: str, **more: str) -> dict[str, str]:
    """The form of the first candidate, filled in."""
    once, ticket = (re.search(rf'name="{name}" value="([^"]+)"', html) for name in ("once", "ticket"))
    assert once is not None
    assert ticket is not None
    return {"once": once[1], "ticket": ticket[1], "action": action, **more}


async def test_one_tap_registers_it(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await doubt(house)
    assert "有1件事等您确认" in plain((await owner.get("/desk"))[1])

    _, html = await owner.get(PAGE)
    assert DOUBTFUL in plain(html)
    assert "3-2-502在“学苑小区居民群”说" in plain(html)
    status, html = await owner.post_form(PAGE, **fields(html, "register"))
    await house.talk()

    assert status == 200
    assert "没有要确认的" in plain(html)
    assert [(ticket.state, ticket.number) for ticket in house.tickets()] == [("dispatched", 1)]
    assert any("1号件已登记" in line["text"] for line in await resident.lines())


async def test_one_tap_says_that_it_is_none(house: House) -> None:
    steward = await house.staff("wang")
    await doubt(house)

    _, html = await steward.get(PAGE)
    await steward.post_form(PAGE, **fields(html, "reject"))

    assert [(ticket.state, ticket.text) for ticket in house.tickets()] == [("withdrawn", "")]


async def test_it_is_merged_into_a_ticket_that_is_open(house: House) -> None:
    steward, resident = await house.staff("wang"), await house.resident()
    await resident.say(LAMP)
    await doubt(house)

    _, html = await steward.get(PAGE)
    assert '<option value="1">' in html
    status, html = await steward.post_form(PAGE, **fields(html, "merge", into="1"))

    parent, child = house.tickets()
    assert status == 200
    assert "没有要确认的" in plain(html)
    assert (child.state, child.merged_into) == ("merged", parent.id)
    assert len(parent.followers) == 1


async def test_what_can_not_be_merged_stays_and_the_page_says_so(house: House) -> None:
    steward = await house.staff("wang")
    await doubt(house)

    _, html = await steward.get(PAGE)
    status, html = await steward.post_form(PAGE, **fields(html, "merge", into="99"))

    assert status == 200
    assert "没有办成" in plain(html)
    assert [ticket.state for ticket in house.tickets()] == ["candidate"]


async def test_who_comes_second_finds_the_list(house: House) -> None:
    owner, steward = await house.staff("li"), await house.staff("wang")
    await doubt(house)
    _, html = await owner.get(PAGE)
    form = fields(html, "register")

    await steward.post_form(PAGE, **form)
    for _ in range(2):
        assert (await owner.post_form(PAGE, **form))[0] == 200

    assert [ticket.number for ticket in house.tickets()] == [1]


async def test_nobody_else_sees_it_or_decides_on_it(house: House) -> None:
    steward, stranger, resident = await house.staff("wang"), await house.staff("sun", "other"), await house.resident()
    await doubt(house)
    _, html = await steward.get(PAGE)
    form = fields(html, "register")

    assert DOUBTFUL not in (await stranger.get(PAGE))[1]
    missing = await stranger.post_form(PAGE, **{**form, "ticket": "nowhere"})
    for guest, path in ((stranger, PAGE), (stranger, f"{PAGE}?unit=court"), (resident, PAGE)):
        answer = await guest.post_form(path, **form)
        assert answer[0] == 404
        assert guest is resident or answer == missing
    assert [ticket.state for ticket in house.tickets()] == ["candidate"]


@pytest.mark.parametrize(
    "wrong", [{"action": "done"}, {"action": ""}, {"once": "x"}, {"into": "1; DROP"}, {"into": "９"}, {"into": "1" * 9}]
)
async def test_a_form_that_is_none_of_ours_does_nothing(house: House, wrong: dict[str, str]) -> None:
    steward = await house.staff("wang")
    await doubt(house)
    _, html = await steward.get(PAGE)

    assert (await steward.post_form(PAGE, **{**fields(html, "merge", into="1"), **wrong}))[0] == 400
    assert [ticket.state for ticket in house.tickets()] == ["candidate"]
