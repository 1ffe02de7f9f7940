"""What may be subscribed, and by which secret it is signed."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network

import pytest

from bot.domain.audit import Event
from bot.domain.hook import KINDS, LONGEST, TURNING, Hook, is_fit, told_kind

NOW = datetime(2026, 5, 6, tzinfo=UTC)
HOOK = Hook("h1", "xueyuan", "https://desk.example.com/in?key=1", "whsec_bmV3", "chen", NOW)
LAN = [ip_network("10.0.0.0/8")]


@pytest.mark.parametrize(
    "url", ["https://desk.example.com", HOOK.url, "https://desk.example.com:8443/a/b", "https://1.1.1.1/x"]
)
def test_an_address_of_the_web_is_fit(url: str) -> None:
    assert is_fit(url)


@pytest.mark.parametrize(
    "url",
    [
        "", "desk.example.com", "http://desk.example.com/", "ftp://desk.example.com/", "file:///etc/passwd", "https://",
        "https:///path", "https://me:word@desk.example.com/", "https://desk.example.com@evil.example/", "https://a b/",
        "https://desk.example.com/#x", "https://desk.example.com:0/", "https://desk.example.com:99999/", "https://[::1/",
        "https://127.0.0.1/", "https://[::1]/", "https://169.254.169.254/latest", "https://[::ffff:10.0.0.1]/", "https://0/",
        "https://127.1/", "https://2130706433/", "https://0x7f000001/", "https://017700000001/", "https://10.0.0.1./",
        "https://desk.example.com./", "https://desk\\.example.com/", "https://desk.example.com/\r\nX: y",
        "https://网格.example/", "javascript:alert(1)", f"https://desk.example.com/{'x' * LONGEST}",
    ],
)  # fmt: skip
def test_anything_else_is_not(url: str) -> None:
    assert not is_fit(url)


def test_http_is_for_networks_of_ones_own() -> None:
    assert is_fit("http://10.1.2.3:8080/in", LAN)
    assert is_fit("https://10.1.2.3/in", LAN)
    assert not is_fit("http://1.1.1.1/in", LAN)
    assert not is_fit("https://192.168.1.1/in", LAN)


def test_the_old_secret_signs_for_a_day() -> None:
    turned = replace(HOOK, secret="whsec_dHdv", old_secret=HOOK.secret, old_until=NOW + TURNING)

    assert HOOK.secrets(NOW) == ["whsec_bmV3"]
    assert turned.secrets(NOW) == ["whsec_dHdv", "whsec_bmV3"]
    assert turned.secrets(NOW + TURNING - timedelta(seconds=1)) == ["whsec_dHdv", "whsec_bmV3"]
    assert turned.secrets(NOW + TURNING) == ["whsec_dHdv"]


def test_of_notes_only_a_refusal_is_told() -> None:
    assert told_kind(Event(NOW, "noted", "zhou", "not_accepted: 不归我们管")) == "not_accepted"
    assert told_kind(Event(NOW, "noted", "zhou", "urged")) is None
    assert told_kind(Event(NOW, "reminded", "bot")) is None
    assert told_kind(Event(NOW, "signed", "zhou")) == "signed"


def test_without_kinds_it_is_told_of_all() -> None:
    assert all(HOOK.wants(kind) for kind in KINDS)
    assert [kind for kind in KINDS if replace(HOOK, kinds=("closed",)).wants(kind)] == ["closed"]
