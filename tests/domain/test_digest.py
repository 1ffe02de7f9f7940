"""A town with known numbers gives a known digest."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

from bot.domain.digest import (
    NOBODY,
    OWNER,
    PERSON,
    Digest,
    Hot,
    Late,
    Material,
    Share,
    digest_of,
    from_json,
    whose_move,
)
from bot.domain.periods import WEEK, period
from bot.domain.poll import RATINGS, Vote
from bot.domain.spikes import Spell
from bot.domain.ticket import Ticket
from tests.domain.clockwork import SHANGHAI

COVERED = period(WEEK, date(2026, 5, 4), SHANGHAI)
MONDAY = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)  # nine in the morning
NOW = datetime(2026, 5, 11, 0, 0, tzinfo=UTC)
DAY = timedelta(days=1)
WEIGHTS = {rating: 1 if rating >= 3 else 0 for rating in RATINGS}
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


def done(number: int, day: float, **fields: Any) -> Ticket:
    """One that was closed a day later, asked about in round 1."""
    at = MONDAY + (day + 1) * DAY
    ended = {"state": "closed", "done_at": at, "polled_at": at, "closed_at": at, "close_reason": "resolved"}
    return ticket(number, day, **{**ended, "poll_round": 1, **fields})


def digest(*tickets: Ticket, **votes: tuple[Vote, ...]) -> Digest:
    """Of the week of 4 May."""
    given = Material("新河社区", NOW, tickets, votes, UNITS, PEOPLE, WEIGHTS)  # type: ignore[arg-type]
    return digest_of("weekly", COVERED, COVERED.before(), given)


def test_the_week_of_a_town() -> None:
    said = digest(
        ticket(1, -50, state="closed"),
        *(ticket(n, -40 + 5 * n, state="closed", building="7") for n in range(2, 4)),
        done(4, -3, building="3-2-501"),
        *(done(n, 0, category="drainage", building="5-1") for n in range(5, 10)),
        done(10, 0.5, building="3", unit="b", repeat_of="t4"),
        ticket(11, 3, building="3"),
        ticket(12, -3, category="parking"),
        done(13, 1, nature="praise"),
        t5=(Vote("web:zhang", 1, NOW, 5, True),),
        t6=(Vote("web:zhang", 1, NOW, 2, False),),
    )
    assert said == Digest(
        "weekly", "新河社区", "2026-05-04", "2026-05-10", heard=(7, 2), closed=(6, 1), open=2, overdue=1, repeats=1, praise=1,
        categories=(Hot("drainage", "", "", 5, 0), Hot("noise", "", "", 2, 1)),
        places=(Hot("", "学苑", "5", 5, 0), Hot("", "学苑", "3", 1, 1), Hot("", "绿园", "3", 1, 0)),
        spikes=(Hot("drainage", "", "", 5, 0, 0.0), Hot("", "学苑", "5", 5, 0, 0.0)),
        late=(Late(12, "parking", 5, PERSON, "周敏"),),
        rates=(Share("on_time", "87.5 %", 8), Share("solved", "50.0 %", 2), Share("satisfied", "50.0 %", 2)),
    )  # fmt: skip


def test_nothing_is_nothing() -> None:
    assert digest().is_empty
    assert digest(ticket(1, -100, state="closed"), ticket(2, -1, due_at=None)).is_empty
    assert not digest(ticket(1, -100)).is_empty
    assert not digest(done(1, 1, nature="praise")).is_empty


def test_whose_move_it_is() -> None:
    assert whose_move(ticket(1, 0)) == PERSON
    assert whose_move(ticket(1, 0, assignee=None)) == NOBODY
    assert whose_move(ticket(1, 0, asked="extended")) == OWNER
    assert whose_move(ticket(1, 0, state="review")) == OWNER


def test_overdue_since_a_moment_is_one_day_the_oldest_first() -> None:
    said = digest(
        *(ticket(n, -9, due_at=NOW - n * DAY) for n in range(2, 6)), ticket(1, -9, due_at=NOW - timedelta(minutes=1))
    )
    assert (said.overdue, [one.number for one in said.late], [one.days for one in said.late]) == (
        5,
        [5, 4, 3],
        [5, 4, 3],
    )
    assert digest(ticket(1, -9, due_at=NOW - timedelta(minutes=1))).late[0].days == 1


def test_it_survives_the_way_through_text() -> None:
    said = digest(done(1, 0, building="3"), ticket(2, -9), t1=(Vote("web:zhang", 1, NOW, 5, True),))
    assert from_json(said.as_json()) == said


def test_a_season_is_named_with_its_spike_and_last_year_is_what_is_usual() -> None:
    rain = (*(done(n, 0, category="drainage") for n in range(1, 10)), ticket(10, -40, state="closed"))

    def sudden(**spell: Any) -> list[Hot]:
        spells = {"drainage": Spell("rain_north", **spell)}
        given = Material("新河社区", NOW, rain, units=UNITS, spells=spells)
        return list(digest_of("weekly", COVERED, COVERED.before(), given).spikes)

    assert sudden() == [Hot("drainage", "", "", 9, 0, 0.0, "rain_north")]
    assert sudden(before=3, past=timedelta(days=30)) == [
        Hot("drainage", "", "", 9, 0, 0.7, "rain_north", a_year_ago=True)
    ]
    assert sudden(before=30, past=timedelta(days=30)) == []
