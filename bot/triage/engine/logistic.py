"""Which open ticket a message belongs to: logistic regression over pairs, with products for each act."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np

from bot.triage.engine.examples import Example

BIAS = ""
RIDGE = 1.0
STEPS = 25
BY_ACT = (
    "alike",
    "same thing",
    "other thing",
    "same category",
    "burst",
    "hours",
    "just before",
    "voice",
    "reporter",
    "rank",
)


def with_act(features: Mapping[str, float], act: str) -> dict[str, float]:
    """The features of a pair, and some of them once more for what the message does."""
    return {BIAS: 1.0, **features, **{f"{act} {name}": features.get(name, 0.0) for name in BY_ACT}}


def kinship(examples: Sequence[Example]) -> dict[str, float]:
    """Weights of the pairs, learnt from messages that belong to a ticket."""
    pairs = list(_pairs(examples))
    names = sorted({name for features, _ in pairs for name in features})
    place = {name: index for index, name in enumerate(names)}
    matrix, labels = np.zeros((len(pairs), len(names))), np.array([float(label) for _, label in pairs])
    for row, (features, _) in enumerate(pairs):
        for name, value in features.items():
            matrix[row, place[name]] = value
    weights = _newton(matrix, labels)
    return {name: round(float(weights[index]), 4) for name, index in place.items()}


def _pairs(examples: Sequence[Example]) -> Iterator[tuple[dict[str, float], bool]]:
    for one in examples:
        if one.lesson.tickets and one.lesson.act != "new":
            yield from ((with_act(features, one.lesson.act), label) for features, label in one.kin)


def _newton(matrix: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Weights by Newton's method with a ridge."""
    weights = np.zeros(matrix.shape[1])
    for _ in range(STEPS):
        chance = 1 / (1 + np.exp(-np.clip(matrix @ weights, -30, 30)))
        slope = matrix.T @ (chance - labels) + RIDGE * weights
        curve = (matrix * (chance * (1 - chance))[:, None]).T @ matrix + RIDGE * np.eye(len(weights))
        weights -= np.linalg.solve(curve, slope)
    return weights
