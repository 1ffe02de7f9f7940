"""Nothing leaves loopback: an attempt to look up or reach another machine is refused, and its test fails.

Works by an audit hook, so that it sees threads and every library of this process; child processes are on their own. The
test fails even where the code under test swallows the refusal.
"""

import socket
import sys
from collections.abc import Iterator
from ipaddress import ip_address
from typing import Any

import pytest

_attempts: list[str] = []
_INTERNET = (socket.AF_INET, socket.AF_INET6)
_LOOKUPS = {"socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyaddr"}
_CONTACTS = {"socket.connect", "socket.sendto", "socket.sendmsg"}


class BeyondLoopbackError(Exception):
    """Somebody tried to leave this machine."""


def take_attempts() -> list[str]:
    """What was refused since the last call."""
    taken = _attempts.copy()
    _attempts.clear()
    return taken


def _is_local(host: Any) -> bool:
    """Whether asking for this host stays at home: nothing, localhost or an address of loopback."""
    name = host.decode() if isinstance(host, bytes) else str(host or "localhost")
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ip_address(name.partition("%")[0]).is_loopback
    except ValueError:
        return False


def _is_wildcard(host: Any) -> bool:
    """Whether this is the address servers listen on: it may be looked up, which asks nobody."""
    return host in {"0.0.0.0", "::", b"0.0.0.0", b"::"}  # noqa: S104 (compared, not bound)


def _target(event: str, args: tuple[Any, ...]) -> str | None:
    """The foreign host that an audit event is about, if it is about one."""
    if event in _LOOKUPS:
        host = args[0]
        return None if _is_local(host) or _is_wildcard(host) else str(host)
    connection, address = args[0], args[1]
    if address is None or connection.family not in _INTERNET or _is_local(address[0]):
        return None
    return str(address[0])


def _guard(event: str, args: tuple[Any, ...]) -> None:
    if event not in _LOOKUPS and event not in _CONTACTS:
        return
    target = _target(event, args)
    if target is not None:
        _attempts.append(f"{event} {target}")
        raise BeyondLoopbackError(_attempts[-1])


sys.addaudithook(_guard)


@pytest.fixture(autouse=True)
def loopback_only() -> Iterator[None]:
    """Fail the test during which somebody tried to leave this machine."""
    yield
    attempts = take_attempts()
    if attempts:
        pytest.fail("left loopback: " + ", ".join(attempts), pytrace=False)
