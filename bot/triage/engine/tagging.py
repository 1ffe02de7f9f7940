"""Learning which words say where: the averaged structured perceptron (Collins 2002)."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from bot.triage.engine.tagger import CUT, KINDS, TAGS, Tagger, features_of, likeliest, tags_of

START = "^"


@dataclass(frozen=True, slots=True)
class Labelled:
    """A text, the spans that patterns found in it, and the right ones."""

    plain: str
    known: tuple[tuple[int, int], ...]
    right: tuple[tuple[int, int], ...]


class _Trainer:
    """Weights that are being learnt, and their sums over time: the average of all is what stays."""

    def __init__(self) -> None:
        self.weights: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self.steps: dict[str, float] = defaultdict(float)
        self._summed: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0.0])
        self._summed_steps: dict[str, float] = defaultdict(float)

    def learn(self, one: Labelled, share: float) -> None:
        """Look at a text; where the tags are wrong, move towards the right ones. ``share`` of the time is still to come."""
        plain = one.plain[:CUT]
        if not plain:
            return
        found = [
            list(map("".join, zip(KINDS, row, strict=True)))
            for row in zip(*features_of(plain, one.known), strict=False)
        ]
        right, got = tags_of(len(one.plain), one.right)[: len(plain)], likeliest(self._told(found), self.steps)
        if got != right:
            self._correct(found, right, got, share)

    def _told(self, found: Sequence[Sequence[str]]) -> list[list[float]]:
        known = ([self.weights[name] for name in names if name in self.weights] for names in found)
        return [[sum(column) for column in zip(*rows, strict=True)] or [0.0] * len(TAGS) for rows in known]

    def _correct(self, found: Sequence[Sequence[str]], right: str, got: str, share: float) -> None:
        for names, good, bad in zip(found, right, got, strict=True):
            if good != bad:
                for name in names:
                    self._move(name, TAGS.index(good), 1.0, share)
                    self._move(name, TAGS.index(bad), -1.0, share)
        for path, sign in ((right, 1.0), (got, -1.0)):
            for before, after in zip(START + path, path, strict=False):
                self.steps[before + after] += sign
                self._summed_steps[before + after] += sign * share

    def _move(self, name: str, tag: int, sign: float, share: float) -> None:
        self.weights[name][tag] += sign
        self._summed[name][tag] += sign * share

    def averaged(self, least: float) -> Tagger:
        """What was learnt; features that weigh less than ``least`` are dropped."""
        kept = {name: values for name, values in sorted(self._summed.items()) if max(map(abs, values)) >= least}
        table = np.array([[0.0] * len(TAGS), *kept.values()], dtype=np.float32).round(2)
        return Tagger.of(
            list(kept), table, {name: round(value, 2) for name, value in sorted(self._summed_steps.items())}
        )


def train(texts: Sequence[Labelled], epochs: int = 5, seed: int = 1, least: float = 0.2) -> Tagger:
    """A tagger that was shown these texts so many times, each time in another order."""
    trainer, order, total = _Trainer(), np.random.default_rng(seed), epochs * len(texts)
    for epoch in range(epochs):
        for count, index in enumerate(order.permutation(len(texts)).tolist()):
            trainer.learn(texts[index], 1 - (epoch * len(texts) + count) / total)
    return trainer.averaged(least)
