"""Where a request comes from. What a proxy says of it counts only if the proxy is one of ours: anybody can write a header."""

from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

from aiohttp import web

from adapters.web.deps import DEPS
from adapters.web.errors import Refusal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
FORWARDED = "X-Forwarded-For"


def not_too_fast(request: web.Request) -> None:
    """Refuse who comes in from one address too often."""
    deps = request.app[DEPS]
    headers = request.headers.getall(FORWARDED, [])
    address = sender_of(request.remote or "", headers, deps.settings.web.trusted_proxies)
    if not deps.arrivals.allows(address, deps.clock.now()):
        raise Refusal("error.too_fast", 429)


def sender_of(peer: str, headers: Iterable[str], trusted: Sequence[Network]) -> str:
    """The address behind our proxies: from the nearest outwards, the first one that is none of them.

    Each proxy adds at the right whom it saw. What stands left of an address that is not ours was written by anybody.
    """
    found = peer
    hops = [hop for header in headers for hop in header.split(",")]
    while hops and _is_ours(found, trusted):
        address = _address(hops.pop())
        if address is None:
            break
        found = str(address)
    return found


def _is_ours(text: str, trusted: Sequence[Network]) -> bool:
    address = _address(text)
    return address is not None and any(address in network for network in trusted)


def _address(text: str) -> Address | None:
    """An address, with or without a port."""
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    try:
        address = ip_address(text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
