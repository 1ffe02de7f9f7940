"""A voice that may belong to an open ticket, or not: the steward is asked, nobody decides for him."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Matter, Reading, ReadingContext
from bot.usecases.engine import Engine
from tests.fakes import TownBot, texts, town_bot


class Vague:
    """Reads 坏了 as a trouble, and 那边 as words that may belong to it."""

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read by one word."""
        matter = Matter(text, "help", "facilities", "routine")
        if "那边" in text:
            near = next((ticket.id for ticket in context.tickets(None)), None)
            return Reading("new", 0.5, (replace(matter, near=near),), reason=("那边",))
        return Reading("new", 0.9, (matter,)) if "坏了" in text else Reading("chat")


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """A town with a ticket, and words of a neighbour that may belong to it: the steward has been asked."""
    with town_bot(tmp_path / "bot.db") as bot:
        bot.engine = Engine(replace(bot.engine.services, reader=Vague()), bot.engine.renderer, bot.engine.org)
        bot.say("zhang", "3号楼的路灯坏了")
        bot.say("li", "那边也黑")
        bot.asked = texts(bot.wait(minutes=5))  # type: ignore[attr-defined]
        yield bot


def test_the_steward_is_told_which_ticket_it_may_be(bot: TownBot) -> None:
    [asked] = bot.asked  # type: ignore[attr-defined]

    assert "1号件（3号楼的路灯坏了）" in asked
    assert "合并 1" in asked
    assert "那边也黑" in asked


def test_merged_it_is_one_voice_more_and_the_group_hears_nothing(bot: TownBot) -> None:
    bot.say("zhou", "合并 1", private=True)

    assert bot.ticket(1).followers == ["web:li"]
    assert [ticket.state for ticket in bot.tickets() if ticket.number is None] == ["merged"]
    assert [example.labels for example in bot.read(lambda uow: uow.learning.examples("dongshan"))] == [{"act": "metoo"}]


def test_registered_it_is_a_ticket_of_its_own(bot: TownBot) -> None:
    bot.say("zhou", "登记", private=True)

    assert bot.ticket(2).reporter == "web:li"
    assert bot.ticket(1).followers == []
