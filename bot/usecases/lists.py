"""The three lists (三单): 问题清单, 任务清单, 效果清单, page by page. Only reads.

A ticket is one lineage: its row in each list opens the other two. Confidential tickets are in none of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from bot.domain.org import Organization, Person
from bot.domain.periods import DAY, period
from bot.ports import Position, UnitOfWork, Wanted
from bot.usecases.lineage import STATES_OF, TASKS, UNLISTED, Lineage, parsed_code, trace


@dataclass(frozen=True, slots=True)
class Selection:
    """What of a list is wanted; "" and None mean all. ``first`` and ``last`` are local days, both included."""

    state: str = ""
    nature: str = ""
    category: str = ""
    steward: str = ""
    overdue: bool = False
    first: date | None = None
    last: date | None = None

    def of(self, name: str, units: Sequence[str], zone: ZoneInfo, now: datetime) -> Wanted:
        """The same as a question to the store, for a list and some units; a state that the list has not finds nothing."""
        states = tuple(state for state in STATES_OF[name] if self.state in {"", state})
        since = period(DAY, self.first, zone).start if self.first else None
        until = period(DAY, self.last, zone).end if self.last else None
        overdue_at = now if self.overdue else None
        return Wanted(
            tuple(units), states, since, until, self.nature, self.category, self.steward, overdue_at, name == TASKS
        )


@dataclass(frozen=True, slots=True)
class Page:
    """Some rows, and where the next page goes on; None at the end."""

    rows: tuple[Lineage, ...]
    rest: Position | None


def page_of(
    uow: UnitOfWork, org: Organization, wanted: Wanted, now: datetime, after: Position | None, limit: int
) -> Page:
    """A page of a list, newest first."""
    found = uow.lists.page(wanted, after, limit + 1)
    shown = found[:limit]
    rest = Position(shown[-1].created_at, shown[-1].id) if len(found) > limit else None
    return Page(tuple(trace(uow, org, ticket, now) for ticket in shown), rest)


def lineage_of(uow: UnitOfWork, org: Organization, units: Sequence[str], code: str, now: datetime) -> Lineage | None:
    """The lineage of a code within some units of one tree; of a merged ticket that of the one it went into."""
    named = parsed_code(code)
    if named is None or not units:
        return None
    ticket = uow.lists.numbered(org.root(units[0]), *named)
    while ticket is not None and ticket.merged_into is not None:
        ticket = uow.tickets.get(ticket.merged_into)
    if ticket is None or ticket.unit not in units or ticket.confidential or ticket.state in UNLISTED:
        return None
    return trace(uow, org, ticket, now)


def stewards_of(org: Organization, units: Sequence[str]) -> list[Person]:
    """Who may have a ticket of these units, by name."""
    people = {duty.person for unit in units for duty in org.duties_over(unit)}
    return sorted((org.people[one] for one in people if one in org.people), key=lambda person: (person.name, person.id))
