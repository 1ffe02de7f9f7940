"""The three lists as pages: who sees which, each row opens the other two, and hostile words stay words."""

import re
from html import unescape

import pytest

from bot.domain.ticket import Ticket
from bot.ports import KeptMessage, UnitOfWork
from tests.adapters.web.house import NOON, Guest, House, plain

LISTS = ("problems", "tasks", "effects")
NOISE = "5号楼楼下烧烤店半夜还在放音响，吵得睡不着，请管一管"
XSS = '<script>alert(1)</script>"><img src=x onerror=alert(1)>{{7*7}}'


async def opened(guest: Guest, path: str) -> str:
    """The words of a page that there is."""
    status, text = await guest.get(path)
    assert status == 200, path
    return plain(text)


async def test_each_list_shows_its_side_of_a_ticket(owner: Guest) -> None:
    problems, tasks, effects = [await opened(owner, f"/desk/lists/{name}") for name in LISTS]

    assert "楼道灯坏了" in problems
    assert "138****5678" in problems
    assert "13812345678" not in problems + tasks + effects
    assert "王建国" in tasks
    assert "期限" in tasks
    assert "换了新灯" in effects
    assert "很满意：1人" in effects
    assert "销号经过" in effects
    assert "解决了" in effects


async def test_each_row_opens_the_other_two_and_they_open_it(owner: Guest) -> None:
    for name in LISTS:
        _, text = await owner.get(f"/desk/lists/{name}")
        links = re.findall(r'href="(/desk/lists/[a-z]+\?unit=court&amp;code=[0-9-]+)"', text)
        assert {link.split("?")[0] for link in links} == {f"/desk/lists/{other}" for other in LISTS if other != name}
        for link in links:
            assert "楼道灯坏了" in await opened(owner, link.replace("&amp;", "&"))


async def test_a_list_that_a_ticket_has_not_come_to_says_so(house: House) -> None:
    guest = await house.resident()
    await guest.say(NOISE)
    owner = await house.staff("li")
    [ticket] = house.tickets()

    text = await opened(owner, f"/desk/lists/effects?code={ticket.year}-{ticket.number}")

    assert "还没有到这张单子" in text
    assert "没有这样的件" in await opened(owner, "/desk/lists/effects")


async def test_who_may_look_and_what_others_get(house: House, owner: Guest) -> None:
    code = house.tickets()[0]
    known = f"code={code.year}-{code.number}"
    steward, stranger, resident = await house.staff("wang"), await house.staff("sun"), await house.resident("8-1-101")

    assert "楼道灯坏了" in await opened(steward, "/desk/lists/problems")
    assert "没有这样的件" in await opened(stranger, "/desk/lists/problems")
    nothing = await owner.get("/desk/lists/problems?unit=nowhere")
    assert nothing[0] == 404
    for path in ("/desk/lists/problems?unit=other", "/desk/lists/problems?code=2025-999", "/desk/lists/nonsense"):
        assert await owner.get(path) == nothing
    assert await stranger.get(f"/desk/lists/problems?{known}") == nothing
    assert await stranger.get(f"/desk/lists/problems?unit=court&{known}") == nothing
    assert await resident.get("/desk/lists/problems") == nothing


async def test_filters_stand_in_the_address_and_in_the_form(house: House, owner: Guest) -> None:
    guest = await house.resident("9-1-101")
    await guest.say(NOISE)

    shown = await opened(owner, "/desk/lists/problems?category=noise")

    assert "烧烤店" in shown
    assert "楼道灯" not in shown
    _, text = await owner.get("/desk/lists/problems?category=noise&first=2025-09-03&steward=wang")
    assert '<option value="noise" selected>' in text
    assert 'value="2025-09-03"' in text
    assert "没有这样的件" in await opened(owner, "/desk/lists/problems?first=2025-09-04")
    assert "没有这样的件" in await opened(owner, "/desk/lists/tasks?due=overdue")


@pytest.mark.parametrize("query", ["first=2025-13-01", "last=heute", "after=x", "first=0001-01-01", "after=1-%00"])
async def test_a_question_that_nobody_asked_so_is_refused(owner: Guest, query: str) -> None:
    assert (await owner.get(f"/desk/lists/problems?{query}"))[0] == 400


async def test_page_after_page(house: House, owner: Guest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("adapters.web.dashboard.lists.ROWS", 1)
    await (await house.resident("9-1-101")).say(NOISE)

    _, text = await owner.get("/desk/lists/problems?first=2025-09-01")
    _, text = await owner.get("/desk/lists/problems")
    assert "烧烤店" in text
    assert "楼道灯" not in text
    [rest] = re.findall(r'rel="next" href="([^"]+)"', text)
    _, text = await owner.get("/desk/lists/problems" + rest.replace("&amp;", "&"))
    assert "楼道灯" in text
    assert "烧烤店" not in text
    assert 'rel="next"' not in text
    assert "回到最新" in text


def tell(uow: UnitOfWork, id_: str, words: str, people: int) -> None:
    """A ticket of which some people have said these words."""
    ticket = Ticket(id_, f"public-{id_}", "town", "court", "web:court", "web:zhang", NOON)
    ticket.title = ticket.text = ticket.place = words[:40]
    ticket.register(uow.tickets.next_number("town", 2025), 2025, NOON, "bot")
    ticket.dispatch("wang", NOON)
    ticket.sign("wang", NOON)
    ticket.finish("wang", NOON, words)
    uow.tickets.add(ticket)
    for n in range(people):
        uow.words.keep(KeptMessage(f"{id_}-{n}", id_, "web:court", f"web:{n}", words, "voice", words, NOON))


@pytest.mark.parametrize("words", [XSS, "{{ 7*7 }}{% include 'base.html' %}"])
async def test_hostile_words_stay_words(house: House, owner: Guest, words: str) -> None:
    house.ask(lambda uow: tell(uow, "t1", words, 1))
    for name in LISTS:
        status, text = await owner.get(f"/desk/lists/{name}")
        assert status == 200
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert words in unescape(text)


async def test_a_page_stays_small_however_much_is_said(house: House, owner: Guest) -> None:
    def tell_much(uow: UnitOfWork) -> None:
        for n in range(20):
            tell(uow, f"{n:024}", "吵" * 2000, 5)

    house.ask(tell_much)
    for name in LISTS:
        _, text = await owner.get(f"/desk/lists/{name}")
        assert text.count("<h2>") == 20
        assert len(text.encode()) < 100_000
