"""Lives of tickets to copy from: a few hundred are lived through by the domain's own methods, snapshot by snapshot.

A ticket of any age is a life cut off at that age, with its own names, place and times: rows for every table that a page reads.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

from bot.domain.audit import Event
from bot.domain.states import CATEGORIES
from bot.domain.ticket import Ticket
from bot.messages import private_chat
from storage import mapping
from storage.mapping import MILLISECOND, TICKET_FIELDS

ZERO = datetime(2000, 1, 1, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
REPORTER, STEWARD, NEIGHBOURS = "web:reporter", "steward", ("web:neighbour0", "web:neighbour1")
SHARES = ((0.02, "report"), (0.06, "candidate"), (0.08, "withdrawn"), (0.1, "not_accepted"), (0.14, "held"))
WORDS = (
    ("楼道灯不亮了", "{}号楼楼道灯不亮了三天，老人看不见路，麻烦看看"),
    ("垃圾没人清运", "{}号楼门口垃圾堆了两天没人清运，味道很大"),
    ("下水道又堵了", "{}号楼2单元下水道又堵了，污水往外冒"),
    ("电梯一直晃", "{}号楼电梯这几天一直晃，坐着害怕"),
    ("车位被占了", "{}号楼前面的车位被外来车占了，电话打不通"),
    ("施工太吵", "{}号楼旁边工地晚上十一点还在施工，孩子睡不着"),
    ("暖气不热", "{}号楼暖气不热，家里只有十五度"),
)
TIMES = tuple(at for at, name in enumerate(TICKET_FIELDS) if name.endswith("_at") or name == "asked_until")
AT = {name: at for at, name in enumerate(TICKET_FIELDS)}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """How a ticket stands from an instant of its life on: its columns, and how many of its events have happened."""

    at: int  # milliseconds
    values: tuple[Any, ...]
    listed: str
    alive: int
    events: int


@dataclass(frozen=True, slots=True)
class Life:
    """A ticket's life. ``said``: what people wrote, as (milliseconds, who, role, words, with a photo)."""

    snapshots: tuple[Snapshot, ...]
    events: tuple[Event, ...]
    said: tuple[tuple[int, str, str, str, bool], ...]
    votes: tuple[tuple[int, str, int], ...]  # milliseconds, who, rating

    def at_age(self, age: int) -> Snapshot:
        """How it stands after so many milliseconds."""
        return self.snapshots[max(0, bisect_right([one.at for one in self.snapshots], age) - 1)]


class _Living:
    """Lives one life; each step is kept."""

    def __init__(self, random: Random) -> None:
        self.random, self.now = random, ZERO
        self.ticket = ticket = Ticket("", "", "district", "", "", REPORTER, ZERO)
        ticket.category = CATEGORIES[int(len(CATEGORIES) * random.random() ** 2)]
        ticket.nature = random.choice(("help", "help", "help", "complaint", "inquiry", "suggestion", "hazard"))
        ticket.title, ticket.text = random.choice(WORDS)
        self.snapshots: list[Snapshot] = []
        self.votes: list[tuple[int, str, int]] = []
        self.said = [(0, REPORTER, "voice", ticket.text, random.random() < 0.2)]

    def wait(self, most: timedelta) -> datetime:
        self.now += most * self.random.random()
        return self.now

    def keep(self) -> None:
        t, at = self.ticket, (self.now - ZERO) // MILLISECOND
        self.snapshots.append(
            Snapshot(at, tuple(mapping.ticket_values(t)), mapping.listed(t), mapping.alive(t), len(t.events))
        )

    def do(self, step: Callable[[], object]) -> None:
        step()
        self.keep()

    def life(self) -> Life:
        return Life(tuple(self.snapshots), tuple(self.ticket.events), tuple(self.said), tuple(self.votes))


def make_lives(count: int) -> list[Life]:
    """So many different lives, the same every time."""
    random = Random(5)
    return [_live(random, (number + 0.5) / count) for number in range(count)]


def _live(random: Random, share: float) -> Life:
    kind = next((name for most, name in SHARES if share < most), "plain")
    one = _Living(random)
    ticket = one.ticket
    ticket.confidential = kind == "report"
    if kind == "report":
        ticket.nature = "report"
    one.keep()
    if kind == "candidate":  # lapses after a day
        one.now += DAY
        one.do(lambda: ticket.withdraw(one.now, "bot"))
        return one.life()
    one.do(lambda: ticket.register(1, 2000, one.now, "bot"))
    one.do(lambda: ticket.dispatch(STEWARD, one.now))
    ticket.set_limits(one.now + HOUR, one.now + DAY, one.now + random.choice((3, 5, 7)) * DAY)
    one.keep()
    if kind == "withdrawn":
        one.do(lambda: ticket.withdraw(one.wait(DAY), REPORTER))
    elif kind == "not_accepted":
        one.do(lambda: ticket.refuse_acceptance(STEWARD, one.wait(DAY), "不属于社区管"))
    else:
        _work(one, held=kind == "held")
    return one.life()


