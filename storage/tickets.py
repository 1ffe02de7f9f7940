"""The tickets: each is one row, an index of who has to do with it, and its events in the audit."""

import heapq
import json
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from operator import itemgetter

from bot.domain.audit import Event
from bot.domain.ticket import Ticket
from bot.ports import OpenTicket
from storage import mapping
from storage.audit import Audit
from storage.errors import StaleTicket
from storage.mapping import NEAR_FIELDS, TICKET_FIELDS, Row, to_ms
from storage.repository import Pen, Repository
from storage.statements import insert_sql, select_sql, update_sql
from storage.tables import ParticipantRow, TicketRow

ERASED = 4  # bit of ticket.privacy: words were taken away on request and must not come back with the next save
WORDS = tuple(TICKET_FIELDS.index(name) for name in ("title", "text", "place", "building", "reason", "asked_note"))
VERSION = TICKET_FIELDS.index("version")
STORED = (*TICKET_FIELDS, "listed", "alive", "audit_seq", "privacy")  # what ``save`` compares; it never writes privacy
PARTIES = tuple(TICKET_FIELDS.index(name) for name in ("reporter", "followers", "helpers"))
AMONG = " WHERE id IN (SELECT value FROM json_each(?))"  # any number of ids, and one statement for all numbers
LOAD_COUNTED = 200  # beyond this nobody is the less busy one, and counting costs every new ticket
NEXT_NUMBER = (
    "INSERT INTO number (root, year, last) VALUES (?, ?, 1) "
    "ON CONFLICT (root, year) DO UPDATE SET last = last + 1 RETURNING last"
)
PLACES = (
    "SELECT place FROM ticket WHERE root = ? AND signed_at IS NOT NULL AND NOT confidential AND place <> '' "
    "ORDER BY number DESC LIMIT 1000"
)
LOAD = (
    "SELECT count(*) FROM (SELECT 1 FROM ticket WHERE assignee = ? AND alive = 1 "
    "AND state NOT IN ('candidate', 'callback') LIMIT ?)"
)
LOADS = (
    "SELECT assignee, count(*), coalesce(sum(due_at < ?), 0) FROM ticket WHERE unit = ? AND alive = 1 AND confidential = 0 "
    "AND state NOT IN ('candidate', 'callback') AND assignee IS NOT NULL GROUP BY assignee"
)
# One statement for any number of units: a query for each unit and state of a district takes a third of a second.
OF_STATES = "unit IN (SELECT value FROM json_each(?)) AND state IN (SELECT value FROM json_each(?))"
IN_UNITS = f"SELECT id FROM ticket INDEXED BY ix_ticket_unit WHERE {OF_STATES} ORDER BY id DESC LIMIT ?"  # noqa: S608 - our names
DUE_BEFORE = (
    f"SELECT id FROM ticket INDEXED BY ix_ticket_unit WHERE {OF_STATES} "  # noqa: S608 - our names
    "AND due_at < ? ORDER BY due_at, id LIMIT ?"
)
ASSIGNED = "SELECT id FROM ticket WHERE assignee = ? AND alive = 1 AND state <> 'callback' ORDER BY id DESC LIMIT ?"
HELPED = (
    "SELECT ticket.id FROM participant JOIN ticket ON ticket.id = participant.ticket_id "
    "WHERE participant.account = ? AND participant.role = 'helper' AND ticket.alive = 1 AND ticket.state <> 'callback' "
    "ORDER BY ticket.id DESC LIMIT ?"
)
VOICED = (
    "SELECT DISTINCT ticket_id FROM participant WHERE account = ? AND role IN ('reporter', 'follower') "
    "ORDER BY ticket_id DESC LIMIT ?"
)
# 好的 and thanks ask for this: whoever has spoken for years has twenty tickets, and none or one of them is asked about.
POLLED = (
    f"SELECT id FROM ticket WHERE id IN ({VOICED}) AND poll_round > 0 "  # noqa: S608 - our names
    "AND (state = 'callback' OR (state = 'closed' AND coalesce(closed_at, polled_at) >= ?)) ORDER BY id DESC"
)
# A request waits one level up: for owners and supervisors at the unit or above it, whose duties cover what is below. Left to
# itself the planner reads every ticket that these units ever had.
ASKED = """
WITH RECURSIVE commanded (id) AS (
    SELECT unit FROM org_duty WHERE person = ? AND role IN ('owner', 'supervisor')
    UNION SELECT org_unit.id FROM org_unit JOIN commanded ON org_unit.parent = commanded.id
)
SELECT ticket.id FROM commanded CROSS JOIN ticket INDEXED BY ix_ticket_asked ON ticket.unit = commanded.id
WHERE ticket.asked <> '' AND ticket.alive = 1 AND ticket.asked_by IS NOT ? ORDER BY ticket.id DESC LIMIT ?
"""


