"""What a page may show to whom: the buttons of a reader, a ticket's page, the list of open tickets. Only reads.

Rights come from the account, by duties and by who reported or follows; who may not see a ticket gets the same as for a
ticket that is not there.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.audit import Event
from bot.domain.org import COMMAND, Group, Organization, Person
from bot.domain.poll import Vote
from bot.domain.states import CALLBACK, CANDIDATE, CLOSED, DISPATCHED, IN_PROGRESS, ON_HOLD, OPEN, REVIEW
from bot.domain.ticket import Ticket
from bot.ports import KeptMessage, UnitOfWork
from bot.render.masking import mask, mask_place
from bot.usecases.context import may_act, may_see

LISTED = 500  # tickets of one list
AT_WORK = frozenset({DISPATCHED, IN_PROGRESS, ON_HOLD})
TOLD = frozenset({"progressed", "done", "held", "extended"})  # events whose words the people who wait have heard
INNER = frozenset({"noted", "supervised", "escalated", "reminded", "corrected", "contacted"})  # shown to staff only
OVERDUE = "overdue"


# ---------------------------------------------------------------- rights


def actions_of(org: Organization, account: str, ticket: Ticket, now: datetime, reopen_days: int) -> tuple[str, ...]:
    """What an account may do with a ticket now by a tap, most needed first."""
    person = org.person_of(account)
    found = list(_of_staff(org, person, ticket)) if person else []
    if account in ticket.voices:
        found += _of_voices(ticket, now, reopen_days)
    return tuple(dict.fromkeys(found))


def _of_staff(org: Organization, person: Person, ticket: Ticket) -> Iterator[str]:
    if may_act(org, person, ticket):
        yield from _of_stewards(person, ticket)
        if org.commands(person.id, ticket.unit):
            yield from _of_owners(person, ticket)
    elif ticket.is_working and may_see(org, person, ticket):
        if person.id not in ticket.acknowledged:
            yield "sign"
        yield "progress"


def _of_stewards(person: Person, ticket: Ticket) -> Iterator[str]:
    if ticket.state == CANDIDATE:
        yield from ("register", "reject", "merge")
    if ticket.state not in AT_WORK:
        return
    if ticket.state == DISPATCHED or (person.id in ticket.helpers and person.id not in ticket.acknowledged):
        yield "sign"
    yield from ("progress", "done")
    if ticket.state == ON_HOLD:
        yield "resume"
    elif person.id == ticket.assignee and not ticket.asked:
        yield "return"
    yield from ("transfer", "whistle")
    if not ticket.asked and ticket.state != ON_HOLD:
        yield from ("hold", "extend")
    yield from ("raise", "not_accept")


def _of_owners(person: Person, ticket: Ticket) -> Iterator[str]:
    if ticket.state == REVIEW:
        yield "approve"
    if ticket.source == "season" and ticket.state in {CANDIDATE, IN_PROGRESS}:
        yield "announce"
    if ticket.asked and ticket.asked_by != person.id and ticket.is_working:
        yield from ("rule",) if ticket.asked == "return" else ("grant", "refuse")


def _of_voices(ticket: Ticket, now: datetime, reopen_days: int) -> Iterator[str]:
    if ticket.state == CALLBACK and ticket.nature == "inquiry":
        yield from ("clear", "human")
    elif may_vote(ticket, now, reopen_days):
        yield "rate"
    if ticket.is_working:
        yield "urge"


def may_vote(ticket: Ticket, now: datetime, reopen_days: int) -> bool:
    """Whether votes count now: while people are asked, and some days after closing."""
    if ticket.poll_round == 0 or ticket.state not in {CALLBACK, CLOSED}:
        return False
    since = ticket.closed_at or ticket.polled_at or now
    return ticket.state == CALLBACK or now - since <= timedelta(days=reopen_days)


def is_visible(org: Organization, account: str, ticket: Ticket) -> bool:
    """Whether an account may open a ticket's page: who reported or follows, and the staff who may read it."""
    person = org.person_of(account)
    if person is not None and person.id in ticket.named:
        return False
    return account in ticket.voices or (person is not None and may_see(org, person, ticket))


