"""The words that people type to the bot, behind mentions and numbers, in whatever they paste."""

import pytest

from bot.app import Ids, build_services
from bot.triage.commands import CommandWords, VoteWords
from tests.fakes import quiet_settings


@pytest.mark.parametrize(
    ("text", "number", "action"),
    [
        ("收到", None, "sign"),
        ("@网格管家 收到", None, "sign"),
        ("＠网格管家 @周敏，12号件 收到", 12, "sign"),
        ("@周敏，收到", None, "sign"),
        ("#12 办结 通了", 12, "done"),
        ("@", None, None),
        ("@ 收到", None, None),
        ("@" * 100_000, None, None),
        ("@a " * 100_000 + "收到", None, "sign"),
        ("合并 12", None, "merge"),
        ("今天收到快递了", None, None),
        ("1号收到", 1, "sign"),
        ("@网格管家 12号 办结，通了", 12, "done"),
        ("1号转派 @王师傅", 1, "transfer"),
        ("1号楼收到", None, None),
        ("1号线收到投诉", None, None),
        ("1号收到快递", None, None),
        ("1号到货就装", None, None),
        ("1号我去", None, None),
        ("1号退回来的快递", None, None),
        ("11月1号办结", None, None),
    ],
)
def test_a_word_of_staff_is_found(text: str, number: int | None, action: str | None) -> None:
    said = build_services(quiet_settings(), Ids()).commands.parse(text)
    assert said.number == number
    assert (said.staff.action if said.staff else None) == action


@pytest.fixture(scope="module")
def commands() -> CommandWords:
    return build_services(quiet_settings(), Ids()).commands


@pytest.mark.parametrize(
    ("said", "rating", "solved"),
    [
        ("这回亮了", 4, True),
        ("终于好了", 4, True),
        ("还凑合", 3, None),
        ("👍👍👍", 4, None),
        ("[强]", 4, None),
        ("还没亮呢", None, False),
        ("根本没来人", None, False),
        ("修了个寂寞", None, False),
    ],
)
def test_votes_as_neighbours_say_them(
    commands: CommandWords, said: str, rating: int | None, solved: bool | None
) -> None:
    assert commands.vote(said, quoted=False) == VoteWords(rating, solved)


@pytest.mark.parametrize("said", ["好了吗", "修好了没有？", "还没下雨，不知道好没好", "修没修好啊"])
def test_who_asks_whether_it_is_solved_votes_neither_way(commands: CommandWords, said: str) -> None:
    assert commands.vote(said, quoted=True) is None
    assert commands.wonders(said)
