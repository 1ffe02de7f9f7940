"""The outbox by hand: notices in, parcels out, and a platform's verdict."""

from datetime import datetime

from bot.messages import Capabilities
from bot.ports import Notice, SendResult, UnitOfWork
from bot.usecases import telling
from bot.usecases.outbox import Parcel
from tests.fakes import WIRE, TownBot, able

GROUP, OTHER, PRIVATE = "web:xueyuan", "web:lvyuan", "web:dm:zhou"
BUDGET = 6


class Outbox:
    """The outbox by hand: notices in, parcels out."""

    def __init__(self, bot: TownBot) -> None:
        self.bot = bot

    def tell(self, text: str, chat: str = GROUP, *, urgent: bool = False, free: bool = False) -> Notice:
        """Queue a sentence of which only the note counts."""
        words = {"note": text, "number": 1}

        def job(uow: UnitOfWork) -> Notice | None:
            ctx = self.bot.engine.context(uow, self.bot.clock.now())
            return telling.tell(ctx, chat, "progress", "progress", urgent=urgent, free=free, words=words)

        notice = self.bot.read(job)
        assert notice is not None
        return notice

    def claim(self, can: Capabilities | None = WIRE) -> list[Parcel]:
        """What may go out now."""
        return self.bot.read(lambda uow: self.bot.engine.claim(uow, self.bot.clock.now(), able(can)))

    def settle(self, parcel: Parcel, state: str = "sent", retry_after: float = 0.0) -> None:
        """A platform's verdict."""
        result = SendResult(state, "platform-1" if state == "sent" else None, retry_after)
        self.bot.read(lambda uow: self.bot.engine.settle(uow, self.bot.clock.now(), parcel, result))

    def send_all(self) -> list[str]:
        """Send what may go out; gives back the words."""
        parcels = self.claim()
        for parcel in parcels:
            self.settle(parcel)
        return [parcel.message.text for parcel in parcels]

    def stored(self, notice: Notice) -> Notice:
        """The notice as it stands in the database."""
        found = self.bot.read(lambda uow: uow.outbox.get(notice.id))
        assert found is not None
        return found

    def at(self, moment: datetime) -> None:
        """Another instant."""
        self.bot.clock.at = moment


def note(text: str) -> str:
    """How a note is said."""
    return f"1号件进展：{text}"
