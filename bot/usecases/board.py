"""The live board of some units: open tickets in columns by state, whose move each is, and what waits to be confirmed.

Only reads; what may be done with it is decided where it is done. Nobody finds on it what he may not see.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice
from types import MappingProxyType

from bot.domain.org import Organization, Person
from bot.domain.states import CALLBACK, CANDIDATE, DISPATCHED, IN_PROGRESS, ON_HOLD, OPEN, REGISTERED, REVIEW, WORKING
from bot.domain.ticket import Ticket
from bot.ports import KeptMessage, OpenTicket, UnitOfWork
from bot.usecases.context import may_act, may_see
from bot.usecases.overview import OVERDUE, Filter, is_overdue

COLUMNS = {  # by the state that gives a column its name
    DISPATCHED: frozenset({REGISTERED, DISPATCHED}),
    IN_PROGRESS: frozenset({IN_PROGRESS}),
    ON_HOLD: frozenset({ON_HOLD}),
    REVIEW: frozenset({REVIEW}),
    CALLBACK: frozenset({CALLBACK}),
}
READ = 1000  # tickets of one board: the newest, and as many of those whose limit has passed; what is beyond is counted only
ALL, LATE = 0, 1  # of a tally
NONE: Mapping[str, tuple[int, int]] = MappingProxyType({})
SHOWN = 20  # cards of one column: the page stays small enough for a slow phone
NEAR = 20  # tickets that a candidate may be merged into


@dataclass(frozen=True, slots=True)
class Card:
    """A ticket on the board. ``move``: ask, review, vote, hold, work, sign or nobody; ``name`` of the person whose move it is."""

    ticket: Ticket
    overdue: bool
    move: str
    name: str


@dataclass(frozen=True, slots=True)
class Column:
    """The tickets in one state: how many, and the most pressing ones, overdue first."""

    state: str
    count: int
    cards: tuple[Card, ...]


@dataclass(frozen=True, slots=True)
class Board:
    """What is open, all of it counted. ``candidates`` wait for the reader to confirm them."""

    columns: tuple[Column, ...]
    count: int
    overdue: int
    candidates: int


def board(
    uow: UnitOfWork, org: Organization, person: Person, units: Sequence[str], wanted: Filter, now: datetime
) -> Board:
    """The board of units, as far as a person may see it. ``wanted`` filters by category and limit."""
    newest = uow.tickets.in_units(units, sorted(OPEN), READ)
    late = uow.tickets.due_before(units, sorted(WORKING), now, READ) if len(newest) == READ else []
    every = {ticket.id: ticket for ticket in (*newest, *late) if may_see(org, person, ticket)}
    fitting = replace(wanted, unit="", state="")
    cards = [_card(org, ticket, now) for ticket in every.values() if fitting.fits(ticket, now)]
    cards.sort(key=_pressing)
    counts = _tally(cards)
    if len(newest) == READ:
        # confidential ones are few and each may be another's business: those that were read are counted one by one
        whole = [unit for unit in units if org.stewards(person.id, unit)]
        apart = [card for card in cards if card.ticket.confidential or card.ticket.unit not in whole]
        counts = _tally(apart, uow.lists.counts(whole, wanted.category, now))
    waiting = len(candidates(uow, org, person, units))
    kind = LATE if wanted.due == OVERDUE else ALL
    columns = tuple(_column(state, cards, counts, kind) for state in COLUMNS)
    return Board(columns, sum(column.count for column in columns), sum(late for _, late in counts.values()), waiting)


def _tally(cards: Iterable[Card], more: Mapping[str, tuple[int, int]] = NONE) -> dict[str, tuple[int, int]]:
    """By state: all, and those overdue; of cards, and of what was counted where it lies."""
    found = dict(more)
    for card in cards:
        count, late = found.get(card.ticket.state, (0, 0))
        found[card.ticket.state] = count + 1, late + card.overdue
    return found


def _pressing(card: Card) -> tuple[bool, bool, float, str]:
    due = card.ticket.due_at
    return not card.overdue, due is None, due.timestamp() if due else 0.0, card.ticket.id


def _column(state: str, cards: Sequence[Card], counts: Mapping[str, tuple[int, int]], kind: int) -> Column:
    own = (card for card in cards if card.ticket.state in COLUMNS[state])
    count = sum(counts[one][kind] for one in COLUMNS[state] if one in counts)
    return Column(state, count, tuple(islice(own, SHOWN)))


def _card(org: Organization, ticket: Ticket, now: datetime) -> Card:
    person = org.people.get(ticket.assignee or "")
    return Card(ticket, is_overdue(ticket, now), move_of(ticket), person.name if person else "")


def move_of(ticket: Ticket) -> str:
    """Whose move it is: somebody above (ask, review), the residents (vote), the assignee (hold, work, sign), or nobody's."""
    if ticket.asked:
        return "ask"
    if ticket.state in {REVIEW, CALLBACK}:
        return "review" if ticket.state == REVIEW else "vote"
    if ticket.assignee is None:
        return "nobody"
    return {ON_HOLD: "hold", IN_PROGRESS: "work"}.get(ticket.state, "sign")


def pressing(uow: UnitOfWork, org: Organization, units: Sequence[str], now: datetime) -> list[Card]:
    """What is open, most pressing first, as it may be handed on: without confidential tickets."""
    found = uow.tickets.in_units(units, sorted(OPEN), READ)
    late = uow.tickets.due_before(units, sorted(WORKING), now, READ) if len(found) == READ else []
    every = {ticket.id: ticket for ticket in (*found, *late) if not ticket.confidential}
    return sorted((_card(org, ticket, now) for ticket in every.values()), key=_pressing)


# ---------------------------------------------------------------- candidates


@dataclass(frozen=True, slots=True)
class Candidate:
    """A doubtful matter: what was said, who is asked, and the tickets that it may belong to, the likeliest first."""

    ticket: Ticket
    said: tuple[KeptMessage, ...]
    asked: str
    near: tuple[OpenTicket, ...]


def candidates(uow: UnitOfWork, org: Organization, person: Person, units: Sequence[str]) -> list[Ticket]:
    """The candidates of units that a person may register or turn down, oldest first: those lapse first."""
    found = uow.tickets.in_units(units, [CANDIDATE], READ)
    return sorted((one for one in found if may_act(org, person, one)), key=lambda one: one.id)


def questions(uow: UnitOfWork, org: Organization, person: Person, units: Sequence[str]) -> list[Candidate]:
    """The same with all that is needed to decide on them."""
    return [_candidate(uow, org, ticket) for ticket in candidates(uow, org, person, units)[:SHOWN]]


def _candidate(uow: UnitOfWork, org: Organization, ticket: Ticket) -> Candidate:
    asked = org.people.get(ticket.assignee or "")
    said = tuple(one for one in uow.words.of(ticket.id) if one.role == "voice")
    near = () if ticket.confidential else tuple(_near(uow, ticket))[:NEAR]
    return Candidate(ticket, said, asked.name if asked else "", near)


def _near(uow: UnitOfWork, ticket: Ticket) -> Iterator[OpenTicket]:
    found = uow.tickets.open_near([ticket.unit], None, NEAR * 5)
    yield from (one for one in found if one.category == ticket.category)
    yield from (one for one in found if one.category != ticket.category)
