"""A community's own words: small weights beside the shipped ones, learnt from what its people corrected.

The shipped score of a message enters as an offset, and the weights are tied to zero: without examples nothing changes, and
what a community never said stays as it was. An n-gram is known by its keyed hash only, so that neither examples nor weights
hold words; those that the shipped vocabulary does not know count most. n-grams with digits or Latin letters (telephone
numbers, plates, room numbers) are left out altogether.
"""

import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from hashlib import blake2b
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray

from bot.ports import Example
from bot.triage.engine.calibration import softmax
from bot.triage.engine.model import ACTIONABLE, ACTS, HEADS, SPANS, Array, Heads, Look, Model
from bot.triage.engine.ngrams import weigh

GRAM = np.dtype([("gram", "<u8"), ("value", "<f2")])
WIDTH = sum(map(len, HEADS.values()))
STARTS, LENGTHS = [span.start for span in SPANS.values()], [len(classes) for classes in HEADS.values()]
FLOOR = 1e-5  # the least probability that an offset tells
KEPT = 30_000  # n-grams of a delta: the heaviest
LIGHT = 0.01  # what weighs less is dropped
KNOWN = 50_000  # n-grams whose hashes are held in memory
PASSES = 15
RATE = 1.5
WORDS = frozenset({"new", "metoo", "followup", "urge", "resolved"})  # acts that concern a ticket

Ids = NDArray[np.uint64]
Grams = NDArray[Any]  # of dtype GRAM


@dataclass(frozen=True)
class Delta:
    """Weights (n-grams × all classes of all heads) on top of calibrated scores. ``grams`` are ascending hashes."""

    grams: Ids
    weights: Array

    def packed(self) -> bytes:
        """The delta as bytes without code in them (``.npz``, no pickle)."""
        content = io.BytesIO()
        np.savez_compressed(content, grams=self.grams, weights=self.weights.astype(np.float16))
        return content.getvalue()

    @classmethod
    def unpacked(cls, content: bytes) -> Self:
        """A delta of bytes that ``packed`` made."""
        with np.load(io.BytesIO(content), allow_pickle=False) as found:
            return cls(found["grams"], found["weights"].astype(np.float32))

    def shifts(self, grams: Grams) -> Array:
        """What the delta adds to the scores of a message."""
        place = np.searchsorted(self.grams, grams["gram"])
        place[place == len(self.grams)] = 0
        known = self.grams[place] == grams["gram"] if len(self.grams) else np.zeros(len(grams), dtype=bool)
        shift: Array = grams["value"][known].astype(np.float32) @ self.weights[place[known]]
        return shift


# ---------------------------------------------------------------- what is kept of a message


def hashed(gram: str, key: bytes) -> int:
    """The name of an n-gram: nobody who lacks the key can tell which it is."""
    return int.from_bytes(blake2b(gram.encode("utf-8", "surrogatepass"), key=key, digest_size=8).digest(), "little")


def is_telling(gram: str) -> bool:
    """Whether an n-gram may be learnt from: no digits, no Latin letters."""
    return not any(char.isascii() and char.isalnum() for char in gram)


def pack_grams(said: Iterable[str], model: Model, key: bytes) -> bytes:
    """The n-grams of a text as hashes in order of the hash, weighted as ``Adapted`` weighs them."""
    rare = rarest(model)
    found = {hashed(gram, key): _idf(gram, model, rare) for gram in said if is_telling(gram)}
    norm = math.sqrt(sum(value * value for value in found.values())) or 1.0
    return np.array([(gram, found[gram] / norm) for gram in sorted(found)], dtype=GRAM).tobytes()


def pack_offset(heads: Heads) -> bytes:
    """What a model says of a text, as logarithms of the probabilities of all classes."""
    chances = np.array([chance for name in HEADS for chance in heads.chances(name).values()])
    return bytes(np.log(np.maximum(chances, FLOOR)).astype("<f2").tobytes())


def rarest(model: Model) -> float:
    """What an n-gram weighs that the shipped vocabulary does not know: as much as the rarest one there."""
    return max(model.idf, default=1.0)


def _idf(gram: str, model: Model, rare: float) -> float:
    column = model.ngrams.get(gram)
    known: float = rare if column is None else model.idf[column]
    return known


# ---------------------------------------------------------------- a model with a delta


@dataclass(frozen=True)
class Adapted(Model):
    """The shipped model with a delta on top; whoever takes a model takes this one."""

    delta: Delta
    key: bytes = field(repr=False)
    rows: Mapping[int, int] = field(repr=False)  # hash → row of the delta
    rare: float  # what an n-gram weighs that the shipped vocabulary does not know
    _slots: dict[str, tuple[int, float]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, model: Model, delta: Delta, key: bytes) -> Self:
        """A model and a delta."""
        shipped = {one.name: getattr(model, one.name) for one in fields(Model)}
        rows = {gram: row for row, gram in enumerate(delta.grams.tolist())}
        return cls(**shipped, delta=delta, key=key, rows=rows, rare=rarest(model))

    def look(self, said: Sequence[str]) -> Look:
        """The n-grams of a text, and what the delta adds for them."""
        return Look(*weigh(said, self.ngrams, self.idf), self._shift(said))

    def worth(self, look: Look, features: Mapping[str, float]) -> float:
        """The cheap look; words that people here have shown to concern staff lift a message over it."""
        worth = super().worth(look, features)
        if look.shift is None or worth >= self.least:
            return worth
        acts: dict[str, float] = dict(zip(ACTS, look.shift[SPANS["act"]].tolist(), strict=True))
        return worth + max(0.0, max(acts[act] for act in WORDS) - acts["chat"])

    def _shift(self, said: Iterable[str]) -> Array | None:
        """What the delta adds to each score; None where it knows no n-gram of the text."""
        rows, values, total = [], [], 0.0
        for gram in said:
            row, value = self._slots.get(gram) or self._look(gram)
            total += value * value
            if row >= 0:
                rows.append(row)
                values.append(value)
        if not rows:
            return None
        scale = np.asarray([value / math.sqrt(total) for value in values], dtype=np.float32)
        shift: Array = scale @ self.delta.weights[rows]
        return shift

    def _look(self, gram: str) -> tuple[int, float]:
        """The row of an n-gram (−1 for none) and its weight; a hash costs more than a look into a dict."""
        if len(self._slots) >= KNOWN:
            self._slots.clear()
        found = (-1, 0.0)
        if is_telling(gram):
            row = self.rows.get(hashed(gram, self.key), -1)
            found = (row, _idf(gram, self, self.rare))
        self._slots[gram] = found
        return found


