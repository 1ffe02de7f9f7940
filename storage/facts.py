"""The sums behind the owner's pages: tickets that have changed are counted in, sums are read by their key.

What a ticket has added so far stands beside it, with the units whose sums have it: a change takes exactly that back and adds
the new. What a rate is, only ``bot.domain.contributions`` knows. Computing all of it anew: ``storage.facts_check``.
"""

import json
from collections.abc import Iterable, Sequence

from bot.domain.contributions import VERSION
from bot.domain.halfdays import cover
from bot.domain.states import CANDIDATE, OPEN
from bot.ports import By, Sum
from storage.counting import AMONG, Counting, pack
from storage.facts_check import Check
from storage.repository import Pen, Repository
from storage.rollup import Given, roll_up
from storage.statements import upsert_sql
from storage.tables_facts import FactTicketRow

ADD = (
    "INSERT INTO fact (unit, slot, category, code, part, whole, excluded) VALUES (?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (unit, slot, category, code) DO UPDATE SET part = part + excluded.part, "
    "whole = whole + excluded.whole, excluded = fact.excluded + excluded.excluded"
)
SWEEP = (
    "DELETE FROM fact WHERE unit = ? AND slot = ? AND category = ? AND code = ? "
    "AND part = 0 AND whole = 0 AND excluded = 0"
)
ALL_DUE = "INSERT OR IGNORE INTO fact_due (ticket_id) SELECT id FROM ticket"
OPEN_NOW = (
    f"SELECT unit, state, count(*) FROM ticket WHERE unit {AMONG} AND state {AMONG} "  # noqa: S608 - our names
    "GROUP BY unit, state"
)
WAITING = json.dumps(sorted({CANDIDATE, *OPEN}))


class Facts(Repository):
    """``ports.Facts``."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._counting = Counting(pen)
        self._keep = upsert_sql(FactTicketRow, ("ticket_id",))

    # ------------------------------------------------------------ counting in

    def catch_up(self, limit: int) -> int:
        """Count in what has changed, at most so many tickets; gives back how many."""
        self._renew()
        due = [row[0] for row in self._all("SELECT ticket_id FROM fact_due LIMIT ?", limit)]
        if due:
            self._count_in(due)
            self._many("DELETE FROM fact_due WHERE ticket_id = ?", ((ticket_id,) for ticket_id in due))
            self._pen.due.clear()
        return len(due)

    def waiting(self) -> int:
        """How many tickets wait to be counted in."""
        row = self._one("SELECT count(*) FROM fact_due")
        return int(row[0]) if row else 0

    def rebuild(self) -> None:
        """Forget all sums; every ticket falls due."""
        for sql in ("DELETE FROM fact", "DELETE FROM fact_ticket", ALL_DUE):
            self._run(sql)

    def _renew(self) -> None:
        """What an older program has counted by other formulas is counted anew, ticket by ticket."""
        row, version = self._one("SELECT value FROM meta WHERE name = 'facts'"), str(VERSION).encode()
        if row is None or row[0] != version:
            self._run(ALL_DUE)
            self._run("INSERT OR REPLACE INTO meta (name, value) VALUES ('facts', ?)", version)

    def _count_in(self, ids: Sequence[str]) -> None:
        before = self._counting.given(ids)
        after = [(ticket_id, given) for ticket_id, given in self._counting.fresh(ids) if before.get(ticket_id) != given]
        taken = [(before[ticket_id], -1) for ticket_id, _ in after if ticket_id in before]
        self._many(self._keep, ((ticket_id, *pack(given)) for ticket_id, given in after))
        self._write_sums([*taken, *((given, 1) for _, given in after)])

    def _write_sums(self, changes: Iterable[tuple[Given, int]]) -> None:
        """In the order of the key, so that each page of the table is visited once."""
        changed = sorted(roll_up(changes))
        self._many(ADD, ((*key, *numbers) for key, numbers in changed))
        self._many(SWEEP, (key for key, numbers in changed if min(numbers) < 0))

    # ------------------------------------------------------------ reading

    def sums(self, unit: str, since_slot: int, until_slot: int, by: By = "", codes: Sequence[str] = ()) -> list[Sum]:
        """The sums of the half days from ``since_slot`` up to, not with, ``until_slot``."""
        slots = range(since_slot, until_slot) if by == "slot" else cover(since_slot, until_slot)
        values = [unit, json.dumps(list(slots)), *([json.dumps(codes)] if codes else ())]
        return [Sum(unit, *row) for row in self._all(sums_sql(by, bool(codes)), *values)]

    def children(self, units: Sequence[str], since_slot: int, until_slot: int, codes: Sequence[str] = ()) -> list[Sum]:
        """The same of several units. A query each: what one sorts stays small, and all take half the time of one for all."""
        return [found for unit in units for found in self.sums(unit, since_slot, until_slot, codes=codes)]

    def open_now(self, units: Sequence[str]) -> list[tuple[str, str, int]]:
        """Unit, state and number of the candidates and open tickets of these units."""
        rows = self._all(OPEN_NOW, json.dumps(units), WAITING)
        return [(unit, state, count) for unit, state, count in rows]

    def verify(self) -> list[str]:
        """What is wrong with the sums, in words."""
        return Check(self._pen, self._counting).run()


def sums_sql(by: By, some_codes: bool) -> str:
    """Parameters: unit, half days and fortnights as a JSON list, and codes as one where only some are wanted."""
    slot, category = ("slot" if by == "slot" else "0"), ("category" if by == "category" else "''")
    return (
        f"SELECT {slot}, {category}, code, sum(part), sum(whole), sum(excluded) FROM fact "  # noqa: S608 - our names
        f"WHERE unit = ? AND slot {AMONG} AND category {'>' if by == 'category' else '='} '' "
        f"{f'AND code {AMONG} ' if some_codes else ''}GROUP BY {by + ', ' if by else ''}code"
    )
