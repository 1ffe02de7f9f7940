"""The words of tickets: how alike they are to others, what they may name, how long they are held."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from bot.app import TRIAGE
from bot.ports import OpenTicket
from bot.triage import told
from bot.triage.lexicons import Lexicons, load_lexicons
from bot.triage.told import Ready, Told, may_name, ready, things_of, twos_of

AT = datetime(2026, 5, 6, 9, 0, tzinfo=UTC)
LIFT = OpenTicket("t1", 1, "dispatched", "help", "facilities", "", "", "電梯停了，没人管", "web:z", (), AT)


@pytest.fixture(scope="module")
def lexicons() -> Lexicons:
    return load_lexicons(TRIAGE)


def test_pairs_do_not_reach_over_marks() -> None:
    assert twos_of("电梯，停了") == {"电梯", "停了"}


@pytest.mark.parametrize(
    ("text", "least", "most"),
    [("电梯停了，没人管", 1.0, 1.0), ("电梯又停了", 0.4, 0.9), ("谢谢", 0.0, 0.0), ("", 0.0, 0.0)],
)
def test_alike(lexicons: Lexicons, text: str, least: float, most: float) -> None:
    assert least <= round(Told(LIFT.text, lexicons).alike(twos_of(text)), 6) <= most


def test_nothing_is_alike_to_a_ticket_without_words(lexicons: Lexicons) -> None:
    assert Told("👍", lexicons).alike(twos_of("电梯停了")) == 0.0


def test_other_spellings_of_a_thing(lexicons: Lexicons) -> None:
    words = ready(lexicons)
    names = Told("梯子又坏了，电梯停了", lexicons).names(lexicons)

    assert may_name(words.told(LIFT), words.spellings(names))
    assert not may_name(words.told(replace(LIFT, id="t2", text="路灯不亮")), words.spellings(names))


def test_a_changed_ticket_is_read_anew(lexicons: Lexicons) -> None:
    words = Ready(lexicons)
    before = words.told(LIFT)

    assert words.told(LIFT) is before
    assert words.told(replace(LIFT, text="路灯不亮")).plain == "路灯不亮"


def test_the_oldest_are_forgotten(lexicons: Lexicons, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(told, "REMEMBERED", 2)
    words = Ready(lexicons)
    first = words.told(LIFT)
    for number in range(2, 4):
        words.told(replace(LIFT, id=f"t{number}"))

    assert words.told(LIFT) is not first


@pytest.mark.parametrize(
    ("text", "category", "things"),
    [
        ("3号楼门口的化粪池又堵了，麻烦管家帮忙看看", "drainage", {"下水"}),
        ("电动车在楼道充电", "safety", {"电动车"}),
        ("9号楼楼下烧烤店半夜还在放音响", "noise", {"烧烤店", "音响"}),
        ("有人在那边", "other", set()),
    ],
)
def test_what_a_trouble_is_about(lexicons: Lexicons, text: str, category: str, things: set[str]) -> None:
    assert things_of(text, category, lexicons) == things
