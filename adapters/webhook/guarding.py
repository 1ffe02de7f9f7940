"""No address inside a house is ever called: looked up, checked and connected to is one and the same address.

A name is looked up anew for each connection, and all that it stands for has to be fit; the socket itself is only made for
an address that is, so that neither a number in the address nor a second answer of the name's server leads elsewhere.
"""

import socket
from collections.abc import Callable
from typing import Any

from aiohttp.abc import AbstractResolver, ResolveResult


class RefusedAddressError(OSError):
    """The address lies where no webhook may lead."""


class GuardedResolver(AbstractResolver):
    """Another resolver's answer, if all of it may be reached."""

    def __init__(self, inner: AbstractResolver, is_fit: Callable[[str], bool]) -> None:
        self._inner = inner
        self._is_fit = is_fit

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """Look up a name; raises ``RefusedAddressError`` where any of its addresses is not fit."""
        found = await self._inner.resolve(host, port, family)
        if not all(self._is_fit(one["host"]) for one in found):
            raise RefusedAddressError(host)
        return found

    async def close(self) -> None:
        """Let go of the other resolver."""
        await self._inner.close()


def guarded_socket(is_fit: Callable[[str], bool]) -> Callable[[Any], socket.socket]:
    """What makes the sockets of a connector: none for an address that may not be reached."""

    def make(info: tuple[int, int, int, str, tuple[Any, ...]]) -> socket.socket:
        family, type_, proto, _, address = info
        if not is_fit(str(address[0])):
            raise RefusedAddressError(str(address[0]))
        return socket.socket(family, type_, proto)

    return make


def was_refused(error: BaseException | None) -> bool:
    """Whether an error came of an address that may not be reached."""
    while error is not None:
        if isinstance(error, RefusedAddressError) or isinstance(getattr(error, "os_error", None), RefusedAddressError):
            return True
        error = error.__cause__
    return False
