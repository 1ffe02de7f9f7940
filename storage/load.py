"""Where troubles lie and who has how much work, counted over the tickets of few units: ``ports.Loads``."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from bot.domain.states import CATEGORIES, OWN_TASKS, WORKING
from bot.ports import Burden, Ended, Spot
from storage.mapping import from_ms, to_ms
from storage.repository import Repository

HERE = "unit IN (SELECT value FROM json_each(?)) AND confidential = 0"
HOUSE = "CASE instr(building, '-') WHEN 0 THEN building ELSE substr(building, 1, instr(building, '-') - 1) END"
SPOTS = (
    f"SELECT unit, {HOUSE}, category, count(*) FROM ticket WHERE {HERE} AND number IS NOT NULL "  # noqa: S608 - our names
    "AND created_at >= ? AND created_at < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
HOUSES = (
    f"SELECT unit, {HOUSE}, '', count(*) FROM ticket WHERE {HERE} AND created_at >= ? AND created_at < ? "  # noqa: S608 - our names
    "AND registered_at >= ? AND registered_at < ? AND building <> '' AND nature <> 'praise' AND state <> 'withdrawn' "
    "AND source NOT IN (SELECT value FROM json_each(?)) GROUP BY 1, 2 ORDER BY 1, 2"
)
WORKS = (
    f"SELECT assignee, count(*), sum(coalesce(due_at < ?, 0)) FROM ticket WHERE {HERE} "  # noqa: S608 - our names
    "AND state IN (SELECT value FROM json_each(?)) AND assignee IS NOT NULL GROUP BY assignee"
)
# By an index that holds no confidential ones, category by category, so that only what was closed in the span is read.
CLOSED_THERE = (
    "listed = 'closed' AND unit IN (SELECT value FROM json_each(?)) "
    "AND category IN (SELECT value FROM json_each(?)) AND closed_at >= ?"
)
CLOSINGS = (
    f"SELECT assignee, count(*) FROM ticket WHERE {CLOSED_THERE} AND closed_at < ? "  # noqa: S608 - our names
    "AND assignee IS NOT NULL GROUP BY assignee"
)
ENDED = (
    "SELECT unit, category, closed_at, closed_at - registered_at, solved, rating FROM ticket "  # noqa: S608 - our names
    f"WHERE {CLOSED_THERE} AND nature <> 'praise' AND chat NOT LIKE '%:dm:%' "
    "ORDER BY closed_at DESC, id LIMIT ?"
)
SOLVED = (
    f"SELECT id FROM ticket WHERE {CLOSED_THERE} AND closed_at < ? "  # noqa: S608 - our names
    "AND chat = ? AND solved = 1 AND nature <> 'praise' ORDER BY closed_at DESC, id"
)
KINDS = json.dumps(CATEGORIES)
DOUBTED = timedelta(days=30)  # a candidate lapses after a working day: none is accepted later, whatever the holidays
OWN = json.dumps(sorted(OWN_TASKS))
AT_WORK = json.dumps(sorted(WORKING))


class Loads(Repository):
    """``ports.Loads``."""

    def spots(self, units: Sequence[str], since: datetime, until: datetime) -> list[Spot]:
        """The accepted tickets of a span by unit, house number and category."""
        return [Spot(*row) for row in self._all(SPOTS, json.dumps(units), to_ms(since), to_ms(until))]

    def houses(self, units: Sequence[str], since: datetime, until: datetime) -> list[Spot]:
        """The troubles of a span by unit and house number; found by when they were told, which is not long before."""
        told, start, end = to_ms(since - DOUBTED), to_ms(since), to_ms(until)
        return [Spot(*row) for row in self._all(HOUSES, json.dumps(units), told, end, start, end, OWN)]

    def burdens(self, units: Sequence[str], since: datetime, until: datetime, now: datetime) -> list[Burden]:
        """Who is assignee of how many tickets, with those closed in a span."""
        here = json.dumps(units)
        works = {who: (count, late) for who, count, late in self._all(WORKS, to_ms(now), here, AT_WORK)}
        closings: dict[str, int] = dict(self._all(CLOSINGS, here, KINDS, to_ms(since), to_ms(until)))
        people = sorted({*works, *closings})
        return [Burden(one, *works.get(one, (0, 0)), closings.get(one, 0)) for one in people]

    def ended(self, units: Sequence[str], since: datetime, limit: int) -> list[Ended]:
        """What was closed since then, the newest first."""
        rows = self._all(ENDED, json.dumps(units), KINDS, to_ms(since), limit)
        return [
            Ended(unit, category, from_ms(at), timedelta(milliseconds=took), bool(solved), rating)
            for unit, category, at, took, solved, rating in rows
        ]

    def solved(self, units: Sequence[str], chat: str, since: datetime, until: datetime) -> list[str]:
        """What was heard in a chat and closed as solved in a span; found by when it was closed, however old it is."""
        rows = self._all(SOLVED, json.dumps(units), KINDS, to_ms(since), to_ms(until), chat)
        return [id_ for (id_,) in rows]