# ---------------------------------------------------------------- learning


@dataclass(frozen=True)
class Past:
    """Examples ready for learning: n-grams, what the shipped weights said, what is right (−1: not known), for each head."""

    grams: Sequence[Grams]
    offsets: Array
    labels: Mapping[str, NDArray[np.int64]]

    def but(self, fold: int, folds: int) -> "Past":
        """All but every so-manieth."""
        which = [row for row in range(len(self.grams)) if row % folds != fold]
        labels = {name: values[which] for name, values in self.labels.items()}
        return Past([self.grams[row] for row in which], self.offsets[which], labels)

    def scores(self, delta: Delta | None) -> Array:
        """The scores of all examples, with a delta."""
        if delta is None:
            return self.offsets
        shifts = np.array([delta.shifts(one) for one in self.grams], dtype=np.float32)
        return self.offsets + shifts.reshape(-1, WIDTH)


def past_of(examples: Sequence[Example]) -> Past:
    """Examples as they were kept; those of a program with other heads are left out."""
    fitting = [one for one in examples if len(one.offset) == 2 * WIDTH]
    offsets = [np.frombuffer(one.offset, dtype="<f2").astype(np.float32) for one in fitting]
    return Past(
        [np.frombuffer(one.grams, dtype=GRAM) for one in fitting],
        np.array(offsets, dtype=np.float32).reshape(-1, WIDTH),
        {
            head: np.array([_number(one.labels.get(head, ""), classes) for one in fitting], dtype=np.int64)
            for head, classes in HEADS.items()
        },
    )


def _number(label: str, classes: Sequence[str]) -> int:
    return classes.index(label) if label in classes else -1


def fit(past: Past, ridge: float) -> Delta:
    """Logistic regression from the offsets on, the n-grams tied to zero by ``ridge``. The same examples, the same delta."""
    every = np.unique(np.concatenate([one["gram"] for one in past.grams])) if past.grams else np.zeros(0, np.uint64)
    rows = [np.searchsorted(every, one["gram"]) for one in past.grams]
    values = [one["value"].astype(np.float32) for one in past.grams]
    weights, truth = np.zeros((len(every), WIDTH), dtype=np.float32), _truth(past)
    order = np.random.default_rng(0)
    for turn in range(PASSES):
        rate = RATE / (1 + turn / 4)
        for index in order.permutation(len(rows)).tolist():
            row, value = rows[index], values[index]
            near = weights[row]
            wrong = _wrong(past.offsets[index] + value @ near, truth[index])
            weights[row] = near * (1 - rate * ridge) - rate * np.outer(value, wrong)
    return _trimmed(every, weights)


def _truth(past: Past) -> Array:
    """One row an example: 1 at what is right; NaN over a head of which nothing is known."""
    truth = np.zeros((len(past.grams), WIDTH), dtype=np.float32)
    for head, span in SPANS.items():
        labels = past.labels[head]
        known = np.flatnonzero(labels >= 0)
        truth[labels < 0, span] = np.nan
        truth[known, span.start + labels[known]] = 1.0
    return truth


def _wrong(scores: Array, truth: Array) -> Array:
    """How far the probabilities are off, all heads in one go; 0 where nothing is known."""
    raised = np.exp(scores - scores.max())
    wrong: Array = raised / np.add.reduceat(raised, STARTS).repeat(LENGTHS) - truth
    wrong[np.isnan(wrong)] = 0.0
    return wrong


def _trimmed(grams: Ids, weights: Array) -> Delta:
    heavy = np.abs(weights).max(axis=1, initial=0.0)
    kept = np.sort(np.argsort(-heavy, kind="stable")[:KEPT])
    kept = kept[heavy[kept] >= LIGHT]
    return Delta(grams[kept], weights[kept])


def errors(past: Past, scores: Array) -> NDArray[np.bool_]:
    """Which examples are read wrongly: whether anything is asked for, or another head of which the label is known."""
    asking = [ACTS.index(act) for act in sorted(ACTIONABLE)]
    asked = softmax(scores[:, SPANS["act"]])[:, asking].sum(axis=1) >= 0.5
    acts = past.labels["act"]
    wrong: NDArray[np.bool_] = (acts >= 0) & (asked != np.isin(acts, asking))
    for head, span in SPANS.items():
        if head != "act":
            labels = past.labels[head]
            wrong |= (labels >= 0) & (scores[:, span].argmax(axis=1) != labels)
    return wrong
