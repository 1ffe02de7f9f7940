"""No address inside of a house may be called, however it is written."""

from ipaddress import ip_network

import pytest

from bot.domain.addresses import may_reach

INSIDE = [
    "127.0.0.1", "127.8.8.8", "0.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "100.100.100.200", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "192.0.2.1", "198.18.0.1",
    "::", "::1", "::ffff:0.0.0.0", "fe80::1", "fe80::1%eth0", "fc00::1", "fd00:ec2::254", "ff02::1", "2001:db8::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:a9fe:a9fe", "::ffff:100.64.0.1",
    "2002:7f00:1::", "2002:a9fe:a9fe::", "64:ff9b::10.0.0.1", "64:ff9b::a9fe:a9fe", "2001:0:7f00:1::f5ff:fffe",
]  # fmt: skip
NONE = ["", "localhost", "127.1", "2130706433", "0x7f.1", "1.2.3", "1.2.3.4.5", "::g"]


@pytest.mark.parametrize("host", INSIDE + NONE)
def test_inside_is_refused(host: str) -> None:
    assert not may_reach(host)


@pytest.mark.parametrize("host", ["1.1.1.1", "223.5.5.5", "2400:3200::1", "64:ff9b::1.1.1.1"])
def test_outside_may_be_called(host: str) -> None:
    assert may_reach(host)
    assert not may_reach(host, [ip_network("10.0.0.0/8")], secure=False)


def test_a_network_that_is_allowed_may_be_called_and_only_that() -> None:
    allowed = [ip_network("10.20.0.0/16")]

    assert may_reach("10.20.3.4", allowed)
    assert may_reach("10.20.3.4", allowed, secure=False)
    assert not may_reach("10.21.3.4", allowed)
    assert not may_reach("169.254.169.254", allowed)
