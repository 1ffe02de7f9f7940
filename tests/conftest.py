"""What every test gets."""

from tests.network import loopback_only

__all__ = ["loopback_only"]
