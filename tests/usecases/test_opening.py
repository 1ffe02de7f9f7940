"""What a ticket is called."""

import pytest

from bot.usecases.opening import TITLE_LENGTH, title_of

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
