"""The shipped engine that learns, and examples as a community's taps would leave them."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache

from bot.app import TRIAGE
from bot.ports import Example
from bot.triage.engine.learner import Communities, golden_of
from bot.triage.engine.model import load
from bot.triage.engine.reader import TrainedReader
from bot.triage.lexicons import load_lexicons
from bot.triage.reader import RuleReader
from tests.triage.engine.slang import Line

KEY = b"k" * 32
BEGINNING = datetime(2026, 5, 4, 1, 0, tzinfo=UTC)


@cache
def _shipped() -> TrainedReader:
    lexicons = load_lexicons(TRIAGE)
    return TrainedReader(RuleReader(lexicons), load(TRIAGE / "model.npz"))


def new_learner() -> Communities:
    """A learner that has learnt nothing."""
    return Communities(_shipped(), golden_of((TRIAGE / "golden.tsv").read_text(encoding="utf-8")))


def examples_of(learner: Communities, lines: Sequence[Line], key: bytes = KEY) -> list[Example]:
    """The lines as examples, one a minute."""
    return [
        Example(
            f"t{index}", "xinhe", "web:zhang", BEGINNING + timedelta(minutes=index),
            {"act": line.act} | ({"category": line.category} if line.category else {}),
            *learner.lesson(line.text, key),
        )
        for index, line in enumerate(lines)
    ]  # fmt: skip
