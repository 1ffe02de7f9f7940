"""A district with as many tickets as asked for, of the last three years, written straight into the tables of the storage.

Deterministic but for the salts of the audit. Everything a page reads is there: words, votes, followers, the audit with its
chain, timers of what is open, notices. The sums behind the pages are counted in by the program's own ``facts rebuild``.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from random import Random
from typing import Any

from benchmarks.lives import AT, DAY, Life, Names, Snapshot, make_lives
from benchmarks.talk import START
from benchmarks.town import (
    CHANNEL,
    GRIDS_PER_COMMUNITY,
    RESIDENTS,
    group_chat,
    make_town,
    resident,
    steward,
)
from bot.domain.org import Article, Duty, Organization, Person
from bot.messages import Media
from bot.ports import Connection
from storage.audit import Audit
from storage.mapping import MILLISECOND, dump, media_text, to_ms
from storage.open import Storage
from storage.repository import Pen
from storage.statements import columns, insert_sql
from storage.tables import MessageRow, OutboxRow, ParticipantRow, TicketRow, TimerRow, VoteRow

SPAN = 3 * 365 * DAY
GRIDS = 1000
BATCH = 5000
LIVES = 600
MEDIA_KEPT, NAMES_KEPT = 90 * DAY, 180 * DAY  # as retention does by default
ARTICLES = 300  # of communities, beside those of the district
UNSENT = 40  # notices that somebody has to decide on
# While it is being made nothing has to survive a crash.
QUICK = ("synchronous=OFF", "cache_size=-600000", "wal_autocheckpoint=100000")
CALM = ("synchronous=FULL", "cache_size=-16000", "wal_autocheckpoint=4000")


def make_district(grids: int = GRIDS) -> Organization:
    """The town of the other benches under one desk of the district, with a knowledge base of its communities."""
    town = make_town(grids)
    desk = Person("chief", "区值班长", accounts=((CHANNEL, "chief"),))
    communities = [unit for unit in town.units.values() if unit.level == "community"]
    articles = [
        Article(
            f"c{n}",
            f"第{n}号办事指南",
            communities[n % len(communities)].id,
            (f"指南{n}",),
            "请带身份证到社区一楼。" * 8,
        )
        for n in range(ARTICLES)
    ]
    units = {unit.id: replace(unit, households=300 if unit.level == "grid" else None) for unit in town.units.values()}
    return replace(
        town,
        units=units,
        people={**town.people, desk.id: desk},
        duties=(*town.duties, Duty(desk.id, "district", "supervisor")),
        articles=(*town.articles, *articles),
    )


def fill(storage: Storage, tickets: int, grids: int = GRIDS) -> None:
    """Write it; ``facts rebuild`` has still to count it in."""
    for pragma in QUICK:
        storage.connection.execute(f"PRAGMA {pragma}")
    storage.desk.run(lambda uow: uow.org.replace(make_district(grids)))
    lives, random = make_lives(LIVES), Random(11)
    for begin in range(0, tickets, BATCH):
        some = [_names(random, number, tickets, grids) for number in range(begin, min(begin + BATCH, tickets))]
        chosen = [random.choice(lives) for _ in some]
        storage.desk.run(lambda uow, some=some, chosen=chosen: _Writing(storage).write(some, chosen))  # type: ignore[misc]
    storage.desk.run(lambda uow: _finish(storage, tickets))
    storage.desk.run(lambda uow: uow.facts.rebuild())
    for pragma in ("wal_checkpoint(TRUNCATE)", *CALM):
        storage.connection.execute(f"PRAGMA {pragma}")


def _names(random: Random, number: int, tickets: int, grids: int) -> Names:
    """Some grids speak more than others; the newest ticket is a few seconds old."""
    at = START - (tickets - number) * (SPAN / tickets)
    grid = int(grids * random.random() ** 1.3)
    who = random.sample(range(RESIDENTS), 3)
    begin = to_ms(at)
    return Names(
        f"{begin:011x}00000{random.getrandbits(32):08x}",
        f"{number:06x}{random.getrandbits(64):016x}",
        number + 1,
        f"grid{grid}",
        f"{CHANNEL}:{group_chat(grid)}",
        f"{CHANNEL}:{resident(grid, who[0])}",
        [f"{CHANNEL}:{resident(grid, one)}" for one in who[1:]],
        steward(grid),
        f"o{grid // GRIDS_PER_COMMUNITY}",
        str(random.randint(1, 30)),
        begin,
    )


class _Writing:
    """One transaction of the filling."""

    def __init__(self, storage: Storage) -> None:
        self._connection = storage.connection
        self._audit = Audit(Pen(storage.connection))
        self._now = to_ms(START)

    def write(self, some: Sequence[Names], lives: Sequence[Life]) -> None:
        """Tickets first: the others name them."""
        stages = [life.at_age(self._now - names.at) for names, life in zip(some, lives, strict=True)]
        told = list(zip(some, lives, stages, strict=True))
        self._many(insert_sql(TicketRow), [self._ticket(*one) for one in told])
        rest = (
            (insert_sql(ParticipantRow, ignore=True), _participants),
            (insert_sql(MessageRow, columns(MessageRow)[1:]), _messages),
            (insert_sql(VoteRow), _votes),
            (insert_sql(TimerRow), _timers),
            (insert_sql(OutboxRow), _notices),
        )
        for sql, rows in rest:
            self._many(sql, [row for one in told for row in rows(*one)])

    def _many(self, sql: str, rows: Sequence[Sequence[object]]) -> None:
        self._connection.executemany(sql, rows)

    def _ticket(self, names: Names, life: Life, stage: Snapshot) -> list[Any]:
        values = names.ticket(stage)
        seq = self._audit.append("district", names.id, list(names.events(life, stage.events))) if stage.events else 0
        age = (self._now - names.at) * MILLISECOND
        privacy = 0 if stage.alive else (age > MEDIA_KEPT + 30 * DAY) + 2 * (age > NAMES_KEPT + 30 * DAY)
        return [*values, stage.listed, stage.alive, privacy, seq]


def _participants(names: Names, _life: Life, stage: Snapshot) -> Iterator[tuple[object, ...]]:
    yield names.reporter, names.id, "reporter", "district"
    for account in names.followers(stage):
        yield account, names.id, "follower", "district"


def _messages(names: Names, life: Life, stage: Snapshot) -> Iterator[tuple[object, ...]]:
    for number, (at, who, role, words, photo) in enumerate(life.said):
        if at <= stage.at:
            media = media_text([Media("image", "", f"{names.id}{number}.jpg")] if photo else [])
            account = names.of(who) if role == "voice" else f"{CHANNEL}:{names.steward}"
            text = words.format(names.building)
            key = f"{names.chat}:{names.id}-{number}"
            yield key, names.id, names.chat, account, account[4:], role, text, names.at + at, media, 0


def _votes(names: Names, life: Life, stage: Snapshot) -> Iterator[tuple[object, ...]]:
    for at, who, rating in life.votes:
        if at <= stage.at:
            yield names.id, stage.values[AT["poll_round"]], names.of(who), names.at + at, rating, rating > 2, 0


def _timers(names: Names, _life: Life, stage: Snapshot) -> Iterator[tuple[object, ...]]:
    """One of the future for each that is open: what is due by now has fired."""
    if stage.alive:
        yield (
            names.id,
            "poll_close" if stage.values[AT["poll_round"]] else "red_long",
            to_ms(START + 3 * DAY) + names.at % 10**7,
        )


def _notices(names: Names, life: Life, stage: Snapshot) -> Iterator[tuple[object, ...]]:
    """A receipt, and the question at the end."""
    for kind, key, at in (("receipt", "receipt", 0), ("poll", "poll", stage.at))[
        : 1 + bool(stage.values[AT["poll_round"]])
    ]:
        id_ = f"{names.at + at:011x}{kind:0<5.5}{names.public_id[-8:]}"
        params = dump({"number": str(names.number), "title": str(stage.values[AT["title"]])})
        yield (
            id_, names.chat, kind, key, names.at + at, params, "[]", names.id, names.number, "[]", 0, 0, 0, "sent", 1,
            id_, names.at + at, None, names.at + at,
        )  # fmt: skip


def _finish(storage: Storage, tickets: int) -> None:
    """The numbers that were given, messages that may not have arrived, who was seen where, how the platforms stand."""
    run = storage.connection.execute
    run("INSERT INTO number (root, year, last) VALUES ('district', ?, ?)", (START.year, tickets))
    run(
        "UPDATE outbox SET state = 'uncertain', counted_at = NULL WHERE id IN "
        "(SELECT id FROM outbox ORDER BY id DESC LIMIT ?)",
        (UNSENT,),
    )
    groups = [group for group in storage.uow.org.load().groups.values() if group.kind == "residents"]
    for number, group in enumerate(groups):
        for one in range(RESIDENTS):
            storage.uow.people.seen(f"{CHANNEL}:{resident(number, one)}", group.key, START - timedelta(hours=20))
    storage.uow.connections.put(Connection(CHANNEL, "up", START, ""))