def rooms_of(org: Organization, person: Person, channel: str) -> list[Group]:
    """The groups of a channel that a person's duties reach: below what he commands, and around where he serves."""
    return [g for g in org.groups.values() if g.channel == channel and belongs(org, person, g)]


def belongs(org: Organization, person: Person, group: Group) -> bool:
    """Whether a person's duties reach a group, so that he may enter it without an invitation."""
    duties = org.duties_of(person.id)
    return any(
        org.within(duty.unit, group.unit) or (duty.role in COMMAND and org.within(group.unit, duty.unit))
        for duty in duties
    )


def role_in(org: Organization, account: str, unit: str) -> str:
    """The role that an account has for a unit, for a badge: the highest one that covers it; "" for everybody else."""
    person = org.person_of(account)
    if person is None:
        return ""
    own = {d.role for d in org.duties_of(person.id) if org.within(unit, d.unit) or org.within(d.unit, unit)}
    return next((role for role in ("owner", "supervisor", "steward", "handler") if role in own), "")


def staff_of(org: Organization, unit: str, channel: str) -> list[tuple[str, Person]]:
    """The duty-holders for a unit who can be called on a channel: account key and person, nearest first."""
    people = dict.fromkeys(duty.person for duty in org.duties_over(unit))
    found = [org.people[person] for person in people if person in org.people]
    keys = [(person.account_on(channel), person) for person in found]
    return [(key, person) for key, person in keys if key is not None and key.startswith(f"{channel}:")]


# ---------------------------------------------------------------- one ticket


@dataclass(frozen=True, slots=True)
class Step:
    """A row of the timeline. ``who`` is ``bot``, ``you``, ``neighbour`` or ``staff``; ``name`` of staff; ``words`` if told."""

    at: datetime
    kind: str
    who: str
    name: str = ""
    words: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """Words or photos of the ticket that the reader may see."""

    at: datetime
    who: str
    name: str
    words: str
    photos: tuple[str, ...]
    role: str  # as of ``KeptMessage``: voice, staff, note


@dataclass(frozen=True, slots=True)
class TicketPage:
    """A ticket as one reader may see it. ``staff`` tells whether in full; ``mine`` is the reader's own vote."""

    ticket: Ticket
    staff: bool
    place: str
    assignee: str
    actions: tuple[str, ...]
    steps: tuple[Step, ...]
    said: tuple[Said, ...]
    votes: tuple[Vote, ...]
    mine: int | None


@dataclass(frozen=True, slots=True)
class Reader:
    """Who looks, with the picture of the organization at that moment."""

    org: Organization
    account: str
    now: datetime
    reopen_days: int

    @property
    def person(self) -> Person | None:
        """The duty-holder behind the account."""
        return self.org.person_of(self.account)


def ticket_page(uow: UnitOfWork, reader: Reader, public_id: str) -> TicketPage | None:
    """A ticket's page; None where there is none, or none for this reader."""
    ticket = uow.tickets.by_public_id(public_id)
    if ticket is None or not is_visible(reader.org, reader.account, ticket):
        return None
    staff = reader.person is not None and may_see(reader.org, reader.person, ticket)
    votes = tuple(uow.polls.votes(ticket.id, ticket.poll_round)) if ticket.poll_round else ()
    steps = (_step(reader, ticket, event, staff) for event in uow.audit.of(ticket.id))
    said = (_said(reader, ticket, word, staff) for word in uow.words.of(ticket.id))
    assignee = reader.org.people.get(ticket.assignee or "")
    return TicketPage(
        ticket,
        staff,
        ticket.place if staff else mask_place(ticket.place),
        assignee.name if assignee else "",
        actions_of(reader.org, reader.account, ticket, reader.now, reader.reopen_days),
        tuple(step for step in steps if step is not None),
        tuple(one for one in said if one is not None),
        votes,
        next((vote.rating for vote in votes if vote.account == reader.account), None),
    )


