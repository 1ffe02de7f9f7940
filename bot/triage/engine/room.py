"""A labelled conversation as a chat that a reader looks at: what is open and what was heard, as the labels say."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from bot.ports import Heard, Matter, OpenTicket, Reading, ReadingContext

BEGINNING = datetime(2026, 7, 6, 1, 0, tzinfo=UTC)
NEAR = 20  # open tickets that a reader may look at (bot.usecases.hearing)
JOINS = frozenset({"metoo", "followup", "urge"})
STAFF = "*"  # before the nickname of who has a duty


@dataclass(frozen=True, slots=True)
class Lesson:
    """A labelled message: columns as in corpus/README.md; several matters are joined by ``+``."""

    group: str
    minute: float
    user: str
    text: str
    act: str
    natures: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    urgencies: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    tickets: tuple[str, ...] = ()
    weight: float = 1.0
    unplaced: bool = False  # its labels don't tell places


def lesson_of(row: Mapping[str, str]) -> Lesson:
    """A row of the corpus."""
    many = {name: tuple(filter(None, row.get(name, "").split("+"))) for name in _MANY}
    return Lesson(
        row["group"], float(row["minute"]), row["user"], row["text"], row["act"], many["nature"], many["category"],
        many["urgency"], many["place"], many["ticket"], unplaced="place" not in row,
    )  # fmt: skip


_MANY = ("nature", "category", "urgency", "place", "ticket")


@dataclass
class Room:
    """One conversation so far. ``building`` normalises the place that a text names."""

    tickets: dict[str, OpenTicket] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    origin: dict[str, str] = field(default_factory=dict)  # ticket → the label of the message that opened it

    def context(self, lesson: Lesson, recent: int) -> ReadingContext:
        """What a reader may look at when this message comes."""
        newest = list(reversed(self.tickets.values()))[:NEAR]
        return ReadingContext(
            account=lesson.user.lstrip(STAFF),
            at=_when(lesson),
            tickets=lambda category: [one for one in newest if category in {None, one.category}],
            recent=self.heard[-recent:],
            name=lesson.user.lstrip(STAFF),
            staff=lesson.user.startswith(STAFF),
        )

    def take(self, lesson: Lesson, building: str) -> None:
        """The message was heard; what it opens or adds to is as its labels say."""
        for index, name in enumerate(lesson.tickets):
            if lesson.act == "new":
                self._open(lesson, name, Matter("", lesson.natures[index], lesson.categories[index], "", "", building))
                self.origin[name] = name
            elif lesson.act in JOINS:
                self.tickets[name] = _joined(self.tickets[name], lesson, building)
        self._remember(lesson, lesson.act, next(iter(lesson.tickets), None))

    def hear(self, lesson: Lesson, building: str, reading: Reading) -> None:
        """The message was heard; what it opens or adds to is as a reader says."""
        ticket = reading.ticket_id
        if reading.act == "new" and reading.score >= CLEAR:
            for index, matter in enumerate(reading.matters):
                ticket = f"{len(self.heard)}.{index}"
                self._open(lesson, ticket, matter)
                self.origin[ticket] = lesson.tickets[min(index, len(lesson.tickets) - 1)] if lesson.tickets else ""
        elif reading.act in JOINS and ticket is not None:
            self.tickets[ticket] = _joined(self.tickets[ticket], lesson, building)
        self._remember(lesson, reading.act, ticket)

    def _open(self, lesson: Lesson, name: str, matter: Matter) -> None:
        at, account = _when(lesson), lesson.user.lstrip(STAFF)
        self.tickets[name] = OpenTicket(
            id=name, number=None, state="dispatched", nature=matter.nature, category=matter.category,
            building=matter.building, place="", text=lesson.text, reporter=account, followers=(), registered_at=at,
        )  # fmt: skip

    def _remember(self, lesson: Lesson, act: str, ticket: str | None) -> None:
        self.heard.append(Heard(lesson.user.lstrip(STAFF), _when(lesson), act, ticket))


CLEAR = 0.6  # a reader's "new" opens a ticket from this score on


def _when(lesson: Lesson) -> datetime:
    return BEGINNING + timedelta(minutes=lesson.minute)


def _joined(ticket: OpenTicket, lesson: Lesson, building: str) -> OpenTicket:
    """A voice more; the ticket's own words are those of its reporter."""
    account = lesson.user.lstrip(STAFF)
    followers = ticket.followers if account in {ticket.reporter, *ticket.followers} else (*ticket.followers, account)
    text = f"{ticket.text}\n{lesson.text}" if account == ticket.reporter else ticket.text
    return replace(ticket, followers=followers, building=ticket.building or building, text=text[:TEXT])


TEXT = 400  # characters of a ticket that are compared


def conversations(lessons: Iterable[Lesson]) -> Iterator[Sequence[Lesson]]:
    """The lessons of each group; those of one group stand together."""
    batch: list[Lesson] = []
    for lesson in lessons:
        if batch and batch[-1].group != lesson.group:
            yield batch
            batch = []
        batch.append(lesson)
    if batch:
        yield batch
