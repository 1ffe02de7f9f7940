"""Every page of the dashboard over the small demo town: pictures on phone and desktop, and hostile words in every field.

The pages are those of the menu and whatever they link to, so that a new page is looked at without being named here.
``SCREENSHOTS=docs/img`` makes the pictures of docs/dashboard.md anew.
"""

import io
import os
import re
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import pytest
from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Dialog, Page, Response

from adapters.web.dashboard.desk import MENU
from bot.app import media_folder
from bot.demo import stage
from bot.demo.months import timetable
from bot.demo.stage import Plan
from bot.demo.stories import Beat
from bot.demo.town import make_town
from bot.domain.org import Organization
from tests.browser.conftest import assert_usable
from tests.browser.server import Server
from tests.browser.test_manners import HOSTILE
from tests.demo.town import small_town
from tests.hostile import corpus

DEVICES = {"phone": (360, 740, 2.0), "desktop": (1280, 800, 1.0)}
KILOBYTES = 100  # of a page with its styles and scripts, charts and photos aside
OF_A_KIND = 5  # pages of one address pattern that are opened
MOST = 70  # pages in all
STEPS_IN = ("script", "iframe", "object", "embed", "base", "meta", "form[action^='http']", "a[href^='javascript' i]")
LISTEN = """
window.reports = [];
document.addEventListener('securitypolicyviolation', event =>
    window.reports.push(event.violatedDirective + ' ' + event.blockedURI));
"""
Opened = tuple[BrowserContext, list[str]]