def _work(one: _Living, *, held: bool) -> None:
    ticket, random = one.ticket, one.random
    for neighbour in NEIGHBOURS[: int(3 * random.random() ** 3)]:
        one.do(lambda who=neighbour: ticket.follow(who, one.wait(HOUR)))  # type: ignore[misc]
        one.said.append((one.snapshots[-1].at, neighbour, "voice", "我家也是，三天了", False))
    one.do(lambda: ticket.sign(STEWARD, one.wait(3 * HOUR)))
    one.do(lambda: ticket.contact(STEWARD, one.wait(DAY)))
    one.do(lambda: ticket.progress(STEWARD, one.wait(DAY), "已联系维修师傅，明天上门"))
    one.said.append((one.snapshots[-1].at, STEWARD, "staff", "已联系维修师傅，明天上门", False))
    if held:
        one.do(lambda: ticket.ask("held", STEWARD, "等配件", one.now + 20 * DAY, one.now))
        one.do(lambda: ticket.grant("owner", one.wait(DAY)))
        one.now += 10 * DAY
        one.do(lambda: ticket.resume(one.now, STEWARD))
    _end(one, again=random.random() < 0.08)


def _end(one: _Living, *, again: bool) -> None:
    ticket, random = one.ticket, one.random
    one.do(lambda: ticket.finish(STEWARD, one.wait(6 * DAY), "换了新的，已经好了"))
    one.said.append((one.snapshots[-1].at, STEWARD, "staff", "换了新的，已经好了", random.random() < 0.3))
    one.do(lambda: ticket.poll(one.now))
    if again:
        one.do(lambda: ticket.rework(one.wait(DAY), REPORTER, "没修好"))
        _end(one, again=False)
        return
    if random.random() < 0.55:
        rating = random.choices((5, 4, 3, 2, 1), (50, 25, 10, 10, 5))[0]
        ticket.rating = rating
        one.do(lambda: ticket.record("rated", one.wait(DAY), REPORTER, str(rating)))
        one.votes.append((one.snapshots[-1].at, REPORTER, rating))
        one.do(lambda: ticket.close("resolved", one.wait(2 * HOUR), solved=rating > 2))
    else:
        one.now += 3 * DAY
        one.do(lambda: ticket.close("no_contact", one.now))


@dataclass(frozen=True, slots=True)
class Names:
    """Whose life it becomes, and where."""

    id: str
    public_id: str
    number: int
    unit: str
    chat: str
    reporter: str
    neighbours: Sequence[str]
    steward: str
    owner: str
    building: str
    at: int  # milliseconds since 1970

    def of(self, who: str) -> str:
        """The account or person that stands for somebody of a life."""
        if who in NEIGHBOURS:
            return self.neighbours[NEIGHBOURS.index(who)]
        return {REPORTER: self.reporter, STEWARD: self.steward, "owner": self.owner}.get(who, who)

    def ticket(self, life: Snapshot) -> list[Any]:
        """The ticket's columns, in the order of TICKET_FIELDS."""
        values = list(life.values)
        begin = self.at - mapping.to_ms(ZERO)
        for at in TIMES:
            if values[at] is not None:
                values[at] += begin
        values[AT["text"]] = values[AT["text"]].format(self.building)
        chat = private_chat(self.reporter) if values[AT["confidential"]] else self.chat
        has_number = values[AT["number"]] is not None
        year = mapping.from_ms(self.at).year if has_number else values[AT["year"]]
        for name, value in (
            ("id", self.id), ("public_id", self.public_id), ("unit", self.unit), ("chat", chat),
            ("reporter", self.reporter), ("reporter_name", f"{self.building}号楼"), ("year", year),
            ("number", self.number if has_number else None), ("building", self.building),
            ("place", f"{self.building}号楼"), ("followers", mapping.dump(self.followers(life))),
            ("version", 3), ("assignee", self.of(values[AT["assignee"]] or "") or None),
            ("asked_by", self.of(values[AT["asked_by"]] or "") or None),
        ):  # fmt: skip
            values[AT[name]] = value
        return values

    def followers(self, life: Snapshot) -> list[str]:
        """The accounts that follow."""
        return [self.of(one) for one in mapping.names(life.values[AT["followers"]])]

    def events(self, life: Life, count: int) -> Iterator[Event]:
        """The events that have happened."""
        begin = mapping.from_ms(self.at) - ZERO
        for one in life.events[:count]:
            note = self.of(one.note) if one.kind == "dispatched" else one.note
            yield replace(one, at=one.at + begin, by=self.of(one.by), note=note)
