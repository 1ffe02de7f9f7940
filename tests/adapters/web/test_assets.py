"""Browsers keep what is ours and does not change, and nothing else."""

import re

import pytest

from adapters.web.assets import FOLDER
from tests.adapters.web.house import House


async def test_a_style_is_kept_as_long_as_its_address_names_what_is_in_it(house: House) -> None:
    owner = await house.staff("li")
    _, html = await owner.get("/desk/analysis")
    named = re.findall(r'(?:src|href)="(/static/[^"]+)"', html)

    assert {address.partition("?")[0] for address in named} >= {"/static/style.css", "/static/charts.js"}
    assert all(address.partition("?v=")[2].isalpha() for address in named)
    for address in named:
        answer = await owner.browser.get(address)
        assert answer.status == 200
        assert answer.headers["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize("address", ["/static/style.css", "/static/style.css?v=", "/static/style.css?v=0123456789ab"])
async def test_without_its_version_a_file_is_asked_for_again(house: House, address: str) -> None:
    browser = await house.new_browser()
    answer = await browser.get(address)

    assert answer.headers["Cache-Control"] == "no-cache"
    again = await browser.get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status == 304
    assert again.headers["Cache-Control"] == "no-cache"


async def test_pages_and_what_is_missing_are_kept_nowhere(house: House) -> None:
    owner = await house.staff("li")

    for path in ("/", "/desk", "/tickets", "/static/nothing.css?v=1", "/static/../server.py", "/u/court"):
        assert (await owner.browser.get(path)).headers["Cache-Control"] == "no-store", path


async def test_only_the_board_fetches_what_moves_it(house: House) -> None:
    owner = await house.staff("li")

    assert "htmx.min.js" in (await owner.get("/desk"))[1]
    for path in ("/desk/lists/effects", "/desk/analysis", "/desk/people", "/desk/settings"):
        assert "htmx" not in (await owner.get(path))[1], path


async def test_what_is_served_is_what_lies_there(house: House) -> None:
    browser = await house.new_browser()
    types = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
    for file in (one for one in FOLDER.rglob("*") if one.suffix in types):
        answer = await browser.get(f"/static/{file.relative_to(FOLDER).as_posix()}")

        assert (answer.status, answer.content_type) == (200, types[file.suffix]), file
        assert await answer.read() == file.read_bytes(), file
