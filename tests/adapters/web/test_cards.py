"""A digest in the web's private chat: words, and a card that its reader alone can open."""

from adapters.web import WebChannel
from bot.drawing import drawing
from storage.media import MediaFolder
from tests.adapters.web.conftest import SETTINGS
from tests.adapters.web.house import LAMP, House


async def test_the_owner_opens_his_card_and_nobody_else_does(house: House) -> None:
    media = MediaFolder(house.storage.path.with_name("media"))
    house.bot.connect([WebChannel(house.bot.query, house.hub)], draw=drawing(SETTINGS, media))
    resident, owner = await house.resident(), await house.staff("li")
    await resident.say(LAMP)
    house.clock.pass_by(minutes=1)

    await owner.say("日报", room="dm")

    line = (await owner.lines("dm"))[-1]
    assert line["text"].startswith("学苑小区日报")
    (picture,) = line["photos"]
    assert (await owner.browser.get(picture)).status == 200
    assert (await resident.browser.get(picture)).status == 404
