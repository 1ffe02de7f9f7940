"""One ticket through the three lists: what people said, who does what by when, what came of it. Only reads.

Words and places are masked for everybody here, since lists are printed and handed on; the ticket's own page shows them whole
to who works on it.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.domain.audit import Event
from bot.domain.org import Organization
from bot.domain.poll import RATINGS, Vote
from bot.domain.states import CALLBACK, CANDIDATE, CLOSED, MERGED, NOT_ACCEPTED, REGISTERED, STATES, WITHDRAWN, WORKING
from bot.domain.ticket import SYSTEM, Ticket
from bot.messages import is_private
from bot.ports import KeptMessage, UnitOfWork
from bot.render.masking import mask, mask_place
from bot.usecases.opening import title_of
from bot.usecases.overview import TOLD, is_overdue

PROBLEMS, TASKS, EFFECTS = "problems", "tasks", "effects"
LISTS = (PROBLEMS, TASKS, EFFECTS)
UNLISTED = frozenset({CANDIDATE, MERGED, WITHDRAWN})  # not yet, under another number, and taken back
STATES_OF = {
    PROBLEMS: tuple(state for state in STATES if state not in UNLISTED),
    TASKS: tuple(state for state in STATES if state not in UNLISTED | {REGISTERED, NOT_ACCEPTED}),
    EFFECTS: (CALLBACK, CLOSED),
}
CROSSING = frozenset({"done", "reviewed", "polled", "reworked", "closed", "reopened"})  # the steps to the end, and back


@dataclass(frozen=True, slots=True)
class Photo:
    """A stored photo, and the public id of the ticket under which it may be seen. ``shared``: no private chat shows through it."""

    ref: str
    public_id: str
    shared: bool = False


@dataclass(frozen=True, slots=True)
class Voice:
    """What one person said of it at one time, masked."""

    at: datetime
    words: str
    photos: tuple[Photo, ...]


@dataclass(frozen=True, slots=True)
class Problem:
    """A row of the problems: the trouble in the words of all who told it. ``people`` counts them."""

    title: str
    place: str
    people: int
    voices: tuple[Voice, ...]
    merged: tuple[int, ...]  # numbers of the tickets that were merged into this one


@dataclass(frozen=True, slots=True)
class Task:
    """A row of the tasks: who does it by when, and how far it is."""

    steward: str
    helpers: tuple[str, ...]
    dispatched_at: datetime | None
    signed_at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    overdue: bool
    supervision: int
    reworks: int
    progress: str  # what staff said of it last


@dataclass(frozen=True, slots=True)
class Deed:
    """A step of the cross-off trail (销号): what, when, by whom, and on which votes. ``who``: staff, neighbour, bot."""

    at: datetime
    kind: str
    who: str
    name: str
    note: str
    votes: tuple[tuple[int, int], ...] = ()  # rating and number of votes, best first
    unsolved: int = 0


@dataclass(frozen=True, slots=True)
class Effect:
    """A row of the effects: what came of it, photos of before and after, the votes of the last round, and the trail."""

    result: str
    done_at: datetime | None
    closed_at: datetime | None
    close_reason: str
    solved: bool | None
    before: tuple[Photo, ...]
    after: tuple[Photo, ...]
    votes: tuple[tuple[int, int], ...]
    unsolved: int
    trail: tuple[Deed, ...]


@dataclass(frozen=True, slots=True)
class Lineage:
    """One ticket through the three lists; ``task`` and ``effect`` are None where it has not come so far."""

    public_id: str
    year: int
    number: int
    unit: str
    nature: str
    category: str
    urgency: str
    state: str
    told_at: datetime
    problem: Problem
    task: Task | None
    effect: Effect | None
    refusal: str = ""  # the code of why it is not accepted

    @property
    def code(self) -> str:
        """Its number with the year, as lists and tables write it: 2026-0012."""
        return code_of(self.year, self.number)

    def is_on(self, name: str) -> bool:
        """Whether a list has it."""
        return {PROBLEMS: self.problem, TASKS: self.task, EFFECTS: self.effect}[name] is not None


def code_of(year: int, number: int) -> str:
    """A number with its year: 2026-0012."""
    return f"{year}-{number:04}"


def parsed_code(text: str) -> tuple[int, int] | None:
    """Year and number of a code; None where it is none."""
    year, dash, number = text.strip().partition("-")
    if not dash or not (text.isascii() and year.isdigit() and number.isdigit() and len(text) < 20):
        return None
    return int(year), int(number)


def trace(uow: UnitOfWork, org: Organization, ticket: Ticket, now: datetime) -> Lineage:
    """The lineage of a ticket that has a number and is not confidential."""
    events, said = uow.audit.of(ticket.id), uow.words.of(ticket.id)
    return Lineage(
        ticket.public_id,
        ticket.year,
        ticket.number or 0,
        ticket.unit,
        ticket.nature,
        ticket.category,
        ticket.urgency,
        ticket.state,
        ticket.created_at,
        _problem(uow, ticket, said),
        _task(org, ticket, events, now) if ticket.dispatched_at and ticket.state in STATES_OF[TASKS] else None,
        _effect(uow, org, ticket, events, said) if ticket.state in STATES_OF[EFFECTS] else None,
        (ticket.close_reason or "") if ticket.state == NOT_ACCEPTED else "",
    )


def _problem(uow: UnitOfWork, ticket: Ticket, said: Sequence[KeptMessage]) -> Problem:
    children = list(_merged(uow, ticket))
    voices = list(_voices(ticket, said))
    for child in children:
        voices += _voices(child, uow.words.of(child.id))
    people = {*ticket.voices, *(account for child in children for account in child.voices)}
    return Problem(
        title_shown(ticket),
        mask_place(ticket.place),
        len(people),
        tuple(sorted(voices, key=lambda voice: voice.at)),
        tuple(child.number for child in children if child.number is not None),
    )


def _merged(uow: UnitOfWork, ticket: Ticket) -> Iterator[Ticket]:
    """The tickets that were merged into this one, and into those before: nobody's words are lost on the way."""
    for child in uow.lists.merged(ticket.id):
        yield child
        yield from _merged(uow, child)


