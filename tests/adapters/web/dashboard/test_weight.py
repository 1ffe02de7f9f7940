"""What the pages weigh for a desk that answers for a thousand grids."""

import re

from adapters.web.dashboard import routes
from adapters.web.dashboard.desk import MENU
from benchmarks.district import fill
from benchmarks.talk import START
from tests.adapters.web.house import Guest, House

LIMIT = 100_000  # bytes of a page without its charts
TICKETS = 2000
NO_PAGES = re.compile(
    r"[{.]|/stream$"
)  # of the routes: those that need more than a unit, tables, numbers, what never ends
OUTSIDE = ("/", "/dm", "/tickets", "/people")  # beside the dashboard
COMMUNITY = "community3"  # what is looked at beside the whole district


def pages() -> list[str]:
    """The menu, and every other page that needs no more than a unit."""
    others = {route.path for route in routes() if route.method == "GET" and not NO_PAGES.search(route.path)}
    return [*OUTSIDE, *sorted({path for path, _, _ in MENU} | others)]


async def test_every_page_of_a_district_of_a_thousand_grids_is_light(house: House) -> None:
    fill(house.storage, TICKETS)
    house.clock.time = START
    await house.bot.reload()
    chief = Guest(house, await house.new_browser(), "")
    bound = await chief.post_form(f"/bind/{house.code_for('chief')}")
    assert bound[0] == 200
    weights = {"/bind": len(bound[1].encode())}
    for path in pages():
        for query in ("", f"?unit={COMMUNITY}", "?find=号院", "?name=号院&who=管家"):
            status, text = await chief.get(path + query)
            assert status == 200 or path == "/desk/settings/words", "the words of a group need a group"
            weights[path + query] = len(text.encode())

    assert {path: weight for path, weight in weights.items() if weight >= LIMIT} == {}
    assert len(weights) > 4 * len(MENU)
