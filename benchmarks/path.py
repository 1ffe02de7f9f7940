"""Throughput of the full path: JSON → InboundMessage → key → window → triage → use case → commit → reply queued."""

import asyncio
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from benchmarks.crowd import fill
from benchmarks.floor import open_floor
from benchmarks.house import House, batches_of, open_house
from benchmarks.meter import Cost, Figures, Pair, alternate, best, cost, middle, scratch, spread, weather
from benchmarks.talk import Talk

GROUPS = 1000
FLYING = 64
ROUNDS = 6
LEG = 6400  # messages of one leg
TICKETS = 960
HELD = 100_000


def path() -> Figures:
    """The realistic mix, in batches of 64 and with 64 in flight, each alternated with the floor in the same batches."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(scratch()))
        house = stack.enter_context(open_house(folder))
        floor, talk = stack.enter_context(open_floor(folder / "floor.db", GROUPS)), Talk(GROUPS)
        house.run(batches_of(talk.take(LEG)))
        figures: Figures = {}
        for name, leg in (("batch64", house_leg), ("flying64", flying_leg)):
            sizes = _sizes(house, lambda leg=leg: leg(house, talk))  # type: ignore[misc]
            pair = alternate(ROUNDS, lambda leg=leg: leg(house, talk), lambda sizes=sizes: floor.leg(sizes))  # type: ignore[misc]
            figures |= {f"{name}_batch": round(sum(sizes) / len(sizes)), **_versus(name, pair)}
        return {**figures, **_mixture(house), **weather(folder)}


def _sizes(house: House, run: Callable[[], Cost]) -> list[int]:
    """How large the batches of a leg are."""
    house.batches.sizes.clear()
    run()
    return list(house.batches.sizes)


def house_leg(house: House, talk: Talk, count: int = LEG) -> Cost:
    """Ours in batches of 64, in this thread."""
    batches = batches_of(talk.take(count))
    return cost(count, lambda: house.run(batches))


def flying_leg(house: House, talk: Talk, count: int = LEG) -> Cost:
    """Ours with 64 in flight, batches as they form."""
    payloads = talk.take(count)
    return cost(count, lambda: asyncio.run(house.receive_all(payloads, FLYING)))


def _versus(name: str, pair: Pair) -> Figures:
    ratios = pair.ratio(lambda leg: leg.per_cpu_s)
    return {
        f"{name}_msgs_per_cpu_s": best(pair.ours),
        f"{name}_msgs_per_s": round(max(leg.per_s for leg in pair.ours)),
        f"{name}_floor_per_cpu_s": best(pair.theirs),
        f"{name}_ratio": middle(ratios),
        f"{name}_ratio_range": spread(ratios),
    }


def _mixture(house: House) -> Figures:
    """What became of it: proof that the path was walked to its end."""
    count = {
        name: house.storage.connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our names
        for name in ("inbox", "ticket", "outbox", "audit", "timer", "vote")
    }
    return {f"{name}_rows": rows for name, rows in count.items()}


def tickets() -> Figures:
    """Every message opens a ticket: number, route, limits, timers, audit, receipt and ping."""
    with scratch() as name, open_house(Path(name)) as house:
        talk = Talk(GROUPS, new=1.0, about=0.0)
        house.run(batches_of(talk.take(TICKETS)))
        before = opened(house)
        legs = [house_leg(house, talk, TICKETS) for _ in range(ROUNDS)]
        share = (opened(house) - before) / (TICKETS * ROUNDS)
        return {"tickets_per_cpu_s": round(best(legs) * share), "share_opened": round(share, 3), **weather(Path(name))}


def opened(house: House) -> int:
    """How many tickets there are."""
    return int(house.storage.connection.execute("SELECT count(*) FROM ticket").fetchone()[0])


def full_normal() -> Figures:
    """The same stream at FULL and at NORMAL, 64 in flight."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(scratch()))
        full = stack.enter_context(open_house(folder))
        normal = stack.enter_context(open_house(folder, synchronous="NORMAL"))
        talks = Talk(GROUPS), Talk(GROUPS)
        pair = alternate(ROUNDS, lambda: flying_leg(full, talks[0]), lambda: flying_leg(normal, talks[1]))
        wall, cpu = pair.ratio(lambda leg: leg.per_s), pair.ratio(lambda leg: leg.per_cpu_s)
        return {
            "full_per_s": round(max(leg.per_s for leg in pair.ours)),
            "normal_per_s": round(max(leg.per_s for leg in pair.theirs)),
            "ratio_wall": middle(wall),
            "ratio_wall_range": spread(wall),
            "ratio_cpu": middle(cpu),
            **weather(folder),
        }


def held() -> Figures:
    """The mix and new tickets, in an empty database and beside 100,000 open tickets."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(scratch()))
        empty = stack.enter_context(open_house(folder))
        (folder / "held").mkdir()
        full = stack.enter_context(open_house(folder / "held"))
        fill(full, HELD)
        figures: Figures = {"open_tickets": opened(full)}
        for name, new, about, count in (("mix", 0.02, 0.06, LEG), ("tickets", 1.0, 0.0, TICKETS)):
            seeds = [Talk(GROUPS, new, about, seed) for seed in (3, 3)]
            pair = alternate(ROUNDS, _leg(full, seeds[0], count), _leg(empty, seeds[1], count))
            ratios = pair.ratio(lambda leg: leg.per_cpu_s)
            figures |= {f"{name}_ratio": middle(ratios), f"{name}_ratio_range": spread(ratios)}
            figures |= {f"{name}_per_cpu_s": best(pair.ours), f"{name}_per_cpu_s_empty": best(pair.theirs)}
        return {**figures, **weather(folder)}


def _leg(house: House, talk: Talk, count: int) -> Callable[[], Cost]:
    return lambda: house_leg(house, talk, count)
