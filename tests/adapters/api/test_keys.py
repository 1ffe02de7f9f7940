"""Who may come in: a key opens what its person's duties open, and nothing once they are gone."""

from dataclasses import replace
from datetime import date

import pytest

from bot.domain.errors import DomainError
from bot.domain.org import Duty, Organization
from bot.ports import ApiKey
from bot.usecases.keys import digest_of
from tests.adapters.api.asking import Api
from tests.adapters.web.house import ORG

UNITS = "/v1/units"


async def test_without_a_good_key_nothing_is_told(api: Api) -> None:
    key = await api.key("li")
    bare = await api.send("GET", UNITS)
    assert bare.status == 401
    assert bare.headers["WWW-Authenticate"] == "Bearer"
    assert bare.headers["Content-Type"].startswith("application/problem+json")
    for wrong in (key[:-1] + ("a" if key[-1] != "a" else "b"), "gs_" + "x" * 44, "gs_ü", key.upper()):
        assert (await api.send("GET", UNITS, wrong)).text == bare.text
    assert (await api.send("GET", UNITS, headers={"Authorization": f"Basic {key}"})).status == 401
    assert (await api.send("GET", f"{UNITS}?key={key}")).status == 401


async def test_a_cookie_opens_nothing_here(api: Api) -> None:
    await api.browser.post(f"/bind/{api.house.code_for('li')}", headers={"Origin": str(api.browser.make_url(""))[:-1]})
    assert (await api.send("GET", UNITS)).status == 401


async def test_a_key_is_for_its_unit_and_what_its_person_answers_for_there(api: Api) -> None:
    key = await api.key("li", "town")
    answer = await api.get(UNITS, key)
    assert [unit["id"] for unit in answer.json["units"]] == ["court"]
    assert answer.json["units"][0] == {
        "id": "court", "name": "学苑小区", "level": "community", "parent": None, "households": None,
        "timezone": "Asia/Shanghai", "commands": True,
    }  # fmt: skip
    assert key not in str(api.house.ask(lambda uow: uow.connection.execute("SELECT * FROM api_key").fetchall()))


async def test_a_unit_of_others_is_like_none(api: Api) -> None:
    key = await api.key("li")
    other, none = await api.get(f"{UNITS}/other", key), await api.get(f"{UNITS}/nowhere", key)
    assert (other.status, other.text) == (none.status, none.text) == (404, other.text)
    assert (await api.get(f"{UNITS}/court", key)).status == 200


async def test_a_revoked_key_is_dead_at_once(api: Api) -> None:
    key = await api.key("li")
    [known] = api.house.ask(lambda uow: uow.keys.all())
    assert (await api.get(UNITS, key)).status == 200
    api.house.ask(lambda uow: uow.keys.revoke(known.id, api.house.clock.now()))
    assert (await api.get(UNITS, key)).status == 401


@pytest.mark.parametrize(
    "left", [(), (replace(ORG.duties[1], unit="other"),), (replace(ORG.duties[1], role="handler"),)]
)
async def test_who_loses_his_duty_loses_what_his_keys_could_do(api: Api, left: tuple[Duty, ...]) -> None:
    key = await api.key("li")
    assert (await api.get(UNITS, key)).status == 200
    org: Organization = api.house.ask(lambda uow: uow.org.load())
    demoted = replace(org, duties=(*(duty for duty in org.duties if duty.person != "li"), *left))
    api.house.ask(lambda uow: uow.org.replace(demoted))
    await api.house.bot.reload()
    assert (await api.get(UNITS, key)).status == 401


async def test_the_last_day_of_use_is_that_of_the_unit(api: Api) -> None:
    key = await api.key("li")
    api.house.clock.pass_by(hours=13)  # the next day there, the same day in UTC
    await api.get(UNITS, key)
    [known] = api.house.ask(lambda uow: uow.keys.all())
    assert known.used_on == date(2025, 9, 4)


async def test_who_asks_too_often_is_told_how_long_to_wait(api: Api) -> None:
    key, other = await api.key("li"), await api.key("wang")
    assert (await api.get(UNITS, key)).status == 200
    key_id = api.house.ask(lambda uow: uow.keys.find(digest_of(key)).id)
    while api.limit.allows(key_id, api.house.clock.now()):
        pass  # all that it may send in this span
    answer = await api.get(UNITS, key)
    assert answer.status == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 60
    assert (await api.get(UNITS, other)).status == 200
    api.house.clock.pass_by(seconds=int(answer.headers["Retry-After"]))
    assert (await api.get(UNITS, key)).status == 200


async def test_a_key_that_would_open_nothing_is_not_made(api: Api) -> None:
    await api.house.staff("li")
    wanted = ApiKey("", "li", "court", "read", "test", api.house.clock.now(), "")
    wrong = {
        "keys.no_duty": [
            replace(wanted, unit="other"), replace(wanted, unit="nowhere"), replace(wanted, scope="all"),
            replace(wanted, person="nobody"),
        ],
        "keys.no_account": [replace(wanted, person="wang")],
        "keys.no_label": [replace(wanted, label="  "), replace(wanted, label="x" * 41)],
    }  # fmt: skip
    for why, keys in wrong.items():
        for one in keys:
            with pytest.raises(DomainError) as refusal:
                api.store(one)
            assert refusal.value.key == why
    for _ in range(20):
        api.store(wanted)
    with pytest.raises(DomainError) as refusal:
        api.store(wanted)
    assert refusal.value.key == "keys.too_many"