def title_shown(ticket: Ticket) -> str:
    """The first words, masked before they are cut: half a telephone number is none to the mask, and a secret all the same."""
    if ticket.title == title_of(ticket.text):
        return title_of(masked(ticket.text))
    return masked(ticket.title)


def _voices(ticket: Ticket, said: Iterable[KeptMessage]) -> Iterator[Voice]:
    for one in said:
        photos = _photos(ticket, [one])
        if one.role == "voice" and (one.text or photos):
            yield Voice(one.at, masked(one.text), photos)


def _photos(ticket: Ticket, said: Iterable[KeptMessage]) -> tuple[Photo, ...]:
    return tuple(
        Photo(media.ref, ticket.public_id, _is_shared(ticket, one))
        for one in said
        for media in one.media
        if media.ref and media.type == "image"
    )


def _is_shared(ticket: Ticket, said: KeptMessage) -> bool:
    """Whether the unit may be shown a photo on paper: of a matter of a group, sent there by residents, anywhere by staff."""
    return not is_private(ticket.chat) and (said.role == "staff" or not is_private(said.chat))


def _task(org: Organization, ticket: Ticket, events: Sequence[Event], now: datetime) -> Task:
    told = [event.note for event in events if event.kind in TOLD and event.note]
    return Task(
        _name(org, ticket.assignee),
        tuple(_name(org, helper) for helper in ticket.helpers),
        ticket.dispatched_at,
        ticket.signed_at,
        ticket.due_at,
        ticket.original_due_at,
        is_overdue(ticket, now),
        ticket.supervision if ticket.state in WORKING else 0,
        ticket.rework_count,
        masked(told[-1]) if told else "",
    )


def _effect(
    uow: UnitOfWork, org: Organization, ticket: Ticket, events: Sequence[Event], said: Sequence[KeptMessage]
) -> Effect:
    votes = uow.polls.votes(ticket.id, ticket.poll_round)
    done = [event for event in events if event.kind == "done"]
    by_bot = bool(done) and done[-1].by == SYSTEM  # its note is the id of an article
    return Effect(
        masked(done[-1].note) if done and not by_bot else "",
        ticket.done_at,
        ticket.closed_at,
        ticket.close_reason or "",
        ticket.solved,
        _photos(ticket, (one for one in said if one.role == "voice")),
        _photos(ticket, (one for one in said if one.role == "staff")),
        _tally(votes),
        sum(not vote.solved for vote in votes),
        tuple(_trail(uow, org, ticket, events)),
    )


def _trail(uow: UnitOfWork, org: Organization, ticket: Ticket, events: Sequence[Event]) -> Iterator[Deed]:
    """The steps with the votes that were cast in the round that a closing or a rework ended."""
    round_ = 0
    for event in events:
        round_ += event.kind == "polled"
        if event.kind in CROSSING:
            votes = uow.polls.votes(ticket.id, round_) if event.kind in {"closed", "reworked"} else []
            who, name = _who(org, event.by)
            note = event.note if event.kind == "closed" else ""
            yield Deed(event.at, event.kind, who, name, note, _tally(votes), sum(not vote.solved for vote in votes))


def _who(org: Organization, by: str) -> tuple[str, str]:
    """How the one who did it is shown: residents have no names in lists."""
    if by == SYSTEM:
        return "bot", ""
    person = org.people.get(by) or org.person_of(by)
    return ("staff", person.name) if person else ("neighbour", "")


def _tally(votes: Iterable[Vote]) -> tuple[tuple[int, int], ...]:
    counts = Counter(vote.rating for vote in votes if vote.rating is not None)
    return tuple((rating, counts[rating]) for rating in RATINGS if counts[rating])


def _name(org: Organization, person: str | None) -> str:
    found = org.people.get(person or "")
    return found.name if found else ""


def masked(text: str) -> str:
    """Words as a list may show them: without numbers that reach a person, addresses to the building."""
    return mask_place(mask(text))
