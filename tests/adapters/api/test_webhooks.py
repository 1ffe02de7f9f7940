"""Webhooks by the API: made, listed, removed by who commands their unit, with a key that is good for it."""

from typing import get_args

from adapters.api.webhooks import Kind
from bot.domain.hook import KINDS, MOST
from tests.adapters.api.asking import Answer, Api

PATH = "/v1/webhooks"
URL = "https://desk.example.com/in?key=4711"


async def add(api: Api, key: str, once: str = "", **body: object) -> Answer:
    """Subscribe."""
    return await api.post(PATH, key, {"unit": "court", "url": URL, **body}, once)


async def test_made_once_listed_without_its_secret_and_removed(api: Api) -> None:
    key = await api.key("li", scope="admin")
    made = await add(api, key, "the-same-mark", kinds=["closed"])
    again = await add(api, key, "the-same-mark", kinds=["closed"])

    assert made.status == 200
    assert made.json["secret"].startswith("whsec_")
    assert again.text == made.text
    listed = await api.get(PATH, key)
    (hook,) = listed.json["webhooks"]
    assert hook == {name: value for name, value in made.json.items() if name != "secret"}
    assert (hook["unit"], hook["host"], hook["kinds"], hook["state"]) == ("court", "desk.example.com", ["closed"], "on")
    assert "4711" not in listed.text

    path = f"{PATH}/{hook['id']}"
    assert [(await api.send("DELETE", path, key)).status for _ in range(2)] == [200, 404]
    assert (await api.get(PATH, key)).json == {"webhooks": []}


async def test_a_lesser_key_may_not(api: Api) -> None:
    for scope in ("read", "act"):
        key = await api.key("li", scope=scope)
        assert (await add(api, key)).status == 403
        assert (await api.get(PATH, key)).status == 403
        assert (await api.send("DELETE", f"{PATH}/x", key)).status == 403


async def test_who_commands_nothing_finds_nothing(api: Api) -> None:
    owner, steward = await api.key("li", scope="admin"), await api.key("wang", scope="admin")
    made = (await add(api, owner)).json["id"]

    assert (await api.get(PATH, steward)).json == {"webhooks": []}
    refused = [await add(api, steward), await add(api, owner, unit="other"), await add(api, owner, unit="nowhere")]
    refused += [await api.send("DELETE", f"{PATH}/{id_}", steward) for id_ in (made, "nothing")]
    assert {(one.status, one.text) for one in refused} == {(404, refused[0].text)}
    assert len((await api.get(PATH, owner)).json["webhooks"]) == 1


async def test_what_does_not_fit_says_why(api: Api) -> None:
    key = await api.key("li", scope="admin")

    inside = await add(api, key, url="https://169.254.169.254/latest")
    assert (inside.status, inside.json["code"]) == (409, "webhook_url")
    assert (await add(api, key, kinds=["noted"])).status == 422
    assert (await add(api, key, secret="mine")).status == 422
    for _ in range(MOST):
        assert (await add(api, key)).status == 200
    many = await add(api, key)
    assert (many.status, many.json["code"]) == (409, "webhook_many")


def test_the_description_names_the_kinds_that_there_are() -> None:
    assert get_args(Kind) == KINDS
