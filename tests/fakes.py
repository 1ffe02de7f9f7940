"""A small town for tests: its organization, a clock that stands still, messages, and the whole bot on a file of its own.

Nothing here waits, sleeps or reads the machine's clock; ids come from a seed, so that a test repeats itself.
"""

import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from bot.app import Ids, build_engine
from bot.domain.audit import Event
from bot.domain.org import Article, Duty, Group, Organization, Person, Unit
from bot.domain.ticket import Ticket
from bot.messages import BOT, Capabilities, InboundEvent, InboundMessage, Media, OutboundMessage, Press, Rate
from bot.ports import SendResult, UnitOfWork
from bot.settings import Settings
from bot.usecases.engine import Engine
from bot.usecases.memory import Memory
from storage.open import Storage, open_storage
from storage.sqlite import Synchronous

T = TypeVar("T")
CHANNEL = "web"
SHANGHAI = ZoneInfo("Asia/Shanghai")
MORNING = datetime(2026, 5, 6, 9, 0, tzinfo=SHANGHAI)  # a Wednesday at work
STEPS = 2_000  # instants at which something may fall due while a test waits
WIRE = Capabilities(buttons=True, mentions=True, polls=False, max_length=4000, keyed=True)

# Messages that are clear by themselves: each opens a ticket at once.
CLEAR = {
    "drainage": "3号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看",
    "facilities": "5号楼的电梯坏了两天了，老人上不去楼，麻烦修一下",
    "sanitation": "7号楼下的垃圾桶满了好几天没人清，臭得很，麻烦处理一下",
    "noise": "9号楼楼下烧烤店半夜还在放音响，吵得睡不着，请管一管",
    "parking": "2号楼前面的消防通道被车堵死了，请处理一下",
}


def town() -> Organization:
    """A street with one community and two grids: 学苑 (steward 周, owner 陈) and 绿园 (steward 吴), a desk above both."""
    units = [
        Unit("dongshan", "东山街道", "street"),
        Unit("xinhe", "新河社区", "community", "dongshan", households=1200),
        Unit("xueyuan", "学苑小区", "grid", "xinhe", households=600, aliases=("学苑",)),
        Unit("lvyuan", "绿园小区", "grid", "xinhe", households=600, aliases=("绿园",)),
    ]
    people = [_person("zhou", "周敏"), _person("wu", "吴刚"), _person("chen", "陈卫东"), _person("gao", "高立"),
              _person("liu", "刘通")]  # fmt: skip
    duties = (
        Duty("zhou", "xueyuan", "steward"),
        Duty("wu", "lvyuan", "steward"),
        Duty("chen", "xinhe", "owner"),
        Duty("gao", "dongshan", "supervisor"),
        Duty("liu", "xinhe", "handler", frozenset({"drainage"})),
    )
    groups = [Group(CHANNEL, "xueyuan", "xueyuan", listen="all", title="学苑业主群"),
              Group(CHANNEL, "lvyuan", "lvyuan", listen="all", title="绿园业主群"),
              Group(CHANNEL, "work", "xinhe", "work", "addressed", "新河工作群")]  # fmt: skip
    hours = Article("hours", "社区服务中心上班时间", "xinhe", ("几点上班", "上班时间"), "周一至周五 9:00-17:30。")
    return Organization(
        units={unit.id: unit for unit in units},
        people={person.id: person for person in people},
        duties=duties,
        groups={group.key: group for group in groups},
        articles=(hours,),
    )


def _person(id_: str, name: str) -> Person:
    return Person(id_, name, accounts=((CHANNEL, id_),))


class FakeClock:
    """Stands still until told otherwise."""

    def __init__(self, at: datetime = MORNING) -> None:
        self.at = at

    def now(self) -> datetime:
        """The present instant."""
        return self.at

    def advance(self, **span: float) -> datetime:
        """Let time pass (minutes=…, hours=…, days=…)."""
        self.at += timedelta(**span)
        return self.at


def make_message(text: str = "", sender: str = "zhang", chat: str = "xueyuan", **fields: Any) -> InboundMessage:
    """A message in a group, or with ``private=True`` to the bot alone; ``id`` and ``at`` have defaults."""
    at = fields.pop("at", MORNING)
    id_ = fields.pop("id", f"{sender}-{at}-{text[:40]}")
    room = f"dm:{sender}" if fields.get("private") else chat
    return InboundMessage(CHANNEL, room, sender, id_, at, text, **fields)


def make_photo(name: str = "photo.jpg") -> Media:
    """An attachment that nobody has stored."""
    return Media("image", name)


@cache
def _empty_database() -> bytes:
    """Migrations cost half a second: they run once a process."""
    with tempfile.TemporaryDirectory(prefix="gridsteward-tests-") as folder:
        path = Path(folder) / "empty.db"
        open_storage(path, "OFF").close()
        return path.read_bytes()


def new_database(path: Path, org: Organization | None = None) -> Path:
    """A fresh database with an organization in it, closed."""
    path.write_bytes(_empty_database())
    with open_storage(path, "OFF") as storage:
        storage.desk.run(lambda uow: uow.org.replace(org or town()))
    return path


def able(capabilities: Capabilities | None = WIRE) -> Callable[[str], Capabilities | None]:
    """Every channel can do this; with None none is connected."""
    return lambda _channel: capabilities


@dataclass(frozen=True, slots=True)
class Sent:
    """What the bot said, and when."""

    at: datetime
    message: OutboundMessage


