"""The live board without its page: what it reads of much, and whose move a ticket is."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from bot.domain.states import CALLBACK, DISPATCHED, IN_PROGRESS, ON_HOLD, REVIEW
from bot.ports import UnitOfWork
from bot.usecases import board
from bot.usecases.overview import OVERDUE, Filter
from tests.fakes import CLEAR, TownBot, town
from tests.storage.making import a_ticket

ORG = town()
CHEN = ORG.people["chen"]


def look(bot: TownBot, wanted: Filter | None = None, units: tuple[str, ...] = ("xueyuan",)) -> board.Board:
    """The owner's board."""
    return bot.read(lambda uow: board.board(uow, ORG, CHEN, units, wanted or Filter(), bot.clock.now()))


def numbers(found: board.Board, state: str) -> list[int | None]:
    """The tickets of a column."""
    return [card.ticket.number for column in found.columns if column.state == state for card in column.cards]


def test_what_is_longest_overdue_is_shown_of_more_than_can_be_read(
    bot: TownBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    for number, words in enumerate(CLEAR.values()):
        bot.say(f"r{number}", words)

    def make_late(uow: UnitOfWork) -> None:
        oldest = uow.tickets.by_number("dongshan", 1)
        assert oldest is not None
        oldest.due_at = bot.clock.now() - timedelta(hours=1)
        uow.tickets.save(oldest)

    bot.read(make_late)
    monkeypatch.setattr(board, "READ", 2)
    found = look(bot)

    assert numbers(found, DISPATCHED)[0] == 1
    assert (found.count, found.overdue) == (len(CLEAR), 1)
    assert [column.count for column in found.columns] == [len(CLEAR), 0, 0, 0, 0]
    assert numbers(look(bot, Filter(due=OVERDUE)), DISPATCHED) == [1]
    monkeypatch.undo()
    assert look(bot).count == len(CLEAR)


def test_more_than_can_be_read_is_counted_all_the_same_as_far_as_it_may_be_seen(
    bot: TownBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fill(uow: UnitOfWork) -> None:
        for n in range(12):
            state = (DISPATCHED, IN_PROGRESS, CALLBACK)[n % 3]
            late = bot.clock.now() - timedelta(days=1) if n % 2 else None
            category = "noise" if n < 4 else "drainage"
            uow.tickets.add(
                a_ticket(f"t{n:02}", unit="xueyuan", state=state, number=n + 1, category=category, due_at=late)
            )
        uow.tickets.add(
            a_ticket("t90", unit="xueyuan", state=DISPATCHED, number=90, confidential=True, nature="report")
        )
        uow.tickets.add(
            a_ticket(
                "t91", unit="xueyuan", state=DISPATCHED, number=91, confidential=True, nature="report", named=("chen",)
            )
        )
        uow.tickets.add(a_ticket("t92", state=DISPATCHED, number=92, unit="lvyuan"))

    bot.read(fill)
    filters = [Filter(), Filter(due=OVERDUE), Filter(category="noise"), Filter(category="noise", due=OVERDUE)]
    whole = [look(bot, one) for one in filters]
    monkeypatch.setattr(board, "READ", 3)
    cut = [look(bot, one) for one in filters]

    assert [one.count for one in whole] == [13, 4, 4, 2]
    for one, other in zip(whole, cut, strict=True):
        assert [column.count for column in one.columns] == [column.count for column in other.columns]
        assert (one.count, one.overdue) == (other.count, other.overdue)


def test_a_column_counts_more_than_it_shows(bot: TownBot, monkeypatch: pytest.MonkeyPatch) -> None:
    for number, words in enumerate(CLEAR.values()):
        bot.say(f"r{number}", words)
    monkeypatch.setattr(board, "SHOWN", 2)

    column = look(bot).columns[0]

    assert (column.count, len(column.cards)) == (len(CLEAR), 2)


@pytest.mark.parametrize(
    ("fields", "move"),
    [
        ({"state": DISPATCHED, "assignee": None}, "nobody"),
        ({"state": DISPATCHED, "assignee": "zhou"}, "sign"),
        ({"state": IN_PROGRESS, "assignee": "zhou"}, "work"),
        ({"state": IN_PROGRESS, "assignee": "zhou", "asked": "held"}, "ask"),
        ({"state": ON_HOLD, "assignee": "zhou"}, "hold"),
        ({"state": REVIEW, "assignee": "zhou"}, "review"),
        ({"state": CALLBACK, "assignee": "zhou"}, "vote"),
    ],
)
def test_whose_move_it_is(fields: dict[str, object], move: str) -> None:
    assert board.move_of(a_ticket("t1", **fields)) == move


@pytest.mark.parametrize("job", [board.candidates, board.questions])
def test_candidates_of_other_units_are_not_asked_about(bot: TownBot, job: Callable[..., list[object]]) -> None:
    bot.read(lambda uow: uow.tickets.add(a_ticket("c1", unit="xueyuan")))

    assert len(bot.read(lambda uow: job(uow, ORG, CHEN, ("xueyuan",)))) == 1
    assert bot.read(lambda uow: job(uow, ORG, CHEN, ("lvyuan",))) == []
    assert bot.read(lambda uow: job(uow, ORG, ORG.people["wu"], ("xueyuan",))) == []
