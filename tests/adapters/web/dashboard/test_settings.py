"""The settings of a group: who may choose, what cannot be chosen, and that what was chosen holds at once and is on record."""

import asyncio
import re
from dataclasses import replace
from datetime import time
from html import unescape

import pytest

from bot.domain.manners import AS_EVERYWHERE
from bot.domain.org import Duty, Group
from bot.messages import InboundMessage, Media, Rate
from tests.adapters.web.house import LAMP, ORG, Guest, House, plain
from tests.adapters.web.test_photos import photo

PAGE = "/desk/settings"
COURT = f"{PAGE}?unit=court&group=web%3Acourt"
AS_IT_IS = {"listen": "all", "budget": "", "quiet_from": "", "quiet_until": "", "preset": ""}


def group(house: House) -> Group:
    """The group as it is stored."""
    found: Group = house.ask(lambda uow: uow.org.load().groups["web:court"])
    return found


async def save(guest: Guest, path: str = COURT, **values: str) -> tuple[int, str]:
    """Send the form."""
    return await guest.post_form(path, **{**AS_IT_IS, **values})


async def test_what_an_owner_chooses_holds_at_once_and_is_on_record(house: House) -> None:
    owner = await house.staff("li")

    status, text = await save(owner, budget=" ３ ", quiet_from="21:30", quiet_until="08:00")

    assert status == 200
    manners = group(house).manners
    assert (manners.budget, manners.quiet) == (3, (time(21, 30), time(8, 0)))
    assert "马上生效" in text
    assert "李书记把一小时最多主动说几条从和平常一样改成3" in plain(text)
    assert 'value="21:30"' in text
    status, text = await save(owner)
    assert group(house).manners == AS_EVERYWHERE
    assert "李书记把一小时最多主动说几条从3改成和平常一样" in plain(text)


async def test_a_group_hears_that_it_is_listened_to_otherwise(house: House) -> None:
    owner = await house.staff("li")
    await save(owner, listen="addressed")
    await house.talk()

    assert group(house).listen == "addressed"
    assert any("只听点名" in line["text"] for line in await owner.lines())
    await save(owner, listen="addressed")
    assert len(house.ask(lambda uow: uow.choices.changes("court", "web:court", 9))) == 1, "nothing was changed"


async def test_what_an_owner_says_in_the_group_is_on_record_too(house: House) -> None:
    owner = await house.staff("li")
    account = house.ask(lambda uow: uow.org.load().people["li"].accounts[0][1])
    said = InboundMessage("web", "court", account, "m1", house.clock.now(), "设置 旁听")
    await house.bot.receive(said, lambda _uow: None)

    _, text = await owner.get(COURT)

    assert "李书记把听群里的哪些话从全部改成旁听" in plain(text)


@pytest.mark.parametrize(
    "values",
    [
        {"listen": "everything"},
        {"budget": "0"},
        {"budget": "61"},
        {"budget": "-1"},
        {"budget": "٣"},
        {"budget": '"><script>alert(1)</script>'},
        {"preset": "../default"},
        {"preset": "nowhere"},
        {"quiet_from": "22:00"},
        {"quiet_from": "24:00", "quiet_until": "07:00"},
        {"quiet_from": "22:00", "quiet_until": "７:00\n"},
        {"quiet_from": "'; DROP TABLE org_manner", "quiet_until": "x"},
    ],
)
async def test_what_cannot_be_chosen_changes_nothing(house: House, values: dict[str, str]) -> None:
    owner = await house.staff("li")

    status, text = await save(owner, **{"listen": "shadow", **values})

    assert status == 400
    assert 'role="alert"' in text
    assert "<script>alert" not in text
    assert group(house).manners == AS_EVERYWHERE
    assert group(house).listen == "all"


async def test_a_preset_is_chosen_by_its_name(house: House) -> None:
    owner = await house.staff("li")

    _, text = await save(owner, preset="beijing")

    assert group(house).manners.preset == "beijing"
    assert "李书记把办件时限从和平常一样改成北京" in plain(text)
    assert "北京 ：一般 7天，疑难 15天" in plain(text)


