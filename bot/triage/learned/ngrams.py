"""Text → character 1–3-grams → sparse rows of weighted counts.

Source of the weighting: sublinear TF, IDF and unit length as in Manning, Raghavan, Schütze, *Introduction to Information
Retrieval*, §6.2–6.4; on top a supervised factor, see ``relevance``.
"""

from array import array
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import count
from operator import add
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]

SMOOTHING = 3.0  # texts without news that are added to every n-gram: rare ones prove little
FLOOR = 0.5  # the share of weight that even an n-gram without news keeps, in parts of the mean factor


class Rows(NamedTuple):
    """Sparse rows (CSR): row i has the columns ``indices[indptr[i]:indptr[i + 1]]`` with the values in ``data``."""

    indptr: Ints
    indices: Ints
    data: Floats
    width: int  # number of columns


def grams(folded: str) -> list[str]:
    """All 1-, 2- and 3-grams of a folded text, in one pass each, with repetitions."""
    pairs = list(map(add, folded, folded[1:]))
    return [*folded, *pairs, *map(add, pairs, folded[2:])]


def count_grams(folded: Iterable[str], deciding: int, min_df: int = 2) -> tuple[list[str], Rows]:
    """Count the n-grams of many texts.

    Returns the n-grams that occur in at least ``min_df`` of the first ``deciding`` texts, and the counts: a row a text, a
    column an n-gram. The most frequent come first, so that what is looked up most lies together in memory.
    """
    ids: defaultdict[str, int] = defaultdict(count().__next__)
    ends, columns, numbers = [0], array("q"), array("f")
    for text in folded:
        counts = Counter(grams(text))
        columns.extend(map(ids.__getitem__, counts))
        numbers.extend(counts.values())
        ends.append(len(columns))
    indices = np.array(columns, dtype=np.int64)
    found = np.bincount(indices[: ends[deciding]], minlength=len(ids)).tolist()
    names = sorted((gram for gram in ids if found[ids[gram]] >= min_df), key=lambda gram: (-found[ids[gram]], gram))
    place = np.full(len(ids), -1)
    place[[ids[gram] for gram in names]] = np.arange(len(names))
    everything = Rows(np.array(ends), indices, np.array(numbers, dtype=np.float32), len(ids))
    return names, pick_columns(everything, place, len(names))


def first_rows(rows: Rows, number: int) -> Rows:
    """The first rows only, all columns."""
    end = rows.indptr[number]
    return Rows(rows.indptr[: number + 1], rows.indices[:end], rows.data[:end], rows.width)


def pick_columns(rows: Rows, place: Ints, width: int) -> Rows:
    """Move column j to ``place[j]``, or drop it where that is −1."""
    moved = place[rows.indices]
    kept = moved >= 0
    ends = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    return Rows(ends, moved[kept], rows.data[kept], width)


def inverse_frequency(rows: Rows) -> Floats:
    """IDF of each column: ln((1 + rows) / (1 + rows with it)) + 1."""
    found = np.bincount(rows.indices, minlength=rows.width)
    return (np.log(len(rows.indptr) / (1 + found)) + 1).astype(np.float32)


def relevance(rows: Rows, targets: Ints, labels: int) -> Floats:
    """How much each column tells about the label: √KL(labels of its rows ‖ labels of all rows), mean 1, plus ``FLOOR``.

    The counts are smoothed by ``SMOOTHING`` rows per label, spread as the labels are. ``targets``: one number a row.
    This is the log-count ratio of Wang and Manning, *Baselines and Bigrams* (ACL 2012), made one factor for all labels, so
    that it costs nothing when a text is read.
    """
    cell = np.repeat(targets, np.diff(rows.indptr)) * rows.width + rows.indices
    found = np.bincount(cell, minlength=labels * rows.width).reshape(labels, rows.width)
    prior = (np.bincount(targets, minlength=labels) / len(targets))[:, None]
    share = (found + SMOOTHING * labels * prior) / (found.sum(0) + SMOOTHING * labels)
    news = np.sqrt(np.maximum((share * np.log(share / prior)).sum(0), 0))
    mean = news.mean() if news.any() else 1.0
    factor: Floats = (news / mean + FLOOR).astype(np.float32)
    return factor


def weighted(rows: Rows, weights: Floats) -> Rows:
    """Counts → (1 + ln count) × weight of the column, each row at length 1 (an empty row stays empty)."""
    data = (1 + np.log(rows.data)) * weights[rows.indices]
    owner = np.repeat(np.arange(len(rows.indptr) - 1), np.diff(rows.indptr))
    length = np.sqrt(np.bincount(owner, weights=data * data, minlength=len(rows.indptr) - 1))
    return rows._replace(data=(data / length[owner]).astype(np.float32))


def stacked(rows: Rows, dense: Sequence[Sequence[float]] | Floats) -> Rows:
    """The rows with further columns at the right: ``dense`` has one line a row, all of the same length."""
    more = np.asarray(dense, dtype=np.float32)
    height, wide = more.shape
    ends = np.arange(height + 1) * wide + rows.indptr
    data = np.empty(ends[-1], dtype=np.float32)
    indices = np.empty(ends[-1], dtype=np.int64)
    right = (ends[1:, None] - wide + np.arange(wide)).ravel()
    left = np.ones(ends[-1], dtype=bool)
    left[right] = False
    data[left], indices[left] = rows.data, rows.indices
    data[right], indices[right] = more.ravel(), np.tile(np.arange(wide) + rows.width, height)
    return Rows(ends, indices, data, rows.width + wide)
