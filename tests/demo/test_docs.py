"""The pictures of the dashboard's documentation: there, small, and the same in both languages."""

import re
from pathlib import Path

from PIL import Image

from adapters.web.dashboard.desk import MENU

DOCS = Path(__file__).parents[2] / "docs"
IMAGE = re.compile(r'<img src="(img/[^"]+)" width="\d+" alt="([^"]+)">')
KILOBYTES = 100


def test_the_pictures_are_there_and_small() -> None:
    told = {
        name: IMAGE.findall((DOCS / name).read_text(encoding="utf-8"))
        for name in ("dashboard.md", "dashboard.zh-CN.md")
    }
    english, chinese = ([source for source, _ in found] for found in told.values())

    assert english == chinese
    assert english
    for source in english:
        assert (DOCS / source).stat().st_size <= KILOBYTES * 1000, source
        with Image.open(DOCS / source) as image:
            assert image.format == "WEBP"


def test_each_page_is_shown_on_phone_and_desk() -> None:
    sources = [source for source, _ in IMAGE.findall((DOCS / "dashboard.md").read_text(encoding="utf-8"))]
    shown = {
        device: {s.removesuffix(f"-{device}.webp") for s in sources if s.endswith(f"-{device}.webp")}
        for device in ("phone", "desktop")
    }

    assert shown["phone"] == shown["desktop"]
    assert 2 * len(shown["phone"]) == len(sources)


def test_every_page_of_the_menu_is_shown() -> None:
    shown = {source for source, _ in IMAGE.findall((DOCS / "dashboard.md").read_text(encoding="utf-8"))}
    wanted = {f"img/{path.strip('/').replace('/', '-')}-phone.webp" for path, _, _ in MENU}

    assert not wanted - shown, (
        "SCREENSHOTS=docs/img pytest tests/browser/test_town.py, then a section in both languages"
    )
