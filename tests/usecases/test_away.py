"""While somebody is away: his stand-in gets what is new and hears of what he has; the clock goes on and it climbs as ever."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.domain.hours import OfficeHours
from bot.domain.rota import Away, Shift
from bot.usecases import routing
from bot.usecases.context import Context
from tests.fakes import CLEAR, MORNING, TownBot, town, town_bot

DAY = timedelta(days=1)
WEEKENDS = OfficeHours.parse("周六至周日 全天")
Making = Callable[..., AbstractContextManager[TownBot]]


def away(person: str, standin: str | None = None, start: timedelta = timedelta(), days: float = 30) -> Away:
    return Away(person, MORNING + start, MORNING + start + days * DAY, standin)


@pytest.fixture
def make(tmp_path: Path) -> Making:
    """The town with people away."""
    return lambda *aways, rota=(): town_bot(tmp_path / "bot.db", replace(town(), aways=aways, rota=rota))


@pytest.fixture
def later(make: Making) -> Iterator[TownBot]:
    """学苑's steward goes away in ten minutes; 绿园's stands in."""
    with make(away("zhou", "wu", timedelta(minutes=10))) as bot:
        yield bot


def to(bot: TownBot, account: str) -> list[str]:
    """What somebody was told, in whatever chat."""
    return [sent.message.text for sent in bot.sent if account in sent.message.mentions]


def test_the_stand_in_gets_what_is_new_and_may_work_on_it(later: TownBot) -> None:
    later.clock.advance(hours=2)
    later.say("zhang", CLEAR["drainage"])

    assert later.ticket(1).assignee == "wu"
    assert "1号件请您处理" in to(later, "web:wu")[-1]
    later.say("wu", "1号件 收到", private=True)
    assert later.ticket(1).state == "in_progress"
    later.say("wu", "1号件 办结 通了", private=True)
    assert later.ticket(1).done_at is not None


def test_what_he_has_stays_his_and_both_are_reminded_and_it_climbs_on_time(later: TownBot) -> None:
    later.say("zhang", CLEAR["drainage"])
    due = later.ticket(1).due_at

    later.wait(days=12)

    ticket = later.ticket(1)
    assert (ticket.assignee, ticket.due_at) == ("zhou", due)
    assert ticket.supervision == 3
    for account in ("web:zhou", "web:wu"):
        assert sum("还没签收" in text for text in to(later, account)) == 1, account
    assert ticket.helpers == ["wu"]
    assert any("1号件" in text and "超" in text for text in to(later, "web:chen"))
    assert any("1号件" in text for text in to(later, "web:gao"))


def test_a_stand_in_who_was_reminded_may_see_it_and_tell_how_it_goes(later: TownBot) -> None:
    later.say("zhang", CLEAR["drainage"])
    later.wait(days=2)

    later.say("wu", "1号件 进展 师傅下午到", private=True)

    assert "progressed" in [event.kind for event in later.events(1)]
    assert later.ticket(1).assignee == "zhou"


def test_when_he_is_back_nothing_moves_by_itself(make: Making) -> None:
    with make(away("zhou", "wu", days=1)) as bot:
        bot.say("zhang", CLEAR["drainage"])
        bot.wait(days=2)
        bot.say("li", CLEAR["facilities"])

        assert [bot.ticket(number).assignee for number in (1, 2)] == ["wu", "zhou"]


def test_an_urge_reaches_both(later: TownBot) -> None:
    later.say("zhang", CLEAR["drainage"])
    later.clock.advance(hours=2)

    said = later.say("zhang", "1号件 催一下")

    assert said[-1].mentions == ("web:zhou", "web:wu")
    assert later.ticket(1).helpers == ["wu"]


def test_what_is_confidential_is_not_opened_to_a_stand_in(later: TownBot) -> None:
    later.say("zhang", CLEAR["drainage"])
    ticket = later.ticket(1)
    ticket.confidential = True
    later.read(lambda uow: uow.tickets.save(ticket))

    later.wait(days=12)

    assert later.ticket(1).helpers == []
    assert not to(later, "web:wu")


def test_whom_a_ticket_names_hears_nothing_as_a_stand_in(later: TownBot) -> None:
    later.say("zhang", CLEAR["drainage"])
    ticket = later.ticket(1)
    ticket.named = ["wu"]
    later.read(lambda uow: uow.tickets.save(ticket))

    later.wait(days=12)

    assert not to(later, "web:wu")


@pytest.mark.parametrize(
    ("aways", "target"),
    [
        ((), ("chen", "xinhe")),
        ((away("chen", "wu"),), ("chen", "xinhe")),
        ((away("chen"),), ("gao", "dongshan")),
        ((away("chen"), away("gao")), ("chen", "xinhe")),
    ],
)
def test_what_climbs_passes_over_who_is_away_with_nobody_in_his_place(
    make: Making, aways: tuple[Away, ...], target: tuple[str, str]
) -> None:
    with make(*aways) as bot:
        bot.say("zhang", CLEAR["drainage"])
        ctx = Context(bot.storage.uow, MORNING, bot.engine.org, bot.engine.services)

        assert routing.commander(ctx, bot.ticket(1)) == target
        assert routing.desk_at(ctx, bot.ticket(1), "street") == ("gao", "dongshan")


def test_the_weekends_duty_gets_the_weekends_tickets(make: Making) -> None:
    line = Shift("xinhe", ("wu", "liu"), WEEKENDS, first=MORNING.date())
    with make(rota=(line,)) as bot:
        bot.say("zhang", CLEAR["drainage"])
        bot.clock.advance(days=3)  # Saturday
        bot.say("li", CLEAR["facilities"])
        bot.clock.advance(days=1)
        bot.say("sun", CLEAR["sanitation"])

        assert [bot.ticket(number).assignee for number in (1, 2, 3)] == ["zhou", "wu", "liu"]
        bot.say("liu", "3号件 收到", private=True)
        assert bot.ticket(3).state == "in_progress"
