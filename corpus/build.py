"""Trains the shipped weights: ``python -m corpus.build`` writes bot/triage/data/model.npz. Same corpus, same bytes."""

import argparse
import sys
import time
import zlib
from collections.abc import Sequence
from pathlib import Path

from bot.app import TRIAGE
from bot.triage.engine.examples import Example, examples
from bot.triage.engine.kinship import Memo
from bot.triage.engine.model import Model, save
from bot.triage.engine.reader import TrainedReader
from bot.triage.engine.room import Lesson
from bot.triage.engine.training import train
from bot.triage.lexicons import load_lexicons
from bot.triage.reader import RuleReader
from corpus.lessons import is_apart, lessons


class Workshop:
    """The rules, and what they make of the corpus."""

    def __init__(self) -> None:
        self._lexicons = load_lexicons(TRIAGE)
        self.rules = RuleReader(self._lexicons)

    def as_labelled(self, taught: Sequence[Lesson]) -> list[Example]:
        """Examples whose past is as labelled."""
        return list(examples(taught, self.rules, Memo(self._lexicons)))

    def as_heard(self, taught: Sequence[Lesson], model: Model) -> list[Example]:
        """Examples whose past is as a trained reader would have heard it."""
        reader = TrainedReader(self.rules, model, Memo(self._lexicons))
        return list(examples(taught, self.rules, Memo(self._lexicons), reader))


def build(taught: Sequence[Lesson]) -> Model:
    """A model that has met its own mistakes: two halves hear each other's conversations first."""
    shop = Workshop()
    found = shop.as_labelled(taught)
    halves = [[one for one in taught if zlib.crc32(one.group.encode()) // 16 % 2 == half] for half in (0, 1)]
    for mine, others in (halves, halves[::-1]):
        groups = {one.group for one in mine}
        model = train([one for one in found if one.lesson.group in groups])
        found += shop.as_heard([one for one in others if one.user], model)
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
