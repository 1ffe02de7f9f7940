"""A town in doubt: a reader that is unsure on purpose, whom it may ask, and the bot between them, played by hand."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from bot.domain.org import Organization
from bot.ports import Matter, Opinion, Reading, ReadingContext
from bot.settings import Settings
from bot.usecases.engine import Engine
from bot.usecases.opinions import Question
from tests.fakes import TownBot, texts, town_bot

DOUBT = "楼下好像又在放音响了"
YES = Opinion(True, "complaint", "noise", "routine")
NO = Opinion(False)
ASKING: dict[str, object] = {"url": "http://127.0.0.1:9/v1", "model": "tiny", "share": 1.0}
PARTS = (("一是垃圾", "sanitation"), ("二是停车", "parking"))


class UnsureReader:
    """Improvements of triage cannot change its tests: it goes by one word.

    好像: in doubt, 坏了: sure, 停水: sure and pressing, 着火: danger; anything else is chat.
    """

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read by one word."""
        matter = Matter(text, "help", "other", "routine", place="3号楼" if "3号楼" in text else "")
        if "着火" in text:
            return Reading("new", 0.9, (Matter(text, "help", "safety", "emergency"),), hotlines=("119",))
        if "停水" in text:
            return Reading("new", 0.9, (Matter(text, "help", "utilities", "urgent"),), reason=("停水",))
        if "坏了" in text:
            return Reading("new", 0.9, (matter,), reason=("坏了",))
        if "一是" in text:
            matters = tuple(Matter(part, "help", category, "routine") for part, category in PARTS)
            return Reading("new", 0.5, matters)
        if "好像" in text:
            nature = "report" if "贪" in text else "help"
            urgency = "urgent" if "急" in text else "complex" if "难" in text else "routine"
            return Reading("new", 0.5, (Matter(text, nature, "other", urgency, matter.place),), reason=("好像",))
        return Reading("chat")


@dataclass
class FakeSecond:
    """Has one opinion, whatever it is asked; remembers the words."""

    opinion: Opinion | None = None
    fails: bool = False
    asked: list[str] = field(default_factory=list)

    async def ask(self, words: str) -> Opinion | None:
        """Answer."""
        self.asked.append(words)
        if self.fails:
            raise RuntimeError("broken")
        return self.opinion


@dataclass
class Doubting:
    """The town with a reader in doubt, played by hand."""

    town: TownBot

    def questions(self) -> list[Question]:
        """What would be asked now."""
        return self.town.read(lambda uow: self.town.engine.questions(uow, self.now))

    def heed(self, question: Question, opinion: Opinion) -> list[str]:
        """An answer arrives; gives what is said to it."""
        return texts(self.town.let(lambda uow, now: self.town.engine.heed(uow, now, question, opinion)))

    @property
    def now(self) -> datetime:
        """The present instant."""
        return self.town.clock.now()

    def states(self) -> list[str]:
        """The states of all tickets."""
        return [ticket.state for ticket in self.town.tickets()]

    def wait_out(self) -> None:
        """The window passes."""
        self.town.wait(minutes=4)


def doubting(path: Path, settings: Settings, org: Organization | None = None) -> Iterator[Doubting]:
    """The town on a new database in a folder."""
    with town_bot(path / "bot.db", org, settings) as bot:
        engine = bot.engine
        bot.engine = Engine(replace(engine.services, reader=UnsureReader()), engine.renderer, engine.org)
        yield Doubting(bot)
