"""Every route × every id × every role: what belongs to others answers exactly like what does not exist.

Nothing is listed that ought to be closed: the routes come from the application, the requests from the routes and from the
pages that the other side's own people see. A new page is walked without being named here.
"""

import json
import re

import pytest

from adapters.web import build_web
from adapters.web.dashboard.desk import MENU
from bot.ports import UnitOfWork
from tests.adapters.web.house import Guest, House
from tests.adapters.web.twins import (
    NAMES,
    OTHER,
    OWN,
    READERS,
    REPORTS,
    STAFF,
    TROUBLES,
    Deed,
    Side,
    crawl,
    deed,
    missing,
    perform,
    settle,
)

# Routes that need no right of a person, and why. A line here that no route has fails, too.
OPEN = {
    "/r/{token}": "the token of an invitation is the right",
    "/bind/{code}": "the one-time code is the right",
    "/leave": "logs out whoever asks, and nobody else",
    "/healthz": "says that the database answers",
    "/static/{name}": "the same files for everybody",
}
NAMING = {  # parameters of a query that may name something, and of which kinds
    "unit": {"unit"}, "group": {"chat"}, "chat": {"chat"}, "room": {"chat"}, "ticket": {"ticket"}, "person": {"person", "account"},
    "id": {"ticket", "notice", "article", "photo"},
}  # fmt: skip
SIGNED_IN = ("resident", *STAFF)
NEAR_BY = {"resident", "steward", "owner"}  # they are tried on the community next door; a supervisor on another street
CLOSED = {"stranger": {401, 403, 404}}  # who is nobody learns how to come in
SECRETS = [
    TROUBLES[OTHER][:9], f"{OTHER}.example", "13912345678", REPORTS[OTHER][-8:], READERS[OTHER],
    *(NAMES[OTHER][who] for who in ("unit", *STAFF)),
]  # fmt: skip


def routes_of(house: House) -> list[tuple[str, str]]:
    """Method and pattern of every route that needs a right."""
    found = []
    for route in build_web(house.deps).router.routes():
        assert route.resource is not None
        pattern = route.resource.canonical
        if route.method not in {"HEAD", "OPTIONS"} and pattern not in OPEN:
            found.append((route.method, pattern))
    return found


def attempts(house: House, own: Side, other: Side) -> list[Deed]:
    """Every route with ids of the other side: all of them in its path, those of the kind in its query."""
    found = []
    for method, pattern in routes_of(house):
        holes = re.findall(r"\{[^}]+\}", pattern)
        paths = [re.sub(r"\{[^}]+\}", id_, pattern) for id_ in other.ids] if holes else []
        queries = [] if holes else naming(own, other)
        for one in ("GET", "POST") if method == "*" else (method,):
            found += [Deed(one, path) for path in paths] + [Deed(one, pattern, query) for query in queries]
    return found


def naming(own: Side, other: Side) -> list[tuple[tuple[str, str], ...]]:
    """Queries that name something of the other side, alone and within a unit of one's own."""
    pairs = [(name, id_) for name, kinds in NAMING.items() for id_, kind in other.ids.items() if kind in kinds]
    within = [(("unit", f"unit-{own.name}"), pair) for pair in pairs if pair[0] != "unit"]
    return [*((pair,) for pair in pairs), *within]


def replays(deeds: list[Deed], own: Side, other: Side) -> list[Deed]:
    """What the other side's people can do, by somebody else: as it stands, and with a unit of his own for theirs."""
    mine = {f"{kind}-{other.name}": f"{kind}-{own.name}" for kind in ("unit", "street")}
    both = [variant for one in deeds for variant in (one, one.changed(mine))]
    return [one for one in dict.fromkeys(both) if not any(one.path.startswith(_prefix(p)) for p in OPEN)]


def _prefix(pattern: str) -> str:
    return pattern.partition("{")[0]


async def deeds_of(house: House, side: Side) -> list[Deed]:
    """What all staff of a side find on their pages."""
    begin = ["/", "/tickets", *(path for path, _, _ in MENU)]
    begin += [f"{path}?unit=unit-{side.name}" for path, _, _ in MENU]
    found: dict[Deed, None] = {}
    for role in STAFF:
        found |= dict.fromkeys(await crawl(side.guests[role], begin, house))
    return list(found)


