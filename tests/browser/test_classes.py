"""An owner on a phone: a class of trouble is proposed, he says yes, and sees how far it is."""

from datetime import UTC, datetime

from playwright.sync_api import expect

from bot.domain.ticket import Ticket
from bot.ports import Sweep, UnitOfWork
from storage.open import open_storage
from tests.browser.conftest import Phone, Shoot
from tests.browser.server import Server

AT = datetime(2026, 5, 6, 1, 0, tzinfo=UTC)


def put(uow: UnitOfWork) -> None:
    """Two proposals, as the hourly round writes them; one with a word that no phone is wide enough for."""
    for id_, title in (("s1", "举一反三：排水管网（下水）"), ("s2", f"举一反三：噪声扰民（{'w' * 60}）")):
        notice = "8月25日到8月27日是中元节。请不要在路边、楼下烧纸，小心火。" if id_ == "s1" else ""
        uow.sweeps.claim(Sweep(id_, "court", f"drainage|{id_}", "2026-05-06", AT, (), notice))
        ticket = Ticket(id_, f"public-{id_}", "town", "court", "web:dm:li", "web:li", AT, "hazard", "drainage")
        ticket.title, ticket.text = title, "30天内同类12件，涉及5栋，比上期多8件。"
        ticket.source = "season" if notice else "sweep"
        ticket.confidential, ticket.assignee = True, "li"
        uow.tickets.add(ticket)


def test_a_sweep_from_proposal_to_tasks(phone: Phone, server: Server, shoot: Shoot) -> None:
    server.stop()
    with open_storage(server.database) as storage:
        storage.desk.run(put)
    server.start()
    owner = phone(server.links["owner"])
    owner.get_by_role("button", name="确认").click()
    owner.goto("/desk/classes")
    shoot(owner, "classes-proposed")

    owner.get_by_role("button", name="登记：各网格查一遍").last.click()
    expect(owner.get_by_text("查完0个，共1个网格")).to_be_visible()
    owner.get_by_text("各网格", exact=True).click()
    expect(owner.get_by_text("王建国")).to_be_visible()
    owner.get_by_role("button", name="发到居民群").click()
    expect(owner.get_by_text("已发到居民群。")).to_be_visible()
    owner.get_by_label("学苑小区在哪一类地方？").select_option("north")
    owner.get_by_role("button", name="保存").click()
    expect(owner.get_by_label("学苑小区在哪一类地方？")).to_have_value("north")
    owner.get_by_text("各网格", exact=True).click()
    owner.get_by_role("button", name="大字").click()
    shoot(owner, "classes-running")
