"""The ticket page: photos of before and after side by side, and the way back to the board for who has one."""

import re

from tests.adapters.web.house import LAMP, Guest, House
from tests.adapters.web.test_photos import photo, upload


async def refs(guest: Guest, public_id: str) -> list[tuple[str, list[str]]]:
    """The columns of the comparison: heading and photos."""
    status, html = await guest.get(f"/t/{public_id}")
    assert status == 200
    found = re.search(r'<div class="compare">(.*?)</section>', html, re.DOTALL)
    parts = re.findall(r"<h3>(.*?)</h3>(.*?)</div>", found[1], re.DOTALL) if found else []
    return [(title, re.findall(r'<img class="photo" src="(/media/[^"]+)"', body)) for title, body in parts]


async def test_before_and_after_stand_side_by_side(house: House) -> None:
    steward, resident, neighbour = await house.staff("wang"), await house.resident(), await house.resident("3-2-502")
    _, broken = await upload(resident, photo())
    await resident.say(LAMP, photos=[broken["token"]])
    (ticket,) = house.tickets()
    assert await refs(resident, ticket.public_id) == []

    _, mended = await upload(steward, photo((32, 32)))
    await steward.say("1号件 办结 灯换好了", photos=[mended["token"]])

    for guest in (resident, steward):
        (before, old), (after, new) = await refs(guest, ticket.public_id)
        assert (before, after) == ("办前", "办后")
        assert (len(old), len(new)) == (1, 1)
        assert old != new
        for address in (*old, *new):
            assert (await guest.browser.get(address)).status == 200
            assert (await neighbour.browser.get(address)).status == 404


async def test_staff_find_back_to_the_board_of_the_unit(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await resident.say(LAMP)
    (ticket,) = house.tickets()

    _, html = await owner.get(f"/t/{ticket.public_id}")
    assert 'href="/desk?unit=court"' in html
    assert (await owner.get("/desk?unit=court"))[0] == 200
    assert "/desk" not in (await resident.get(f"/t/{ticket.public_id}"))[1]
