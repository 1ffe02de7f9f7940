"""Which open tickets a message is compared with, and by what."""

from dataclasses import replace
from datetime import timedelta

import pytest

from bot.app import TRIAGE
from bot.ports import Heard, OpenTicket
from bot.triage.engine.kinship import Pair, pairs
from bot.triage.engine.learner import ALONE
from bot.triage.lexicons import load_lexicons
from bot.triage.reader import RuleReader

LAMP = OpenTicket(
    "t1", 1, "dispatched", "help", "facilities", "3", "3栋", "3栋楼道灯不亮", "web:li", ("web:wu",), ALONE.at
)
LIFT = replace(LAMP, id="t2", building="", text="电梯停了", reporter="web:qian", followers=())
DOG = replace(LIFT, id="t3", category="neighbours", text="狗叫了一夜")


@pytest.fixture(scope="module")
def rules() -> RuleReader:
    return RuleReader(load_lexicons(TRIAGE))


def found(rules: RuleReader, text: str, account: str = "web:zhang", heard: tuple[Heard, ...] = ()) -> dict[str, Pair]:
    """The tickets that a message is compared with, by id."""
    context = replace(
        ALONE, account=account, at=ALONE.at + timedelta(minutes=5), recent=heard, tickets=lambda _: (LAMP, LIFT, DOG)
    )
    return {pair.ticket.id: pair for pair in pairs(rules.turn(text, context))}


@pytest.mark.parametrize(
    ("text", "account", "near"),
    [
        ("谁家有螺丝刀", "web:zhang", set()),
        ("昨晚又叫了", "web:zhang", {"t3"}),  # two characters in common
        ("升降机坏了", "web:zhang", {"t1", "t2"}),  # the same category
        ("好的", "web:wu", {"t1"}),  # a voice of the ticket
    ],
)
def test_tickets_that_have_nothing_in_common_are_not_compared(
    rules: RuleReader, text: str, account: str, near: set[str]
) -> None:
    assert found(rules, text, account).keys() == near


def test_what_is_being_talked_about_is_near(rules: RuleReader) -> None:
    heard = (
        Heard("web:qian", ALONE.at, "new", "t2"),
        Heard("web:sun", ALONE.at + timedelta(minutes=4), "followup", "t3"),
    )
    near = found(rules, "+1", heard=heard)

    assert list(near) == ["t3", "t2"], "the last one first"
    assert near["t3"].features["just before"] == 1.0
    assert near["t2"].features["many"] == 0.3, "all that are open count"


def test_what_is_compared(rules: RuleReader) -> None:
    near = found(rules, "5栋楼道灯也不亮")["t1"]

    assert near.apart
    assert near.features["same thing"] == near.features["same category"] == 1.0
    assert 0.4 < near.features["alike"] < 1.0
    assert found(rules, "电梯停了")["t2"].features["alike"] == pytest.approx(1.0)
