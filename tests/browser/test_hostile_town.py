"""A town in which everybody is called, and says, something hostile: on no page it is more than words, and in no file.

Pages and files are those that the menu leads to, so that a new one is looked at without being named here.
"""

import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import APIResponse, Browser, BrowserContext, Page

from adapters.web.dashboard.desk import MENU
from bot.demo import stage
from tests.browser.test_manners import HOSTILE
from tests.browser.town import hostile_timetable, hostile_town, is_page, links_of, pages, plan, served, window
from tests.demo.town import small_town
from tests.libreoffice import OPENED_AS, office, opened_by

OF_A_KIND = 5  # pages of one address pattern that are opened
MOST = 70  # pages in all
STEPS_IN = ("script", "iframe", "object", "embed", "base", "meta", "form[action^='http']", "a[href^='javascript' i]")
FILE_NAME = re.compile(r"filename\*?=[^;]*\.(\w+)")


@pytest.fixture(scope="module")
def besieged(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The same with something hostile behind every word and every name."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stage, "timetable", hostile_timetable)
        patch.setattr(stage, "make_town", hostile_town)
        yield small_town(tmp_path_factory.mktemp("besieged"), plan(days=10))


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


def intruders(page: Page) -> list[str]:
    """What words must never become: elements that act, and attributes that run."""
    return page.evaluate(  # type: ignore[no-any-return]
        """kinds => [...document.body.querySelectorAll('*')].filter(e => kinds.some(kind => e.matches(kind))
            || [...e.attributes].some(a => a.name.startsWith('on') || a.name === 'srcdoc')).map(e => e.outerHTML)""",
        list(STEPS_IN),
    )


# ---------------------------------------------------------------- files


@pytest.mark.timeout(300)
def test_files_open_in_an_office_without_a_formula(browser: Browser, besieged: Path, tmp_path: Path) -> None:
    program = office()
    with served(besieged, tmp_path) as server, window(browser, server, "desktop", "owner0") as (context, _):
        files = [save(answer, tmp_path / f"file{number}") for number, answer in enumerate(offered(context))]
    assert {"xlsx", "docx", "pdf"} <= {file.suffix[1:] for file in files}
    for file in files:
        opened = opened_by(program, file, tmp_path / "office")
        for acting in ("table:formula=", "office:event-listeners", "text:dde-connection", "<script:"):
            assert acting not in opened, f"{file.name}: {acting}"
        assert "&lt;" in opened, f"{file.name}: the hostile words are there to be read"


def offered(context: BrowserContext) -> list[APIResponse]:
    """The tables and texts that the pages of the menu offer to take away, each once."""
    page, links = context.new_page(), dict[str, None]()
    for path, _, _ in MENU:
        page.goto(path)
        links |= dict.fromkeys(link for link in links_of(page) if "/desk" in link)
    packs = (f"/desk/lists/pack.{form}" for form in ("docx", "pdf"))  # behind a form, which asks for the month
    answers = (context.request.get(link) for link in (*links, *packs))
    return [answer for answer in answers if answer.ok and kind_of(answer) in OPENED_AS]


def kind_of(answer: APIResponse) -> str:
    """The ending of the name under which a file is saved; "" for a page."""
    named = FILE_NAME.search(answer.headers.get("content-disposition", ""))
    return named[1].lower() if named else ""


def save(answer: APIResponse, stem: Path) -> Path:
    """The file on the disk."""
    file = stem.with_suffix(f".{kind_of(answer)}")
    file.write_bytes(answer.body())
    return file
