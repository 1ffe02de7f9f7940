"""What the core asks of the world: protocols that storage, adapters and triage implement. Nothing here does anything."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol, TypeVar

from bot.domain.org import Article, Organization
from bot.domain.poll import Vote
from bot.domain.ticket import Event, Ticket
from bot.messages import Capabilities, InboundEvent, Media, OutboundMessage

T = TypeVar("T")

# ---------------------------------------------------------------- understanding


@dataclass(frozen=True, slots=True)
class OpenTicket:
    """As much of a ticket as is needed to tell whether a message belongs to it. ``building`` is normalised, "" unknown."""

    id: str
    number: int | None
    state: str
    nature: str
    category: str
    building: str
    place: str
    text: str  # title and first words
    reporter: str
    followers: tuple[str, ...]
    registered_at: datetime
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Heard:
    """What was heard a moment ago in the chat: who, when, what it was, and which ticket it led to."""

    account: str
    at: datetime
    act: str
    ticket_id: str | None = None


@dataclass(frozen=True, slots=True)
class ReadingContext:
    """What a reader may look at beside the words.

    ``tickets(category)`` gives the newest open tickets of the chat's unit (all categories for None), and is only called
    when needed: small talk must cost no query. ``recent`` holds the last messages of the chat, newest last. ``quoted`` is the
    ticket whose message is being answered. ``staff`` tells that the account has a duty here; display names tell nothing.
    """

    account: str
    at: datetime
    tickets: Callable[[str | None], Sequence[OpenTicket]]
    recent: Sequence[Heard] = ()
    places: Sequence[str] = ()  # names and aliases of the units around, longest first
    articles: Sequence[Article] = ()
    name: str = ""  # nickname such as 8-1-802: a hint to the place, never a right
    staff: bool = False
    private: bool = False
    addressed: bool = False
    quoted: OpenTicket | None = None


@dataclass(frozen=True, slots=True)
class Matter:
    """One trouble in a message. ``place`` is in the speaker's words ("3号楼"); ``building`` normalised ("3", "3-2-501")."""

    text: str
    nature: str
    category: str
    urgency: str
    place: str = ""
    building: str = ""
    guessed_place: bool = False  # from the nickname, not from the text
    ticket_id: str | None = None  # the open ticket that it belongs to
    article: str | None = None  # the knowledge-base article that answers it


@dataclass(frozen=True, slots=True)
class Reading:
    """What a message means. ``act`` as in contracts/triage.md: new, metoo, followup, urge, resolved, thanks, answer, notice, chat.

    ``score`` is how sure it is that staff have to act (0–1); ``reason`` says why in words that a person can check;
    ``hotlines`` are the numbers to call first where life or property is in danger (110, 119, 120, 122).
    """

    act: str
    score: float = 0.0
    matters: tuple[Matter, ...] = ()
    ticket_id: str | None = None
    reason: tuple[str, ...] = ()
    hotlines: tuple[str, ...] = ()

    @property
    def actionable(self) -> bool:
        """Whether somebody has to do something about it."""
        return self.act in {"new", "metoo", "followup", "urge"}


class Reader(Protocol):
    """Triage: words and context → Reading. Pure; the engine is chosen in ``bot.app``."""

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        ...


# ---------------------------------------------------------------- remembering


@dataclass(frozen=True, slots=True)
class KeptMessage:
    """A message that concerns a ticket, with its words. ``role``: voice, staff, note."""

    key: str
    ticket_id: str
    chat: str
    account: str
    name: str
    role: str
    text: str
    at: datetime
    media: tuple[Media, ...] = ()


@dataclass(frozen=True, slots=True)
class Timer:
    """Something due for a ticket: unique by (ticket, kind), written with the change that causes it."""

    ticket_id: str
    kind: str
    due_at: datetime


@dataclass(slots=True)
class Notice:
    """What somebody is to be told: a catalog key and its parameters; words are made at send time.

    ``mentions`` are account keys; ``urgent`` breaks quiet hours and ``free`` does not count against the speech budget. ``id``
    is the idempotency key. ``state``: pending, sending, sent, uncertain, dead.
    """

    id: str
    chat: str
    kind: str
    key: str
    created_at: datetime
    params: dict[str, str] = field(default_factory=dict)
    mentions: tuple[str, ...] = ()
    ticket_id: str | None = None
    number: int | None = None
    buttons: tuple[str, ...] = ()  # actions: sign, done, rate …
    not_before: datetime | None = None
    urgent: bool = False
    free: bool = False
    state: str = "pending"
    attempts: int = 0
    platform_id: str | None = None
    sent_at: datetime | None = None


