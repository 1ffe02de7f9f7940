"""The description and the routes say the same."""

import re

from aiohttp import web

from adapters.api.server import DESCRIPTION
from bot.usecases.remote import ORDERS
from tests.adapters.api.asking import Api

METHODS = ("get", "post", "put", "patch", "delete")


def routes_of(api: Api) -> set[tuple[str, str]]:
    """Method and path of every route below /api."""
    server = api.browser.server
    assert server is not None
    app: web.Application = server.app  # type: ignore[attr-defined]
    found = {(r.method.lower(), r.resource.canonical) for r in app.router.routes() if r.resource is not None}
    return {(method, path) for method, path in found if path.startswith("/api/")} - {("get", f"/api{DESCRIPTION}")}


async def test_every_route_is_described_and_the_other_way_round(api: Api) -> None:
    answer = await api.send("GET", DESCRIPTION)
    assert answer.status == 200
    described = {(method, path) for path, item in answer.json["paths"].items() for method in item}
    assert described == routes_of(api)
    assert {method for method, _ in described} <= set(METHODS)


async def test_every_reference_leads_somewhere_and_every_operation_has_words(api: Api) -> None:
    answer = await api.send("GET", DESCRIPTION)
    schemas = answer.json["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/([^"]+)"', answer.text)) == set(schemas)
    operations = [one for item in answer.json["paths"].values() for one in item.values()]
    assert len({one["operationId"] for one in operations}) == len(operations)
    assert all(len(one["description"]) > 10 for one in operations)


async def test_what_is_no_route_is_a_problem_and_says_which_methods_there_are(api: Api) -> None:
    nothing = await api.send("GET", "/v1/nothing")
    assert (nothing.status, nothing.json["code"]) == (404, "not_found")
    wrong = await api.send("PUT", "/v1/units")
    assert (wrong.status, wrong.headers["Allow"]) == (405, "GET")
    assert wrong.headers["Content-Type"].startswith("application/problem+json")
    assert wrong.headers["X-Content-Type-Options"] == "nosniff"
    assert "Access-Control-Allow-Origin" not in wrong.headers


async def test_every_action_that_needs_no_quoting_can_be_asked_for(api: Api) -> None:
    described = (await api.send("GET", DESCRIPTION)).json["components"]["schemas"]["OrderBody"]
    assert set(described["properties"]["action"]["enum"]) == set(ORDERS)
    assert described["additionalProperties"] is False
