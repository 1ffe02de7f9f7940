"""No page reads a big table from end to end: every statement that it runs is explained by the database itself."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest

from bot.domain.org import Duty
from storage.open import Storage
from tests.adapters.web.house import LAMP, ORG, Guest, House, plain

BIG = ("ticket", "audit", "message", "participant", "vote", "outbox", "timer", "fact", "fact_ticket", "inbox", "member",
       "room_message")  # fmt: skip
# Every ticket that a unit ever had is as bad: of a state, a span or what is open only.
SCAN = re.compile(rf"SCAN ({'|'.join(BIG)})\b|SEARCH ticket USING (COVERING )?INDEX ix_ticket_unit \(unit=\?\)")
PAGES = (
    "/desk", "/desk/board?category=noise&due=overdue", "/desk/candidates", "/desk/people", "/desk/knowledge",
    "/desk/knowledge?q=%E7%81%AF", "/desk/classes", "/desk/outbox", "/desk/health", "/desk/settings", "/tickets", "/people",
    "/desk/analysis?kind=week", "/desk/analysis.json", "/desk/digest?kind=daily", "/desk/lists/problems",
    "/desk/lists/tasks?state=closed&category=noise", "/desk/lists/tasks?nature=hazard", "/desk/lists/tasks?state=merged",
    "/desk/lists/tasks?due=overdue", "/desk/lists/tasks?steward=wang", "/desk/lists/effects?after=1756872000000-0",
    "/desk/lists/tasks?first=2025-01-01&last=2025-12-31", "/desk/lists/problems?code=2025-1", "/desk/lists/lists.xlsx",
    "/desk/lists/pack.docx?month=2025-09", "/room/court", "/dm",
)  # fmt: skip


@contextmanager
def statements(storage: Storage) -> Iterator[list[str]]:
    """What the database is asked meanwhile."""
    heard: list[str] = []
    storage.connection.set_trace_callback(heard.append)
    try:
        yield heard
    finally:
        storage.connection.set_trace_callback(None)


def scans(storage: Storage, heard: list[str]) -> set[str]:
    """The statements that read a big table from end to end, with the step that does."""
    found = set()
    for sql in dict.fromkeys(heard):
        if sql.startswith(("SELECT", "WITH", "UPDATE", "DELETE", "INSERT")):
            plan = storage.connection.execute(f"EXPLAIN QUERY PLAN {sql}").fetchall()
            found |= {f"{step[3]}: {sql}" for step in plan if SCAN.search(step[3])}
    return found


@pytest.fixture
async def owner(house: House) -> Guest:
    """The owner of a community in which a ticket is open, at work and being asked about."""
    resident = await house.resident()
    await resident.say(LAMP)
    await resident.say("7号楼下的垃圾桶满了好几天没人清，臭得很，麻烦处理一下")
    house.ask(lambda uow: uow.facts.catch_up(1))  # a program's first count begins
    return await house.staff("li")


@pytest.mark.parametrize("page", PAGES)
async def test_a_page_reads_no_big_table_from_end_to_end(house: House, owner: Guest, page: str) -> None:
    house.clock.pass_by(days=8)
    with statements(house.storage) as heard:
        answer = await owner.browser.get(page)
        await answer.read()

    assert answer.status == 200
    assert any(sql.startswith("SELECT") for sql in heard) or page == "/dm"
    assert scans(house.storage, heard) == set()


async def test_a_ticket_and_the_open_page_neither(house: House, owner: Guest) -> None:
    [ticket, *_] = house.tickets()
    with statements(house.storage) as heard:
        answers = [await owner.get(f"/t/{ticket.public_id}"), await owner.get("/u/court")]

    assert answers[0][0] == 200
    assert scans(house.storage, heard) == set()


@pytest.mark.parametrize("level", ["street", "district"])
@pytest.mark.parametrize("kind", ["daily", "weekly", "monthly"])
async def test_the_digest_of_a_large_unit_neither(house: House, owner: Guest, level: str, kind: str) -> None:
    top, duties = replace(ORG.units["town"], level=level), (*ORG.duties, Duty("li", "town", "supervisor"))
    house.ask(lambda uow: uow.org.replace(replace(ORG, units={**ORG.units, "town": top}, duties=duties)))
    await house.bot.reload()
    house.clock.pass_by(days=29)
    while house.ask(lambda uow: uow.facts.catch_up(100)):
        pass  # in a bite of each hour, not with the page
    with statements(house.storage) as heard:
        status, text = await owner.get(f"/desk/digest?unit=town&kind={kind}&day=2025-09-03")

    assert status == 200
    assert "学苑小区 2 0" in plain(text)
    assert sum("FROM fact " in sql for sql in heard) > 5, "the sums"
    assert scans(house.storage, heard) == set()
    read = {sql.partition("WHERE")[0] for sql in heard if "FROM ticket" in sql and "id IN" not in sql}
    assert read == {sql for sql in read if "ix_ticket_listing_open" in sql}, "what is open alone"


async def test_a_message_that_opens_a_ticket_neither(house: House) -> None:
    resident = await house.resident()
    with statements(house.storage) as heard:
        await resident.say(LAMP)

    assert len(house.tickets()) == 1
    assert scans(house.storage, heard) == set()


async def test_a_scan_is_noticed(house: House) -> None:
    planted = ["SELECT count(*) FROM ticket WHERE title = ''", "SELECT 1 FROM audit", "SELECT 1 FROM org_unit"]
    planted.append("SELECT title FROM ticket INDEXED BY ix_ticket_unit WHERE unit = 'court'")

    assert len(scans(house.storage, planted)) == 3
