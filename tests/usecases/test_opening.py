"""What a ticket is called, and which trouble has come back with it."""

from dataclasses import dataclass, replace

import pytest

from bot.domain.states import CLOSED
from bot.ports import Reader, Reading, ReadingContext
from bot.usecases.opening import TITLE_LENGTH, is_elsewhere, title_of
from bot.usecases.surroundings import view_of
from tests.fakes import TownBot
from tests.storage.making import a_ticket

WORDS = "一二三四五六七八九十" * 2


@pytest.mark.parametrize(
    "number", ["13812345678", "138-1234-5678", "１３８１２３４５６７８", "11010519491231002X", "川A12345"]
)
def test_half_a_number_is_in_no_title(number: str) -> None:
    """Half of it would not be seen as a number, and so not be masked."""
    title = title_of(f"{WORDS}电话{number}，请回电话")

    assert len(title) <= TITLE_LENGTH
    assert not any(letter.isdigit() for letter in title)


def test_a_short_text_is_its_own_title() -> None:
    assert title_of("3栋  灯\n坏了") == "3栋 灯 坏了"
    assert title_of("13812345678") == "13812345678"


def test_a_wish_told_again_is_a_repeat(bot: TownBot) -> None:
    wish = "建议在小区门口加装一排非机动车停车棚，方便大家"
    bot.say("zhang", wish)
    bot.press("zhou", "done", 1, "已经装好")
    bot.rate("zhang", 1, 5)
    bot.clock.advance(hours=1)
    bot.say("zhang", wish)

    assert bot.ticket(2).repeat_of == bot.ticket(1).id


@dataclass(frozen=True)
class ListeningReader:
    """The reader, and what was closed lately wherever it was asked about that: in a second reading."""

    inner: Reader
    asked: list[str]

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read."""
        if context.tickets(None) and all(one.state == "closed" for one in context.tickets(None)):
            self.asked.append(text)
        return self.inner.read(text, context)


@pytest.mark.parametrize(("building", "asked"), [("3", 1), ("5", 0)])
def test_what_was_closed_at_another_building_is_not_compared(bot: TownBot, building: str, asked: int) -> None:
    bot.say("zhang", "3号楼门口的化粪池又堵了，脏水都漫到路上来了，麻烦管家帮忙看看")
    bot.press("zhou", "done", 1, "已经疏通")
    bot.rate("zhang", 1, 5)
    bot.clock.advance(days=5)
    assert bot.ticket(1).state == CLOSED
    reader = ListeningReader(bot.engine.services.reader, [])
    bot.engine.services = replace(bot.engine.services, reader=reader)
    bot.say("li", f"{building}号楼门口的化粪池堵了，脏水到处都是，麻烦派人疏通")

    assert bot.ticket(2).category == bot.ticket(1).category
    assert len(reader.asked) == asked
    assert bot.ticket(2).repeat_of == (bot.ticket(1).id if asked else None)


@pytest.mark.parametrize(
    ("place", "closed", "elsewhere"),
    [("5号楼", "3", True), ("5号楼", "5-1", False), ("5号楼", "", False), ("5-1-802", "3", False), ("", "3", False)],
)
def test_only_a_building_that_was_said_is_another_one(place: str, closed: str, elsewhere: bool) -> None:
    """A nickname tells of a home: who lives at number 5 may well speak of the gate."""
    ticket = a_ticket(text="5号楼门口的化粪池堵了", place=place, building="5" if place else "")
    other = view_of(a_ticket("t2", building=closed))

    assert is_elsewhere(ticket, other) is elsewhere
