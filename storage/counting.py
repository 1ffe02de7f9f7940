"""What tickets add to the sums: as they stand now, and as it was counted in."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby
from operator import itemgetter

from bot.domain.contributions import Contribution, contributions
from bot.domain.org import Organization, Unit
from bot.domain.poll import Vote
from bot.domain.ticket import Ticket
from storage import mapping
from storage.mapping import TICKET_FIELDS, Row, dump, names
from storage.repository import Pen, Repository
from storage.rollup import Given
from storage.statements import select_sql
from storage.tables import TicketRow

AMONG = "IN (SELECT value FROM json_each(?))"
GIVEN = f"SELECT ticket_id, units, category, given FROM fact_ticket WHERE ticket_id {AMONG}"  # noqa: S608 - our names
VOTES = (
    "SELECT vote.ticket_id, vote.round, vote.account, at, vote.rating, vote.solved, from_words FROM ticket "  # noqa: S608 - our names
    "JOIN vote ON vote.ticket_id = ticket.id AND vote.round = ticket.poll_round "
    f"WHERE ticket.id {AMONG} AND ticket.poll_round > 0 ORDER BY at, vote.account"
)
TREE = "SELECT id, parent, timezone FROM org_unit"


class Counting(Repository):
    """Used where sums are kept and where they are checked."""

    def __init__(self, pen: Pen) -> None:
        super().__init__(pen)
        self._tickets = f"{select_sql(TicketRow, TICKET_FIELDS)} WHERE id {AMONG}"

    def fresh(self, ids: Sequence[str]) -> Iterator[tuple[str, Given]]:
        """What tickets add as they stand now."""
        among, org = json.dumps(ids), tree(self._all(TREE))
        votes = self._votes(among)
        for row in self._all(self._tickets, among):
            ticket = mapping.ticket(row)
            yield ticket.id, _given(ticket, votes.get(ticket.id, ()), org)

    def given(self, ids: Sequence[str]) -> dict[str, Given]:
        """What tickets have added so far."""
        return {ticket_id: unpack(*rest) for ticket_id, *rest in self._all(GIVEN, json.dumps(ids))}

    def _votes(self, among: str) -> dict[str, list[Vote]]:
        votes: dict[str, list[Vote]] = {}
        for ticket_id, *row in self._all(VOTES, among):
            votes.setdefault(ticket_id, []).append(mapping.vote(tuple(row)))
        return votes


def tree(rows: Iterable[Row]) -> Organization:
    """The units alone, of rows of TREE."""
    return Organization({id_: Unit(id_, "", "", parent, timezone=zone) for id_, parent, zone in rows})


def pack(given: Given) -> tuple[str, str, str]:
    """The columns of ``fact_ticket`` behind the id: numbers of the same half day and size stand together."""
    rows = [[*size, [row.code for row in same]] for size, same in groupby(given.rows, itemgetter(0, 1, 2, 3))]
    return dump(given.units), given.category, dump(rows)


def unpack(units: str, category: str, given: str) -> Given:
    """The other way."""
    rows = (Contribution._make((slot, *of, code)) for slot, *of, codes in json.loads(given) for code in codes)
    return Given(tuple(names(units)), category, tuple(rows))


def _given(ticket: Ticket, votes: Sequence[Vote], org: Organization) -> Given:
    """A unit that is no more stands for itself: its tickets stay counted there."""
    unit = org.units.get(ticket.unit) or Unit(ticket.unit, "", "")
    units = org.chain(ticket.unit) or (ticket.unit,)
    return Given(units, ticket.category or "other", tuple(contributions(ticket, votes, unit.zone)))
