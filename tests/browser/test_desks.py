"""The desk of who commands a unit, on the smallest phone: the settings of a group, the knowledge base, people and duties."""

from playwright.sync_api import Page, expect

from adapters.web.dashboard.desk import MENU
from tests.browser.conftest import WIDTH, Phone, Shoot, assert_usable
from tests.browser.server import Server
from tests.browser.test_whole_ticket import take_up_duty


def big(page: Page) -> None:
    """Everything in big letters."""
    page.get_by_role("button", name="大字").click()


def test_an_owner_chooses_for_his_group(phone: Phone, server: Server, shoot: Shoot) -> None:
    owner = take_up_duty(phone, server.links["owner"])
    expect(owner.get_by_label("说点什么")).to_be_visible()

    owner.goto("/desk/settings")
    owner.get_by_label("一小时最多主动说几条").fill("3")
    owner.get_by_label("从几点起").fill("21:00")
    owner.get_by_label("到几点止").fill("08:00")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("status")).to_contain_text("保存好了")
    expect(owner.get_by_text("李书记把一小时最多主动说几条从和平常一样改成3")).to_be_visible()
    shoot(owner, "settings")
    owner.get_by_label("一小时最多主动说几条").fill("1000")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("alert")).to_be_visible()
    shoot(owner, "settings-wrong")
    big(owner)
    shoot(owner, "settings-big")


def test_an_owner_changes_what_the_bot_says(phone: Phone, server: Server, shoot: Shoot) -> None:
    owner = take_up_duty(phone, server.links["owner"])
    expect(owner.get_by_label("说点什么")).to_be_visible()

    owner.goto("/desk/settings")
    owner.get_by_role("link", name="改机器人说的话").click()
    shoot(owner, "sentences")
    owner.get_by_role("link", name="12号件已登记（排水管网，3号楼），正在找人处理。").click()
    owner.get_by_label("这样说").fill("{number}号件记下了（{category}，{where}），马上找人。")
    owner.get_by_role("button", name="先看看").click()
    expect(owner.get_by_text("12号件记下了（排水管网，3号楼），马上找人。", exact=True)).to_be_visible()
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("status")).to_contain_text("保存好了")
    shoot(owner, "sentence")
    big(owner)
    shoot(owner, "sentence-big")


def test_an_owner_writes_an_article_and_tries_it_out(phone: Phone, server: Server, shoot: Shoot) -> None:
    owner = take_up_duty(phone, server.links["owner"])
    expect(owner.get_by_label("说点什么")).to_be_visible()

    owner.goto("/desk/people")
    expect(owner.get_by_text("还没有认领账号的人（1个）")).to_be_visible()
    shoot(owner, "people")
    find_in_menu(owner, "知识库")
    owner.get_by_role("link", name="写一条新的").click()
    owner.get_by_label("标题", exact=True).fill("居住证办理")
    owner.get_by_label("关键词", exact=True).fill("居住证、暂住证")
    owner.get_by_label("答复", exact=True).fill("带身份证到便民服务中心办。")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("status")).to_contain_text("保存好了")
    shoot(owner, "article")
    owner.get_by_role("link", name="回到知识库").click()
    owner.get_by_label("像居民那样问一句").fill("请问居住证在哪里办")
    owner.keyboard.press("Enter")
    expect(owner.get_by_role("status")).to_contain_text("带身份证到便民服务中心办。")
    shoot(owner, "knowledge")
    big(owner)
    shoot(owner, "knowledge-big")


def find_in_menu(page: Page, name: str) -> None:
    """On a phone the menu opens into a list of which nothing lies beside the screen."""
    page.get_by_text("全部页面").click()
    links = page.get_by_role("navigation", name="看板").get_by_role("link")
    expect(links).to_have_count(len(MENU))
    boxes = [box for box in (link.bounding_box() for link in links.all()) if box]
    assert all(box["x"] >= 0 and box["x"] + box["width"] <= WIDTH and box["height"] >= 44 for box in boxes)
    assert len(boxes) == len(MENU)
    assert_usable(page)
    links.filter(has_text=name).click()
