"""A message → its character n-grams, and their weights: one pass that the gate and all heads share."""

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from bot.triage.learned.ngrams import grams

CUT = 2000  # characters of a message that are looked at: work stays linear, and nobody's trouble begins later


def ngrams(plain: str) -> Counter[str]:
    """The n-grams of 1 to 3 characters, counted; blanks in a row are one."""
    return Counter(grams(" ".join(plain[:CUT].split())))


def vocabulary_of(texts: Iterable[Counter[str]], least: int) -> tuple[dict[str, int], list[float]]:
    """The n-grams that stand in at least so many texts, with their inverse document frequency."""
    every = list(texts)
    seen = Counter(gram for counts in every for gram in counts)
    kept = sorted(gram for gram, count in seen.items() if count >= least)
    idf = [math.log((1 + len(every)) / (1 + seen[gram])) + 1 for gram in kept]
    return {gram: index for index, gram in enumerate(kept)}, idf


def weigh(
    counts: Mapping[str, int], vocabulary: Mapping[str, int], idf: Sequence[float]
) -> tuple[list[int], list[float]]:
    """Columns and values of a text: (1 + ln count) · IDF, of length 1; what is not in the vocabulary counts for nothing."""
    columns, values = [], []
    for gram, count in counts.items():
        column = vocabulary.get(gram)
        if column is not None:
            columns.append(column)
            values.append(idf[column] if count == 1 else (1 + math.log(count)) * idf[column])
    norm = math.sqrt(sum(value * value for value in values)) or 1.0
    return columns, [value / norm for value in values]
