"""Where troubles lie and who has how much work, counted over the tickets of few units: ``ports.Loads``."""

import json
from collections.abc import Sequence
from datetime import datetime

from bot.domain.states import CLOSED, WORKING
from bot.ports import Burden, Spot
from storage.mapping import to_ms
from storage.repository import Repository

HERE = "unit IN (SELECT value FROM json_each(?)) AND confidential = 0"
HOUSE = "CASE instr(building, '-') WHEN 0 THEN building ELSE substr(building, 1, instr(building, '-') - 1) END"
SPOTS = (
    f"SELECT unit, {HOUSE}, category, count(*) FROM ticket WHERE {HERE} AND number IS NOT NULL "  # noqa: S608 - our names
    "AND created_at >= ? AND created_at < ? GROUP BY 1, 2, 3 ORDER BY 1, 2, 3"
)
BURDENS = (
    "SELECT assignee, sum(working), sum(working AND due_at < ?), sum(state = ? AND closed_at >= ? AND closed_at < ?) "  # noqa: S608 - our names
    "FROM (SELECT assignee, state, due_at, closed_at, state IN (SELECT value FROM json_each(?)) AS working "
    f"FROM ticket WHERE {HERE} AND assignee IS NOT NULL) GROUP BY assignee ORDER BY assignee"
)
AT_WORK = json.dumps(sorted(WORKING))


class Loads(Repository):
    """``ports.Loads``."""

    def spots(self, units: Sequence[str], since: datetime, until: datetime) -> list[Spot]:
        """The accepted tickets of a span by unit, house number and category."""
        return [Spot(*row) for row in self._all(SPOTS, json.dumps(units), to_ms(since), to_ms(until))]

    def burdens(self, units: Sequence[str], since: datetime, until: datetime, now: datetime) -> list[Burden]:
        """Who is assignee of how many tickets, with those closed in a span."""
        span = (CLOSED, to_ms(since), to_ms(until))
        rows = self._all(BURDENS, to_ms(now), *span, AT_WORK, json.dumps(units))
        found = [Burden(person, at_work, overdue or 0, closed or 0) for person, at_work, overdue, closed in rows]
        return [one for one in found if one.open or one.closed]
