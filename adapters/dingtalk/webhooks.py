"""Where each chat can be answered for about an hour and a half after somebody spoke there. Kept over a restart as a note."""

from datetime import UTC, datetime, timedelta

from adapters.dingtalk.translate import CHANNEL, Webhook
from bot.ports import Clock, Inbound, UnitOfWork

MARGIN = timedelta(minutes=1)  # the platform's clock is not ours


class Webhooks:
    """The newest address of each chat, by its chat key."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._known: dict[str, Webhook | None] = {}  # None: refused, and not asked about again

    def keep(self, chat: str, hook: Webhook) -> None:
        """Remember an address; an older one that comes late changes nothing."""
        known = self._known.get(chat)
        if known is None or hook.until >= known.until:
            self._known[chat] = hook

    def note(self, uow: UnitOfWork, chat: str) -> None:
        """Write down the newest address of a chat."""
        if (hook := self._known.get(chat)) is not None:
            value = f"{hook.until.timestamp():.0f} {hook.url}"
            uow.connections.note(CHANNEL, _name(chat), value, self._clock.now())

    def forget(self, chat: str) -> None:
        """The platform does not take it any more."""
        self._known[chat] = None

    async def find(self, chat: str, inbound: Inbound | None) -> str | None:
        """The address of a chat while it is fresh; the first question after a restart looks into the notes."""
        if chat not in self._known and inbound is not None:
            noted = await inbound.query(lambda uow, _org, _now: uow.connections.noted(CHANNEL, _name(chat)))
            self._known.setdefault(chat, _read(noted))
        hook = self._known.get(chat)
        return hook.url if hook is not None and hook.until - MARGIN > self._clock.now() else None


def _name(chat: str) -> str:
    return f"webhook {chat}"


def _read(noted: str | None) -> Webhook | None:
    until, _, url = (noted or "").partition(" ")
    return Webhook(url, datetime.fromtimestamp(int(until), UTC)) if until.isdigit() and url else None
