"""A message → its character n-grams, and their weights: one pass that the gate and all heads share."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from operator import mul

from bot.triage.learned.ngrams import grams


def ngrams(plain: str) -> list[str]:
    """The n-grams of 1 to 3 characters, each once, in the order of the text; blanks in a row are one.

    Messages are short: how often an n-gram occurs says nothing.
    """
    return list(dict.fromkeys(grams(" ".join(plain.split()))))


def vocabulary_of(texts: Iterable[Iterable[str]], least: int) -> tuple[dict[str, int], list[float]]:
    """The n-grams that stand in at least so many texts, with their inverse document frequency."""
    every = list(texts)
    seen = Counter(gram for found in every for gram in found)
    kept = sorted(gram for gram, count in seen.items() if count >= least)
    idf = [math.log((1 + len(every)) / (1 + seen[gram])) + 1 for gram in kept]
    return {gram: index for index, gram in enumerate(kept)}, idf


def weigh(found: Iterable[str], vocabulary: Mapping[str, int], idf: Sequence[float]) -> tuple[list[int], list[float]]:
    """Columns and values of a text: IDF, of length 1; what is not in the vocabulary counts for nothing."""
    columns = [column for column in map(vocabulary.get, found) if column is not None]
    values = [idf[column] for column in columns]
    norm = math.sqrt(sum(map(mul, values, values))) or 1.0
    return columns, [value / norm for value in values]
