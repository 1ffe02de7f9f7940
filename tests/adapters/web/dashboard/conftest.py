"""Who looks at the dashboard, and at what."""

import pytest

from tests.adapters.web.house import LAMP, Guest, House


@pytest.fixture
async def owner(house: House) -> Guest:
    """The owner, with a lamp in the group that the steward has done and the reporter has praised."""
    guest = await house.resident()
    await guest.say(LAMP + "，电话13812345678")
    wang = await house.staff("wang")
    [ticket] = house.tickets()
    await wang.press(ticket, "sign")
    await wang.press(ticket, "done", "换了新灯")
    await guest.rate(ticket, 5)
    return await house.staff("li")
