"""Who changed what when, as the pages of the dashboard show it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from adapters.web.dashboard.desk import Desk
from adapters.web.deps import WebDeps
from adapters.web.tickets import Times
from bot.ports import Change


@dataclass(frozen=True, slots=True)
class Step:
    """One change in words. ``what`` names the part by its code, without what it is a part of."""

    at: str
    who: str
    what: str
    before: str
    after: str


def trail(deps: WebDeps, desk: Desk, changes: Sequence[Change], said: Callable[[Change, str], str]) -> list[Step]:
    """Changes in words; ``said`` puts a stored value into words. Who has left the organization keeps his id."""
    times = Times(deps, desk.unit.zone)
    return [
        Step(
            times(change.at),
            desk.org.people[change.by].name if change.by in desk.org.people else change.by,
            change.what.partition(":")[0],
            said(change, change.before),
            said(change, change.after),
        )
        for change in changes
    ]