def _who(reader: Reader, by: str) -> tuple[str, str]:
    """How the one who did it is shown: residents have no names here, staff have."""
    person = reader.org.people.get(by) or reader.org.person_of(by)
    if by == reader.account or (person is not None and person == reader.person):
        return "you", ""
    if person is not None:
        return "staff", person.name
    return ("neighbour", "") if ":" in by else ("bot", "")


def _step(reader: Reader, ticket: Ticket, event: Event, staff: bool) -> Step | None:
    if not staff and event.kind in INNER:
        return None
    who, name = _who(reader, event.by)
    if not staff and event.kind == "rated" and who != "you":
        return None  # how a neighbour voted is his own business
    return Step(event.at, event.kind, who, name, _words(reader, ticket, event, staff))


def _words(reader: Reader, ticket: Ticket, event: Event, staff: bool) -> str:
    """The words behind an event: what people wrote, and the names behind ids; codes stay inside."""
    if event.kind in TOLD:
        return event.note if staff else mask(event.note)
    if not staff:
        return ""
    if event.kind in {"return_requested", "transferred", "whistled", "dispatched", "return_ruled"}:
        person = reader.org.people.get(event.note)
        return person.name if person else event.note if event.kind == "return_requested" else ""
    return event.note if event.kind == "registered" and ticket.nature != "report" else ""


def _said(reader: Reader, ticket: Ticket, word: KeptMessage, staff: bool) -> Said | None:
    """Staff read all; who reported or follows reads the own words and those of staff, masked."""
    photos = tuple(media.ref for media in word.media if media.ref and media.type == "image")
    own = word.account == reader.account
    if not (word.text or photos) or not (staff or own or word.role == "staff"):
        return None
    who, name = _who(reader, word.account)
    if staff and who == "neighbour":
        name = word.name
    return Said(word.at, who, name, word.text if staff or own else mask(word.text), photos, word.role)


def photo_of_ticket(uow: UnitOfWork, reader: Reader, public_id: str, ref: str) -> bool:
    """Whether a photo is on a ticket's page for this reader."""
    page = ticket_page(uow, reader, public_id)
    return page is not None and any(ref in one.photos for one in page.said)


# ---------------------------------------------------------------- the list


@dataclass(frozen=True, slots=True)
class Filter:
    """What of the list is wanted; "" means all. ``due`` is "overdue" or ""."""

    unit: str = ""
    state: str = ""
    category: str = ""
    due: str = ""

    def fits(self, ticket: Ticket, now: datetime) -> bool:
        """Whether a ticket is wanted."""
        wanted = ((self.unit, ticket.unit), (self.state, ticket.state), (self.category, ticket.category))
        return all(want in {"", is_} for want, is_ in wanted) and (self.due != OVERDUE or is_overdue(ticket, now))


def is_overdue(ticket: Ticket, now: datetime) -> bool:
    """Whether the finish limit has passed while somebody still has work with it."""
    return ticket.is_working and ticket.due_at is not None and ticket.due_at < now


def units_of(org: Organization, person: Person) -> list[str]:
    """The units whose tickets a person answers for: all below what he commands, and those he is steward of."""
    found: list[str] = []
    for duty in org.duties_of(person.id):
        if duty.role in COMMAND:
            found += org.below(duty.unit)
        elif duty.role == "steward":
            found.append(duty.unit)
    return list(dict.fromkeys(found))


def open_tickets(uow: UnitOfWork, org: Organization, person: Person, wanted: Filter, now: datetime) -> list[Ticket]:
    """The open tickets that a person answers for or works on: overdue ones first, then by limit."""
    units = [unit for unit in units_of(org, person) if wanted.unit in {"", unit}]
    found = uow.tickets.in_units(units, sorted(OPEN | {CANDIDATE}), LISTED) + uow.tickets.of_person(person.id, LISTED)
    seen = {ticket.id: ticket for ticket in found if may_see(org, person, ticket) and wanted.fits(ticket, now)}
    return sorted(seen.values(), key=lambda ticket: (ticket.due_at is None, ticket.due_at, ticket.id))