async def test_a_form_that_no_page_of_ours_sends_is_refused(house: House) -> None:
    owner = await house.staff("li")

    assert (await save(owner, unit="other"))[0] == 400
    assert (await owner.post_form(COURT, budget="3"))[0] == 400
    assert group(house).manners == AS_EVERYWHERE


async def test_a_foreign_group_and_none_are_the_same(house: House) -> None:
    owner = await house.staff("li")
    paths = [
        f"{PAGE}?unit=court&group=web%3Aother",
        f"{PAGE}?unit=court&group=web%3Anowhere",
        f"{PAGE}?unit=other&group=web%3Aother",
        f"{PAGE}?unit=nowhere",
    ]

    assert {await owner.get(path) for path in paths} == {await owner.get(paths[0])}
    assert {await save(owner, path, budget="1") for path in paths} == {await save(owner, paths[0], budget="1")}
    assert (await save(owner, paths[0]))[0] == 404
    assert not house.ask(lambda uow: uow.org.load().groups["web:other"]).manners.chosen


async def test_who_commands_from_above_chooses_for_every_group_below(house: House) -> None:
    duties = (*ORG.duties, Duty("sun", "town", "supervisor"))
    house.ask(lambda uow: uow.org.replace(replace(ORG, duties=duties)))
    await house.bot.reload()
    desk = await house.staff("sun", "other")

    _, text = await desk.get(f"{PAGE}?unit=town")

    assert "学苑小区居民群" in text
    assert "东风小区居民群" in text
    assert (await save(desk, f"{PAGE}?unit=town&group=web%3Acourt", budget="4"))[0] == 200
    assert group(house).manners.budget == 4
    house.ask(lambda uow: uow.org.replace(ORG))
    await house.bot.reload()
    assert (await save(desk, budget="5"))[0] == 404, "a duty that is gone gives no right with the next click"
    assert group(house).manners.budget == 4


async def test_a_steward_and_a_resident_have_no_such_page(house: House) -> None:
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get(COURT))[0] == 404
        assert (await save(guest, budget="1"))[0] == 404
    assert group(house).manners == AS_EVERYWHERE


async def solved(house: House) -> None:
    """Something with a photo of before and one of after, closed last week."""
    refs = [(await asyncio.to_thread(house.media.put, photo((64, width)), "p.jpg")).ref for width in (48, 50)]
    await house.staff("wang")
    accounts = house.ask(lambda uow: uow.org.load().people["wang"].accounts)
    for text, sender, ref in ((LAMP, "", refs[0]), ("1号件 办结：换了灯泡", accounts[0][1], refs[1])):
        who = sender or "guest-1"
        said = InboundMessage(
            "web", "court", who, f"m-{who}", house.clock.now(), text, media=(Media("image", "p.jpg", ref),)
        )
        await house.bot.receive(said, lambda _uow: None)
        await house.talk()
    await house.bot.receive(
        Rate("web", "court", "guest-1", "r1", house.clock.now(), 5, house.tickets()[0].id), lambda _uow: None
    )
    house.clock.pass_by(days=7)


async def test_a_word_of_thanks_is_off_until_switched_on_and_looked_at_before(house: House) -> None:
    owner = await house.staff("li")
    _, text = await owner.get(COURT)
    assert "和平常一样（不发）" in text
    assert "上周没有办好的事，这样就不发" in text
    await solved(house)

    _, text = await owner.get(COURT)
    assert "上周本群反映的事办好了1件。谢谢大家提出来，也谢谢办事的人。" in text
    shown = re.findall(r'<img class="photo" src="([^"]+)" alt="([^"]+)"', text)
    assert [alt for _, alt in shown] == ["办之前", "办之后"]
    for address, _ in shown:
        assert (await owner.browser.get(unescape(address))).status == 200

    status, text = await save(owner, thanks="on")
    assert status == 200
    assert group(house).manners.thanks == "on"
    assert "李书记把每周在群里说声谢谢从和平常一样改成发" in plain(text)
    assert '<option value="on" selected>' in text
    status, _ = await save(owner, thanks="maybe")
    assert (status, group(house).manners.thanks) == (400, "on")
    await save(owner)
    assert group(house).manners.thanks == "on", "a form without the field leaves it"
