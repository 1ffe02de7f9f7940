"""Leave and rota on the smallest phone: an owner enters both and sees who has which turn."""

from datetime import date, timedelta

from playwright.sync_api import expect

from tests.browser.conftest import Phone, Shoot
from tests.browser.server import Server
from tests.browser.test_whole_ticket import take_up_duty


def test_an_owner_enters_leave_and_a_rota(phone: Phone, server: Server, shoot: Shoot) -> None:
    owner = take_up_duty(phone, server.links["owner"])
    expect(owner.get_by_label("说点什么")).to_be_visible()

    owner.goto("/desk/people")
    owner.get_by_role("link", name="王建国的请假").click()
    today = date.fromisoformat(owner.get_by_label("从哪天").input_value())
    owner.get_by_label("到哪天（含）").fill((today + timedelta(days=2)).isoformat())
    owner.get_by_label("谁代班").select_option(label="李书记")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("button", name="现在回来了")).to_be_visible()
    shoot(owner, "leave")

    owner.get_by_role("link", name="值班表").click()
    owner.get_by_label("值班的人").fill("王建国、没有这个人")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_role("alert")).to_be_visible()
    shoot(owner, "rota-wrong")
    owner.get_by_label("值班的人").fill("王建国、李书记")
    owner.get_by_label("值班时段").fill("每天 18:00-8:00")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_text("请假，李书记代班").first).to_be_visible()
    owner.get_by_role("button", name="大字").click()
    shoot(owner, "rota-big")

    owner.goto("/desk/people")
    expect(owner.get_by_text("代班：李书记")).to_be_visible()
    shoot(owner, "people-away")
