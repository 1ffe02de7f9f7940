"""The sums behind the owner's pages: a million tickets in 60 groups, counted in; then a page's queries, and one change."""

import time
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from random import Random
from statistics import median
from zoneinfo import ZoneInfo

from benchmarks.house import House, open_house
from benchmarks.meter import Figures, cost, milliseconds, scratch, weather
from benchmarks.talk import START
from bot.domain.halfdays import half_day
from bot.domain.poll import Vote
from bot.domain.states import CATEGORIES, NATURES
from bot.domain.ticket import Ticket
from bot.ports import UnitOfWork
from storage import mapping
from storage.statements import insert_sql
from storage.tables import TicketRow, VoteRow

TICKETS = 1_000_000
GROUPS = 60
A_DAY = 1000  # tickets: the million are of the last thousand days
BATCH = 5000
AT_ONCE = 2000  # tickets counted in by one transaction, as the hourly housekeeping does
TURNS = 5
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def facts(count: int = TICKETS) -> Figures:
    """Written straight into the tables: ``benchmarks.path`` measures how tickets come to be."""
    with scratch() as name, open_house(Path(name), GROUPS, "NORMAL") as house:
        filled = cost(count, lambda: _fill(house, count))
        before = _megabytes(house)
        caught = cost(count, lambda: _catch_up(house))
        grown = _megabytes(house) - before
        checked = cost(count, lambda: _verify(house))
        return {
            "tickets": count,
            "filled_per_s": round(filled.per_s),
            "caught_up_per_cpu_s": round(caught.per_cpu_s),
            "caught_up_s": round(caught.wall),
            "verified_s": round(checked.wall),
            "tickets_mb": round(before),
            "facts_mb": round(grown),
            "rows": _one(house, "SELECT count(*) FROM fact"),
            **_pages(house),
            "change_ms": milliseconds(median(_change(house, turn) for turn in range(TURNS))),
            **weather(Path(name)),
        }


def _fill(house: House, count: int) -> None:
    random = Random(5)
    for begin in range(0, count, BATCH):
        told = [_ticket(random, number, count) for number in range(begin, min(begin + BATCH, count))]
        house.storage.desk.run(lambda uow, told=told: _insert(house, told))  # type: ignore[misc]
    house.storage.desk.run(lambda uow: uow.facts.rebuild())


def _insert(house: House, told: list[Ticket]) -> None:
    rows = ([*mapping.ticket_values(t), mapping.listed(t), mapping.alive(t), 0, 0] for t in told)
    votes = ([t.id, v.round, v.account, mapping.to_ms(v.at), v.rating, v.solved, 0] for t in told for v in _votes(t))
    house.storage.connection.executemany(insert_sql(TicketRow), rows)
    house.storage.connection.executemany(insert_sql(VoteRow), votes)


def _ticket(random: Random, number: int, count: int) -> Ticket:
    """One life of a ticket: most are closed, the newest are open; few categories have most of them."""
    at = START - (count - number) / A_DAY * DAY
    grid = random.randrange(GROUPS)
    ticket = Ticket(
        f"{number:024}", f"p{number}", "district", f"grid{grid}", f"web:g{grid}", f"web:r{number % 5000}", at
    )
    ticket.category = CATEGORIES[int(len(CATEGORIES) * random.random() ** 2)]
    ticket.nature, ticket.title, ticket.text = random.choice(NATURES[:4]), "楼道灯不亮了", "3号楼楼道灯不亮了，麻烦看看"
    ticket.register(number + 1, at.year, at, "bot")
    ticket.dispatch(f"s{grid}", at)
    ticket.set_limits(at + HOUR, at + DAY, at + random.choice((3, 5, 7)) * DAY)
    if number < count * 0.99:
        _finish(random, ticket)
    ticket.events.clear()
    return ticket


def _finish(random: Random, ticket: Ticket) -> None:
    at = ticket.created_at + random.random() * 2 * HOUR
    ticket.sign(ticket.assignee or "", at)
    ticket.contact(ticket.assignee or "", at)
    ticket.finish(ticket.assignee or "", at + random.random() * 8 * DAY, "换了灯")
    done = ticket.done_at or at
    ticket.poll(done)
    ticket.close("resolved", done + 3 * DAY, solved=random.random() < 0.9)


def _votes(ticket: Ticket) -> Iterator[Vote]:
    if ticket.done_at is not None and ticket.number is not None and ticket.number % 2:
        yield Vote(ticket.reporter, 1, ticket.done_at, 1 + ticket.number % 5, bool(ticket.solved))


def _catch_up(house: House) -> None:
    while house.storage.desk.run(lambda uow: uow.facts.catch_up(AT_ONCE)):
        pass


def _verify(house: House) -> None:
    faults = house.storage.desk.run(lambda uow: uow.facts.verify())
    assert faults == [], faults


def _pages(house: House) -> Figures:
    """What a page of the whole district asks, of a month, a year and all the time: five queries and one for what is open."""
    today = half_day(START, ZoneInfo("Asia/Shanghai"))
    spans = {"month": (61, 61), "year": (365, 730), "always": (TICKETS // A_DAY, 0)}
    figures: Figures = {}
    for name, (days, before) in spans.items():
        now, then = (today - 2 * days - 3, today - 3), (today - 2 * days - 2 * before - 3, today - 2 * before - 3)
        figures[f"page_{name}_ms"] = milliseconds(_timed(house, lambda uow, now=now, then=then: _page(uow, now, then)))  # type: ignore[misc]
    return figures


def _page(uow: UnitOfWork, now: tuple[int, int], then: tuple[int, int]) -> None:
    grids = [f"grid{number}" for number in range(GROUPS)]
    assert uow.facts.sums("district", *now)
    uow.facts.sums("district", *then)
    uow.facts.sums("district", *now, by="category")
    uow.facts.sums("district", *now, by="slot", codes=["created", "closed", "rate.on_time"])
    uow.facts.children(grids, *now)
    uow.facts.open_now(grids)


def _change(house: House, turn: int) -> float:
    """A closed ticket of long ago is sent back: until a page may show it."""

    def job(uow: UnitOfWork) -> None:
        ticket = uow.tickets.get(f"{1000 + turn:024}")
        assert ticket is not None
        ticket.rework(START, "bot")
        uow.tickets.save(ticket)

    house.storage.desk.run(job)
    return _timed(house, lambda uow: uow.facts.catch_up(AT_ONCE), 1)


def _timed(house: House, job: Callable[[UnitOfWork], object], turns: int = TURNS) -> float:
    spans = []
    for _ in range(turns):
        begun = time.perf_counter()
        house.storage.desk.run(job)
        spans.append(time.perf_counter() - begun)
    return median(spans)


def _megabytes(house: House) -> float:
    return _one(house, "PRAGMA page_count") * _one(house, "PRAGMA page_size") / 1e6


def _one(house: House, sql: str) -> int:
    return int(house.storage.connection.execute(sql).fetchone()[0])
