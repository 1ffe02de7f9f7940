"""Scores → probabilities: a softmax with one slope and an offset a class, fitted on scores of rows that were not trained on."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]


def softmax(scores: NDArray[Any]) -> NDArray[Any]:
    """Probabilities along the last axis."""
    raised = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(raised / raised.sum(axis=-1, keepdims=True))


def fit(scores: Floats, labels: NDArray[np.int64], steps: int = 400, rate: float = 0.5) -> tuple[Floats, Floats]:
    """Slopes and offsets (classes) that make the labels likeliest; labels are class numbers."""
    slope, offset = np.ones(scores.shape[1], dtype=np.float32), np.zeros(scores.shape[1], dtype=np.float32)
    truth = np.eye(scores.shape[1], dtype=np.float32)[labels]
    for _ in range(steps):
        wrong = softmax(scores * slope + offset) - truth
        slope -= rate * (wrong * scores).mean(axis=0)
        offset -= rate * wrong.mean(axis=0)
    return slope, offset
