"""Clusters of similar tickets: counted, explained, and always the same."""

import random
from datetime import UTC, datetime, timedelta

from bot.domain.clusters import Trouble, clusters

NOW = datetime(2026, 5, 6, 3, 0, tzinfo=UTC)


def trouble(
    id_: str, *names: str, days: float = 1, category: str = "drainage", building: str = "", unit: str = "a"
) -> Trouble:
    return Trouble(id_, unit, category, building, NOW - timedelta(days=days), frozenset(names))


def drains(count: int, days: float = 1, first: int = 0) -> list[Trouble]:
    return [trouble(f"d{first + n:02}", "下水", days=days, building=f"{n % 5 + 1}-2-{n}01") for n in range(count)]


def test_twelve_of_a_kind_in_five_buildings_eight_more_than_before() -> None:
    [found] = clusters([*drains(12), *drains(4, days=40, first=50)], NOW)

    assert (found.category, found.name, found.days) == ("drainage", "下水", 30)
    assert (len(found.members), found.buildings, found.before, found.more) == (12, 5, 4, 8)


def test_few_are_no_class_of_trouble() -> None:
    assert clusters(drains(4), NOW) == []
    assert len(clusters(drains(5), NOW)) == 1


def test_what_is_rare_in_a_month_may_be_many_in_three() -> None:
    [found] = clusters([*drains(4), *drains(6, days=60, first=20)], NOW)

    assert (found.days, len(found.members), found.before) == (90, 10, 0)


def test_other_categories_and_other_things_stand_apart() -> None:
    noise = [trouble(f"n{n}", "大喇叭" if n % 2 else "喇叭", category="noise", unit=f"u{n}") for n in range(6)]
    found = clusters([*drains(5), *noise, trouble("x", "井盖")], NOW)

    assert [(one.category, one.name, len(one.members), one.units) for one in found] == [
        ("noise", "喇叭", 6, 6),
        ("drainage", "下水", 5, 1),
    ]


def test_what_names_nothing_is_like_nothing() -> None:
    assert clusters([trouble(f"x{n}") for n in range(20)], NOW) == []


def test_a_ticket_counts_once_and_the_order_does_not_matter() -> None:
    every = [trouble(f"b{n:02}", "下水", "反水") for n in range(7)] + [
        trouble(f"c{n:02}", "反水", "沟") for n in range(6)
    ]
    shuffled = random.Random(3).sample(every, len(every))

    assert clusters(every, NOW) == clusters(shuffled, NOW)
    members = [member for one in clusters(every, NOW) for member in one.members]
    assert len(members) == len(set(members)) == 13


def test_the_edges_of_a_window_and_what_is_yet_to_come() -> None:
    assert len(clusters(drains(5, days=30), NOW)) == 1
    assert clusters(drains(5, days=30.01), NOW) == []
    assert clusters(drains(5, days=-1), NOW) == []
