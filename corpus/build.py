"""Trains the shipped weights: ``python -m corpus.build`` writes bot/triage/data/model.npz. Same corpus, same bytes."""

import argparse
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

from bot.app import TRIAGE
from bot.triage.engine.examples import examples
from bot.triage.engine.model import Model, save
from bot.triage.engine.reader import TrainedReader
from bot.triage.engine.room import Lesson
from bot.triage.engine.training import train
from bot.triage.lexicons import load_lexicons
from bot.triage.reader import RuleReader
from corpus.lessons import is_apart, lessons


def build(taught: Sequence[Lesson]) -> Model:
    """A model that has met its own mistakes: two halves hear each other's conversations first."""
    rules = RuleReader(load_lexicons(TRIAGE))
    found = list(examples(taught, rules))
    halves = [[one for one in taught if zlib.crc32(one.group.encode()) // 16 % 2 == half] for half in (0, 1)]
    for mine, others in (halves, halves[::-1]):
        groups = {one.group for one in mine}
        model = train([one for one in found if one.lesson.group in groups])
        found += examples([one for one in others if one.user], rules, TrainedReader(rules, model))
    return train(found)


def main() -> None:
    """Train and write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=TRIAGE / "model.npz")
    parser.add_argument("--all", action="store_true", help="train on the tenth that is kept apart, too")
    chosen = parser.parse_args()
    begun = time.perf_counter()
    taught = [one for one in lessons() if chosen.all or not is_apart(one.group)]
    model = build(taught)
    size = save(model, chosen.out)
    sys.stdout.write(f"{len(taught)} lessons, {size} bytes, {time.perf_counter() - begun:.0f} s: {model.facts}\n")


if __name__ == "__main__":
    main()
