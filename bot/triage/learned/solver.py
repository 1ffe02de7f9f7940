"""A linear classifier for sparse rows: dual coordinate descent, squared hinge, one label against the rest.

Source: Hsieh, Chang, Lin, Keerthi, Sundararajan, *A Dual Coordinate Descent Method for Large-scale Linear SVM* (ICML 2008),
which LIBLINEAR's L2-loss SVM follows, too; here all labels are solved side by side.
"""

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from bot.triage.learned.ngrams import Floats, Ints, Rows

PASSES = 10


def solve(
    rows: Rows, targets: Ints, labels: int, cost: Floats, seed: int = 0, passes: Iterable[int] = range(PASSES)
) -> tuple[Floats, Floats]:
    """Fit weights (columns × labels) and bias (labels); the score of a row x for label c is x · W[:, c] + b[c].

    ``targets``: the number of each row's label; ``cost``: C of each row, above 0. The same input and seed give the same
    result. ``passes`` is used up one item a pass over all rows.
    """
    signs = np.where(targets[:, None] == np.arange(labels), 1, -1).astype(np.float32)
    return solve_sides(rows, signs, cost, seed, passes)


def solve_sides(
    rows: Rows, signs: Floats, cost: Floats, seed: int = 0, passes: Iterable[int] = range(PASSES)
) -> tuple[Floats, Floats]:
    """The same for any sides: ``signs`` (rows × labels) are 1 and −1, and 0 where a row tells nothing of a label."""
    random = np.random.default_rng(seed)
    weights = np.zeros((rows.width, signs.shape[1]), dtype=np.float32)
    bias = np.zeros(signs.shape[1], dtype=np.float32)
    duals = np.zeros_like(signs)
    soft = (0.5 / cost).astype(np.float32)  # 1/2C: what makes the hinge a squared one
    curve = _squared_lengths(rows) + 1 + soft
    for _ in passes:
        for i in random.permutation(len(signs)):
            span = slice(rows.indptr[i], rows.indptr[i + 1])
            columns, values = rows.indices[span], rows.data[span]
            near = weights[columns]
            slope = signs[i] * (values @ near + bias) - 1 + duals[i] * soft[i]
            dual = np.maximum(duals[i] - slope / curve[i], 0)
            step = (dual - duals[i]) * signs[i]
            if step.any():
                duals[i] = dual
                weights[columns] = near + values[:, None] * step
                bias += step
    return weights, bias


def margins(rows: Rows, weights: Floats, bias: Floats) -> Floats:
    """The score of each row for each label."""
    spans = [slice(start, end) for start, end in pairwise(rows.indptr.tolist())]
    return np.array([rows.data[span] @ weights[rows.indices[span]] for span in spans], dtype=np.float32) + bias


def _squared_lengths(rows: Rows) -> Floats:
    height = len(rows.indptr) - 1
    owner = np.repeat(np.arange(height), np.diff(rows.indptr))
    return np.bincount(owner, weights=rows.data**2, minlength=height).astype(np.float32)
