"""Every operation × every id × every role: what is of others answers exactly like what is not there, and nothing of it moves.

The operations come from their own table: a new one is tried without being named here.
"""

import re

import pytest

from adapters.api.operations import Nothing, Operation
from adapters.api.server import operations
from adapters.api.tickets import OrderBody
from bot.ports import ApiKey
from tests.adapters.api.asking import Answer, Api
from tests.adapters.web.test_isolation import SECRETS, state_of
from tests.adapters.web.twins import OTHER, OWN, STAFF, missing, settle

BODY = {"action": "progress", "text": "x"}


async def attempt(api: Api, key: str, one: Operation, id_: str, query: str = "") -> Answer:
    """An operation with an id in every hole of its path, or in its query."""
    path = re.sub(r"\{\w+\}", id_, one.path) + (f"?{query}={id_}" if query else "")
    return await (api.post(path, key, BODY) if one.method == "POST" else api.send(one.method, path, key))


async def key_of(api: Api, role: str, unit: str) -> str:
    """A key of somebody of the own side, good for everything he may."""
    return api.store(ApiKey("", f"{role}-{OWN}", unit, "admin", "test", api.house.clock.now(), ""))


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", STAFF)
async def test_what_is_of_others_is_like_what_is_not_there(api: Api, role: str) -> None:
    # Under one roof the supervisor answers for both communities: his key for one of them keeps to that one.
    own, other = await settle(api.house, one_roof=True)
    key, before = await key_of(api, role, f"unit-{OWN}"), api.house.ask(lambda uow: state_of(uow, other))
    faults = []
    for one in operations():
        for id_ in other.ids:
            for query in ("",) if "{" in one.path else tuple(one.query.model_fields):
                # 422 is said before anything is looked up; its words may count the signs of what was sent.
                there, gone = [await attempt(api, key, one, wanted, query) for wanted in (id_, missing(id_))]
                if there.status != gone.status or (there.status != 422 and there.text != gone.text):
                    faults.append(f"{one.method} {one.path} {query}={id_}: {there.status} differs from {gone.status}")
                if there.status not in {404, 422} and query in {"", "unit"}:
                    faults.append(f"{one.method} {one.path} {query}={id_}: {there.status}")
                faults += [f"{one.path} tells {secret}" for secret in SECRETS if secret in there.text]
    assert not faults, "\n".join(faults)
    assert api.house.ask(lambda uow: state_of(uow, other)) == before
    assert own.ids


@pytest.mark.parametrize("role", STAFF)
async def test_own_things_are_there(api: Api, role: str) -> None:
    """Without this an API in which all doors are locked would pass."""
    own, _ = await settle(api.house, one_roof=True)
    key = await key_of(api, role, f"unit-{OWN}")
    tickets = (await api.get("/v1/tickets", key)).json["tickets"]
    assert [row["unit"] for row in tickets] == [f"unit-{OWN}"]
    walked = [one for one in operations() if {*one.holes} <= {"unit", "ticket"} and one.body in {Nothing, OrderBody}]
    assert len(walked) >= 9
    for one in walked:
        id_ = tickets[0]["id"] if "{ticket}" in one.path else f"unit-{OWN}"
        closed = one.path.endswith("/rates") and role == "steward"
        assert (one.path, (await attempt(api, key, one, id_)).status) == (one.path, 404 if closed else 200)
    assert own.ids


async def test_a_key_that_is_not_for_the_whole_duty_can_be_made_for_a_part_only(api: Api) -> None:
    await settle(api.house, one_roof=True)
    whole = await key_of(api, "supervisor", f"street-{OWN}")
    units = {unit["id"] for unit in (await api.get("/v1/units", whole)).json["units"]}
    assert units == {f"street-{OWN}", f"unit-{OWN}", f"unit-{OTHER}"}
    part = await key_of(api, "supervisor", f"unit-{OTHER}")
    assert [unit["id"] for unit in (await api.get("/v1/units", part)).json["units"]] == [f"unit-{OTHER}"]


async def test_whom_a_report_names_does_not_find_his_tickets_by_a_key(api: Api) -> None:
    await settle(api.house)
    key = await key_of(api, "owner", f"unit-{OWN}")
    [row] = (await api.get("/v1/tickets", key)).json["tickets"]

    def name(uow: object) -> None:
        ticket = uow.tickets.by_public_id(row["id"])  # type: ignore[attr-defined]
        ticket.named = [*ticket.named, f"owner-{OWN}"]
        ticket.record("noted", api.house.clock.now(), "bot", "")
        uow.tickets.save(ticket)  # type: ignore[attr-defined]

    assert (await api.get(f"/v1/tickets/{row['id']}", key)).status == 200
    api.house.ask(name)
    assert (await api.get(f"/v1/tickets/{row['id']}", key)).status == 404