class Tickets(Repository):
    """Columns come from the tables; a saved ticket flushes its recorded events."""

    def __init__(self, pen: Pen, audit: Audit) -> None:
        super().__init__(pen)
        self._audit = audit
        near = select_sql(TicketRow, NEAR_FIELDS, ("unit",))
        every = select_sql(TicketRow, TICKET_FIELDS)
        self._insert = insert_sql(TicketRow)
        self._before = select_sql(TicketRow, STORED, ("id",))
        self._several = select_sql(TicketRow, STORED) + AMONG
        self._updates: dict[tuple[str, ...], str] = {}  # by the columns that they change
        self._add_participant = insert_sql(ParticipantRow, ignore=True)
        self._near = f"{near} AND category = ? AND listed = 'open' ORDER BY id DESC LIMIT ?"
        self._near_any = f"{near} AND listed = 'open' ORDER BY id DESC LIMIT ?"
        self._closed = (
            f"{near} AND category = ? AND listed = 'closed' AND closed_at >= ? ORDER BY closed_at DESC LIMIT ?"
        )
        self._by_id = select_sql(TicketRow, TICKET_FIELDS, ("id",))
        self._many_by_id = every + AMONG
        self._by_public_id = select_sql(TicketRow, TICKET_FIELDS, ("public_id",))
        self._by_number = f"{select_sql(TicketRow, TICKET_FIELDS, ('root', 'number'), '-year')} LIMIT 1"
        self._in_chat = f"{every} WHERE chat = ? AND alive = 1 ORDER BY id DESC LIMIT ?"
        self._all_tickets = f"{every} ORDER BY id"

    # ------------------------------------------------------------ one ticket

    def add(self, ticket: Ticket) -> None:
        """Store a new ticket and its events."""
        seq = self._flush(ticket) or 0
        own = (mapping.listed(ticket), mapping.alive(ticket), 0, seq)
        self._run(self._insert, *mapping.ticket_values(ticket), *own)
        self._many(self._add_participant, ((who, ticket.id, role, ticket.root) for who, role in _participants(ticket)))
        self._changed(ticket.id)

    def save(self, ticket: Ticket) -> None:
        """Store a changed ticket and its events; raises ``StaleTicket`` where somebody was faster (version).

        Only what changed is written: each column named would cost the indexes it stands in.
        """
        before = self._pen.touch(ticket.id) or self._one(self._before, ticket.id)
        if before is None or before[VERSION] != ticket.version:
            raise StaleTicket(f"ticket {ticket.id} was changed since version {ticket.version} was loaded")
        values = mapping.ticket_values(ticket)
        *_, seq, privacy = before
        if privacy & ERASED:
            for at in WORDS:
                values[at] = ""
        values[VERSION] = ticket.version + 1
        values += (mapping.listed(ticket), mapping.alive(ticket), self._flush(ticket) or seq)
        changed = [at for at, value in enumerate(values) if value != before[at]]
        statement = self._update(tuple(STORED[at] for at in changed))
        self._later(statement, [(*(values[at] for at in changed), ticket.id, ticket.version)])
        if not set(PARTIES).isdisjoint(changed):
            self._sync_participants(ticket, *(before[at] for at in PARTIES))
        ticket.version += 1
        self._changed(ticket.id)

    def saved(self) -> dict[str, list[Event]]:
        """The tickets added or saved since this was last asked, in order, and what was recorded of each."""
        saved, self._pen.saved = self._pen.saved, {}
        return saved

    def _update(self, names: tuple[str, ...]) -> str:
        if names not in self._updates:
            self._updates[names] = update_sql(TicketRow, names, ("id", "version"))
        return self._updates[names]

    def _flush(self, ticket: Ticket) -> int | None:
        self._pen.saved.setdefault(ticket.id, []).extend(ticket.events)
        if not ticket.events:
            return None
        seq = self._audit.append(ticket.root, ticket.id, ticket.events)
        ticket.events.clear()
        return seq

    def _sync_participants(self, ticket: Ticket, reporter: str, followers: str, helpers: str) -> None:
        """Write who came or went."""
        had = set(_roles(reporter, mapping.names(followers), mapping.names(helpers)))
        has = set(_participants(ticket))
        gone = ((who, ticket.id, role) for who, role in had - has)
        self._many("DELETE FROM participant WHERE account = ? AND ticket_id = ? AND role = ?", gone)
        self._many(self._add_participant, ((who, ticket.id, role, ticket.root) for who, role in has - had))

    def fetch(self, ticket_ids: Sequence[str]) -> None:
        """Have tickets at hand that will be wanted before the end of ``together``."""
        if self._pen.burst:
            rows = self._all(self._several, json.dumps(ticket_ids))
            self._pen.burst.tickets.update((row[0], row) for row in rows)

    def get(self, ticket_id: str) -> Ticket | None:
        """The ticket with this id."""
        if self._pen.burst and (row := self._pen.burst.tickets.get(ticket_id)):
            return mapping.ticket(row[: len(TICKET_FIELDS)])
        return _maybe(self._one(self._by_id, ticket_id))

    def by_number(self, root: str, number: int) -> Ticket | None:
        """The newest ticket with this number below a root unit."""
        return _maybe(self._one(self._by_number, root, number))

    def by_public_id(self, public_id: str) -> Ticket | None:
        """The ticket behind a link that cannot be guessed."""
        return _maybe(self._one(self._by_public_id, public_id))

    def next_number(self, root: str, year: int) -> int:
        """The next number of a root unit and year, taken for good."""
        row = self._write(NEXT_NUMBER, root, year)
        return int(row[0]) if row else 0

    # ------------------------------------------------------------ several tickets

    def open_near(self, units: Sequence[str], category: str | None, limit: int) -> list[OpenTicket]:
        """The newest open tickets (candidates and confidential ones excluded) of units; of one category unless None."""
        if category is None:
            found = [row for unit in set(units) for row in self._all(self._near_any, unit, limit)]
        else:
            found = [row for unit in set(units) for row in self._all(self._near, unit, category, limit)]
        return [mapping.open_ticket(row) for row in heapq.nlargest(limit, found, key=itemgetter(0))]

    def closed_near(self, units: Sequence[str], category: str, since: datetime, limit: int) -> list[OpenTicket]:
        """The newest tickets of units and a category that were closed since then."""
        wanted = (category, to_ms(since), limit)
        found = [row for unit in set(units) for row in self._all(self._closed, unit, *wanted)]
        return [mapping.open_ticket(row) for row in heapq.nlargest(limit, found, key=itemgetter(12, 0))]

    def confirmed_places(self, root: str) -> list[str]:
        """What the newest tickets of a root unit that somebody has signed for call their places, newest first."""
        return [row[0] for row in self._all(PLACES, root)]

    def open_in_chat(self, chat: str, limit: int) -> list[Ticket]:
        """The newest open tickets and candidates of a chat."""
        return [mapping.ticket(row) for row in self._all(self._in_chat, chat, limit)]

    def of_account(self, account: str, limit: int) -> list[Ticket]:
        """The newest tickets that an account reported or follows."""
        return self._load(self._all(VOICED, account, limit))

    def polled_of(self, account: str, since: datetime, limit: int) -> list[Ticket]:
        """Of the newest tickets that an account reported or follows, those with a poll that are in callback or closed since."""
        return self._load(self._all(POLLED, account, limit, to_ms(since)))

    def of_person(self, person: str, limit: int) -> list[Ticket]:
        """The newest working tickets and candidates of a person, as lead or helper, and requests that he may rule on."""
        assigned = [*self._all(ASSIGNED, person, limit), *self._all(HELPED, person, limit)]
        asked = self._all(ASKED, person, person, limit)
        return self._load(sorted({*assigned, *asked}, reverse=True)[:limit])

    def in_units(self, units: Sequence[str], states: Sequence[str], limit: int) -> list[Ticket]:
        """The newest tickets of units in some states. Reads the ids of all of them: for states that tickets leave again."""
        return self._load(self._all(IN_UNITS, json.dumps(units), json.dumps(states), limit))

    def due_before(self, units: Sequence[str], states: Sequence[str], at: datetime, limit: int) -> list[Ticket]:
        """The tickets of units in some states whose finish limit is before an instant, the longest due first."""
        return self._load(self._all(DUE_BEFORE, json.dumps(units), json.dumps(states), to_ms(at), limit))

    def load(self, person: str) -> int:
        """How many working tickets a person has, counted up to LOAD_COUNTED."""
        row = self._one(LOAD, person, LOAD_COUNTED)
        return int(row[0]) if row else 0

    def loads(self, units: Sequence[str], now: datetime) -> dict[str, tuple[int, int]]:
        """The working tickets of units by person: how many, and how many of them are overdue."""
        found: dict[str, tuple[int, int]] = {}
        for unit in units:
            for person, working, overdue in self._all(LOADS, to_ms(now), unit):
                before = found.get(person, (0, 0))
                found[person] = before[0] + working, before[1] + overdue
        return found

    def all(self) -> list[Ticket]:
        """Every ticket, oldest first: for replay, export and checks."""
        return [mapping.ticket(row) for row in self._all(self._all_tickets)]

    def _load(self, ids: Iterable[Row]) -> list[Ticket]:
        wanted = [id_ for (id_,) in ids]
        found = {row[0]: row for row in self._all(self._many_by_id, json.dumps(wanted))}
        return [mapping.ticket(found[id_]) for id_ in wanted if id_ in found]


def _maybe(row: Row | None) -> Ticket | None:
    return None if row is None else mapping.ticket(row)


def _roles(reporter: str, followers: Iterable[str], helpers: Iterable[str]) -> Iterator[tuple[str, str]]:
    yield reporter, "reporter"
    for account in followers:
        yield account, "follower"
    for person in helpers:
        yield person, "helper"


def _participants(ticket: Ticket) -> Iterator[tuple[str, str]]:
    return _roles(ticket.reporter, ticket.followers, ticket.helpers)
