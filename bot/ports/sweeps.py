"""Remembering classes of trouble: which were put to an owner, and the tasks that a sweep has opened."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Sweep:
    """A class of trouble that was put to the owner of a unit. How it stands is told by its ticket and those of its tasks.

    ``what`` is the season (``season:zhongyuan``) or the kind of trouble, ``term`` the season's year or the day of the
    proposal (YYYY-MM-DD). ``members`` are the tickets that it was made of;
    ``notice`` is what residents may be told, in words of ours.
    """

    ticket_id: str
    unit: str
    what: str
    term: str
    at: datetime
    members: tuple[str, ...] = ()
    notice: str = ""


class Sweeps(Protocol):
    """One row for each proposal, written with it: neither a crash nor a second start puts the same one twice."""

    def claim(self, sweep: Sweep) -> bool:
        """Take a proposal; False where its unit was asked the same (``what`` and ``term``) before."""
        ...

    def get(self, ticket_id: str) -> Sweep | None:
        """The proposal that a ticket stands for."""
        ...

    def of_unit(self, unit: str) -> list[Sweep]:
        """Those of exactly this unit, newest first."""
        ...

    def add_task(self, sweep: str, ticket_id: str) -> None:
        """A ticket is a task of the class whose ticket this is."""
        ...

    def tasks(self, sweep: str) -> list[str]:
        """The ids of the tasks of a class, in the order of their making."""
        ...
