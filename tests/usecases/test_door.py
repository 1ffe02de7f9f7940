"""The door: what comes in is cut and cleaned, and what is fit passes untouched."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.messages import Edit, InboundMessage, Media, Renamed
from bot.usecases.door import FILE_NAME, MEDIA, MENTIONS, NAME, TEXT, cleaned, words
from tests.fakes import CHANNEL, TownBot

AT = datetime(2026, 7, 8, tzinfo=UTC)
MESSAGE = InboundMessage("web", "gate", "wang", "m1", AT, "3号楼路灯坏了", "3-1-101")


def test_a_fit_message_is_the_same_object() -> None:
    assert cleaned(MESSAGE) is MESSAGE


def test_half_characters_become_whole_ones() -> None:
    broken = replace(MESSAGE, text="灯\ud83d坏", name="\udc00", id="m\ud800", media=(Media("image", "\ud800.jpg"),))
    fit = cleaned(broken)
    assert isinstance(fit, InboundMessage)
    assert (fit.text, fit.name, fit.id, fit.media[0].name) == ("灯?坏", "?", "m?", "?.jpg")


def test_everything_has_a_length() -> None:
    long = replace(
        MESSAGE, text="灯" * 10_000_000, name="名" * 999, mentions=("a",) * 99, media=(Media("file", "x" * 999),) * 99
    )
    fit = cleaned(long)
    assert isinstance(fit, InboundMessage)
    assert (len(fit.text), len(fit.name), len(fit.mentions), len(fit.media)) == (TEXT, NAME, MENTIONS, MEDIA)
    assert len(fit.media[0].name) == FILE_NAME


def test_stacked_marks_are_few_and_no_letter_is_cut_in_two() -> None:
    assert words("e" + "\u0301" * 1_000_000, TEXT) == "e" + "\u0301" * 8
    assert words("a" * 9 + "e\u0301", 10) == "a" * 9 + "e"


@pytest.mark.parametrize("text", ["好", "e\u0301", "👨\u200d👩\u200d👧"])
def test_ordinary_letters_stay(text: str) -> None:
    assert words(text, TEXT) == text


def test_edits_are_cleaned_too() -> None:
    fit = cleaned(Edit("web", "gate", "wang", "m1", AT, "x" * 9999))
    assert isinstance(fit, Edit)
    assert len(fit.text) == TEXT


def test_a_group_is_called_as_its_members_see_it(bot: TownBot) -> None:
    """Whatever somebody calls it, it is a name of at most 64 characters; no name is no news."""
    for title in ("  学苑邻里群 ", "", "   "):
        bot.do(Renamed(CHANNEL, "xueyuan", "zhang", bot.clock.now(), title))
        assert bot.engine.org.groups["web:xueyuan"].title == "学苑邻里群"
    bot.do(Renamed(CHANNEL, "xueyuan", "zhang", bot.clock.now(), "群" * 1000))
    bot.do(Renamed(CHANNEL, "nowhere", "zhang", bot.clock.now(), "别人的群"))

    assert bot.engine.org.groups["web:xueyuan"].title == "群" * 64
    assert len(bot.engine.org.groups) == 3
