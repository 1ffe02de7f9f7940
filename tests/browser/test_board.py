"""An owner signs in by the link from the chat, watches a ticket move in two tabs, and confirms a candidate; keys only."""

import re
from datetime import UTC, datetime

import pytest
from playwright.sync_api import Browser, BrowserContext, Locator, Page, expect

from bot.ports import Notice, UnitOfWork
from storage.open import open_storage
from tests.browser.conftest import Phone, Shoot
from tests.browser.server import Server
from tests.browser.test_manners import picture
from tests.browser.test_whole_ticket import LAMP, RECEIPT, bubble, enter, say, take_up_duty

DOUBTFUL = "楼下有股味道"
STEPS = 60  # presses of Tab within which everything of a page is reached


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who is in doubt waits for more words; here not for minutes. Set before the server starts."""
    monkeypatch.setenv("GRIDSTEWARD_HEARING__WINDOW_SECONDS", "2")


def ask_for_link(owner: Page) -> str:
    """Write 看板 to the bot; gives the path of the link in its answer."""
    owner.goto("/dm")
    say(owner, "看板")
    answer = bubble(owner, re.compile("/sign-in/")).last
    expect(answer).to_be_visible()
    found = re.search(r"/sign-in/\S+", answer.locator(".text").inner_text())
    assert found is not None
    return found[0]


def walk_to(page: Page, wanted: Locator) -> None:
    """Reach something with Tab alone."""
    expect(wanted).to_be_visible()
    for _ in range(STEPS):
        if wanted.evaluate("e => e === document.activeElement"):
            return
        page.keyboard.press("Tab")
    raise AssertionError("no way there by keys")


def column(page: Page, state: str) -> Locator:
    """A column of the board."""
    return page.get_by_role("region", name=re.compile(state))


def test_an_owner_watches_and_confirms(
    phone: Phone, server: Server, desktop: BrowserContext, browser: Browser, shoot: Shoot
) -> None:
    owner = take_up_duty(phone, server.links["owner"])
    steward, zhang, li = (
        take_up_duty(phone, server.links["steward"]), enter(phone, server, "3-2-501"), enter(phone, server, "3-2-502"),
    )  # fmt: skip
    tabs = sign_in(desktop, ask_for_link(owner), shoot)

    watch(tabs, steward, zhang, shoot)
    confirm(tabs, li, owner, shoot)
    without_scripts(browser, desktop, server)
    on_the_phone(owner, shoot)
    sign_out_elsewhere(owner, tabs)


def sign_in(desktop: BrowserContext, link: str, shoot: Shoot) -> list[Page]:
    """The link opens the board in two tabs, once."""
    first, second = desktop.new_page(), desktop.new_page()
    first.goto(link)
    shoot(first, "desk-sign-in")
    walk_to(first, first.get_by_role("button", name="我就是李书记"))
    first.keyboard.press("Enter")
    expect(first.get_by_role("heading", name="在办看板")).to_be_visible()
    second.goto(link)
    expect(second.get_by_role("heading", name="在办看板")).to_be_visible()  # the browser that used it is led on
    for tab in (first, second):
        tab.evaluate("() => { window.never_left = true }")
    return [first, second]


def watch(tabs: list[Page], steward: Page, zhang: Page, shoot: Shoot) -> None:
    """Both tabs follow the ticket without a reload, and what has the focus keeps it. Words that look like a page stay words."""
    say(zhang, f"{LAMP}<img src=x onerror=alert(1)>")
    for tab in tabs:
        expect(column(tab, "待签收").get_by_role("link", name=re.compile("1号件"))).to_be_visible()
        expect(column(tab, "待签收").get_by_text("等王建国签收")).to_be_visible()
    walk_to(tabs[0], tabs[0].get_by_role("link", name=re.compile("1号件")))
    expect(tabs[0].get_by_text("<img src=x")).to_be_visible()
    bubble(steward, RECEIPT).get_by_role("button", name="收到", exact=True).click()
    for tab in tabs:
        expect(column(tab, "办理中").get_by_text("王建国在办")).to_be_visible()
        expect(column(tab, "待签收").get_by_role("link")).to_have_count(0)
    expect(tabs[0].get_by_role("link", name=re.compile("1号件"))).to_be_focused()
    assert all(tab.evaluate("() => window.never_left === true") for tab in tabs)
    shoot(tabs[0], "desk-board")


def confirm(tabs: list[Page], li: Page, owner: Page, shoot: Shoot) -> None:
    """A doubtful message shows up by itself; it is registered by keys, and the other tab follows."""
    say(li, DOUBTFUL)
    waiting = tabs[0].get_by_role("link", name="有1件事等您确认")
    walk_to(tabs[0], waiting)
    owner.goto("/desk/candidates")
    shoot(owner, "phone-candidates")
    tabs[0].keyboard.press("Enter")
    shoot(tabs[0], "desk-candidates")
    walk_to(tabs[0], tabs[0].get_by_role("button", name="登记"))
    tabs[0].keyboard.press("Enter")
    expect(tabs[0].get_by_text("没有要确认的")).to_be_visible()
    expect(tabs[1].get_by_role("link", name=re.compile("2号件"))).to_be_visible()
    expect(tabs[1].get_by_role("link", name=re.compile("等您确认"))).to_have_count(0)
    tabs[0].goto("/desk")


def without_scripts(browser: Browser, desktop: BrowserContext, server: Server) -> None:
    """The page is whole without scripts; its link loads it again."""
    plain = browser.new_context(base_url=server.url, java_script_enabled=False, storage_state=desktop.storage_state())
    page = plain.new_page()
    page.goto("/desk")
    expect(page.get_by_role("link", name=re.compile("1号件"))).to_be_visible()
    page.get_by_role("link", name="刷新").click()
    expect(page.get_by_role("link", name=re.compile("2号件"))).to_be_visible()


def on_the_phone(owner: Page, shoot: Shoot) -> None:
    """All pages fit on the smallest phone, in big letters too."""
    for path, name in (("/desk", "board"), ("/desk/outbox", "outbox"), ("/desk/candidates", "candidates-none")):
        owner.goto(path)
        shoot(owner, f"phone-{name}")
    owner.goto("/desk")
    owner.get_by_role("link", name=re.compile("1号件")).click()
    expect(owner.get_by_role("link", name="回看板")).to_be_visible()
    shoot(owner, "phone-ticket")
    owner.get_by_role("link", name="回看板").click()
    owner.get_by_role("button", name="大字").click()
    shoot(owner, "phone-board-big")
    owner.get_by_role("button", name="大字").click()


def sign_out_elsewhere(owner: Page, tabs: list[Page]) -> None:
    """Signed out from the phone, open boards show nothing any more."""
    owner.goto("/people")
    owner.get_by_text("我的另一部手机丢了").click()
    owner.get_by_role("button", name="让我别的手机都退出").click()
    for tab in tabs:
        expect(tab.get_by_text("请先用邀请链接进群")).to_be_visible()
        expect(tab.get_by_text("1号件")).to_have_count(0)


def test_what_did_not_arrive_is_decided_on(phone: Phone, server: Server, shoot: Shoot) -> None:
    server.stop()
    with open_storage(server.database, "NORMAL") as storage:
        storage.desk.run(lose)
    server.start()
    owner = take_up_duty(phone, server.links["owner"])
    expect(owner.get_by_label("说点什么")).to_be_visible()
    owner.goto("/desk/outbox")
    shoot(owner, "phone-outbox-full")

    walk_to(owner, owner.get_by_role("button", name="再发一次").first)
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("button", name="再发一次")).to_have_count(1)
    owner.get_by_role("button", name="不发了").click()
    expect(owner.get_by_text("没有要处理的")).to_be_visible()
    owner.goto("/room/court")
    expect(bubble(owner, "明天来修")).to_have_count(1)


def lose(uow: UnitOfWork) -> None:
    """Two messages of which nobody knows whether they arrived."""
    for id_, state in (("n1", "uncertain"), ("n2", "dead")):
        words = {"note": "明天来修", "number": "1"}
        uow.outbox.add(
            Notice(id_, "web:court", "progress", "progress", datetime.now(UTC), words, state=state, attempts=5)
        )


def test_before_and_after_side_by_side(phone: Phone, server: Server, shoot: Shoot) -> None:
    steward, zhang = take_up_duty(phone, server.links["steward"]), enter(phone, server, "3-2-501")
    say(zhang, LAMP)
    for number, page in enumerate((zhang, steward), 1):
        bubble(page, RECEIPT).get_by_role("button", name=re.compile("^回复")).click()
        page.locator("[data-photo]").last.set_input_files(files=[picture()])
        expect(zhang.locator("img.photo")).to_have_count(number)
    say(steward, "1号件 办结 灯换好了")
    expect(zhang.get_by_role("button", name="5 很满意")).to_be_visible()

    bubble(zhang, RECEIPT).get_by_role("link", name="看这件事").click()
    expect(zhang.get_by_role("heading", name="办前和办后")).to_be_visible()
    zhang.get_by_role("heading", name="办前和办后").scroll_into_view_if_needed()
    zhang.wait_for_function("() => [...document.querySelectorAll('.compare img')].every(e => e.naturalWidth === 800)")
    before, after = (zhang.locator(".compare > div").nth(n).bounding_box() for n in (0, 1))
    assert before is not None
    assert after is not None
    assert before["y"] == after["y"]
    shoot(zhang, "phone-before-after")
