"""Remembering which digests have been said."""

from datetime import datetime
from typing import Protocol


class Digests(Protocol):
    """One row for each digest, written with its notices: a crash or a second start never says one twice.

    A digest is known by what it is of (a unit, or the chat key of a group), its kind and the first day of its period. Rows
    are never forgotten: not by their age, so that no jump of the clock brings a digest again.
    """

    def claim(self, of: str, kind: str, day: str, at: datetime) -> bool:
        """Take a digest; False where it was taken before."""
        ...

    def is_said(self, of: str, kind: str, day: str) -> bool:
        """Whether it was taken."""
        ...
