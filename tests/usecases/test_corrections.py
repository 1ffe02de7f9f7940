"""Category, place, and a voice that belonged elsewhere: put right by a duty-holder, written down, learnt from."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.ports import Matter, Reading, ReadingContext, UnitOfWork
from bot.usecases.engine import Engine
from tests.fakes import TownBot, texts, town_bot


class OneTrouble:
    """Everything is one trouble; the building is the digit before 号楼."""

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read."""
        at = text.find("号楼")
        place, building = (text[at - 1 : at + 2], text[at - 1]) if at > 0 else ("", "")
        matter = Matter(text, "help", "facilities", "routine", place, building)
        open_one = next((ticket.id for ticket in context.tickets(None)), None)
        if context.addressed or open_one is None:
            return Reading("new", 0.9, (matter,))
        return Reading("metoo", 0.9, (replace(matter, ticket_id=open_one),), open_one)


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    """A town where a neighbour's words have been joined to a ticket that is not his."""
    with town_bot(tmp_path / "bot.db") as bot:
        bot.engine = Engine(replace(bot.engine.services, reader=OneTrouble()), bot.engine.renderer, bot.engine.org)
        bot.say("zhang", "3号楼的灯坏了", id="first")
        bot.say("li", "5号楼的门坏了", id="second")
        assert bot.ticket(1).followers == ["web:li"]
        yield bot


def notes(bot: TownBot, number: int) -> list[str]:
    """What was put right."""
    return [event.note for event in bot.events(number) if event.kind == "corrected"]


def test_another_place_with_its_building(bot: TownBot) -> None:
    bot.say("zhou", "1号件 改地点 4号楼东侧")

    assert (bot.ticket(1).place, bot.ticket(1).building) == ("4号楼东侧", "4")
    assert notes(bot, 1) == ["place"]


def test_without_a_place_nothing_changes(bot: TownBot) -> None:
    said = texts(bot.press("zhou", "relocate", 1))

    assert "改地点" in said[0]
    assert (bot.ticket(1).place, notes(bot, 1)) == ("3号楼", [])


def test_words_of_another_matter_become_a_ticket_of_their_own(bot: TownBot) -> None:
    bot.say("zhou", "单开", reply_to="second")

    assert (bot.ticket(2).reporter, bot.ticket(2).text, bot.ticket(2).building) == ("web:li", "5号楼的门坏了", "5")
    assert bot.ticket(1).followers == []
    assert notes(bot, 1) == ["split"]
    assert [example.labels for example in bot.read(lambda uow: uow.learning.examples("dongshan"))] == [{"act": "new"}]


def test_who_has_said_more_stays_a_voice_of_both(bot: TownBot) -> None:
    bot.say("li", "灯也坏了", id="third")
    bot.say("zhou", "单开", reply_to="second")

    assert bot.ticket(1).followers == ["web:li"]
    assert bot.ticket(2).reporter == "web:li"


@pytest.mark.parametrize("quoted", ["first", None])
def test_there_has_to_be_something_to_split(bot: TownBot, quoted: str | None) -> None:
    said = texts(bot.say("zhou", "1号件 单开", reply_to=quoted))

    assert "引用" in said[0]
    assert len(bot.tickets()) == 1


def test_residents_put_nothing_right(bot: TownBot) -> None:
    for words in ("单开", "1号件 改类 排水", "1号件 改地点 火星"):
        bot.say("li", words, reply_to="second")

    assert (bot.ticket(1).category, bot.ticket(1).place, len(bot.tickets())) == ("facilities", "3号楼", 1)


def test_a_nature_is_put_right_in_the_same_words(bot: TownBot) -> None:
    assert bot.ticket(1).nature != "complaint"
    bot.say("zhou", "1号件 改类 投诉")

    assert bot.ticket(1).nature == "complaint"
    assert notes(bot, 1) == ["nature"]


def test_what_goes_another_way_is_not_turned(bot: TownBot) -> None:
    before = bot.ticket(1).nature
    said = texts(bot.say("zhou", "1号件 改类 举报"))
    assert "没有这个类别" in said[0]
    assert bot.ticket(1).nature == before

    def make_inquiry(uow: UnitOfWork) -> None:
        ticket = uow.tickets.by_number("dongshan", 1)
        assert ticket is not None
        ticket.nature = "inquiry"
        uow.tickets.save(ticket)

    bot.read(make_inquiry)
    said = texts(bot.say("zhou", "1号件 改类 投诉"))
    assert "性质不能这样改" in said[0]
    assert bot.ticket(1).nature == "inquiry"