class Inbox(Protocol):
    """Keys of messages seen before."""

    def claim(self, key: str, at: datetime) -> bool:
        """Take a message key; False where it was taken before (kept ≥ 8 days, as a keyed hash)."""
        ...

    def purge(self, before: datetime) -> int:
        """Forget keys older than this; gives back how many."""
        ...


class Tickets(Protocol):
    """The tickets, each saved with its recorded events in the same transaction."""

    def add(self, ticket: Ticket) -> None:
        """Store a new ticket and its events."""
        ...

    def save(self, ticket: Ticket) -> None:
        """Store a changed ticket and its events; raises ``StaleTicket`` where somebody was faster (version)."""
        ...

    def get(self, ticket_id: str) -> Ticket | None:
        """The ticket with this id."""
        ...

    def by_number(self, root: str, number: int) -> Ticket | None:
        """The newest ticket with this number below a root unit."""
        ...

    def by_public_id(self, public_id: str) -> Ticket | None:
        """The ticket behind a link that cannot be guessed."""
        ...

    def next_number(self, root: str, year: int) -> int:
        """The next number of a root unit and year, taken for good."""
        ...

    def open_near(self, units: Sequence[str], category: str | None, limit: int) -> list[OpenTicket]:
        """The newest open tickets (candidates and confidential ones excluded) of units; of one category unless None."""
        ...

    def closed_near(self, units: Sequence[str], category: str, since: datetime, limit: int) -> list[OpenTicket]:
        """The newest tickets of units and a category that were closed since then."""
        ...

    def open_in_chat(self, chat: str, limit: int) -> list[Ticket]:
        """The newest open tickets and candidates of a chat."""
        ...

    def of_account(self, account: str, limit: int) -> list[Ticket]:
        """The newest tickets that an account reported or follows."""
        ...

    def of_person(self, person: str, limit: int) -> list[Ticket]:
        """The newest working tickets assigned to a person, and the open requests and candidates that wait for him."""
        ...

    def in_units(self, units: Sequence[str], states: Sequence[str], limit: int) -> list[Ticket]:
        """The newest tickets of units in some states."""
        ...

    def load(self, person: str) -> int:
        """How many working tickets a person has."""
        ...

    def all(self) -> list[Ticket]:
        """Every ticket, oldest first: for replay, export and checks."""
        ...


class Audit(Protocol):
    """The append-only, hash-chained log; rows are written by ``Tickets``."""

    def of(self, ticket_id: str) -> list[Event]:
        """The events of a ticket, oldest first."""
        ...

    def verify(self) -> list[str]:
        """What is wrong with the chains, in words; empty when all hold."""
        ...


class Words(Protocol):
    """The words of messages that concern tickets."""

    def keep(self, message: KeptMessage) -> None:
        """Store a message with its ticket; the same key and ticket again changes nothing."""
        ...

    def ticket_ids(self, key: str) -> list[str]:
        """The tickets that a message led or added to."""
        ...

    def of(self, ticket_id: str) -> list[KeptMessage]:
        """The messages of a ticket, oldest first."""
        ...

    def edit(self, key: str, text: str) -> None:
        """Replace the words of a message; with "" they are erased."""
        ...

    def erase(self, ticket_id: str) -> None:
        """Erase the words and media of a ticket's messages; the rows stay as a skeleton."""
        ...

    def erase_said(self, ticket_id: str, account: str) -> None:
        """Erase what one account said in a ticket."""
        ...

    def erase_account(self, account: str) -> int:
        """Erase the words of an account and its name on tickets; gives back how many rows (删除我的数据)."""
        ...

    def count(self) -> int:
        """How many messages left any text."""
        ...


