"""The world outside: time, ids, platforms, photos."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol, TypeVar

from bot.domain.org import Organization
from bot.messages import Capabilities, Card, InboundEvent, Media, OutboundMessage
from bot.ports.work import UnitOfWork

T = TypeVar("T")


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
    """What became of a sending. ``state``: sent, uncertain, dead, retry (refused for now: so many tries and it is dead),
    held (nobody was reached: it waits as long as that lasts) or dropped (its reader wants nothing more). ``retry_after`` in
    seconds.
    """

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


@dataclass(frozen=True, slots=True)
class Tools:
    """What a platform's adapter is given beside its settings. ``name`` is the bot's own; ``url`` how webhooks reach us."""

    media: "MediaStore"
    clock: Clock
    name: str
    url: str = ""


class Platform(Channel, Protocol):
    """A platform that is heard over a connection of its own. Only its adapter speaks its language.

    ``routes`` are those of its webhooks, for the web server to serve: ``aiohttp.web.RouteDef``, empty where it has none.
    """

    routes: Sequence[Any]

    async def hear(self, inbound: "Inbound", ready: Callable[[], None]) -> None:
        """Hand events to the bot until the connection ends; ``ready`` is called each time that it stands.

        Raises what broke it; ``Refused`` where waiting does not help (a wrong token). Returning is an end like any other:
        whoever called connects again.
        """
        ...

    async def probe(self) -> list[str]:
        """Ask the platform who we are and what we may do; gives back what is missing, a Chinese sentence each."""
        ...

    async def close(self) -> None:
        """Let go of everything; nothing is sent or heard any more."""
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

    def small(self, ref: str, side: int) -> bytes | None:
        """A stored photo as JPEG, its longer side at most so many pixels: for lists and paper. Takes time, in a thread."""
        ...

    def delete(self, ref: str) -> None:
        """Remove a stored file."""
        ...


class CardPainter(Protocol):
    """Who draws cards; a bot without one says the words alone."""

    def draw(self, card: Card) -> bytes:
        """The picture of a card, as a file that a ``MediaStore`` takes. Some 0.1 s: in a thread of its own."""
        ...