@pytest.fixture(scope="module")
def peaceful(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small town whose three weeks end now."""
    return small_town(tmp_path_factory.mktemp("peaceful"), plan(days=21))


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same with something hostile behind every word and every name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "timetable", hostile_timetable)
        patch.setattr(stage, "make_town", hostile_town)
        yield small_town(tmp_path_factory.mktemp("besieged"), plan(days=10))


def plan(days: int) -> Plan:
    """Two communities, until this hour."""
    return Plan(groups=6, days=days, until=datetime.now(UTC).replace(minute=0, second=0, microsecond=0))


@contextmanager
def served(town: Path, folder: Path) -> Iterator[Server]:
    """A copy of a town in a process of its own."""
    database = folder / town.name
    shutil.copy(town, database)
    shutil.copytree(media_folder(town), media_folder(database))
    server = Server(database)
    server.links = {name: server.link_for(name) for name in ("owner0", "desk0")}
    server.start()
    yield server
    server.stop()


@contextmanager
def window(browser: Browser, server: Server, device: str, who: str) -> Iterator[Opened]:
    """A browser in which somebody has signed in, and what went wrong in it: errors, dialogs, requests to elsewhere."""
    width, height, scale = DEVICES[device]
    context = browser.new_context(
        base_url=server.url, viewport={"width": width, "height": height}, device_scale_factor=scale,
        is_mobile=device == "phone", has_touch=device == "phone", locale="zh-CN", reduced_motion="reduce",
    )  # fmt: skip
    context.set_default_timeout(30_000)
    context.add_init_script(LISTEN)
    faults: list[str] = []
    context.on("weberror", lambda error: faults.append(f"threw {error.error}"))
    context.on("dialog", dismissing(faults))
    context.on(
        "request", lambda request: faults.append(request.url) if not request.url.startswith(own(server)) else None
    )
    page = context.new_page()
    page.goto(server.links[who])
    page.locator("main form button").first.click()
    page.wait_for_load_state()
    page.close()
    yield context, faults
    context.close()


def dismissing(faults: list[str]) -> Callable[[Dialog], None]:
    """A dialog is a fault, and must not hold the page up."""

    def note(dialog: Dialog) -> None:
        faults.append(f"dialog {dialog.message}")
        dialog.dismiss()

    return note


def own(server: Server) -> tuple[str, ...]:
    """What may be asked for: this server, and what a page carries in itself."""
    return server.url, server.url.replace("http", "ws", 1), "data:", "blob:"


def pages() -> list[str]:
    """The pages of the menu, and those of the web chat for duty-holders."""
    return [*(path for path, _, _ in MENU), "/tickets", "/people", "/"]


# ---------------------------------------------------------------- pictures


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
    with Image.open(io.BytesIO(page.screenshot())) as image:
        image.convert("RGB").save(file, "WEBP", quality=60, method=6)


# ---------------------------------------------------------------- hostile words


def payloads() -> list[str]:
    """Our own, and the public collections where they lie beside the project."""
    found = [*HOSTILE, *corpus.INJECTIONS, *corpus.TEMPLATES]
    xss = corpus.BAD_INPUT / "fuzzdb" / "attack" / "xss"
    for file in sorted(xss.rglob("*.txt")):
        found += file.read_text(encoding="utf-8", errors="replace").split("\n")
    return [one for one in dict.fromkeys(found) if one.strip()]


def hostile_timetable(org: Organization, groups: int, days: int, until: datetime, seed: int) -> list[Beat]:
    """Everybody says what he says, and something more; and is called so."""
    more = payloads()

    def spoilt(number: int, beat: Beat) -> Beat:
        said = (
            f"{beat.text} {HOSTILE[1]} {more[number % len(more)]}" if beat.text and beat.do != "withdraw" else beat.text
        )
        return replace(beat, text=said, name=f"{beat.name}{HOSTILE[number % 2]}")

    return [spoilt(number, beat) for number, beat in enumerate(timetable(org, groups, days, until, seed))]


def hostile_town(groups: int) -> Organization:
    """Names of units, people and groups, and the words of articles, with something behind them."""
    org, bad = make_town(groups), HOSTILE
    return Organization(
        {id_: replace(unit, name=f"{unit.name}{bad[0]}") for id_, unit in org.units.items()},
        {id_: replace(person, name=f"{person.name}{bad[1]}") for id_, person in org.people.items()},
        org.duties,
        {key: replace(group, title=f"{group.title}{bad[5]}") for key, group in org.groups.items()},
        tuple(replace(one, title=f"{one.title}{bad[4]}", body=f"{one.body}{bad[0]}") for one in org.articles),
    )


@pytest.mark.timeout(300)
def test_hostile_words_stay_words_on_every_page(browser: Browser, besieged: Path, tmp_path: Path) -> None:
    with served(besieged, tmp_path) as server, window(browser, server, "phone", "owner0") as (context, faults):
        page, seen, spelled = context.new_page(), Counter[str](), 0
        waiting = [*pages(), *(f"{path}?unit=c0" for path, _, _ in MENU)]
        done: set[str] = set()
        while waiting and len(done) < MOST:
            path = waiting.pop(0)
            seen[pattern_of(path)] += path not in done
            if path in done or seen[pattern_of(path)] > OF_A_KIND or not is_page(context, path):
                continue
            done.add(path)
            page.goto(path)
            page.wait_for_load_state()
            assert page.evaluate("() => window.reports") == [], path
            assert intruders(page) == [], path
            spelled += HOSTILE[0] in page.inner_text("body")
            waiting += links_of(page)
        assert not faults
        assert spelled > len(MENU), "the words are there to be read"
        assert len(done) > len(pages())


def pattern_of(path: str) -> str:
    """The address without what names a single thing."""
    return re.sub(r"[^/?&=]{12,}|[0-9]+", "*", path)


def is_page(context: BrowserContext, path: str) -> bool:
    """Whether there is something to look at, and no file to take away."""
    answer = context.request.get(path)
    return answer.ok and answer.headers["content-type"].startswith("text/html")


def links_of(page: Page) -> list[str]:
    """Where a page leads to on this server."""
    found: list[str] = page.eval_on_selector_all("a[href]", "all => all.map(a => a.getAttribute('href'))")
    whole = (urlsplit(urljoin(page.url, one)) for one in found)
    here = urlsplit(page.url).netloc
    return [one._replace(scheme="", netloc="", fragment="").geturl() for one in whole if one.netloc == here]


def intruders(page: Page) -> list[str]:
    """What words must never become: elements that act, and attributes that run."""
    return page.evaluate(  # type: ignore[no-any-return]
        """kinds => [...document.body.querySelectorAll('*')].filter(e => kinds.some(kind => e.matches(kind))
            || [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'srcdoc')).map(e => e.outerHTML)""",
        list(STEPS_IN),
    )
