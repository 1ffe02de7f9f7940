"""Who answers for a place: duties by role, categories and hours, the less busy one, and the ones above."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from bot.domain.hours import OfficeHours
from bot.domain.org import Duty, Organization, Person
from bot.usecases import routing
from bot.usecases.context import Context
from tests.fakes import CLEAR, MORNING, SHANGHAI, TownBot, town, town_bot

NIGHT = datetime(2026, 5, 6, 23, 0, tzinfo=SHANGHAI)
DAYTIME = OfficeHours.parse("Mon-Sun 09:00-18:00")


def with_duties(*duties: Duty) -> Organization:
    """The town with other duties, and people for them."""
    org = town()
    people = {d.person: Person(d.person, d.person, accounts=(("web", d.person),)) for d in duties}
    return replace(org, people={**people, **org.people}, duties=duties)


@pytest.fixture
def make(tmp_path: Path) -> Iterator[object]:
    with town_bot(tmp_path / "bot.db") as bot:
        yield lambda org, now=MORNING: Context(bot.storage.uow, now, org, bot.engine.services)


OWNER, BOSS = Duty("chen", "xinhe", "owner"), Duty("gao", "dongshan", "supervisor")
STEWARD, SPECIAL = Duty("zhou", "xueyuan", "steward"), Duty("pan", "xueyuan", "steward", frozenset({"drainage"}))
BY_DAY = Duty("zhou", "xueyuan", "steward", available=DAYTIME)


@pytest.mark.parametrize(
    ("duties", "category", "person"),
    [
        ((STEWARD, OWNER, BOSS), "noise", "zhou"),
        ((STEWARD, SPECIAL, OWNER), "drainage", "pan"),
        ((STEWARD, SPECIAL, OWNER), "noise", "zhou"),
        ((SPECIAL, OWNER, BOSS), "noise", "chen"),
        ((OWNER, BOSS), "noise", "chen"),
        ((BOSS,), "noise", "gao"),
        ((Duty("liu", "xinhe", "handler"),), "noise", None),
        ((), "noise", None),
    ],
)
def test_the_nearest_duty_that_fits(make: object, duties: tuple[Duty, ...], category: str, person: str | None) -> None:
    ctx = make(with_duties(*duties))  # type: ignore[operator]

    assert routing.responsible(ctx, "xueyuan", category) == person


def test_a_duty_of_another_grid_does_not_answer(make: object) -> None:
    ctx = make(with_duties(Duty("wu", "lvyuan", "steward"), OWNER))  # type: ignore[operator]

    assert routing.responsible(ctx, "xueyuan", "noise") == "chen"


def test_outside_his_hours_the_next_duty_answers(make: object) -> None:
    org = with_duties(BY_DAY, OWNER)

    assert routing.responsible(make(org), "xueyuan", "noise") == "zhou"  # type: ignore[operator]
    assert routing.responsible(make(org, NIGHT), "xueyuan", "noise") == "chen"  # type: ignore[operator]


def test_with_nobody_at_work_the_hours_are_set_aside(make: object) -> None:
    ctx = make(with_duties(BY_DAY, replace(OWNER, available=DAYTIME)), NIGHT)  # type: ignore[operator]

    assert routing.responsible(ctx, "xueyuan", "noise") == "zhou"


def test_a_report_never_goes_to_a_steward_nor_to_whom_it_names(make: object) -> None:
    ctx = make(with_duties(STEWARD, OWNER, BOSS))  # type: ignore[operator]

    assert routing.responsible(ctx, "xueyuan", "property", report=True) == "chen"
    assert routing.responsible(ctx, "xueyuan", "property", ["chen"], report=True) == "gao"
    assert routing.responsible(ctx, "xueyuan", "property", ["chen", "gao"], report=True) is None


def test_of_several_stewards_the_one_with_fewest_open_tickets(tmp_path: Path) -> None:
    org = with_duties(Duty("zhou", "xueyuan", "steward"), Duty("wu", "xueyuan", "steward"), OWNER)
    with town_bot(tmp_path / "two.db", org) as bot:
        for number, text in enumerate(CLEAR.values()):
            bot.say(f"resident{number}", text)
            bot.clock.advance(minutes=20)
        assignees = [ticket.assignee for ticket in bot.tickets()]

    assert assignees == ["zhou", "wu", "zhou", "wu", "zhou"]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[tuple[TownBot, Context]]:
    """A drainage ticket in 学苑 and a context."""
    with town_bot(tmp_path / "opened.db") as bot:
        bot.say("zhang", CLEAR["drainage"])
        yield bot, Context(bot.storage.uow, MORNING, bot.engine.org, bot.engine.services)


def test_the_one_above_is_the_nearest_owner_then_a_supervisor(opened: tuple[TownBot, Context]) -> None:
    bot, ctx = opened
    ticket = bot.ticket(1)

    assert routing.commander(ctx, ticket) == ("chen", "xinhe")
    assert routing.commander(ctx, ticket, ("chen",)) == ("gao", "dongshan")
    ticket.named = ["chen", "gao"]
    assert routing.commander(ctx, ticket) is None


def test_the_desk_of_a_level_or_the_nearest_one_that_there_is(opened: tuple[TownBot, Context]) -> None:
    bot, ctx = opened

    assert routing.desk_at(ctx, bot.ticket(1), "street") == ("gao", "dongshan")
    assert routing.desk_at(ctx, bot.ticket(1), "district") == ("gao", "dongshan")


def test_handlers_are_those_whose_duty_names_the_category(opened: tuple[TownBot, Context]) -> None:
    bot, ctx = opened
    ticket = bot.ticket(1)

    assert routing.handlers_for(ctx, ticket) == ["liu"]
    ticket.category = "noise"
    assert routing.handlers_for(ctx, ticket) == []


@pytest.mark.parametrize(
    ("accounts", "text", "person"),
    [
        (["web:chen"], "转派", "chen"),
        (["web:stranger", "web:chen"], "转派", "chen"),
        (["web:wu"], "转派", None),  # has no duty over this unit
        ([], "转派 @陈卫东", "chen"),
        ([], "转派 @chen", "chen"),
        ([], "转派给陈卫东", "chen"),
        ([], "转派 @陈卫东 @高立", None),  # two fit
        ([], "转派 @nobody", None),
    ],
)
def test_a_person_is_meant_by_mention_else_by_a_name_that_fits_one(
    opened: tuple[TownBot, Context], accounts: list[str], text: str, person: str | None
) -> None:
    bot, ctx = opened
    found = routing.mentioned(ctx, bot.ticket(1), accounts, text)

    assert (found.id if found else None) == person


@pytest.mark.parametrize(("text", "named"), [("陈卫东收钱", ["chen"]), ("陈书记收钱", ["chen"]), ("有人收钱", [])])
def test_people_are_named_in_full_or_by_surname_and_title(
    opened: tuple[TownBot, Context], text: str, named: list[str]
) -> None:
    _, ctx = opened

    assert [person.id for person in routing.people_named(ctx, "xueyuan", text)] == named
