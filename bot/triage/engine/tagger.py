"""Which characters of a message say where: a linear chain over B, I, O (its weights: ``bot.triage.engine.tagging``).

The spans that the rules' patterns and the gazetteer find are features among others, to be trusted as far as they deserve.
"""

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import repeat
from operator import add
from typing import Self

import numpy as np
from numpy.typing import NDArray

TAGS = "OBI"
KINDS = "012345678kmnt"  # of features, in the order of ``features_of``
CUT = 300  # characters of a message that are tagged
FORBIDDEN = -1e9  # I at the beginning; behind O it is not asked about

Floats = NDArray[np.float32]


@dataclass(frozen=True)
class Tagger:
    """What features say for each tag, and tags behind one another."""

    rows: Sequence[Mapping[str, int]]  # for each kind of feature its rows of the table
    table: Floats  # (rows, tags); the first row is for all unknown ones
    steps: Mapping[str, float]  # "BI": I behind B

    @classmethod
    def of(cls, names: Sequence[str], table: Floats, steps: Mapping[str, float]) -> Self:
        """A tagger of features, each its kind and its text, in the order of the rows behind the first."""
        rows: dict[str, dict[str, int]] = {kind: {} for kind in KINDS}
        for row, name in enumerate(names, start=1):
            rows[name[0]][sys.intern(name[1:])] = row  # the same few characters stand in many of them
        return cls(list(rows.values()), table, steps)

    @property
    def names(self) -> list[str]:
        """The features, as ``of`` takes them."""
        found = {row: kind + text for kind, rows in zip(KINDS, self.rows, strict=True) for text, row in rows.items()}
        return [found[row] for row in sorted(found)]

    def spans(self, plain: str, known: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        """The spans of a text that say where; ``known`` are those that patterns found."""
        plain = plain[:CUT]
        if not plain:
            return []
        found = zip(self.rows, features_of(plain, known), strict=True)
        rows = [list(map(row.get, column[: len(plain)], repeat(0))) for row, column in found]
        told = self.table[np.array(rows)].sum(axis=0)
        return list(spans_of(likeliest(told.tolist(), self.steps)))


def likeliest(told: Sequence[Sequence[float]], steps: Mapping[str, float]) -> str:
    """The likeliest tags, one a character (Viterbi): ``told`` is what each character says for O, B and I."""
    oo, ob, bo, bb, bi, io, ib, ii = (steps.get(step, 0.0) for step in ("OO", "OB", "BO", "BB", "BI", "IO", "IB", "II"))
    o, b, i = told[0][0] + steps.get("^O", 0.0), told[0][1] + steps.get("^B", 0.0), FORBIDDEN
    back: list[tuple[int, int, int]] = []
    for says_o, says_b, says_i in told[1:]:  # the hot path: no calls
        to_o, from_o = (o + oo, 0) if o + oo >= b + bo else (b + bo, 1)
        if i + io > to_o:
            to_o, from_o = i + io, 2
        to_b, from_b = (o + ob, 0) if o + ob >= b + bb else (b + bb, 1)
        if i + ib > to_b:
            to_b, from_b = i + ib, 2
        to_i, from_i = (b + bi, 1) if b + bi >= i + ii else (i + ii, 2)
        back.append((from_o, from_b, from_i))
        o, b, i = to_o + says_o, to_b + says_b, to_i + says_i
    tag = max(range(3), key=(o, b, i).__getitem__)
    path = [tag]
    for come in reversed(back):
        tag = come[tag]
        path.append(tag)
    return "".join(TAGS[tag] for tag in reversed(path))


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


def features_of(plain: str, known: Sequence[tuple[int, int]]) -> tuple[Sequence[str], ...]:
    """For each kind of feature one a character, and some to spare: itself, its neighbours, pairs, kinds, the patterns' marks."""
    marks, text = tags_of(len(plain), known)[: len(plain)], f"\n\n{plain}\n\n"
    kinds = "".join(map(_kind, text))
    pairs = list(map(add, text, text[1:]))
    threes = list(map(add, pairs[1:], text[3:]))
    sorts = list(map(add, map(add, kinds[1:], kinds[2:]), kinds[3:]))
    return (
        plain, text[1:], text[3:], text, text[4:], pairs[1:], pairs[2:], pairs[3:], pairs, sorts, marks,
        list(map(add, marks, [*marks[1:], ""])), threes,
    )  # fmt: skip


@lru_cache(4096)
def _kind(char: str) -> str:
    if char.isdigit():
        return "9"
    if char.isascii():
        return "a" if char.isalpha() else "."
    return "一" if char in "一二三四五六七八九十两" else ("字" if char.isalpha() else "。")
