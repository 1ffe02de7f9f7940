"""Understanding: what a reader is given and what it gives back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from bot.domain.org import Article
from bot.messages import record


@record
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


@record
class Heard:
    """What was heard a moment ago in the chat: who, when, what it was, and which ticket it led to."""

    account: str
    at: datetime
    act: str
    ticket_id: str | None = None


@record
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
    places: Sequence[str] = ()  # names and aliases of the units around, and landmarks
    articles: Sequence[Article] = ()
    name: str = ""  # nickname such as 8-1-802: a hint to the place, never a right
    staff: bool = False
    private: bool = False
    addressed: bool = False
    quoted: OpenTicket | None = None
    community: str = ""  # the root unit of the chat, whose own words a reader may know


@record
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
    near: str | None = None  # an open ticket that it may belong to: a person is asked


@record
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


class MediaReader(Protocol):
    """What an attachment says in words: the seam where letters in photos (OCR) and voice-to-text plug in.

    None unless switched on: ``bot.app.photo_reader`` chooses it. It may take seconds: call it outside of transactions, in a
    thread of its own. Photos alone are stored so far; voice needs, beside an adapter here, a store that takes sound.
    """

    def words(self, content: bytes, kind: str) -> str:
        """The words of a stored file, on one line; ``kind`` is ``Media.type``. "" where there are none. Never raises."""
        ...


class Reader(Protocol):
    """Triage: words and context → Reading. Pure; the engine is chosen in ``bot.app``."""

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        ...
