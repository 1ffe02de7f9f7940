"""The sums behind the owner's pages: tickets that have changed are counted in, sums are read by their key.

What a ticket has added so far stands beside it, with the units whose sums have it: a change takes exactly that back and adds
the new. What a rate is, only ``bot.domain.contributions`` knows. Computing all of it anew: ``storage.facts_check``.
"""

import json
from collections.abc import Callable, Iterable, Sequence
from operator import itemgetter

from bot.domain.contributions import VERSION
from bot.domain.halfdays import cover
from bot.domain.states import CANDIDATE, OPEN
from bot.ports import By, Sum
from storage.counting import AMONG, Counting, pack
from storage.facts_check import Check
from storage.repository import DUE, Pen, Repository
from storage.rollup import Given, Key, roll_up
from storage.statements import upsert_sql
from storage.sums import Names, add, codes_in, numbers, packed, unpacked
from storage.tables_facts import FactRow, FactTicketRow

ROW = "SELECT sums FROM fact WHERE unit = ? AND slot = ? AND category = ?"
SWEEP = "DELETE FROM fact WHERE unit = ? AND slot = ? AND category = ?"
OLDER = "SELECT id FROM ticket WHERE id < ? ORDER BY id DESC LIMIT ?"
ABOVE_ALL = chr(0x10FFFF)
WAITING_BELOW = (
    "SELECT (SELECT count(*) FROM ticket WHERE id < ?) + (SELECT count(*) FROM fact_due WHERE ticket_id >= ?)"
)
OPEN_NOW = (
    f"SELECT unit, state, count(*) FROM ticket WHERE unit {AMONG} AND state {AMONG} "  # noqa: S608 - our names
    "GROUP BY unit, state"
)
OF_SPAN = f"SELECT slot, category, sums FROM fact WHERE unit = ? AND slot {AMONG} AND category "  # noqa: S608 - our names
BY: dict[By, str] = {"": f"{OF_SPAN}= ''", "slot": f"{OF_SPAN}= ''", "category": f"{OF_SPAN}> ''"}
WAITING = json.dumps(sorted({CANDIDATE, *OPEN}))


class Facts(Repository):
    """``ports.Facts``."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._counting = Counting(pen)
        self._keep = upsert_sql(FactTicketRow, ("ticket_id",))
        self._put = upsert_sql(FactRow, ("unit", "slot", "category"))

    # ------------------------------------------------------------ counting in

    def catch_up(self, limit: int) -> int:
        """Count in what has changed, at most so many tickets; gives back how many. The newest first: they are looked at most."""
        due = self._due(limit)
        if len(due) < limit and self._renew(limit - len(due)):
            due = self._due(limit)
        if due:
            self._count_in(due)
            self._many("DELETE FROM fact_due WHERE ticket_id = ?", ((ticket_id,) for ticket_id in due))
            self._pen.due.clear()
        return len(due)

    def waiting(self) -> int:
        """How many tickets wait to be counted in."""
        row = self._one(WAITING_BELOW, below := self._below(), below)
        return int(row[0]) if row else 0

    def rebuild(self) -> None:
        """Forget all sums; every ticket falls due."""
        for sql in ("DELETE FROM fact", "DELETE FROM fact_ticket", "DELETE FROM meta WHERE name = 'facts'"):
            self._run(sql)

    def _due(self, limit: int) -> list[str]:
        return [row[0] for row in self._all("SELECT ticket_id FROM fact_due ORDER BY ticket_id DESC LIMIT ?", limit)]

    def _renew(self, limit: int) -> bool:
        """What an older program has counted by other formulas falls due anew, so many tickets at once, the newest first.

        How far that is stands with the version (``3<ID``): all at once would keep whoever speaks waiting for seconds.
        """
        if not (below := self._below()):
            return False
        older = [row[0] for row in self._all(OLDER, below, limit)]
        self._many(DUE, ((ticket_id,) for ticket_id in older))
        reached = f"{VERSION}<{older[-1]}" if len(older) == limit else f"{VERSION}"
        self._run("INSERT OR REPLACE INTO meta (name, value) VALUES ('facts', ?)", reached.encode())
        return True

    def _below(self) -> str:
        """Tickets below this id are still counted by other formulas, or not at all; empty where none is."""
        row = self._one("SELECT value FROM meta WHERE name = 'facts'")
        version, _, below = row[0].decode().partition("<") if row else ("", "", "")
        return below if version == str(VERSION) else ABOVE_ALL

    def _count_in(self, ids: Sequence[str]) -> None:
        before = self._counting.given(ids)
        after = [(ticket_id, given) for ticket_id, given in self._counting.fresh(ids) if before.get(ticket_id) != given]
        taken = [(before[ticket_id], -1) for ticket_id, _ in after if ticket_id in before]
        self._many(self._keep, ((ticket_id, *pack(given)) for ticket_id, given in after))
        self._write_sums([*taken, *((given, 1) for _, given in after)])

    def _write_sums(self, changes: Iterable[tuple[Given, int]]) -> None:
        """In the order of the key, so that each page of the table is visited once."""
        changed = roll_up(changes)
        rows = [(*key, self._with(key, changed[key])) for key in sorted(changed)]
        self._many(self._put, (row for row in rows if row[-1]))
        self._many(SWEEP, (row[:-1] for row in rows if not row[-1]))

    def _with(self, key: Key, names: Names) -> str:
        """A row as it stands with what is added to it."""
        row = self._one(ROW, *key)
        stands = unpacked(row[0]) if row else {}
        add(stands, names.items())
        return packed(stands)

    # ------------------------------------------------------------ reading

    def sums(self, unit: str, since_slot: int, until_slot: int, by: By = "", codes: Sequence[str] = ()) -> list[Sum]:
        """The sums of the half days from ``since_slot`` up to, not with, ``until_slot``."""
        slots = range(since_slot, until_slot) if by == "slot" else cover(since_slot, until_slot)
        found: dict[tuple[int, str], Names] = {}
        for slot, category, text in self._all(BY[by], unit, json.dumps(list(slots))):
            add(found.setdefault((slot if by == "slot" else 0, category), {}), unpacked(text).items())
        return [
            Sum(unit, slot, category, code, *numbers(names, code))
            for (slot, category), names in sorted(found.items(), key=itemgetter(0))
            for code in codes_in(names)
            if not codes or code in codes
        ]

    def children(self, units: Sequence[str], since_slot: int, until_slot: int, codes: Sequence[str] = ()) -> list[Sum]:
        """The same of several units."""
        return [found for unit in units for found in self.sums(unit, since_slot, until_slot, codes=codes)]

    def open_now(self, units: Sequence[str]) -> list[tuple[str, str, int]]:
        """Unit, state and number of the candidates and open tickets of these units."""
        rows = self._all(OPEN_NOW, json.dumps(units), WAITING)
        return [(unit, state, count) for unit, state, count in rows]

    def verify(self, seen: Callable[[int], object] = bool) -> list[str]:
        """What is wrong with the sums, in words; ``seen`` hears how many tickets have been looked at."""
        return Check(self._pen, self._counting, all_wait=self._below() != "", seen=seen).run()
