"""Labelled texts → a text head."""

from collections.abc import Iterable, Sequence

import numpy as np

from bot.triage.learned.folding import Fold
from bot.triage.learned.ngrams import Floats, Ints, count_grams, first_rows, inverse_frequency, relevance, weighted
from bot.triage.learned.pieces import pieces
from bot.triage.learned.solver import PASSES, solve
from bot.triage.learned.texthead import TextHead

COST = 1.0
ROOM = 2_900_000  # bytes of a saved head, before compression
NAME = 10  # bytes of an n-gram's name in it, with its line break


class TrainingError(Exception):
    """Data that nothing can be learnt from."""


def train(
    texts: Sequence[str], labels: Sequence[str], fold: Fold, seed: int = 0, passes: Iterable[int] = range(PASSES)
) -> TextHead:
    """Fit a head on texts and their labels (as many); at least two different labels, else TrainingError.

    The same data and seed give the same head. Only the heaviest n-grams are kept, so that a saved head stays below 3 MB.
    """
    names = sorted(set(labels))
    if len(names) < 2:
        raise TrainingError("at least two different labels are needed")
    number = {name: index for index, name in enumerate(names)}
    targets = np.array([number[label] for label in labels])
    folded = [fold(text) for text in texts]
    more, owner, cost = _with_pieces(folded)
    vocabulary, rows = count_grams([*folded, *more], len(folded))
    whole = first_rows(rows, len(folded))
    factor = inverse_frequency(whole) * relevance(whole, targets, len(names))
    weights, bias = solve(weighted(rows, factor), targets[owner], len(names), cost, seed, passes)
    places = {gram: place for place, gram in enumerate(vocabulary)}
    return _trimmed(TextHead(tuple(names), places, factor, weights * factor[:, None], bias, fold))


def _with_pieces(folded: Sequence[str]) -> tuple[list[str], Ints, Floats]:
    """The pieces of all long texts; then, for texts and pieces, the text it is of, and its C: pieces share that of one text."""
    found = [pieces(text) for text in folded]
    numbers = np.array([len(some) for some in found])
    owner = np.arange(len(folded))
    shared = np.repeat(COST / np.maximum(numbers, 1), numbers)
    cost = np.concatenate([np.full(len(folded), COST), shared]).astype(np.float32)
    return [piece for some in found for piece in some], np.concatenate([owner, np.repeat(owner, numbers)]), cost


def _trimmed(head: TextHead) -> TextHead:
    """The head with its heaviest n-grams only."""
    limit = ROOM // (2 * len(head.labels) + 2 + NAME)
    heavy = np.abs(head.weights).max(axis=1, initial=0)
    kept = np.sort(np.argsort(-heavy, kind="stable")[:limit])
    names = list(head.vocabulary)
    vocabulary = {names[index]: place for place, index in enumerate(kept.tolist())}
    return TextHead(head.labels, vocabulary, head.idf[kept], head.weights[kept], head.bias, head.fold)
