"""The owner's three lists on a phone: walked through by hand, exported, printed, and brought back."""

import re
from io import BytesIO
from pathlib import Path

import docx
import pytest
from openpyxl import load_workbook
from playwright.sync_api import FilePayload, Page, expect

from tests.browser.conftest import Phone, Shoot
from tests.browser.server import Server
from tests.browser.test_manners import picture
from tests.browser.test_whole_ticket import LAMP, RECEIPT, bubble, enter, say, take_up_duty
from tests.libreoffice import words_of


def settle(phone: Phone, server: Server) -> None:
    """A lamp with a photo, done with a photo, and praised."""
    steward, zhang = take_up_duty(phone, server.links["steward"]), enter(phone, server, "3-2-501")
    zhang.locator("[data-photo]").last.set_input_files(files=[picture()])
    say(zhang, LAMP + "，电话13812345678")
    expect(bubble(steward, RECEIPT)).to_be_visible()
    bubble(steward, RECEIPT).get_by_role("button", name="收到").click()
    say(steward, "1号件 办结 换了新灯")
    zhang.get_by_role("button", name="5 很满意").first.click()
    expect(zhang.get_by_text("您评了").first).to_be_visible()


def saved(page: Page, name: str, folder: Path) -> bytes:
    """The file behind a link or button."""
    with page.expect_download() as download:
        page.get_by_text(name, exact=True).click()
    download.value.save_as(folder / "file")
    return (folder / "file").read_bytes()


def test_an_owner_walks_through_the_lists(phone: Phone, server: Server, shoot: Shoot, tmp_path: Path) -> None:
    settle(phone, server)
    owner = take_up_duty(phone, server.links["owner"])

    owner.goto("/desk/lists/problems")
    expect(owner.get_by_text("楼道灯坏了").first).to_be_visible()
    assert "13812345678" not in owner.content()
    shoot(owner, "lists-problems")
    for name in ("任务清单", "效果清单", "问题清单"):
        owner.locator(".lineages").get_by_role("link", name=name).click()
        expect(owner.get_by_role("heading", level=1, name=name)).to_be_visible()
        shoot(owner, f"lists-one-{name}")
    owner.goto("/desk/lists/effects")
    owner.get_by_text("销号经过").click()
    shoot(owner, "lists-effects")
    owner.get_by_role("button", name="大字").click()
    shoot(owner, "lists-effects-big")

    owner.get_by_text("导出表格").click()
    shoot(owner, "lists-export")
    table = saved(owner, "三单", tmp_path)
    assert load_workbook(BytesIO(table)).sheetnames == ["问题清单", "任务清单", "效果清单", "说明"]
    paper = docx.Document(BytesIO(saved(owner, "月报Word（可修改）", tmp_path)))
    assert re.fullmatch(r"\S+\d+月三单月报", paper.paragraphs[0].text)

    owner.get_by_role("link", name="交回表格").click()
    file: FilePayload = {"name": "lists.xlsx", "mimeType": "application/octet-stream", "buffer": table}
    owner.get_by_label("表格（.xlsx）").set_input_files(files=[file])
    owner.get_by_role("button", name="先看看").click()
    expect(owner.get_by_text("3行和系统一样。")).to_be_visible()
    shoot(owner, "lists-compare")


@pytest.mark.timeout(300)
def test_an_owner_prints_the_pack(phone: Phone, server: Server, tmp_path: Path) -> None:
    settle(phone, server)
    owner = take_up_duty(phone, server.links["owner"])
    owner.goto("/desk/lists/effects")
    owner.get_by_text("导出表格").click()

    content = saved(owner, "月报PDF（可打印）", tmp_path)

    [pages] = re.findall(rb"/Type/Pages/Count ([0-9]+)", content)
    words = words_of(content, "pdf", tmp_path)
    assert int(pages) >= 6
    assert f"{int(pages)}/{int(pages)}" in words
    for word in ("三单月报", "目录", "签收及时率", "楼道灯坏了", "换了新灯", "138****5678", "审核", "制表"):
        assert word in words
    assert "13812345678" not in words
