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
    assert (found.count, found.overdue, found.more) == (3, 1, True)
    assert numbers(look(bot, Filter(due=OVERDUE)), DISPATCHED) == [1]
    monkeypatch.undo()
    assert (look(bot).count, look(bot).more) == (len(CLEAR), False)


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
