"""The lists over many tickets, each page by an index from where the page before ended."""

import heapq
import json
from collections.abc import Iterable, Sequence
from datetime import datetime
from itertools import chain

from bot.domain.states import CLOSED, OPEN, WORKING
from bot.domain.ticket import Ticket
from bot.ports import Position, Wanted
from storage import mapping
from storage.counting import AMONG
from storage.mapping import TICKET_FIELDS, Row, to_ms
from storage.repository import Pen, Repository
from storage.statements import select_sql
from storage.tables import TicketRow

NEWER_THAN_ALL, NEWEST_OF_NONE = (2**62, ""), (-(2**62), "")
OF_UNIT = "SELECT created_at, id FROM ticket INDEXED BY {} WHERE unit = ? AND "
BY_TIME, BY_STATE = OF_UNIT.format("ix_ticket_listing"), OF_UNIT.format("ix_ticket_unit")
BY_CATEGORY = OF_UNIT.format("ix_ticket_listing_category")
BY_OPEN = OF_UNIT.format("ix_ticket_listing_open") + "alive = 1 AND "
BY_STEWARD = (
    "SELECT created_at, id FROM ticket INDEXED BY ix_ticket_listing_steward "
    "WHERE assignee = ? AND unit IN (SELECT value FROM json_each(?)) AND "
)
AT_WORK = json.dumps(sorted(WORKING))
COUNTED = (
    "SELECT state, count(*), coalesce(sum(due_at < ?), 0) FROM ticket INDEXED BY ix_ticket_listing_open "
    "WHERE unit = ? AND alive = 1 AND confidential = 0 AND (category = ? OR ? = '') GROUP BY state"
)
OVERDUE = (
    "SELECT id FROM ticket INDEXED BY ix_ticket_listing_open WHERE unit IN (SELECT value FROM json_each(?)) "
    "AND alive = 1 AND confidential = 0 AND state IN (SELECT value FROM json_each(?)) AND due_at < ? "
    "ORDER BY due_at, id LIMIT ?"
)
NEWEST_FIRST = " ORDER BY created_at DESC, id DESC LIMIT ?"


class Lists(Repository):
    """Each unit is asked for its newest; the newest of all are loaded."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._several = f"{select_sql(TicketRow, TICKET_FIELDS)} WHERE id {AMONG}"
        self._by_number = select_sql(TicketRow, TICKET_FIELDS, ("root", "number", "year"))
        self._merged = select_sql(TicketRow, TICKET_FIELDS, ("merged_into",)) + " AND confidential = 0 ORDER BY id"

    def page(self, wanted: Wanted, after: Position | None, limit: int) -> list[Ticket]:
        """The newest tickets that are wanted, older than a position; at most so many."""
        places = heapq.nlargest(limit, self._places(wanted, after, limit))
        found = {row[0]: row for row in self._all(self._several, json.dumps([id_ for _, id_ in places]))}
        return [mapping.ticket(found[id_]) for _, id_ in places if id_ in found]

    def _places(self, wanted: Wanted, after: Position | None, limit: int) -> Iterable[Row]:
        if not (states := _states(wanted)):
            return ()
        condition, values = _condition(wanted, after, states)
        if wanted.steward:
            sql = BY_STEWARD + condition + NEWEST_FIRST
            return self._all(sql, wanted.steward, json.dumps(wanted.units), *values, limit)
        return self._of_units(_start(wanted) + condition + NEWEST_FIRST, wanted.units, values, limit)

    def _of_units(self, sql: str, units: Sequence[str], values: Sequence[object], limit: int) -> Iterable[Row]:
        """The newest of each unit, a few at first: of many units most have none among the newest of all."""
        share = min(limit, 1 + 2 * limit // max(1, len(units)))
        found = {unit: self._all(sql, unit, *values, share) for unit in units}
        while share < limit:
            newest = heapq.nlargest(limit, chain.from_iterable(found.values()))
            least = newest[-1] if len(newest) == limit else NEWEST_OF_NONE
            cut = [unit for unit, rows in found.items() if len(rows) == share and rows[-1] > least]
            if not cut:
                break
            share = min(limit, 4 * share)
            found |= {unit: self._all(sql, unit, *values, share) for unit in cut}
        return chain.from_iterable(found.values())

    def counts(self, units: Sequence[str], category: str, now: datetime) -> dict[str, tuple[int, int]]:
        """Open tickets by state, and how many of them are past their limit: closed ones are not read."""
        found: dict[str, tuple[int, int]] = {}
        for unit in dict.fromkeys(units):
            for state, count, late in self._all(COUNTED, to_ms(now), unit, category, category):
                before = found.get(state, (0, 0))
                found[state] = before[0] + count, before[1] + (late if state in WORKING else 0)
        return {state: both for state, both in found.items() if state in OPEN}

    def overdue(self, units: Sequence[str], now: datetime, limit: int) -> list[Ticket]:
        """The longest due; read from the index of what is open alone."""
        ids = [id_ for (id_,) in self._all(OVERDUE, json.dumps(units), AT_WORK, to_ms(now), limit)]
        found = {row[0]: row for row in self._all(self._several, json.dumps(ids))}
        return [mapping.ticket(found[id_]) for id_ in ids if id_ in found]

    def merged(self, ticket_id: str) -> list[Ticket]:
        """The tickets that were merged into this one, oldest first."""
        return [mapping.ticket(row) for row in self._all(self._merged, ticket_id)]

    def numbered(self, root: str, year: int, number: int) -> Ticket | None:
        """The ticket of a root unit with this number of a year."""
        row = self._one(self._by_number, root, number, year)
        return None if row is None else mapping.ticket(row)


def _start(wanted: Wanted) -> str:
    """The query whose index leads to the fewest tickets: closed ones pile up over the years, all others are few."""
    if wanted.overdue_at is not None or OPEN.issuperset(wanted.states):
        return BY_OPEN
    if CLOSED not in wanted.states:
        return BY_STATE
    return BY_CATEGORY if wanted.category else BY_TIME


def _states(wanted: Wanted) -> list[str]:
    return [state for state in wanted.states if wanted.overdue_at is None or state in WORKING]


def _condition(wanted: Wanted, after: Position | None, states: Sequence[str]) -> tuple[str, list[object]]:
    """What holds for each ticket, and the values of its parameters. Tickets without a number are on no list."""
    until = (to_ms(wanted.until), "") if wanted.until else NEWER_THAN_ALL
    place = min(until, (to_ms(after.at), after.id) if after else NEWER_THAN_ALL)
    clauses = ["confidential = 0", "(created_at, id) < (?, ?)", "number IS NOT NULL"]
    clauses.append(f"state IN ({', '.join('?' * len(states))})")
    clauses += ["dispatched_at IS NOT NULL"] if wanted.given else []
    clauses += [] if wanted.nature else ["nature <> 'praise'"]
    values: list[object] = [*place, *states]
    for clause, value in (
        ("created_at >= ?", to_ms(wanted.since) if wanted.since else None),
        ("nature = ?", wanted.nature or None),
        ("category = ?", wanted.category or None),
        ("due_at < ?", to_ms(wanted.overdue_at) if wanted.overdue_at else None),
    ):
        if value is not None:
            clauses.append(clause)
            values.append(value)
    return " AND ".join(clauses), values