def state_of(uow: UnitOfWork, side: Side) -> str:
    """All that an intruder might have changed on a side."""
    tickets = [t for t in uow.tickets.all() if t.unit.endswith(side.name)]
    told = [(t, uow.audit.of(t.id), uow.words.of(t.id)) for t in tickets]
    hooks = [one for one in uow.hooks.all() if one.unit.endswith(side.name)]
    return repr((told, hooks, uow.org.load(), uow.rooms.since(f"web:chat-{side.name}", -1, 500)))


async def intruder_of(house: House, own: Side, role: str) -> Guest:
    """Somebody of the own side, or a browser that has never been here."""
    return own.guests[role] if role in own.guests else Guest(house, await house.new_browser(), "nowhere")


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ["stranger", *SIGNED_IN])
async def test_what_is_of_others_is_like_what_is_not_there(house: House, role: str) -> None:
    own, other = await settle(house, one_roof=role in NEAR_BY)
    deeds = await deeds_of(house, other)
    intruder, before = await intruder_of(house, own, role), house.ask(lambda uow: state_of(uow, other))
    faults = []
    for one in dict.fromkeys([*attempts(house, own, other), *replays(deeds, own, other)]):
        house.clock.pass_by(seconds=1)
        faults += await look_for_faults(intruder, one, other, CLOSED.get(role, {404}))

    assert not faults, "\n".join(dict.fromkeys(faults))
    assert house.ask(lambda uow: state_of(uow, other)) == before


async def look_for_faults(intruder: Guest, one: Deed, other: Side, closed: set[int]) -> list[str]:
    """Where the answer differs from that of nothing, is not closed, or tells something of the other side."""
    named = [value for value in one.values() if value in other.ids]
    answer = await perform(intruder, one)
    faults = [f"{one.method} {one.url}: tells {secret}" for secret in SECRETS if secret in answer[2]]
    if answer[0] >= 500:
        faults.append(f"{one.method} {one.url}: {answer[0]}")
    if not named:
        return faults
    nothing = await perform(intruder, one.changed({id_: missing(id_) for id_ in other.ids}))
    if answer != nothing:
        faults.append(f"{one.method} {one.url}: {answer[:2]} differs from {nothing[:2]} of what is not there")
    if any(part in other.ids for part in one.path.split("/")) and answer[0] not in {*closed, 415}:
        faults.append(f"{one.method} {one.url}: {answer[0]}")
    return faults


@pytest.mark.parametrize("role", SIGNED_IN)
async def test_a_command_in_a_room_of_others_finds_no_room(house: House, role: str) -> None:
    own, other = await settle(house)
    say = {"type": "say", "id": "intruder-1", "text": "x"}
    tried = [await perform(own.guests[role], deed("POST", f"/room/{room}"), say) for room in ("chat-far", "chat-gone")]

    assert tried[0] == tried[1]
    assert tried[0][0] == 404
    assert json.loads(tried[0][2])["error"]
    assert other.name == OTHER


@pytest.mark.parametrize("role", ["stranger", "resident"])
async def test_the_dashboard_is_not_there_for_who_has_no_duty(house: House, role: str) -> None:
    own, _ = await settle(house)
    guest, closed = await intruder_of(house, own, role), CLOSED.get(role, {404})
    bare = [Deed(m, re.sub(r"\{[^}]+\}", "x", p)) for m, p in routes_of(house) if p.startswith("/desk")]
    offered = [one for one in await deeds_of(house, own) if one.path.startswith("/desk")]
    assert bare
    assert offered
    for one in [*bare, *offered]:
        house.clock.pass_by(seconds=1)
        status, _, body = await perform(guest, one)
        assert status in closed | {400}, one  # an empty form may be refused before anybody asks whose it is
        assert NAMES[OWN]["unit"] not in body


async def test_own_people_do_reach_their_own(house: House) -> None:
    """Without this a house in which all doors are locked would pass."""
    own, _ = await settle(house)
    for path, _, _ in MENU:
        status, _, body = await perform(own.guests["owner"], deed("GET", f"{path}?unit=unit-{OWN}"))
        assert status == 200, path
        assert NAMES[OWN]["unit"] in body or "<main" in body
    deeds = await deeds_of(house, own)
    assert {"GET", "POST"} <= {one.method for one in deeds}
    assert sum(any(value in own.ids for value in one.values()) for one in deeds) > 10


def test_the_open_routes_exist(house: House) -> None:
    patterns = {r.resource.canonical for r in build_web(house.deps).router.routes() if r.resource is not None}

    assert OPEN.keys() <= patterns
