"""Remembering who is away and whose turn it is. Both are read with the organization."""

from datetime import datetime
from typing import Protocol

from bot.domain.rota import Away, Shift


class Rota(Protocol):
    """What is set here outlives an import of the organization; what a file said goes with the next file."""

    def put_away(self, away: Away) -> None:
        """Somebody is away; an absence of his that began at the same instant is replaced."""
        ...

    def remove_away(self, person: str, start: datetime) -> None:
        """An absence was a mistake."""
        ...

    def forget(self, before: datetime) -> int:
        """Absences that ended by then go, with their reasons; gives back how many."""
        ...

    def put_shift(self, shift: Shift) -> None:
        """Add a line; one that says the same stays as it is."""
        ...

    def remove_shift(self, key: str) -> None:
        """Take a line away."""
        ...
