"""A town with known numbers gives a known digest."""

import json
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.digest import (
    NOBODY,
    OWNER,
    PERSON,
    Counts,
    Digest,
    Hot,
    Key,
    Late,
    Material,
    Share,
    digest_of,
    from_json,
    whose_move,
)
from bot.domain.periods import WEEK, period
from bot.domain.rates.measure import Measure
from bot.domain.spikes import Spell
from bot.domain.ticket import Ticket
from tests.domain.clockwork import SHANGHAI

COVERED = period(WEEK, date(2026, 5, 4), SHANGHAI)
MONDAY = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)  # nine in the morning
NOW = datetime(2026, 5, 11, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
UNITS, PEOPLE = {"a": "学苑", "b": "绿园"}, {"zhou": "周敏"}


def ticket(number: int, day: float, **fields: Any) -> Ticket:
    """A ticket of so many days after the Monday of the period, with somebody who works on it."""
    at = MONDAY + day * DAY
    made = Ticket(f"t{number}", f"p{number}", "town", "a", "web:a", "web:zhang", at)
    made.number, made.registered_at, made.dispatched_at, made.state = number, at, at, "in_progress"
    made.category, made.building, made.assignee, made.due_at = "noise", "", "zhou", at + 5 * DAY
    for name, value in fields.items():
        setattr(made, name, value)
    return made


def digest(**given: Any) -> Digest:
    """Of the week of 4 May, with six weeks before it."""
    known = {"length": 7 * DAY, "past": 42 * DAY, "units": UNITS, "people": PEOPLE}
    return digest_of("weekly", COVERED, Material("新河社区", NOW, **{**known, **given}))


def counts(now: dict[Key, int], before: dict[Key, int] | None = None, past: dict[Key, int] | None = None) -> Counts:
    """Of the period, the one before, and the weeks before."""
    return Counts(Counter(now), Counter(before), Counter(past))


def test_the_week_of_a_town() -> None:
    noise, drains, parking = ("noise", "", ""), ("drainage", "", ""), ("parking", "", "")
    said = digest(
        categories=counts({drains: 5, noise: 2}, {noise: 1, parking: 1}, {noise: 3, parking: 1}),
        places=counts(
            {("", "a", "5"): 5, ("", "b", "3"): 1, ("", "a", "3"): 1},
            {("", "a", "3"): 1},
            {("", "a", "7"): 2, ("", "a", "3"): 1},
        ),
        closed=(6, 1), open=2, overdue=1, repeats=1, praise=1, late=[ticket(12, -3, category="parking")],
        rates={"solved": Measure(1, 2), "on_time": Measure(7, 8), "satisfied": Measure(0, 0), "signed": Measure(1, 1)},
    )  # fmt: skip
    assert said == Digest(
        "weekly", "新河社区", "2026-05-04", "2026-05-10", heard=(7, 2), closed=(6, 1), open=2, overdue=1, repeats=1, praise=1,
        categories=(Hot("drainage", "", "", 5, 0), Hot("noise", "", "", 2, 1)),
        places=(Hot("", "学苑", "5", 5, 0), Hot("", "学苑", "3", 1, 1), Hot("", "绿园", "3", 1, 0)),
        spikes=(Hot("drainage", "", "", 5, 0, 0.0), Hot("", "学苑", "5", 5, 0, 0.0)),
        late=(Late(12, "parking", 5, PERSON, "周敏"),),
        rates=(Share("on_time", "87.5 %", 8), Share("solved", "50.0 %", 2)),
    )  # fmt: skip


def test_a_house_of_the_only_unit_needs_no_name_and_a_unit_does() -> None:
    here = counts({("", "a", "5"): 2, ("", "a", ""): 1})
    assert digest(places=here, units={"a": "学苑"}).places == (Hot("", "", "5", 2, 0), Hot("", "学苑", "", 1, 0))


def test_nothing_is_nothing() -> None:
    assert digest().is_empty
    assert digest(open=2).is_empty
    assert not digest(overdue=1).is_empty
    assert not digest(praise=1).is_empty


def test_whose_move_it_is() -> None:
    assert whose_move(ticket(1, 0)) == PERSON
    assert whose_move(ticket(1, 0, assignee=None)) == NOBODY
    assert whose_move(ticket(1, 0, asked="extended")) == OWNER
    assert whose_move(ticket(1, 0, state="review")) == OWNER


def test_a_begun_day_of_being_overdue_is_one_and_three_are_named() -> None:
    late = [ticket(n, -9, due_at=NOW - n * DAY) for n in (5, 4, 3, 2)]
    said = digest(overdue=4, late=late)
    assert ([one.number for one in said.late], [one.days for one in said.late]) == ([5, 4, 3], [5, 4, 3])
    assert digest(late=[ticket(1, -9, due_at=NOW - timedelta(minutes=1))]).late[0].days == 1


def test_it_survives_the_way_through_text() -> None:
    said = digest(
        places=counts({("", "a", "3"): 1}), late=[ticket(2, -9)], rates={"solved": Measure(1, 2)}, behind=True
    )
    assert from_json(said.as_json()) == said


def test_one_that_was_written_before_an_upgrade_is_read() -> None:
    said = digest(praise=1)
    assert from_json(json.dumps({**json.loads(said.as_json()), "counted": 20_000})) == said


def test_a_season_is_named_with_its_spike_and_last_year_is_what_is_usual() -> None:
    def sudden(**spell: Any) -> list[Hot]:
        rain = counts({("drainage", "", ""): 9})
        return list(digest(categories=rain, spells={"drainage": Spell("rain_north", **spell)}).spikes)

    assert sudden() == [Hot("drainage", "", "", 9, 0, 0.0, "rain_north")]
    assert sudden(before=3, past=timedelta(days=30)) == [
        Hot("drainage", "", "", 9, 0, 0.7, "rain_north", a_year_ago=True)
    ]
    assert sudden(before=30, past=timedelta(days=30)) == []
