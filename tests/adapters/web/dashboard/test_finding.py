"""A unit, a group, a steward or a colleague among a thousand is found by words, with a form and links and nothing else."""

import re
from dataclasses import replace
from html import unescape

import pytest

from adapters.web.dashboard.desk import MENU
from benchmarks.district import make_district
from bot.domain.org import Unit
from bot.usecases.finding import FOUND, MANY
from tests.adapters.web.house import Guest, House, plain

GRIDS = 200
HOSTILE = '"><script>alert(1)</script>'


@pytest.fixture
async def chief(house: House) -> Guest:
    """Who answers for the whole district."""
    return await somebody(house, "chief")


async def somebody(house: House, person: str) -> Guest:
    """A browser bound to somebody of a district."""
    org = make_district(GRIDS)
    units = {**org.units, "far": Unit("far", "远方小区199号院", "community")}
    house.ask(lambda uow: uow.org.replace(replace(org, units=units)))
    await house.bot.reload()
    guest = Guest(house, await house.new_browser(), "")
    await guest.post_form(f"/bind/{house.code_for(person)}")
    return guest


async def opened(guest: Guest, path: str) -> str:
    """A page."""
    status, text = await guest.get(path)
    assert status == 200, path
    return text


def links(text: str, start: str) -> list[str]:
    """Where the links of a page lead that begin so."""
    return [unescape(link) for link in re.findall(r'href="([^"]*)"', text) if unescape(link).startswith(start)]


def options(text: str, name: str) -> list[str]:
    """What a choice offers."""
    [choice] = re.findall(rf'<select id="{name}".*?</select>', text, re.DOTALL)
    return re.findall(r'<option value="([^"]*)"', choice)


@pytest.mark.parametrize("path", [*(path for path, _, _ in MENU), "/tickets"])
async def test_a_unit_is_found_by_words_on_every_page(chief: Guest, path: str) -> None:
    text = await opened(chief, f"{path}?unit=street0&find=１９９号院")

    assert "找到1个" in plain(text)
    assert "远方" not in text, "a unit of others is not found"
    [link] = [link for link in links(text, f"{path}?unit=") if "grid199" in link]
    assert "199号院" in await opened(chief, link)
    assert "没有找到" in plain(await opened(chief, f"{path}?find=nowhere"))


async def test_the_choice_offers_what_is_above_and_directly_below(chief: Guest) -> None:
    text = await opened(chief, "/desk?unit=community3")

    assert options(text, "unit") == ["district", "street0", "community3", *(f"grid{n}" for n in range(60, 80))]
    assert '<option value="community3" selected>' in text
    assert options(await opened(chief, "/tickets?unit=grid7"), "f-unit") == [
        "",
        "district",
        "street0",
        "community0",
        "grid7",
    ]


async def test_what_fits_best_comes_first_and_no_list_is_endless(chief: Guest) -> None:
    text = await opened(chief, "/desk?find=9号院")

    found = links(text, "/desk?unit=grid")
    assert found[0] == "/desk?unit=grid9"
    text = await opened(chief, "/desk?find=号院")
    assert f"找到{GRIDS}个，先列{FOUND}个" in plain(text)
    assert len(links(text, "/desk?unit=grid")) == FOUND
    inside = await opened(chief, "/desk?find=第3社区%20号院")
    assert links(inside, "/desk?unit=grid") == [f"/desk?unit=grid{n}" for n in range(60, 80)]


async def test_few_units_are_listed_whole_and_not_searched(house: House) -> None:
    owner = await somebody(house, "o3")

    text = await opened(owner, "/desk?unit=community3&find=199号院")

    assert options(text, "unit") == ["community3", *(f"grid{n}" for n in range(60, 80))]
    assert 'type="search"' not in text
    assert "grid199" not in text
    assert (await owner.get("/desk?unit=grid199&find=x")) == (await owner.get("/desk?unit=nowhere&find=x"))


async def test_the_settings_of_a_group_are_found_by_its_name_or_its_unit(chief: Guest) -> None:
    path = "/desk/settings?unit=district"
    text = await opened(chief, path)
    assert "一共210个群" in plain(text)
    assert len(links(text, f"{path}&group=")) == MANY

    text = await opened(chief, f"{path}&name=199号院")
    assert links(text, f"{path}&group=") == [f"{path}&group=web%3Ag199"]
    text = await opened(chief, f"{path}&group=web%3Ag199")
    assert len(links(text, f"{path}&group=")) == 0, "a form is not below a thousand buttons"
    assert "没有找到" in plain(await opened(chief, f"{path}&name=远方"))


async def test_a_list_is_narrowed_to_a_steward_by_his_name(chief: Guest) -> None:
    path = "/desk/lists/tasks?unit=district"
    text = await opened(chief, f"{path}&who=管家19")
    assert 'name="who" maxlength="60" value="管家19"' in text
    assert "steward=s19" in text, "who alone is called so is meant, and the tables are of him"

    several = await opened(chief, f"{path}&who=管家")
    assert f"找到{GRIDS}个" in plain(several)
    assert ".xlsx" not in several, "no table of everybody where one was meant"
    where = next(link for link in links(several, "/desk/lists/tasks?") if "steward=s100" in link)
    assert 'value="管家100"' in await opened(chief, where)
    assert "没有找到" in plain(await opened(chief, f"{path}&who=nobody"))


async def test_links_for_duties_come_in_pages_and_by_words(chief: Guest) -> None:
    text = await opened(chief, "/people")
    assert text.count("<li>") == MANY
    [later] = links(text, "/people?from=")
    assert later == f"/people?from={MANY}"
    assert links(await opened(chief, later), "/people?from=") == ["/people?from=0", f"/people?from={2 * MANY}"]

    text = await opened(chief, "/people?name=管家199")
    assert 'action="/people/s199"' in text
    assert 'action="/people/s1"' not in text
    assert (await chief.get("/people?from=x"))[0] == 400
    assert "/bind/" in (await chief.post_form("/people/s199"))[1]


async def test_a_room_is_found_on_the_home_page(chief: Guest) -> None:
    assert len(links(await opened(chief, "/"), "/room/")) == MANY
    assert links(await opened(chief, "/?name=199号院"), "/room/") == ["/room/g199"]


async def test_a_turn_is_added_for_units_directly_below(chief: Guest) -> None:
    text = await opened(chief, "/desk/rota?unit=district")
    assert options(text, "place") == ["district", "street0"]
    assert "请先在上面找到那个单位" in text


async def test_words_stay_words(chief: Guest) -> None:
    for path in ("/", "/tickets", "/people", "/desk", "/desk/settings", "/desk/lists/problems"):
        for name in ("find", "name", "who"):
            assert "<script>alert" not in await opened(chief, f"{path}?{name}={HOSTILE}{'长' * 300}")
