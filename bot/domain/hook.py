"""A webhook: an address of the web that is told of what happens to the tickets of a unit and of all below it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from bot.domain.addresses import Network, may_reach
from bot.domain.audit import Event
from bot.domain.org import Organization

CHANNEL = "webhook"  # the channel whose chats are webhooks: ``webhook:`` and the id
ON, GONE, FAILING = "on", "gone", "failing"  # gone: it said so itself (410); failing: too many in a row were given up
IN_A_ROW = 10  # messages given up without one that arrived: then it is switched off
TURNING = timedelta(hours=24)  # how long the old secret signs beside the new one
LONGEST = 500  # characters of an address
MOST = 10  # webhooks of one unit

# What may be told of, in the order of a ticket's life: kinds of the audit log, and ``not_accepted``, which it only notes.
KINDS = (
    "registered", "dispatched", "signed", "progressed", "transferred", "held", "extended", "resumed", "done", "reworked",
    "closed", "merged", "withdrawn", "not_accepted", "followed", "rated", "supervised", "escalated",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Hook:
    """One subscription. ``kinds`` are of KINDS, none for all; ``by`` is the person in whose right it stands.

    ``last`` is what became of the newest attempt (``http 200``, ``timeout`` …), ``failures`` how many messages in a row were
    given up. ``old_secret`` signs too, until ``old_until``.
    """

    id: str
    unit: str
    url: str
    secret: str
    by: str
    at: datetime
    kinds: tuple[str, ...] = ()
    state: str = ON
    failures: int = 0
    last: str = ""
    last_at: datetime | None = None
    old_secret: str = ""
    old_until: datetime | None = None

    @property
    def chat(self) -> str:
        """The chat key under which the outbox knows it."""
        return f"{CHANNEL}:{self.id}"

    @property
    def host(self) -> str:
        """The machine it names; the rest of the address may hold a secret of the receiver's and is not shown around."""
        return urlsplit(self.url).netloc

    def wants(self, kind: str) -> bool:
        """Whether it is to be told of events of this kind."""
        return not self.kinds or kind in self.kinds

    def secrets(self, now: datetime) -> list[str]:
        """The secrets that sign now, the present one first."""
        turning = self.old_until is not None and now < self.old_until
        return [self.secret, self.old_secret] if turning else [self.secret]


def stands(hook: Hook, org: Organization) -> bool:
    """Whether who made it still commands the unit: with his right the subscription ends."""
    return hook.by in org.people and org.commands(hook.by, hook.unit)


def is_told(hook: Hook, org: Organization) -> bool:
    """Whether anything is told to it."""
    return hook.state == ON and stands(hook, org)


def told_kind(event: Event) -> str | None:
    """The kind under which an event is told of; None for what stays in the house."""
    if event.kind == "noted" and event.note.startswith("not_accepted"):
        return "not_accepted"
    return event.kind if event.kind in KINDS else None


def is_fit(url: str, allowed: Sequence[Network] = ()) -> bool:
    """Whether an address may be subscribed: https, a host, no name and password, no address inside of a house.

    ``allowed`` are private networks that may be reached, also by http; what a name stands for shows when it is called.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return False
    secure = parts.scheme == "https"
    if not (secure or (allowed and parts.scheme == "http")) or not host or port == 0:
        return False
    if not (url.isascii() and url.isprintable()) or len(url) > LONGEST or {" ", "@", "#", "\\"} & set(url):
        return False
    numeric = (
        ":" in host or host.rstrip(".").rpartition(".")[2][:1].isdigit()
    )  # an address, whichever way it is written
    return may_reach(host, allowed, secure=secure) if numeric else not host.endswith(".")
