"""The text head: one linear model over character n-grams that tells the label of a text."""

import io
import zipfile
import zlib
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import sqrt
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from bot.triage.learned.folding import Fold
from bot.triage.learned.ngrams import Floats, grams

ENTRIES = ("labels", "grams", "idf", "weights", "bias")
EPOCH = (1980, 1, 1, 0, 0, 0)  # the earliest moment a zip can name: the same model is the same bytes


class HeadError(Exception):
    """A file that is no text head, or a damaged one: path and reason."""


@dataclass(frozen=True, slots=True)
class TextHead:
    """A trained head. ``weights`` (n-grams × labels) have ``idf`` folded in; ``idf`` is kept for the length of a text."""

    labels: tuple[str, ...]
    vocabulary: Mapping[str, int]  # n-gram → row of ``weights``
    idf: Floats
    weights: Floats
    bias: Floats
    fold: Fold

    def scores(self, text: str) -> Floats:
        """The margin of each label, in the order of ``labels``: above 0 speaks for it; no probability."""
        counts = Counter(map(self.vocabulary.get, grams(self.fold(text))))
        counts.pop(None, None)
        if not counts:
            return self.bias
        ids = np.array(list(counts))
        heard = 1 + np.log(np.array(list(counts.values()), dtype=np.float32))
        length = heard * self.idf.take(ids)
        margins: Floats = (heard @ self.weights.take(ids, 0)) / sqrt(length @ length) + self.bias
        return margins

    def label(self, text: str) -> str:
        """The label that the text scores highest for; the first one where several do."""
        return self.labels[int(self.scores(text).argmax())]

    def save(self, path: Path) -> None:
        """Write one ``.npz`` without pickles; the same head gives the same bytes."""
        path.write_bytes(_packed(self))


def load_head(path: Path, fold: Fold) -> TextHead:
    """Read a head; ``fold`` has to be the one it was trained with. Raises HeadError, and OSError where there is no file."""
    try:
        with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as found:
            labels, names = (_texts(found[name]) for name in ENTRIES[:2])
            idf, weights, bias = (found[name].astype(np.float32) for name in ENTRIES[2:])
    except (ValueError, KeyError, TypeError, AttributeError, EOFError, zlib.error, zipfile.BadZipFile) as error:
        raise HeadError(f"{path}: no text head ({error})") from error
    if weights.shape != (len(names), len(labels)) or idf.shape != (len(names),) or bias.shape != (len(labels),):
        raise HeadError(f"{path}: no text head (its parts do not fit together)")
    vocabulary = {gram: number for number, gram in enumerate(names)}
    return TextHead(tuple(labels), vocabulary, idf, weights, bias, fold)


def _packed(head: TextHead) -> bytes:
    parts: dict[str, NDArray[np.generic]] = {
        "labels": _bytes(head.labels),
        "grams": _bytes(sorted(head.vocabulary, key=head.vocabulary.__getitem__)),
        "idf": head.idf.astype(np.float16),
        "weights": head.weights.astype(np.float16),
        "bias": head.bias,
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, values in parts.items():
            entry = io.BytesIO()
            np.lib.format.write_array(entry, values, allow_pickle=False)
            info = zipfile.ZipInfo(f"{name}.npy", EPOCH)
            archive.writestr(info, entry.getvalue(), zipfile.ZIP_DEFLATED, 9)
    return out.getvalue()


def _bytes(texts: Sequence[str]) -> NDArray[np.generic]:
    """Texts as UTF-8, a line each: neither labels nor folded n-grams hold line breaks."""
    return np.frombuffer("\n".join(texts).encode("utf-8"), dtype=np.uint8)


def _texts(lines: NDArray[np.uint8]) -> list[str]:
    text = lines.tobytes().decode("utf-8")
    return text.split("\n") if text else []
