"""The people page: codes are handed out by who commands, to those below him, and by nobody else."""

import re
from dataclasses import replace

import pytest

from adapters.orgfile import read_org
from adapters.web.people import colleagues
from adapters.web.places import Visitor
from adapters.web.visitors import code_digest
from bot.app import DEMO_ORG
from bot.domain.org import Duty, Organization, Person
from tests.adapters.web.house import ORG, House, plain


@pytest.fixture(scope="module")
def org() -> Organization:
    """The demo neighbourhood."""
    return read_org(DEMO_ORG)


def test_an_owner_sees_those_below_him_and_himself(org: Organization) -> None:
    names = {one.id for one in colleagues(org, Visitor("zhaoqiang", ""))}
    assert names == {"zhaoqiang", "linjing", "wuye"}


@pytest.mark.parametrize("account", ["linjing", "wuye", "stranger"])
def test_nobody_else_sees_anybody(org: Organization, account: str) -> None:
    assert colleagues(org, Visitor(account, "")) == []


async def test_a_code_from_the_page_binds_once(house: House) -> None:
    owner = await house.staff("li")
    assert "/people/wang" in (await owner.get("/people"))[1]
    _, made = await owner.post_form("/people/wang")
    link = re.search(r"/bind/([\w-]+)", made)
    assert link is not None
    now, digest = house.clock.now(), code_digest(link[1])
    assert house.ask(lambda uow: uow.org.peek_code(digest, now)) == "wang"
    assert house.ask(lambda uow: uow.org.use_code(digest, "web:new", now)) == "wang"
    assert house.ask(lambda uow: uow.org.peek_code(digest, now)) is None


async def test_a_steward_and_a_resident_get_the_same_answer_as_for_nothing(house: House) -> None:
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get("/people"))[0] == 404
        assert (await guest.post_form("/people/wang"))[0] == 404


async def test_an_owner_gets_none_for_people_elsewhere(house: House) -> None:
    owner = await house.staff("li")
    assert (await owner.post_form("/people/sun"))[0] == 404


async def test_a_link_of_somebody_with_duties_elsewhere_is_not_for_the_owner_of_one_place(house: House) -> None:
    more = (Duty("wang", "other", "steward"), Duty("chen", "town", "supervisor"), Duty("chen", "court", "handler"))
    people = {**ORG.people, "chen": Person("chen", "陈主任")}
    house.ask(lambda uow: uow.org.replace(replace(ORG, people=people, duties=(*ORG.duties, *more))))
    await house.bot.reload()
    owner, above = await house.staff("li"), await house.staff("chen")

    _, html = await owner.get("/people")

    for person, name in (("wang", "王建国"), ("chen", "陈主任")):
        assert name in html
        assert f"/people/{person}" not in html
        for path in (f"/people/{person}", f"/people/{person}/sign-out"):
            assert await owner.post_form(path) == await owner.post_form("/people/nobody")
    assert "这个人还管别处" in plain(html)
    assert "东风小区" not in html
    assert "/bind/" in (await above.post_form("/people/wang"))[1]
