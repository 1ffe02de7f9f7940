"""Which addresses of the internet may be called: none that leads into a house, ours or a cloud's own.

Rules: the registries of special-purpose addresses (RFC 6890) as the standard library knows them.
"""

from collections.abc import Iterator, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network
NAT64 = IPv6Network("64:ff9b::/96")


def may_reach(host: str, allowed: Sequence[Network] = (), *, secure: bool = True) -> bool:
    """Whether the address may be connected to; False also for what is no address. ``allowed`` are networks let through;
    without encryption (not ``secure``) only they are.

    Refused are private, loopback, link-local (where clouds keep their metadata), shared (CGNAT), multicast, reserved and
    unspecified addresses, also inside of an IPv6 address: mapped, 6to4, Teredo, NAT64.
    """
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if any(address in network for network in allowed):
        return True
    if address in NAT64:  # a gateway's way to write the IPv4 address that it leads to
        address = IPv4Address(int(address) & 0xFFFFFFFF)
    return secure and all(_is_public(one) for one in (address, *_inside(address)))


def _is_public(address: Address) -> bool:
    return address.is_global and not (address.is_multicast or address.is_reserved or address.is_unspecified)


def _inside(address: Address) -> Iterator[IPv4Address]:
    """The IPv4 addresses that an IPv6 address leads to."""
    if isinstance(address, IPv4Address):
        return
    if address.ipv4_mapped is not None:
        yield address.ipv4_mapped
    if address.sixtofour is not None:
        yield address.sixtofour
    if address.teredo is not None:
        yield address.teredo[1]
