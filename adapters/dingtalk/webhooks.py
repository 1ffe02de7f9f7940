"""Where each chat can be answered for about an hour and a half after somebody spoke there. Kept over a restart as a note."""

from datetime import UTC, datetime, timedelta

from adapters.dingtalk.translate import CHANNEL, Webhook
from bot.ports import Clock, Inbound, UnitOfWork

MARGIN = timedelta(minutes=1)  # the platform's clock is not ours
MANY = 2000  # chats whose address is kept at hand; that of others is read again


class Webhooks:
    """The newest address of each chat, by its chat key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, Webhook | None] = {}  # None: refused, and not asked about again
        self._inbound: Inbound | None = None

    def read_from(self, inbound: Inbound) -> None:
        """Where the notes are."""
        self._inbound = inbound

    def keep(self, chat: str, hook: Webhook) -> None:
        """Remember an address; an older one that comes late changes nothing."""
        known = self._known.get(chat)
        if known is None or hook.until >= known.until:
            self._remember(chat, hook)

    def note(self, uow: UnitOfWork, chat: str) -> None:
        """Write down the newest address of a chat."""
        if (hook := self._known.get(chat)) is not None:
            value = f"{hook.until.timestamp():.0f} {hook.url}"
            uow.connections.note(CHANNEL, _name(chat), value, self._clock.now())

    def forget(self, chat: str) -> None:
        """The platform does not take it any more."""
        self._remember(chat, None)

    async def find(self, chat: str) -> str | None:
        """The address of a chat while it is fresh; the first question after a restart looks into the notes."""
        if chat not in self._known and self._inbound is not None:
            noted = await self._inbound.query(lambda uow, _org, _now: uow.connections.noted(CHANNEL, _name(chat)))
            if chat not in self._known:  # nobody spoke meanwhile
                self._remember(chat, _read(noted))
        hook = self._known.get(chat)
        return hook.url if hook is not None and hook.until - MARGIN > self._clock.now() else None

    def _remember(self, chat: str, hook: Webhook | None) -> None:
        self._known.pop(chat, None)
        self._known[chat] = hook
        if len(self._known) > MANY:
            del self._known[next(iter(self._known))]


def _name(chat: str) -> str:
    return f"webhook {chat}"


def _read(noted: str | None) -> Webhook | None:
    until, _, url = (noted or "").partition(" ")
    return Webhook(url, datetime.fromtimestamp(int(until), UTC)) if until.isdigit() and url else None
