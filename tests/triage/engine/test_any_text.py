"""Whatever is written: a legal reading, the same each time, and work that grows no faster than the text."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.ports import Heard, OpenTicket, Reading, ReadingContext
from bot.triage.engine.learner import ALONE, Communities
from bot.triage.engine.model import ACTS, CATEGORIES, NATURES, URGENCIES
from bot.triage.normalise import CUT
from tests.hostile.corpus import SOURCES, lines
from tests.triage.engine.made import new_learner

LAMP = OpenTicket("t1", 7, "dispatched", "help", "facilities", "3", "3号楼", "3号楼楼道灯不亮", "web:li", (), ALONE.at)
AT = ALONE.at + timedelta(minutes=3)
LIVELY = replace(
    ALONE,
    account="web:zhang",
    at=AT,
    tickets=lambda _category: [LAMP],
    recent=(Heard("web:li", ALONE.at, "new", "t1"),),
)
HUGE = 100_000  # characters
ODD = [
    "",
    " ",
    "\n\n",
    "😀" * 50,
    "👍🏻👨‍👩‍👧‍👦",
    "\x00\x01\x1f\x7f",
    "\u202e\u200b\ufeff",
    "?!。，",
    "1",
    "\ud800",
    "ﷺ" * 30,
]
GROWING = [
    "水", "漏水", "3号楼", "电梯坏了", "1", "@", "[", "哈", "着火了", "，", "我家也是", "a",
    "还没人来", "【通知】", "楼上", " 一", "3-2-501 ", "3号楼漏水，", "1、漏水",
]  # fmt: skip
words = st.text(
    st.sampled_from("停水电漏坏了没来修3号楼门口谢狗吵我家也是还不，。!?\n 🙂aA\u200b\ud800繁電"), max_size=60
)


@pytest.fixture(scope="module")
def learner() -> Communities:
    """The shipped engine."""
    return new_learner()


def check(reading: Reading, text: str) -> None:
    """Codes of the contract, numbers in their bounds, places in the text's own words."""
    assert reading.act in ACTS
    assert 0.0 <= reading.score <= 1.0
    assert len(reading.matters) <= 10
    for matter in reading.matters:
        assert matter.nature in NATURES
        assert matter.category in CATEGORIES
        assert matter.urgency in URGENCIES
        assert matter.guessed_place or not matter.place or len(matter.place) <= len(text)


@given(text=st.one_of(st.text(max_size=200), words), staff=st.booleans(), lively=st.booleans())
@settings(deadline=None)
def test_any_text(learner: Communities, text: str, staff: bool, lively: bool) -> None:
    context = replace(LIVELY if lively else ALONE, staff=staff)
    reading = learner.read(text, context)

    check(reading, text)
    assert learner.read(text, context) == reading


@pytest.mark.parametrize("text", ODD)
@pytest.mark.parametrize("context", [ALONE, LIVELY], ids=["alone", "lively"])
def test_odd_texts(learner: Communities, text: str, context: ReadingContext) -> None:
    check(learner.read(text, context), text)


@pytest.mark.parametrize("source", SOURCES)
def test_hostile_texts(learner: Communities, source: str) -> None:
    for text in lines(source):
        check(learner.read(text, LIVELY), text)


@pytest.mark.timeout(240)
@pytest.mark.parametrize("part", GROWING)
def test_work_grows_no_faster_than_the_text(learner: Communities, part: str) -> None:
    short, long, huge = (
        steps(lambda size=size: learner.read(part * (size // len(part)), LIVELY))  # type: ignore[misc]
        for size in (1000, CUT, HUGE)
    )

    assert long <= 4.6 * short + 2000, (short, long)
    assert huge <= 1.1 * long + 2000, "past the cut nothing is read"


@pytest.mark.parametrize("part", ["水", "3号楼漏水，", "😀", "a "])
def test_a_hundred_thousand_characters(learner: Communities, part: str) -> None:
    text = part * (HUGE // len(part))

    check(learner.read(text, LIVELY), text)


def steps(work: Callable[[], Any]) -> int:
    """How many functions are called: the same on every machine."""
    count = [0]

    def step(_frame: FrameType, event: str, _argument: object) -> None:
        count[0] += event in {"call", "c_call"}

    with profiled(step):
        work()
    return count[0]


@contextmanager
def profiled(step: Callable[[FrameType, str, object], None]) -> Iterator[None]:
    """Call a function at each call; a coverage tool that listens already is let back in."""
    before = sys.getprofile()
    sys.setprofile(step)
    try:
        yield
    finally:
        sys.setprofile(before)
