"""Too much of anything is cut or refused, quickly: nobody waits because one person pasted a book."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.messages import Media
from tests.fakes import CLEAR, WIRE, TownBot, town_bot
from tests.hostile.checks import Siege

MANY = 1_000_000
LONGEST_STORED = 20_000  # characters of one message that may stay in the database
HUGE = {
    "10 MB of words": "化粪池又堵了" * (10 * MANY // 18),
    "10 MB of one letter": "a" * (10 * MANY),
    "a million combining marks": "3号楼化粪池堵了" + "\u0301" * MANY,
    "a million spaces": "化粪池堵了" + " " * MANY + "。",
    "a million digits": "1" * MANY + "号件 收到",
    "a million brackets": "[" * MANY,
    "a million lines": "1、\n" * (MANY // 3),
    "a million buildings": "3号楼" * (MANY // 3),
    "a million questions": "怎么？" * (MANY // 3),
    "a million links": "http://a.cn/" * (MANY // 12),
    "a million mentions": "@a " * (MANY // 3),
    "a million commas": "，" * MANY + CLEAR["drainage"],
}


@pytest.fixture
def bot(tmp_path: Path) -> Iterator[TownBot]:
    with town_bot(tmp_path / "bot.db") as bot:
        bot.say("canary", CLEAR["drainage"])
        yield bot


@pytest.mark.timeout(240)
@pytest.mark.parametrize("what", HUGE)
def test_a_huge_message(bot: TownBot, what: str) -> None:
    siege = Siege(bot, ["web:zhou", "web:chen", "web:liu", "web:stranger", "web:canary"])
    bot.clock.advance(minutes=20)

    siege.try_line(HUGE[what], lambda line: bot.say("stranger", line))
    siege.try_line(HUGE[what], lambda line: bot.say("stranger", f"{CLEAR['facilities']} {line}", name=line))
    siege.try_line(
        HUGE[what], lambda line: bot.say("zhou", f"1号件 进展 {line}", private=True, media=(Media("file", line),))
    )

    assert siege.verdict() == []
    assert longest(bot) <= LONGEST_STORED


def longest(bot: TownBot) -> int:
    """The longest words anywhere in the database."""
    columns = (
        "SELECT max(length(text)) FROM message",
        "SELECT max(length(name)) FROM message",
        "SELECT max(length(text)) FROM ticket",
        "SELECT max(length(media)) FROM message",
        "SELECT max(length(params)) FROM outbox",
        "SELECT max(length(note)) FROM audit",
    )
    return max(bot.storage.connection.execute(sql).fetchone()[0] or 0 for sql in columns)


@pytest.mark.timeout(240)
def test_ten_thousand_photos(bot: TownBot) -> None:
    bot.say("stranger", CLEAR["noise"], media=tuple(Media("image", f"{n}.jpg") for n in range(10_000)))

    assert len(bot.tickets()) == 2


@pytest.mark.timeout(240)
def test_ten_thousand_mentions(bot: TownBot) -> None:
    said = bot.say("zhou", "1号件 吹哨", mentions=tuple(f"a{n}" for n in range(10_000)))

    assert all(len(message.mentions) <= 20 for message in said)


def test_a_long_note_is_cut_to_what_the_platform_takes(bot: TownBot) -> None:
    (said,) = bot.say("zhou", f"1号件 进展 {'很长' * 5000}", private=True)

    assert 100 < len(said.text) <= WIRE.max_length


def test_lone_surrogates_are_replaced_everywhere(bot: TownBot) -> None:
    broken = "\ud800"
    bot.clock.advance(minutes=20)
    bot.say("x" + broken, CLEAR["facilities"] + broken, name=broken, id=broken, media=(Media("image", broken),))

    ticket = bot.tickets()[-1]
    assert ticket.category == "facilities"
    ticket.text.encode("utf-8")
