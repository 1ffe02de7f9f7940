"""What a chat page owes its users: photos, calling, recalling, what is unread, big letters, keys only, and no scripts of others."""

import io
import re

from PIL import Image
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Phone, Shoot
from tests.browser.server import Server
from tests.browser.test_whole_ticket import LAMP, bubble, enter, say, take_up_duty

HOSTILE = [
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{constructor.constructor('alert(1)')()}}",
    "\u202e<svg/onload=alert(1)>",
    "</textarea></template><iframe srcdoc='<script>alert(1)</script>'>",
]


def picture() -> FilePayload:
    written = io.BytesIO()
    Image.new("RGB", (800, 600), "#567d46").save(written, "JPEG")
    return {"name": "../../etc/passwd.jpg", "mimeType": "image/jpeg", "buffer": written.getvalue()}


def test_photo_mention_reply_and_recall(phone: Phone, server: Server, shoot: Shoot) -> None:
    steward, zhang = take_up_duty(phone, server.links["steward"]), enter(phone, server, "3-2-501")

    zhang.locator("[data-photo]").last.set_input_files(files=[picture()])
    photo = steward.get_by_role("img", name="3-2-501发的照片")
    expect(photo).to_be_visible()
    steward.wait_for_function("() => document.querySelector('img.photo').naturalWidth === 800")

    zhang.get_by_label("说点什么").press_sequentially("@")
    shoot(zhang, "calling")
    zhang.get_by_role("button", name="王建国", exact=True).click()
    zhang.get_by_label("说点什么").press_sequentially("在家吗")
    zhang.get_by_role("button", name="发送").click()
    expect(bubble(steward, "@王建国 在家吗").get_by_text("叫您")).to_be_visible()

    steward.get_by_role("button", name=re.compile("回复 3-2-501：@王建国")).click()
    expect(steward.get_by_text(re.compile("正在回复 3-2-501"))).to_be_visible()
    say(steward, "在的，您说")
    expect(bubble(zhang, "在的，您说").get_by_role("button", name=re.compile("3-2-501：@王建国"))).to_be_visible()
    shoot(steward, "reply")

    bubble(zhang, "@王建国 在家吗").get_by_role("button", name="撤回").click()
    for page in (zhang, steward):
        expect(page.get_by_text("3-2-501 撤回了一条消息")).to_be_visible()
        expect(bubble(page, "@王建国 在家吗")).to_have_count(0)


def test_a_long_press_answers(phone: Phone, server: Server) -> None:
    zhang = enter(phone, server, "3-2-501")
    say(zhang, "早上好")
    expect(bubble(zhang, "早上好").get_by_role("button", name="撤回")).to_be_visible()
    words = bubble(zhang, "早上好").locator(".text")
    box = words.bounding_box()
    assert box is not None

    touch = {"pointerType": "touch", "bubbles": True, "clientX": box["x"] + 5, "clientY": box["y"] + 5}
    words.dispatch_event("pointerdown", touch)

    expect(zhang.get_by_text("正在回复 3-2-501：早上好")).to_be_visible()


def test_what_came_while_away_is_marked_unread(phone: Phone, server: Server, shoot: Shoot) -> None:
    zhang, li = enter(phone, server, "3-2-501"), enter(phone, server, "3-2-502")
    say(li, "这句看到了")
    expect(bubble(zhang, "这句看到了")).to_be_visible()
    room = zhang.url
    zhang.goto("/")
    shoot(zhang, "home")
    for number in range(15):
        say(li, f"这句没看到 {number}")
    expect(bubble(li, "这句没看到 14").locator(".status")).to_be_hidden()

    zhang.goto(room)

    expect(zhang.get_by_text("以下是未读消息")).to_be_in_viewport()
    order = zhang.locator("#log > *").all_inner_texts()
    mark = order.index("以下是未读消息")
    assert "这句没看到 0" in order[mark + 1]
    assert not any("这句没看到" in text for text in order[:mark])
    shoot(zhang, "unread")
    zhang.emulate_media(color_scheme="dark")
    shoot(zhang, "dark")


def test_big_letters_stay_big(phone: Phone, server: Server, shoot: Shoot) -> None:
    zhang = enter(phone, server, "3-2-501")
    say(zhang, "这个字看得清")
    before = font_size(zhang)

    zhang.get_by_role("button", name="大字").click()
    zhang.reload()

    expect(zhang.get_by_role("button", name="大字")).to_have_attribute("aria-pressed", "true")
    assert font_size(zhang) > before * 1.3
    expect(bubble(zhang, "这个字看得清")).to_be_visible()
    shoot(zhang, "big")


