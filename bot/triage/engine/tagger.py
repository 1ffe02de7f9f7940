"""Which characters of a message say where: a linear chain over B, I, O with averaged weights (Collins 2002).

The spans that the rules' patterns and the gazetteer find are features among others, to be trusted as far as they deserve.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import add

import numpy as np

TAGS = "OBI"
START = "^"
CUT = 300  # characters of a message that are tagged
FORBIDDEN = -1e9  # I after O or at the beginning

Weights = Mapping[str, Sequence[float]]  # feature → what it says for O, B and I


@dataclass(frozen=True, slots=True)
class Tagger:
    """Weights of features for each tag, and of each tag behind another."""

    weights: Weights
    steps: Mapping[str, float]  # "BI": I behind B

    def spans(self, plain: str, known: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The spans of a text that say where; ``known`` are those that patterns found."""
        tags = self.tags(plain[:CUT], known)
        return list(spans_of(tags))

    def tags(self, plain: str, known: Sequence[tuple[int, int]]) -> str:
        """The likeliest tags, one a character (Viterbi)."""
        if not plain:
            return ""
        found = [self._emitted(features) for features in _features(plain, known)]
        best = [found[0][tag] + self._step(START, tag) for tag in range(3)]
        between = [[self._step(TAGS[tag], to) for tag in range(3)] for to in range(3)]
        back: list[list[int]] = []
        for emitted in found[1:]:
            ways = [list(map(add, best, steps)) for steps in between]
            back.append([way.index(max(way)) for way in ways])
            best = list(map(add, map(max, ways), emitted))
        tag = max(range(3), key=best.__getitem__)
        path = [tag]
        for come in reversed(back):
            tag = come[tag]
            path.append(tag)
        return "".join(TAGS[tag] for tag in reversed(path))

    def _emitted(self, features: Sequence[str]) -> list[float]:
        known = list(filter(None, map(self.weights.get, features)))
        return [sum(column) for column in zip(*known, strict=True)] if known else [0.0, 0.0, 0.0]

    def _step(self, before: str, to: int) -> float:
        if TAGS[to] == "I" and before in "O^":
            return FORBIDDEN
        return self.steps.get(before + TAGS[to], 0.0)


def spans_of(tags: str) -> Iterator[tuple[int, int]]:
    """Where B I I … stands."""
    start = None
    for index, tag in enumerate(f"{tags}O"):
        if start is not None and tag != "I":
            yield start, index
            start = None
        if tag == "B":
            start = index


def tags_of(length: int, spans: Sequence[tuple[int, int]]) -> str:
    """The tags of a text with these spans."""
    tags = ["O"] * length
    for start, end in spans:
        tags[start:end] = ["B", *"I" * (end - start - 1)]
    return "".join(tags)


def _kind(char: str) -> str:
    if char.isdigit():
        return "9"
    if char.isascii():
        return "a" if char.isalpha() else "."
    return "一" if char in "一二三四五六七八九十两" else ("字" if char.isalpha() else "。")


def _features(plain: str, known: Sequence[tuple[int, int]]) -> Iterator[list[str]]:
    """For each character: itself and its neighbours, their kinds and pairs, and what the patterns say."""
    marks = tags_of(len(plain), known)
    text = f"\n\n{plain}\n\n"
    kinds = "".join(map(_kind, text))
    for at in range(2, len(plain) + 2):
        yield [
            f"0{text[at]}", f"1{text[at - 1]}", f"2{text[at + 1]}", f"3{text[at - 2]}", f"4{text[at + 2]}",
            f"5{text[at - 1 : at + 1]}", f"6{text[at : at + 2]}", f"7{text[at + 1 : at + 3]}", f"8{text[at - 2 : at]}",
            f"k{kinds[at - 1 : at + 2]}", f"m{marks[at - 2]}", f"n{marks[at - 2 : at]}", f"t{text[at - 1 : at + 2]}",
        ]  # fmt: skip


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
        self._tagger = Tagger(self.weights, self.steps)

    def learn(self, one: Labelled, share: float) -> None:
        """Look at a text; where the tags are wrong, move towards the right ones. ``share`` of the time is still to come."""
        plain = one.plain[:CUT]
        right, got = tags_of(len(one.plain), one.right)[: len(plain)], self._tagger.tags(plain, one.known)
        if got == right:
            return
        for features, good, bad in zip(_features(plain, one.known), right, got, strict=True):
            if good != bad:
                for feature in features:
                    self._move(feature, TAGS.index(good), 1.0, share)
                    self._move(feature, TAGS.index(bad), -1.0, share)
        for path, sign in ((right, 1.0), (got, -1.0)):
            for before, after in zip(START + path, path, strict=False):
                self.steps[before + after] += sign
                self._summed_steps[before + after] += sign * share

    def _move(self, feature: str, tag: int, sign: float, share: float) -> None:
        self.weights[feature][tag] += sign
        self._summed[feature][tag] += sign * share

    def averaged(self, least: float) -> Tagger:
        """What was learnt; features that weigh less than ``least`` are dropped."""
        kept = {name: values for name, values in self._summed.items() if max(map(abs, values)) >= least}
        return Tagger(
            {name: [round(value, 2) for value in kept[name]] for name in sorted(kept)},
            {name: round(value, 2) for name, value in sorted(self._summed_steps.items())},
        )


def train(texts: Sequence[Labelled], epochs: int = 5, seed: int = 1, least: float = 0.2) -> Tagger:
    """A tagger by the averaged structured perceptron."""
    trainer, order, total = _Trainer(), np.random.default_rng(seed), epochs * len(texts)
    for epoch in range(epochs):
        for count, index in enumerate(order.permutation(len(texts)).tolist()):
            trainer.learn(texts[index], 1 - (epoch * len(texts) + count) / total)
    return trainer.averaged(least)
