"""The analysis page in a browser: charts are drawn under the strict policy, and nothing is lost without a script."""

import re

from playwright.sync_api import Browser, Page, expect

from tests.browser.conftest import WIDTH, Phone, Shoot
from tests.browser.server import Server
from tests.browser.test_whole_ticket import LAMP, bubble, enter, say


def owner_of(phone: Phone, server: Server) -> Page:
    """The owner's phone, after a trouble was reported."""
    zhang = enter(phone, server, "3-2-501")
    say(zhang, LAMP)
    expect(bubble(zhang, re.compile("1号件已登记"))).to_be_visible()
    owner = phone(server.links["owner"])
    owner.get_by_role("button", name="确认").click()
    expect(owner.get_by_text("您负责：学苑小区")).to_be_visible()
    return owner


def test_charts_are_drawn_and_nothing_is_refused(phone: Phone, server: Server, shoot: Shoot) -> None:
    owner = owner_of(phone, server)
    said: list[str] = []
    foreign: list[str] = []
    owner.on("console", lambda message: said.append(message.text))
    owner.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(server.url) else None)

    owner.goto("/desk/analysis")

    for name in ("从听到到办结", "登记和办结", "每个人的件"):
        chart = owner.get_by_role("img", name=name)
        expect(chart.locator("canvas")).to_be_visible()
        assert drawn(chart.locator("canvas").element_handle()), name
    owner.get_by_text("看数字").first.click()
    expect(owner.get_by_role("row", name="受理 1 100.0 %")).to_be_visible()
    shoot(owner, "analysis")
    owner.get_by_role("button", name="大字").click()
    owner.get_by_label("多长时间").select_option("week")
    owner.get_by_role("button", name="查看").first.click()
    expect(owner.get_by_role("img", name="登记和办结").locator("canvas")).to_be_visible()
    shoot(owner, "analysis-big")
    assert said == []
    assert foreign == []


def drawn(canvas: object) -> bool:
    """Whether anything stands on it."""
    return bool(
        canvas.evaluate(  # type: ignore[attr-defined]
            "c => new Set(new Uint32Array(c.getContext('2d').getImageData(0, 0, c.width, c.height).data.buffer)).size > 3"
        )
    )


def test_without_scripts_all_numbers_are_there(phone: Phone, server: Server, browser: Browser) -> None:
    owner = owner_of(phone, server)
    context = browser.new_context(
        base_url=server.url, java_script_enabled=False, viewport={"width": WIDTH, "height": 740}, locale="zh-CN"
    )
    context.add_cookies(owner.context.cookies())  # type: ignore[arg-type]
    page = context.new_page()

    page.goto("/desk/analysis")

    expect(page.locator("[data-chart]").first).to_be_hidden()
    for summary in page.get_by_text("看数字").all():
        summary.click()
    expect(page.get_by_role("row", name="听到 1")).to_be_visible()
    expect(page.get_by_role("row", name="3号楼 1 1")).to_be_visible()
    expect(page.get_by_role("row", name="王建国 1 0 0")).to_be_visible()
