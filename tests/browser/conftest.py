"""A browser, phones, and a look at every page for what keeps people out."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Error, Page, expect, sync_playwright

from tests.browser.server import Server

AXE = Path(__file__).parents[1] / "vendor" / "axe" / "axe.min.js"
WIDTH = 360  # the narrowest phone in use
DECLINED = 4  # pictures in a row that Chromium may decline to take
GRAVE = {"serious", "critical"}
Phone = Callable[[str], Page]
Shoot = Callable[[Page, str], None]


@pytest.fixture(scope="session")
def chromium() -> str:
    """Where Chromium lies; a machine without it skips, CI does not."""
    found = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser")
    if found is None and not os.environ.get("CI"):
        pytest.skip("no Chromium on this machine")
    assert found is not None, "CI must have Chromium"
    return found


@pytest.fixture
def browser(chromium: str) -> Iterator[Browser]:
    """A browser."""
    with sync_playwright() as playwright:
        # root in a container has no sandbox to go to
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Server:
    """A neighbourhood with its links, to copy."""
    server = Server(tmp_path_factory.mktemp("founded") / "court.db")
    server.set_up()
    return server


@pytest.fixture
def server(tmp_path: Path, founded: Server) -> Iterator[Server]:
    """The neighbourhood, served by a process of its own."""
    shutil.copy(founded.database, tmp_path)
    server = Server(tmp_path / founded.database.name, links=founded.links)
    server.start()
    yield server
    server.stop()


@pytest.fixture
def phone(browser: Browser, server: Server) -> Iterator[Phone]:
    """Opens a page on a new phone. What a script throws fails the test."""
    thrown: list[str] = []

    def new_phone(path: str) -> Page:
        context = browser.new_context(
            base_url=server.url, viewport={"width": WIDTH, "height": 740}, device_scale_factor=2, has_touch=True,
            is_mobile=True, locale="zh-CN", reduced_motion="reduce",
        )  # fmt: skip
        context.set_default_timeout(15_000)
        page = context.new_page()
        page.on("pageerror", lambda error: thrown.append(str(error)))
        page.on("dialog", lambda dialog: thrown.append(dialog.message))
        page.goto(path)
        return page

    expect.set_options(timeout=15_000)
    yield new_phone
    assert not thrown


@pytest.fixture
def desktop(browser: Browser, server: Server) -> Iterator[BrowserContext]:
    """A browser on a desk, with tabs. What a script throws or asks for, and what is fetched elsewhere, fails the test."""
    thrown: list[str] = []
    context = browser.new_context(
        base_url=server.url, viewport={"width": 1280, "height": 800}, locale="zh-CN", reduced_motion="reduce"
    )
    context.set_default_timeout(15_000)
    context.on("weberror", lambda error: thrown.append(str(error.error)))
    context.on("dialog", lambda dialog: thrown.append(dialog.message))
    context.on(
        "request", lambda request: thrown.extend({request.url} if not request.url.startswith(server.url) else ())
    )
    yield context
    assert not thrown


@pytest.fixture
def shoot(tmp_path: Path) -> Shoot:
    """Takes a picture, into SCREENSHOTS if that is set, and looks for faults that keep people out."""
    folder = Path(os.environ.get("SCREENSHOTS") or tmp_path / "screenshots")
    folder.mkdir(parents=True, exist_ok=True)

    def picture(page: Page, name: str) -> None:
        page.wait_for_load_state()
        folder.joinpath(f"{name}.png").write_bytes(capture(page))
        assert_usable(page)

    return picture


def capture(page: Page) -> bytes:
    """What a page shows, as PNG. On a busy machine Chromium now and then declines, and draws it when asked once more."""
    for _ in range(DECLINED):
        try:
            return page.screenshot()
        except Error as error:
            if "Unable to capture screenshot" not in error.message:
                raise
    return page.screenshot()


def assert_usable(page: Page) -> None:
    """No serious fault found by axe, and nothing wider than the screen."""
    page.evaluate(AXE.read_text(encoding="utf-8"))  # by the debugger: the page's policy lets no script of ours in
    result: dict[str, Any] = page.evaluate("() => axe.run()")
    faults = [
        f"{fault['id']}: {node['html']}"
        for fault in result["violations"]
        if fault["impact"] in GRAVE
        for node in fault["nodes"]
    ]
    assert not faults, "\n".join(faults)
    width = page.viewport_size["width"] if page.viewport_size else WIDTH
    assert page.evaluate("() => document.documentElement.scrollWidth") <= width, "wider than the screen"
