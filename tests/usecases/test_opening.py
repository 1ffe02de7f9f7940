"""What a ticket is called."""

import pytest

from bot.usecases.opening import TITLE_LENGTH, title_of
from tests.fakes import TownBot

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
