"""Two residents, a steward and an owner take a ticket through its whole life, on phones, with a crash in the middle."""

import re

from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Phone, Shoot
from tests.browser.server import Server

LAMP = "3号楼楼道灯坏了三天了，老人摔了一跤"
RECEIPT = re.compile("1号件已登记")
QUESTION = "师傅大概几点来？"


def enter(phone: Phone, server: Server, name: str) -> Page:
    page = phone(server.links["room"])
    page.get_by_label("您怎么称呼").fill(name)
    page.get_by_role("button", name="进群").click()
    expect(page.get_by_text(f"{name} 进群了")).to_be_visible()
    return page


def take_up_duty(phone: Phone, link: str) -> Page:
    page = phone(link)
    page.get_by_role("button", name="确认").click()
    page.get_by_role("button", name="进群").first.click()
    return page


def say(page: Page, words: str) -> None:
    page.get_by_label("说点什么").fill(words)
    page.get_by_label("说点什么").press("Enter")


def bubble(page: Page, words: str | re.Pattern[str]) -> Locator:
    """The line with these words of its own, not in a quote."""
    return page.locator("article").filter(has=page.locator(".text", has_text=words))


def test_a_ticket_from_the_first_word_to_the_vote(phone: Phone, server: Server, shoot: Shoot) -> None:
    steward = take_up_duty(phone, server.links["steward"])
    zhang, li = enter(phone, server, "3-2-501"), enter(phone, server, "3-2-502")

    report(zhang, li, shoot)
    sign(steward, zhang, shoot)
    crash(server, [zhang, li, steward], shoot)
    owner = look_into_the_list(phone, server, shoot)
    finish(steward)
    vote(zhang, li, steward, shoot)
    read_ones_page(zhang, shoot)

    owner.reload()
    expect(owner.get_by_text("5 很满意：1人")).to_be_visible()


def report(zhang: Page, li: Page, shoot: Shoot) -> None:
    """A neighbour speaks; everybody sees the receipt, nobody but staff its buttons."""
    say(zhang, LAMP)
    receipt = bubble(li, RECEIPT)
    expect(receipt).to_be_visible()
    expect(receipt.get_by_text("待签收")).to_be_visible()
    expect(receipt.get_by_role("button", name="收到")).to_have_count(0)
    say(li, "我家也是，楼道里漆黑")
    shoot(zhang, "resident-room")


def sign(steward: Page, zhang: Page, shoot: Shoot) -> None:
    """The steward signs with one tap; the residents' pages change without a reload."""
    bubble(steward, RECEIPT).get_by_role("button", name="收到", exact=True).click()
    expect(bubble(zhang, RECEIPT).get_by_text("办理中")).to_be_visible()
    expect(bubble(zhang, re.compile("^收到$")).locator(".badge")).to_have_text("管家")
    shoot(steward, "steward-room")


def crash(server: Server, pages: list[Page], shoot: Shoot) -> None:
    """The server is killed while a neighbour writes; nothing is lost, nothing comes twice."""
    zhang = pages[0]
    server.kill()
    expect(zhang.get_by_text("网络断开了")).to_be_visible()
    say(zhang, QUESTION)
    expect(zhang.get_by_text("等待发送")).to_be_visible()
    shoot(zhang, "offline")
    server.start()
    for page in pages:
        expect(bubble(page, QUESTION)).to_have_count(1)
        expect(page.get_by_text("网络断开了")).to_be_hidden()
        expect(bubble(page, LAMP)).to_have_count(1)
        expect(bubble(page, RECEIPT)).to_have_count(1)
    expect(zhang.get_by_text("等待发送")).to_have_count(0)


def look_into_the_list(phone: Phone, server: Server, shoot: Shoot) -> Page:
    """The owner finds it among the open tickets and reads it in full."""
    owner = take_up_duty(phone, server.links["owner"])
    owner.get_by_role("link", name="在办的件").click()
    shoot(owner, "owner-list")
    owner.get_by_role("link", name=re.compile("1号件")).click()
    expect(owner.get_by_role("definition").filter(has_text="王建国")).to_be_visible()
    shoot(owner, "owner-ticket")
    return owner


def finish(steward: Page) -> None:
    """The steward reports it done, in words."""
    receipt = bubble(steward, RECEIPT)
    receipt.get_by_role("button", name="办结…").click()
    receipt.get_by_label("办结，请写一句").fill("灯泡和开关都换了")
    receipt.get_by_role("button", name="确定").click()


def vote(zhang: Page, li: Page, steward: Page, shoot: Shoot) -> None:
    """Who reported and who follows are asked; staff are not."""
    for page in (zhang, li):
        expect(page.get_by_role("button", name="5 很满意")).to_be_visible()
    expect(steward.get_by_role("button", name="5 很满意")).to_have_count(0)
    shoot(zhang, "poll")
    zhang.get_by_role("button", name="5 很满意").click()
    expect(zhang.get_by_text("您评了：5 很满意")).to_be_visible()
    expect(bubble(li, RECEIPT).get_by_text("已办结")).to_be_visible()
    li.get_by_role("button", name="4 满意").click()
    expect(li.get_by_text("您评了：4 满意")).to_be_visible()


def read_ones_page(zhang: Page, shoot: Shoot) -> None:
    """The reporter's own page tells the story without the neighbours' names."""
    bubble(zhang, RECEIPT).get_by_role("link", name="看这件事").click()
    expect(zhang.get_by_role("heading", name="1号件")).to_be_visible()
    expect(zhang.get_by_text("已办结", exact=True)).to_be_visible()
    expect(zhang.get_by_text("3-2-502")).to_have_count(0)
    shoot(zhang, "resident-ticket")
