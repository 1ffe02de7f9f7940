"""Every page of the dashboard over the small demo town, on a phone and on a desk: seen, usable, light.

``SCREENSHOTS=docs/img`` makes the pictures of docs/dashboard.md anew.
"""

import io
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import typst
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Response, expect

from adapters.cards import Printer
from bot.app import Ids, build_services, media_folder
from bot.domain.periods import MONTH
from bot.ports import Document, UnitOfWork
from bot.render.catalog import load_catalog
from bot.settings import Settings
from bot.usecases.analysis import choose_period, span_of
from bot.usecases.lists import Selection, page_of
from bot.usecases.pack import Month, gather, pack, pair_of, paired
from bot.usecases.tables import Scribe, load_columns, sheet_of
from storage.media import MediaFolder
from storage.open import open_storage
from tests.browser.conftest import assert_usable, capture
from tests.browser.town import DEVICES, pages, plan, served, window
from tests.demo.town import small_town

KILOBYTES = 100  # of a page with its styles and scripts, charts and photos aside


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town whose three weeks end now."""
    return small_town(tmp_path_factory.mktemp("peaceful"), plan(days=21))


@pytest.mark.timeout(300)
@pytest.mark.parametrize("device", sorted(DEVICES))
def test_every_page_is_pictured(browser: Browser, peaceful: Path, tmp_path: Path, device: str) -> None:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    with served(peaceful, tmp_path) as server, window(browser, server, device, "owner0") as (context, faults):
        page = context.new_page()
        for path in [*pages(), a_ticket(context)]:
            with weighed(page) as weight:
                answer = page.goto(path)
                page.wait_for_load_state()
            assert answer is not None
            assert answer.status == 200, path
            assert weight[0] <= KILOBYTES * 1000, f"{path}: {weight[0]} bytes"
            picture(page, folder / f"{name_of(path)}-{device}.webp")
            assert_usable(page)
        assert not faults


@pytest.mark.timeout(300)
def test_every_page_can_be_read_where_the_phone_is_dark(browser: Browser, peaceful: Path, tmp_path: Path) -> None:
    with served(peaceful, tmp_path) as server, window(browser, server, "phone", "owner0") as (context, _):
        page = context.new_page()
        page.emulate_media(color_scheme="dark")
        for path in [*pages(), a_ticket(context)]:
            page.goto(path)
            page.wait_for_load_state()
            assert page.evaluate("() => getComputedStyle(document.body).backgroundColor") == "rgb(18, 18, 18)", path
            assert_usable(page)
        page.emulate_media(media="print", color_scheme="dark")
        assert page.evaluate("() => getComputedStyle(document.body).color") == "rgb(26, 26, 26)"  # ink on paper


@pytest.mark.timeout(300)
def test_what_is_printed_says_what_it_is_and_has_nothing_to_tap(
    browser: Browser, peaceful: Path, tmp_path: Path
) -> None:
    with served(peaceful, tmp_path) as server, window(browser, server, "desktop", "owner0") as (context, _):
        page, ticket = context.new_page(), a_ticket(context)
        page.emulate_media(media="print")
        for path in ("/desk", "/desk/lists/effects", "/desk/analysis", "/tickets", ticket):
            page.goto(path)
            page.wait_for_load_state()
            expect(page.get_by_role("heading", level=1)).to_be_visible()
            expect(page.locator("button:visible, select:visible, summary:visible")).to_have_count(0)
            expect(page.locator(".paper")).to_have_count(1 if path.startswith("/desk") else 0)
            assert all((unit.bounding_box() or {"width": 0})["width"] > 20 for unit in page.locator(".paper").all())
        page.goto("/desk/analysis")
        page.wait_for_load_state()
        numbers = page.get_by_role("table", name="登记和办结")
        expect(numbers).to_be_hidden()
        page.evaluate("() => dispatchEvent(new Event('beforeprint'))")
        expect(numbers).to_be_visible()
        page.evaluate("() => dispatchEvent(new Event('afterprint'))")
        expect(numbers).to_be_hidden()


@pytest.mark.timeout(300)
def test_who_uses_keys_gets_past_the_menu_at_once(browser: Browser, peaceful: Path, tmp_path: Path) -> None:
    with served(peaceful, tmp_path) as server, window(browser, server, "desktop", "owner0") as (context, _):
        page = context.new_page()
        page.goto("/desk")
        for key in ("Tab", "Enter", "Tab"):
            page.keyboard.press(key)

        assert page.evaluate("() => document.activeElement.matches('main *')")
        assert page.evaluate("() => document.activeElement.closest('nav, .choose, header') === null")


@contextmanager
def weighed(page: Page) -> Iterator[list[int]]:
    """How many bytes a page takes, itself, its styles and scripts; charts are drawn by a script of their own."""
    total = [0]

    def add(response: Response) -> None:
        kind = response.request.resource_type
        if kind in {"document", "stylesheet", "script"} and "echarts" not in response.url and response.status == 200:
            found.append(response)

    found: list[Response] = []
    page.on("response", add)
    yield total
    page.remove_listener("response", add)
    total[0] = sum(len(response.body()) for response in found)


def a_ticket(context: BrowserContext) -> str:
    """The page of a ticket that has a photo, if the list shows one."""
    links = re.findall(r'href="(/t/[^"]+)"', context.request.get("/tickets").text())
    pictured = (link for link in links if "/media/" in context.request.get(link).text())
    return str(next(pictured, links[0]))


def name_of(path: str) -> str:
    """What the picture of a page is called: the same for every ticket."""
    return "ticket" if path.startswith("/t/") else path.strip("/").replace("/", "-") or "home"


def picture(page: Page, file: Path) -> None:
    """What is in the window, small enough for docs."""
    with Image.open(io.BytesIO(capture(page))) as image:
        image.convert("RGB").save(file, "WEBP", quality=60, method=6)


def test_a_page_of_the_pack_is_pictured(peaceful: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)
    report, pages = pack_of(peaceful, tmp_path), list[Image.Image]()
    setting = typst.compile

    def as_pictures(*given: Any, **how: Any) -> bytes:
        drawn = setting(*given, **{**how, "format": "png", "ppi": 72})
        pages.extend(Image.open(io.BytesIO(one)).convert("RGB") for one in drawn)
        return b""

    monkeypatch.setattr(typst, "compile", as_pictures)
    Printer().pdf(report)

    figures, photos = pages[2], next((page for page in pages[::-1] if colours(page) > 2000), pages[-1])
    sheet = Image.new("RGB", (figures.width + photos.width + 12, figures.height), "#8a9499")
    sheet.paste(figures, (0, 0))
    sheet.paste(photos, (figures.width + 12, 0))
    sheet.save(folder / "pack.webp", "WEBP", quality=60, method=6)
    assert len(pages) > 6
    assert colours(figures) > 50


def colours(page: Image.Image) -> int:
    """How many colours a page has: photos have many."""
    return len(page.getcolors(1 << 24) or ())


def pack_of(town: Path, folder: Path) -> Document:
    """The pack of the month of a town's first community."""
    database, columns = Path(shutil.copy(town, folder)), load_columns("print")
    media = MediaFolder(media_folder(town))

    def read(uow: UnitOfWork) -> Document:
        org, now = uow.org.load(), datetime.now(UTC)
        unit = next(one for one in org.units.values() if one.level == "community")
        scribe = Scribe(org, load_catalog("zh_CN"), unit.zone)
        uow.facts.catch_up(100_000)
        span = span_of(choose_period(MONTH, (now - timedelta(days=7)).date(), now, unit), now)
        gathered = gather(uow, org, unit, span, build_services(Settings(), Ids(7)).scoring, now)
        lists = [
            page_of(uow, org, Selection().of(one.list, org.below(unit.id), unit.zone, now), now, None, 200).rows
            for one in columns.sheets
        ]
        small = ((row, media.small(b.ref, 900), media.small(a.ref, 900)) for row, b, a in paired(lists[-1]))
        pairs = [pair_of(row, b, a, scribe) for row, b, a in small if b and a]
        sheets = [sheet_of(one, map(scribe.fields, rows[:20])) for one, rows in zip(columns.sheets, lists, strict=True)]
        return pack(Month(unit, gathered, sheets, frozenset(), pairs), scribe, scribe.time(now))

    with open_storage(database) as storage:
        return storage.desk.run(read)
