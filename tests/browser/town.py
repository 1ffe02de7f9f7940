"""The small demo town behind a real server, and a browser in which somebody of it has signed in.

The pages are those of the menu and whatever they link to, so that a new page is looked at without being named here.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from playwright.sync_api import Browser, BrowserContext, Dialog, Page

from adapters.web.dashboard.desk import MENU
from bot.app import media_folder
from bot.demo.months import timetable
from bot.demo.stage import Plan
from bot.demo.stories import Beat
from bot.demo.town import make_town
from bot.domain.hook import Hook
from bot.domain.org import Organization
from bot.ports import UnitOfWork
from storage.open import open_storage
from tests.browser.server import Server
from tests.browser.test_manners import HOSTILE
from tests.hostile import corpus

DEVICES = {"phone": (360, 740, 2.0), "desktop": (1280, 800, 1.0)}
LISTEN = """
window.reports = [];
document.addEventListener('securitypolicyviolation', event =>
    window.reports.push(event.violatedDirective + ' ' + event.blockedURI));
"""
Opened = tuple[BrowserContext, list[str]]


def plan(days: int) -> Plan:
    """Two communities, until this hour."""
    return Plan(groups=6, days=days, until=datetime.now(UTC).replace(minute=0, second=0, microsecond=0))


@contextmanager
def served(town: Path, folder: Path) -> Iterator[Server]:
    """A copy of a town in a process of its own."""
    database = folder / town.name
    shutil.copy(town, database)
    shutil.copytree(media_folder(town), media_folder(database))
    subscribe(database)
    server = Server(database)
    server.links = {name: server.link_for(name) for name in ("owner0", "desk0")}
    server.start()
    yield server
    server.stop()


def subscribe(database: Path) -> None:
    """The first owner's community tells another program of what hardly ever happens: nothing is called while a test looks."""

    def job(uow: UnitOfWork) -> None:
        (duty, *_) = uow.org.load().duties_of("owner0")
        at = datetime.now(UTC)
        hook = Hook("h1", duty.unit, "https://desk.12345.example/in", "whsec_c2VjcmV0", "owner0", at, ("withdrawn",))
        uow.hooks.put(replace(hook, last="http 204", last_at=at))

    with open_storage(database) as storage:
        storage.desk.run(job)


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
