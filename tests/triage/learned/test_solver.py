"""The solver: finds the optimum that LIBLINEAR finds, the same each time, heeding the cost of each row."""

import numpy as np
import pytest

from bot.triage.learned.ngrams import Floats, Ints, Rows, count_grams, inverse_frequency, weighted
from bot.triage.learned.solver import solve
from tests.triage.learned.made_up import WORDS, labelled


def problem(rows: int = 300) -> tuple[Rows, Ints]:
    """Rows and targets of made-up text, some of them mislabelled."""
    texts, labels = labelled(rows)
    _, counts = count_grams(texts, rows)
    targets = np.array([sorted(WORDS).index(label) for label in labels])
    targets[::17] = 0
    return weighted(counts, inverse_frequency(counts)), targets


def costs(number: int, cost: float = 0.5) -> Floats:
    return np.full(number, cost, dtype=np.float32)


def gap(rows: Rows, targets: Ints, weights: Floats, bias: Floats) -> float:
    """The primal value, C 0.5, of all labels together."""
    owner = np.repeat(np.arange(len(targets)), np.diff(rows.indptr))
    margins = np.zeros((len(targets), len(bias)))
    np.add.at(margins, owner, rows.data[:, None] * weights[rows.indices])
    signs = np.where(targets[:, None] == np.arange(len(bias)), 1, -1)
    hinge = np.maximum(1 - signs * (margins + bias), 0) ** 2
    return float(0.5 * (weights**2).sum() + 0.5 * (bias**2).sum() + 0.5 * hinge.sum())


def test_the_same_seed_gives_the_same_bytes() -> None:
    rows, targets = problem()
    first, again = (solve(rows, targets, 3, costs(300), seed=7)[0].tobytes() for _ in range(2))
    assert first == again


def test_more_passes_change_nothing() -> None:
    rows, targets = problem()
    short = gap(rows, targets, *solve(rows, targets, 3, costs(300)))
    assert short == pytest.approx(gap(rows, targets, *solve(rows, targets, 3, costs(300), passes=range(100))), rel=0.01)


def test_a_cheap_row_is_given_up() -> None:
    rows = Rows(np.array([0, 1, 2]), np.array([0, 0]), np.ones(2, dtype=np.float32), 1)
    cost = np.array([10, 0.01], dtype=np.float32)
    weights, bias = solve(rows, np.array([1, 0]), 2, cost, passes=range(50))
    assert (weights[0] + bias).argmax() == 1


def test_agrees_with_scikit_learn() -> None:
    svm = pytest.importorskip("sklearn.svm", reason="scikit-learn is not installed: nothing to compare with")
    sparse = pytest.importorskip("scipy.sparse")
    rows, targets = problem()
    weights, bias = solve(rows, targets, 3, costs(300), passes=range(60))
    table = sparse.csr_matrix((rows.data, rows.indices, rows.indptr), (300, rows.width))
    judge = svm.LinearSVC(C=0.5, tol=1e-6, max_iter=10_000).fit(table, targets)
    assert np.abs(judge.decision_function(table) - (table @ weights + bias)).max() < 0.01