class TownBot:
    """The real engine on a real file, played by hand: what it says goes out at once. See ``town_bot``."""

    def __init__(self, storage: Storage, engine: Engine, clock: FakeClock) -> None:
        self.storage = storage
        self.engine = engine
        self.clock = clock
        self.sent: list[Sent] = []
        self._ids = count(1)

    # ------------------------------------------------------------ what people do

    def say(self, sender: str, text: str, chat: str = "xueyuan", **fields: Any) -> list[OutboundMessage]:
        """Somebody writes; gives back what the bot says to it at once."""
        fields.setdefault("id", f"m{next(self._ids)}")
        mentions = fields.pop("mentions", ())
        return self.do(make_message(text, sender, chat, at=self.clock.now(), mentions=mentions, **fields))

    def press(self, sender: str, action: str, number: int, text: str = "") -> list[OutboundMessage]:
        """Somebody presses a button of a ticket."""
        ticket = self.ticket(number)
        room = ticket.chat.partition(":")[2]
        id_, at = f"p{next(self._ids)}", self.clock.now()
        return self.do(Press(CHANNEL, room, sender, id_, at, action, number=number, text=text))

    def rate(self, sender: str, number: int, rating: int, solved: bool | None = None) -> list[OutboundMessage]:
        """Somebody taps a rating."""
        room = self.ticket(number).chat.partition(":")[2]
        return self.do(
            Rate(CHANNEL, room, sender, f"r{next(self._ids)}", self.clock.now(), rating, None, number, solved)
        )

    def do(self, event: InboundEvent) -> list[OutboundMessage]:
        """Anything happens, at the present instant."""
        return self._step(lambda uow, now: self.engine.handle(uow, event, now))

    def wait(self, **span: float) -> list[OutboundMessage]:
        """Time passes; what falls due on the way happens at its own instant."""
        said, until = list[OutboundMessage](), self.clock.now() + timedelta(**span)
        for _ in range(STEPS):
            due = self.read(self.engine.next_due)
            if due is None or due > until:
                break
            self.clock.at = max(due, self.clock.at)
            said += self._step(self.engine.fire_due)
        else:
            raise AssertionError(f"at {self.clock.at} something is due again and again")
        self.clock.at = until
        return said

    # ------------------------------------------------------------ what came of it

    def ticket(self, number: int) -> Ticket:
        """The ticket with a number."""
        return next(ticket for ticket in self.tickets() if ticket.number == number)

    def tickets(self) -> list[Ticket]:
        """All tickets, candidates too, oldest first."""
        return self.read(lambda uow: uow.tickets.all())

    def events(self, number: int) -> list[Event]:
        """The audit of a ticket."""
        ticket = self.ticket(number)
        return self.read(lambda uow: uow.audit.of(ticket.id))

    def let(self, act: Callable[[UnitOfWork, datetime], object]) -> list[OutboundMessage]:
        """Something else is done to the engine at the present instant."""
        return self._step(act)

    def read(self, job: Callable[[UnitOfWork], T]) -> T:
        """Run a job in a transaction of its own."""
        return self.storage.desk.run(job)

    def _step(self, act: Callable[[UnitOfWork, datetime], object]) -> list[OutboundMessage]:
        before, now = len(self.sent), self.clock.now()

        def job(uow: UnitOfWork) -> None:
            act(uow, now)
            for parcel in self.engine.claim(uow, now, able()):
                self.engine.settle(uow, now, parcel, SendResult("sent", parcel.message.replaces or parcel.message.key))
                self.sent.append(Sent(now, parcel.message))

        self.storage.desk.run(job)
        return [sent.message for sent in self.sent[before:]]


@contextmanager
def town_bot(
    path: Path,
    org: Organization | None = None,
    settings: Settings | None = None,
    synchronous: Synchronous = "OFF",
    seed: int = 1,
) -> Iterator[TownBot]:
    """The bot of the town on a new database at ``path``."""
    new_database(path, org)
    with open_storage(path, synchronous) as storage:
        stored = storage.desk.run(lambda uow: uow.org.load())
        yield TownBot(storage, new_engine(settings or Settings(), stored, seed), FakeClock())


def new_engine(settings: Settings, org: Organization, seed: int = 1) -> Engine:
    """An engine with nothing in mind yet; what takes long to load is shared."""
    made = _engine(settings.model_dump_json())
    hearing = settings.hearing
    window, recent = timedelta(seconds=hearing.window_seconds), timedelta(seconds=hearing.recent_seconds)
    memory = Memory(window, recent, hearing.recent_messages)
    return Engine(replace(made.services, memory=memory, ids=Ids(seed)), made.renderer, org)


@cache
def _engine(settings: str) -> Engine:
    return build_engine(Settings.model_validate_json(settings), town())


def quiet_settings(**sections: dict[str, object]) -> Settings:
    """The default settings with some keys changed: ``quiet_settings(speaking={"budget_per_hour": 2})``."""
    settings = Settings()
    for name, changes in sections.items():
        section = getattr(settings, name)
        settings = settings.model_copy(update={name: section.model_copy(update=changes)})
    return settings


def texts(messages: Sequence[OutboundMessage]) -> list[str]:
    """Only the words."""
    return [message.text for message in messages]


def renamed(org: Organization, person: str, name: str) -> Organization:
    """The same organization, with one person called otherwise."""
    people = {**org.people, person: replace(org.people[person], name=name)}
    return replace(org, people=people)


def to_bot(text: str, sender: str = "zhang", **fields: Any) -> InboundMessage:
    """A message in the group that speaks to the bot itself."""
    return make_message(text, sender, mentions=(BOT,), **fields)
