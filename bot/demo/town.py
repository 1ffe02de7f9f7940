"""The demo town as an organization: who answers for which of its courts. All names are data (town.toml)."""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any

from bot.domain.org import Article, Duty, Group, Organization, Person, Unit

DATA = Path(__file__).with_name("town.toml")
CHANNEL = "web"
DISTRICT = "district"
COURTS = 5  # of a community
COMMUNITIES = 6  # of a street
UNMANNED, DOUBLED = 15, 4  # every so manieth court has no steward of its own; has two
RESIDENTS = 24  # of a court who ever speak


@cache
def town_data() -> dict[str, Any]:
    """The names, as they stand in town.toml."""
    return tomllib.loads(DATA.read_text(encoding="utf-8"))


@dataclass(frozen=True, slots=True)
class Court:
    """One court with its group: ``chat`` is the group's id, ``residents`` are account ids and shown names."""

    number: int
    unit: str
    chat: str
    community: int
    residents: tuple[tuple[str, str], ...]


def most_groups() -> int:
    """How many residents' groups the names are enough for."""
    return len(town_data()["courts"])


def courts(groups: int) -> list[Court]:
    """The first courts of the town, with who speaks in their groups."""
    return [
        Court(n, f"g{n}", f"g{n}", n // COURTS, tuple((f"g{n}-{k}", _nickname(n, k)) for k in range(RESIDENTS)))
        for n in range(groups)
    ]


def _nickname(court: int, number: int) -> str:
    data, turn = town_data(), court * RESIDENTS + number
    home = f"{1 + number % 9}-{1 + number % 3}-{1 + turn % 6}0{1 + number % 2}"
    surname, call = data["surnames"][turn % len(data["surnames"])], data["calls"][turn % len(data["calls"])]
    return home if number % 3 == 0 else f"{home} {surname}{call}" if number % 3 == 1 else f"{surname}{call}"


def make_town(groups: int) -> Organization:
    """One district; streets, communities and courts below it; a residents' group a court, a work group a community.

    Raises ValueError where there are not names enough.
    """
    if not 1 <= groups <= most_groups():
        raise ValueError(f"1 to {most_groups()} groups")
    people: dict[str, Person] = {}
    duties = tuple(_duties(groups, people))
    units = {unit.id: unit for unit in _units(groups)}
    return Organization(
        units, people, duties, {group.key: group for group in _groups(groups)}, tuple(_articles(groups))
    )


def _communities(groups: int) -> int:
    return -(-groups // COURTS)


def _streets(groups: int) -> int:
    return -(-_communities(groups) // COMMUNITIES)


def _units(groups: int) -> Iterator[Unit]:
    data = town_data()
    zone = data["timezone"]
    yield Unit(DISTRICT, data["district"], "district", timezone=zone)
    for n in range(_streets(groups)):
        yield Unit(f"s{n}", data["streets"][n], "street", DISTRICT, timezone=zone)
    for n in range(_communities(groups)):
        yield Unit(f"c{n}", data["communities"][n], "community", f"s{n // COMMUNITIES}", timezone=zone)
    for n in range(groups):
        yield Unit(f"g{n}", data["courts"][n], "grid", f"c{n // COURTS}", 90 + n * 37 % 260, timezone=zone)


def _duties(groups: int, people: dict[str, Person]) -> Iterator[Duty]:
    """The duties; who holds them is added to ``people``."""
    numbers = count()

    def hired(id_: str, title: str = "") -> str:
        people[id_] = Person(id_, title or _full_name(next(numbers)), accounts=((CHANNEL, id_),))
        return id_

    data = town_data()
    yield Duty(hired("quduban"), DISTRICT, "supervisor")
    for n in range(_streets(groups)):
        yield Duty(hired(f"desk{n}"), f"s{n}", "supervisor")
    for n in range(_communities(groups)):
        yield Duty(hired(f"owner{n}"), f"c{n}", "owner")
        for k, handler in enumerate(data["handler"]):
            title = f"{data['communities'][n].removesuffix('社区')}{handler['name']}"
            yield Duty(hired(f"handler{n}-{k}", title), f"c{n}", "handler", frozenset(handler["categories"]))
    for n in range(groups):
        stewards = 0 if n % UNMANNED == UNMANNED - 1 else 2 if n % DOUBLED == 1 else 1
        yield from (Duty(hired(f"steward{n}-{k}"), f"g{n}", "steward") for k in range(stewards))


def _full_name(number: int) -> str:
    data = town_data()
    surnames, given = data["surnames"], data["given"]
    return f"{surnames[number % len(surnames)]}{given[(number // len(surnames) * 7 + number * 11) % len(given)]}"


def _groups(groups: int) -> Iterator[Group]:
    data = town_data()
    for n in range(groups):
        yield Group(CHANNEL, f"g{n}", f"g{n}", listen="all", title=f"{data['courts'][n]}邻里群")
    for n in range(_communities(groups)):
        yield Group(CHANNEL, f"work{n}", f"c{n}", "work", title=f"{data['communities'][n]}工作群")


def _articles(groups: int) -> Iterator[Article]:
    """Answers that hold in the whole town, and those of each community."""
    data = town_data()
    for n, one in enumerate(data["article"]):
        yield Article(f"article{n}", one["title"], DISTRICT, tuple(one["keywords"]), one["body"])
    for n in range(_communities(groups)):
        for k, one in enumerate(data["community_article"]):
            body = one["body"].replace("<community>", data["communities"][n])
            yield Article(f"article{n}-{k}", one["title"], f"c{n}", tuple(one["keywords"]), body)
