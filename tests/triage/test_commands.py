"""The words that people type to the bot, behind mentions and numbers, in whatever they paste."""

import pytest

from bot.app import Ids, build_services
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
    ],
)
def test_a_word_of_staff_is_found(text: str, number: int | None, action: str | None) -> None:
    said = build_services(quiet_settings(), Ids()).commands.parse(text)
    assert said.number == number
    assert (said.staff.action if said.staff else None) == action
