"""Where requests come from: a proxy of ours is believed, what anybody writes into a header is not."""

from collections.abc import Awaitable, Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import pytest
from aiohttp.test_utils import TestServer
from pytest_aiohttp import AiohttpClient, AiohttpServer

from adapters.web import build_web
from adapters.web.address import sender_of
from adapters.web.limits import RateLimit
from bot.settings import SettingsError, WebSettings, load_settings
from tests.adapters.web.house import Browser, House, origin_of

PROXIES = (ip_network("127.0.0.1/32"), ip_network("10.0.0.0/8"), ip_network("fd00::/8"))
CASES = [
    ("203.0.113.7", [], "203.0.113.7"),
    ("127.0.0.1", [], "127.0.0.1"),
    ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
    ("127.0.0.1", ["203.0.113.7:4711"], "203.0.113.7"),
    ("127.0.0.1", ["[2001:db8::7]:443"], "2001:db8::7"),
    ("::ffff:127.0.0.1", ["203.0.113.7"], "203.0.113.7"),
    ("fd00::1", ["2001:db8::7"], "2001:db8::7"),
    ("127.0.0.1", ["203.0.113.7, 10.1.2.3"], "203.0.113.7"),
    ("127.0.0.1", ["203.0.113.7", "10.1.2.3"], "203.0.113.7"),
]
SPOOFED = [
    ("198.51.100.1", ["203.0.113.7"], "198.51.100.1"),  # no proxy of ours
    ("198.51.100.1", ["127.0.0.1"], "198.51.100.1"),
    ("127.0.0.1", ["203.0.113.7, 198.51.100.1"], "198.51.100.1"),  # the visitor wrote the first one himself
    ("127.0.0.1", ["10.0.0.9, 198.51.100.1"], "198.51.100.1"),
    ("127.0.0.1", ["203.0.113.7", "198.51.100.1, 10.0.0.9"], "198.51.100.1"),
    ("127.0.0.1", ["203.0.113.7, nonsense"], "127.0.0.1"),
    ("127.0.0.1", ["203.0.113.7, "], "127.0.0.1"),
    ("127.0.0.1", ["unknown"], "127.0.0.1"),
    ("", ["203.0.113.7"], ""),
]


@pytest.mark.parametrize(("peer", "headers", "sender"), [*CASES, *SPOOFED])
def test_the_first_address_that_is_no_proxy_of_ours(peer: str, headers: list[str], sender: str) -> None:
    assert sender_of(peer, headers, PROXIES) == sender


@pytest.mark.parametrize("peer", ["127.0.0.1", "203.0.113.7"])
def test_by_default_nobody_is_believed(peer: str) -> None:
    assert sender_of(peer, ["198.51.100.1"], WebSettings().trusted_proxies) == peer


def test_settings_name_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRIDSTEWARD_WEB__TRUSTED_PROXIES", '["127.0.0.1", "fd00::/8"]')
    assert load_settings().web.trusted_proxies == (ip_network("127.0.0.1/32"), ip_network("fd00::/8"))

    monkeypatch.setenv("GRIDSTEWARD_WEB__TRUSTED_PROXIES", '["nginx"]')
    with pytest.raises(SettingsError, match="trusted_proxies"):
        load_settings()


@pytest.fixture
def behind(
    house: House, aiohttp_server: AiohttpServer, aiohttp_client: AiohttpClient
) -> Callable[[str], Awaitable[Browser]]:
    """A browser of the same house served behind proxies in a network, where two may come in from one address."""

    async def serve(network: str) -> Browser:
        web = house.deps.settings.web.model_copy(update={"trusted_proxies": (ip_network(network),)})
        settings = house.deps.settings.model_copy(update={"web": web})
        deps = replace(house.deps, settings=settings, arrivals=RateLimit(2, timedelta(minutes=1)))
        server: TestServer = await aiohttp_server(build_web(deps))
        return await aiohttp_client(server)

    return serve


async def enter(house: House, browser: Browser, forwarded: str) -> int:
    """Somebody enters through the proxy; the status."""
    browser.session.cookie_jar.clear()
    headers = {"Origin": origin_of(browser), "X-Forwarded-For": forwarded}
    answer = await browser.post(f"/r/{house.invite()}", data={"name": "3-2"}, headers=headers, allow_redirects=False)
    return answer.status


async def test_each_visitor_behind_our_proxy_has_a_limit_of_his_own(
    house: House, behind: Callable[[str], Awaitable[Browser]]
) -> None:
    browser = await behind("127.0.0.0/8")

    assert [await enter(house, browser, "203.0.113.7") for _ in range(3)] == [303, 303, 429]
    assert await enter(house, browser, "203.0.113.8") == 303
    assert await enter(house, browser, "198.51.100.1, 203.0.113.7") == 429  # made up by the visitor


async def test_without_a_proxy_a_made_up_header_helps_nobody(
    house: House, behind: Callable[[str], Awaitable[Browser]]
) -> None:
    browser = await behind("10.0.0.0/8")

    assert [await enter(house, browser, f"203.0.113.{n}") for n in range(3)] == [303, 303, 429]
    headers = {"Origin": origin_of(browser), "X-Forwarded-For": "203.0.113.9"}
    assert (await browser.post(f"/bind/{house.code_for('wang')}", headers=headers)).status == 429
