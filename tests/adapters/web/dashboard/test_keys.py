"""The page of API keys: an owner makes his own, sees each key once, and ends any of his unit."""

import re

import pytest

from bot.ports import ApiKey
from bot.usecases.keys import digest_of
from tests.adapters.web.house import Guest, House, plain

PAGE = "/desk/keys?unit=court"
HOSTILE = '<script>alert(1)</script>"{most}'


def keys(house: House) -> list[ApiKey]:
    """All keys."""
    found: list[ApiKey] = house.ask(lambda uow: uow.keys.all())
    return found


async def made(owner: Guest, label: str = "街道系统", scope: str = "read") -> str:
    """A new key, as the page shows it."""
    status, text = await owner.post_form(PAGE, label=label, scope=scope)
    assert status == 200
    found = re.search(r'readonly value="(gs_[^"]+)"', text)
    assert found, plain(text)
    return found[1]


async def test_a_key_is_shown_once_and_is_its_makers_own(house: House) -> None:
    owner = await house.staff("li")
    token = await made(owner, scope="act")
    [key] = keys(house)
    assert (key.person, key.unit, key.scope, key.label, key.made_by) == ("li", "court", "act", "街道系统", "li")
    assert house.ask(lambda uow: uow.keys.find(digest_of(token))) == key
    _, text = await owner.get(PAGE)
    assert token not in text
    assert "街道系统 · 李书记 · 学苑小区 能看，能办 · 2025-09-03 做的 · 没用过" in plain(text)


async def test_a_key_is_ended_at_once_and_stays_to_be_seen(house: House) -> None:
    owner = await house.staff("li")
    token = await made(owner)
    status, text = await owner.post_form(PAGE, revoke=keys(house)[0].id)
    assert status == 200
    assert "已作废" in plain(text)
    assert house.ask(lambda uow: uow.keys.find(digest_of(token))) is None
    assert (await owner.post_form(PAGE, revoke=keys(house)[0].id))[0] == 404


async def test_keys_of_other_units_can_neither_be_seen_nor_ended(house: House) -> None:
    owner = await house.staff("li")
    other = ApiKey("k9", "sun", "other", "read", "东风系统", house.clock.now(), "")
    house.ask(lambda uow: uow.keys.add(other, "digest"))
    assert "东风系统" not in (await owner.get(PAGE))[1]
    assert await owner.post_form(PAGE, revoke="k9") == await owner.post_form(PAGE, revoke="nothing")
    assert keys(house) == [other]


@pytest.mark.parametrize("person", ["wang", "sun"])
async def test_only_who_commands_the_unit_finds_the_page(house: House, person: str) -> None:
    guest = await house.staff(person, "other" if person == "sun" else "court")
    assert (await guest.get(PAGE))[0] == 404
    assert (await guest.post_form(PAGE, label="x", scope="read"))[0] == 404
    assert keys(house) == []


async def test_what_does_not_fit_is_said_in_words(house: House) -> None:
    owner = await house.staff("li")
    status, text = await owner.post_form(PAGE, label="  ", scope="read")
    assert (status, "请写明给谁用，最多40个字" in text) == (200, True)
    assert (await owner.post_form(PAGE, label="x" * 41, scope="read"))[0] == 200
    assert (await owner.post_form(PAGE, label="x", scope="all"))[0] == 400
    assert keys(house) == []
    await made(owner, HOSTILE)
    assert "<script>alert" not in (await owner.get(PAGE))[1]


async def test_the_page_is_found_from_the_platforms(house: House) -> None:
    owner = await house.staff("li")
    assert 'href="/desk/keys?unit=court"' in (await owner.get("/desk/health?unit=court"))[1]