def font_size(page: Page) -> float:
    return float(page.evaluate("() => parseFloat(getComputedStyle(document.getElementById('text')).fontSize)"))


def test_everything_is_within_reach_and_large_enough(phone: Phone, server: Server) -> None:
    steward, zhang = take_up_duty(phone, server.links["steward"]), enter(phone, server, "3-2-501")
    say(zhang, LAMP)
    sign = steward.get_by_role("button", name="收到", exact=True)
    expect(sign).to_be_visible()

    small = steward.evaluate(
        """() => [...document.querySelectorAll('button, .button, .tool, .pick, nav a, .page')]
            .map(e => [e.outerHTML, e.getBoundingClientRect()])
            .filter(([_, r]) => r.width && (r.height < 43.9)).map(([html]) => html)"""
    )
    assert small == []
    spacing = steward.evaluate(
        "() => { const s = getComputedStyle(document.body); return parseFloat(s.lineHeight) / parseFloat(s.fontSize) }"
    )
    assert spacing >= 1.3

    steward.locator("#log").focus()
    for _ in range(30):
        steward.keyboard.press("Tab")
        if sign.evaluate("e => e === document.activeElement"):
            break
    steward.keyboard.press("Enter")
    expect(bubble(zhang, re.compile("1号件已登记")).get_by_text("办理中")).to_be_visible()


def test_enter_sends_and_shift_enter_breaks_the_line(phone: Phone, server: Server) -> None:
    zhang = enter(phone, server, "3-2-501")
    box = zhang.get_by_label("说点什么")

    box.press_sequentially("第一行")
    box.press("Shift+Enter")
    box.press_sequentially("第二行")
    box.press("Enter")

    expect(bubble(zhang, "第一行")).to_have_count(1)
    assert bubble(zhang, "第一行").locator(".text").inner_text() == "第一行\n第二行"
    expect(box).to_have_value("")


def test_words_of_others_never_run(phone: Phone, server: Server) -> None:
    zhang, li = enter(phone, server, "<b>x</b>"), enter(phone, server, "3-2-502")
    foreign: list[str] = []
    li.on("request", lambda request: foreign.append(request.url) if not request.url.startswith(server.url) else None)

    say(zhang, LAMP)
    expect(bubble(li, re.compile("1号件已登记"))).to_be_visible()
    for words in HOSTILE:
        bubble(zhang, re.compile("1号件已登记")).get_by_role("button", name="回复").click()
        say(zhang, words)

    expect(bubble(li, HOSTILE[-1])).to_be_visible()
    assert li.locator("#log script, #log iframe, #log svg[onload], #log b, #log img").count() == 0
    bubble(zhang, re.compile("1号件已登记")).get_by_role("link", name="看这件事").click()
    expect(zhang.get_by_text(HOSTILE[0]).first).to_be_visible()
    assert foreign == []


def test_the_other_pages_are_usable(phone: Phone, server: Server, shoot: Shoot) -> None:
    shoot(phone(server.links["room"]), "enter")
    owner = phone(server.links["owner"])
    shoot(owner, "bind")
    owner.get_by_role("button", name="确认").click()
    expect(owner.get_by_text("您负责：学苑小区")).to_be_visible()
    shoot(owner, "bound")
    owner.get_by_role("button", name="进群").first.click()
    owner.get_by_role("link", name="邀请").click()
    expect(owner.get_by_role("img", name="进群二维码")).to_be_visible()
    shoot(owner, "invite")
    owner.goto("/tickets")
    owner.get_by_text("筛选").click()
    shoot(owner, "filters")
    owner.goto("/dm")
    say(owner, "待办")
    expect(owner.get_by_text("您没有待办的件")).to_be_visible()
    shoot(owner, "private")
    owner.goto("/t/nothing-here")
    shoot(owner, "not-found")
    owner.goto("/people")
    owner.get_by_text("我的另一部手机丢了").click()
    shoot(owner, "people")
    owner.get_by_role("button", name="让我别的手机都退出").click()
    expect(owner.get_by_text("您别的手机和浏览器都退出了")).to_be_visible()
    owner.goto("/")
    owner.get_by_text("在这部手机上退出").click()
    shoot(owner, "home")
    owner.get_by_role("button", name="确定退出").click()
    expect(owner.get_by_text("请打开邻居或管家给的邀请链接")).to_be_visible()