class Timers(Protocol):
    """What is due when."""

    def set(self, timer: Timer) -> None:
        """Set or move a timer."""
        ...

    def cancel(self, ticket_id: str, kinds: Sequence[str] | None = None) -> None:
        """Take a ticket's timers away: these kinds, or all."""
        ...

    def due(self, now: datetime, limit: int) -> list[Timer]:
        """Timers due by now, earliest first."""
        ...

    def next_due(self) -> datetime | None:
        """When the earliest timer is due."""
        ...

    def remove(self, timer: Timer) -> bool:
        """Take a fired timer away; False where it was moved or gone: then it must not fire."""
        ...


class Outbox(Protocol):
    """What is to be told to people, and what became of it."""

    def add(self, notice: Notice) -> None:
        """Queue a notice."""
        ...

    def get(self, notice_id: str) -> Notice | None:
        """The notice with this id."""
        ...

    def pending(self, now: datetime, limit: int) -> list[Notice]:
        """Notices that may go out by now, in the order of their making."""
        ...

    def next_at(self) -> datetime | None:
        """The earliest instant at which a pending notice may go out."""
        ...

    def update(self, notice: Notice) -> None:
        """Store a notice's state, attempts, not_before, platform_id and sent_at."""
        ...

    def sent_since(self, chat: str, since: datetime) -> list[datetime]:
        """When the notices that count against the budget went out to a chat (or are being sent), oldest first."""
        ...

    def newest_about(self, ticket_id: str, chat: str) -> Notice | None:
        """The newest sent notice about a ticket in a chat."""
        ...

    def ticket_of(self, chat: str, platform_id: str) -> str | None:
        """The ticket of a message that the bot sent."""
        ...

    def is_ours(self, chat: str, platform_id: str) -> bool:
        """Whether the bot sent this message."""
        ...

    def in_state(self, state: str, limit: int) -> list[Notice]:
        """Notices in a state, newest first: uncertain and dead ones are shown to an operator."""
        ...

    def drop(self, ticket_id: str, kinds: Sequence[str]) -> None:
        """Drop pending notices of a ticket that have lost their sense."""
        ...


class Polls(Protocol):
    """Votes, one a person and round."""

    def put(self, ticket_id: str, vote: Vote) -> None:
        """Store or change a person's vote of a round."""
        ...

    def votes(self, ticket_id: str, round_: int) -> list[Vote]:
        """The votes of a round."""
        ...


class People(Protocol):
    """What is known of accounts beyond the org: no words, only where they were and what they asked for."""

    def seen(self, account: str, chat: str, at: datetime) -> None:
        """An account spoke or joined in a chat."""
        ...

    def left(self, account: str, chat: str) -> None:
        """An account left a chat."""
        ...

    def is_member(self, account: str, chat: str) -> bool:
        """Whether an account has been seen in a chat and has not left."""
        ...

    def last_chat(self, account: str) -> str | None:
        """The group that an account was last seen in."""
        ...

    def set_flag(self, account: str, flag: str, value: str | None) -> None:
        """Remember a wish of an account (``unheard`` = 别记我), or a state between bot and account; None forgets it."""
        ...

    def flag(self, account: str, flag: str) -> str | None:
        """What was set."""
        ...


class OrgStore(Protocol):
    """The organization and the one-time codes that bind accounts to people."""

    def load(self) -> Organization:
        """The organization as last imported, with accounts bound since."""
        ...

    def replace(self, org: Organization) -> None:
        """Take a new organization; bound accounts are kept."""
        ...

    def set_listen(self, chat: str, listen: str) -> None:
        """Change how a group is listened to."""
        ...

    def issue_code(self, person: str, digest: str, expires: datetime) -> None:
        """Store the digest of a one-time code."""
        ...

    def use_code(self, digest: str, account: str, now: datetime) -> str | None:
        """Bind an account by a code's digest; gives back the person, or None where the code is wrong, used or old."""
        ...


class Reserve(Protocol):
    """Messages set aside because handling them failed: nothing is lost, a person can look."""

    def put(self, key: str, at: datetime, reason: str) -> int:
        """Count a strike against a message; gives back how many it has."""
        ...

    def all(self) -> list[tuple[str, int, str]]:
        """Key, strikes and reason of each."""
        ...


@dataclass(frozen=True, slots=True)
class RoomMessage:
    """A line of a web room's own history. ``seq`` grows by one a room; ``payload`` carries kind, buttons, media as JSON."""

    seq: int
    room: str
    sender: str
    name: str
    text: str
    at: datetime
    client_id: str
    reply_to: int | None = None
    payload: Mapping[str, object] = field(default_factory=dict)
    recalled: bool = False


