"""Text is packed for who can unpack it; all else goes out as it is."""

import gzip

import pytest

from tests.adapters.web.house import House

PACKED, PLAIN = {"Accept-Encoding": "gzip, br"}, {"Accept-Encoding": "identity"}


@pytest.mark.parametrize("path", ["/desk", "/static/style.css", "/static/vendor/echarts.simple.min.js"])
async def test_text_is_packed_for_who_can_unpack_it(house: House, path: str) -> None:
    owner = await house.staff("li")
    packed = await owner.browser.get(path, headers=PACKED)
    plain = await owner.browser.get(path, headers=PLAIN)

    assert packed.headers["Content-Encoding"] == "gzip"
    assert "Content-Encoding" not in plain.headers
    assert packed.headers["Vary"] == plain.headers["Vary"] == "Accept-Encoding"
    assert int(packed.headers["Content-Length"]) < len(await plain.read()) / 2


async def test_unpacked_it_is_the_same(house: House) -> None:
    browser = await house.new_browser()
    raw = await browser.get("/static/style.css", headers=PACKED, auto_decompress=False)

    assert gzip.decompress(await raw.read()) == await (await browser.get("/static/style.css", headers=PLAIN)).read()


async def test_what_is_short_or_no_text_goes_out_as_it_is(house: House) -> None:
    owner = await house.staff("li")
    for path in ("/healthz", "/desk/lists/lists.xlsx", "/static/font.js"):
        answer = await owner.browser.get(path, headers=PACKED)
        assert "Content-Encoding" not in answer.headers, path
