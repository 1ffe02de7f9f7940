"""Sentences of a group's own: looked at before, strict about their slots, said in that group only, never markup."""

import pytest

from tests.adapters.web.house import LAMP, Guest, House, plain

PAGE = "/desk/settings/words"
COURT = f"{PAGE}?unit=court&group=web%3Acourt"
RECEIPT = f"{COURT}&key=receipt"
OWN = "乡亲们，{number}号件记下了（{category}，{where}），{who}来办，请回“收到”。"


def chosen(house: House) -> dict[str, str]:
    """What is chosen for the group."""
    return dict(house.ask(lambda uow: uow.org.load().groups["web:court"]).manners.chosen)


async def save(guest: Guest, text: str, path: str = RECEIPT) -> tuple[int, str]:
    """Send the form."""
    return await guest.post_form(path, text=text, save="1")


async def test_the_group_hears_its_own_words_and_can_have_the_usual_ones_again(house: House) -> None:
    owner, resident = await house.staff("li"), await house.resident()
    await house.staff("wang")

    status, text = await save(owner, OWN)

    assert status == 200
    assert "马上生效" in text
    await resident.say(LAMP)
    [receipt] = [line["text"] for line in await resident.lines() if "乡亲们" in line["text"]]
    assert receipt == "乡亲们，1号件记下了（公共设施，3号楼楼道），@王建国来办，请回“收到”。"
    _, text = await owner.get("/desk/settings?unit=court&group=web%3Acourt")
    assert f"李书记把一句话从和平常一样改成{OWN}" in plain(text)

    await owner.post_form(RECEIPT, text="", reset="1")
    assert chosen(house) == {}


async def test_a_look_shows_what_the_group_would_read_and_stores_nothing(house: House) -> None:
    owner = await house.staff("li")

    status, text = await owner.post_form(RECEIPT, text=f"{OWN}电话13812345678 @all", preview="1")

    assert status == 200
    assert "乡亲们，12号件记下了（排水管网，3号楼），@王师傅来办，请回“收到”。电话138****5678 ＠all" in plain(text)
    assert "{who}" in text
    assert chosen(house) == {}


async def test_every_sentence_is_shown_as_it_is_said(house: House) -> None:
    owner = await house.staff("li")
    await save(owner, OWN)

    status, text = await owner.get(COURT)

    assert status == 200
    assert "乡亲们，12号件" in text
    assert "13号件和12号件是同一件事" in text
    assert "{" not in plain(text)
    assert plain(text).count("改过") == 1


@pytest.mark.parametrize(
    "text",
    [
        "",
        "记下了",
        f"{OWN}{{title}}",
        OWN.replace("{who}", "{who!r}"),
        OWN.replace("{who}", "{who.__class__}"),
        OWN.replace("{who}", "{who[0]}"),
        OWN.replace("{number}", "{number:>999999999}"),
        OWN.replace("{number}", "{}"),
        f"{OWN}{{",
        f"{OWN}{{{{}}}}{{0}}",
        OWN.replace("收到", "芝麻开门"),
        OWN + "长" * 200,
        "<script>alert(1)</script>",
    ],
)
async def test_words_that_do_not_fit_are_not_stored_and_not_lost(house: House, text: str) -> None:
    owner = await house.staff("li")

    for go in ("save", "preview"):
        status, shown = await owner.post_form(RECEIPT, text=text, **{go: "1"})
        assert status == 400
        assert 'role="alert"' in shown
        assert "<script>alert" not in shown
    assert chosen(house) == {}


async def test_markup_in_a_sentence_is_words(house: House) -> None:
    owner = await house.staff("li")

    await save(owner, f"<img src=x onerror=alert(1)>{OWN}\u202e")

    for path in (RECEIPT, COURT, "/desk/settings?unit=court&group=web%3Acourt"):
        _, text = await owner.get(path)
        assert "&lt;img src=x" in text
        assert "<img src=x" not in text
        assert "\u202e" not in text


async def test_what_life_or_privacy_hangs_on_stays_as_it_is(house: House) -> None:
    owner = await house.staff("li")

    for key in ("emergency", "privacy", "report.go_private", "nothing", "../notice"):
        path = f"{COURT}&key={key}"
        assert (await owner.get(path))[0] == 404
        assert (await save(owner, "{who}", path))[0] == 404


async def test_forms_and_people_that_have_no_business_here(house: House) -> None:
    owner = await house.staff("li")
    assert (await owner.post_form(RECEIPT, text=OWN))[0] == 400
    assert (await owner.post_form(RECEIPT, text=OWN, save="1", key="poll"))[0] == 400
    foreign = f"{PAGE}?unit=court&group=web%3Aother&key=receipt"
    assert (await owner.get(foreign)) == (await owner.get(foreign.replace("other", "nowhere")))
    assert (await save(owner, OWN, foreign))[0] == 404
    for guest in (await house.staff("wang"), await house.resident()):
        assert (await guest.get(COURT))[0] == 404
        assert (await save(guest, OWN))[0] == 404
    assert chosen(house) == {}