class Rooms(Protocol):
    """The web chat's own rooms, visitors and history, apart from the bot's memory."""

    def post(self, message: RoomMessage) -> RoomMessage:
        """Append a line (its seq is given here); the same room and client_id again gives the stored line back."""
        ...

    def since(self, room: str, seq: int, limit: int) -> list[RoomMessage]:
        """Lines after a seq, oldest first; with seq < 0 the newest ``limit`` lines."""
        ...

    def get(self, room: str, seq: int) -> RoomMessage | None:
        """One line."""
        ...

    def recall(self, room: str, seq: int) -> None:
        """Take a line's words back."""
        ...

    def purge(self, before: datetime) -> int:
        """Forget lines older than this."""
        ...

    def add_visitor(self, account: str, name: str, digest: str, at: datetime) -> None:
        """Store a new account of the web channel with the digest of its cookie token."""
        ...

    def visitor(self, digest: str) -> tuple[str, str] | None:
        """Account id and display name behind a token digest."""
        ...

    def rename(self, account: str, name: str) -> None:
        """Change a display name."""
        ...

    def name_of(self, account: str) -> str:
        """The display name of an account id."""
        ...

    def invite(self, room: str) -> str:
        """The room's invite token, made on first use."""
        ...

    def room_of_invite(self, token: str) -> str | None:
        """The room behind an invite token."""
        ...


class UnitOfWork(Protocol):
    """One transaction over everything that the core remembers. Made by storage, committed by whoever runs the use case."""

    inbox: Inbox
    tickets: Tickets
    audit: Audit
    words: Words
    timers: Timers
    outbox: Outbox
    polls: Polls
    people: People
    org: OrgStore
    reserve: Reserve
    rooms: Rooms


class Desk(Protocol):
    """The one queue in front of the database: jobs that arrive together share a commit, each falls alone."""

    failure: BaseException | None  # why the last transaction as a whole failed; None when all is well

    async def submit(self, job: Callable[[UnitOfWork], T]) -> T:
        """Run a job in a transaction; returns after the commit, raises what the job raised."""
        ...


# ---------------------------------------------------------------- the outside


class Clock(Protocol):
    """Where the time comes from."""

    def now(self) -> datetime:
        """The present instant, aware UTC."""
        ...


class IdSource(Protocol):
    """Where ids come from: random in life, seeded in replay."""

    def time_ordered(self, at: datetime) -> str:
        """An id that sorts by time."""
        ...

    def secret(self) -> str:
        """A token that cannot be guessed, ≥ 128 bits in life."""
        ...


@dataclass(frozen=True, slots=True)
class SendResult:
    """What became of a sending. ``state``: sent, uncertain, dead or retry; ``retry_after`` in seconds."""

    state: str
    platform_id: str | None = None
    retry_after: float = 0.0


class Channel(Protocol):
    """A platform, outbound. Inbound events are handed to the bot by the adapter itself."""

    name: str
    capabilities: Capabilities

    async def send(self, message: OutboundMessage) -> SendResult:
        """Send a message, under its idempotency key where the platform knows one."""
        ...


class Inbound(Protocol):
    """What an adapter hands its events to. Returning means: committed with all effects, the platform may be told."""

    async def receive(self, event: InboundEvent, before: Callable[[UnitOfWork], T]) -> T:
        """Run ``before`` (the channel's own record of the event) and the bot in one transaction; gives what it gave.

        An event that the bot cannot digest is set aside with its reason; ``before`` is kept all the same.
        """
        ...

    async def query(self, job: Callable[[UnitOfWork, Organization, datetime], T]) -> T:
        """Run a reading or a small writing of the adapter in a transaction of its own."""
        ...

    async def reload(self) -> None:
        """Take the organization anew after an import, a bound account or a changed group."""
        ...


class MediaStore(Protocol):
    """Where photos are kept: re-encoded, without EXIF and GPS, under generated names, outside the web root."""

    def put(self, content: bytes, name: str) -> Media:
        """Check and store a file; raises ``Refused`` with a reason in words."""
        ...

    def open(self, ref: str) -> tuple[bytes, str] | None:
        """Content and content type of a stored file."""
        ...

    def delete(self, ref: str) -> None:
        """Remove a stored file."""
        ...
