"""The trained heads: n-grams and features in, probabilities out. One file without code in it (``.npz``, no pickle)."""

import io
import json
import math
import struct
import zipfile
import zlib
from array import array
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bot.triage.engine.ngrams import weigh
from bot.triage.engine.tagger import TAGS, Tagger

ACTS = ("new", "metoo", "followup", "urge", "resolved", "thanks", "answer", "notice", "chat")
NATURES = ("inquiry", "help", "complaint", "report", "suggestion", "praise")
CATEGORIES = (
    "property", "facilities", "drainage", "utilities", "sanitation", "noise", "parking", "encroachment", "safety",
    "greenery", "neighbours", "affairs", "agriculture", "business", "other",
)  # fmt: skip
URGENCIES = ("emergency", "urgent", "routine", "complex")
HEADS = {"act": ACTS, "nature": NATURES, "category": CATEGORIES, "urgency": URGENCIES}
ACTIONABLE = frozenset({"new", "metoo", "followup", "urge"})
EPOCH = (1980, 1, 1, 0, 0, 0)  # in the file: same weights, same bytes

Array = NDArray[np.float32]


class Look(NamedTuple):
    """A text as columns and values, and what a community's own words add to each score."""

    columns: list[int]
    values: list[float]
    shift: Array | None = None


class ModelError(Exception):
    """A file that is no model of triage, or a damaged one: path and reason."""


@dataclass(frozen=True)
class Model:
    """Weights (columns × all classes of all heads); n-grams stand in the first columns, named features behind them."""

    ngrams: Mapping[str, int]
    idf: Sequence[float]
    features: Mapping[str, int]
    weights: Array
    bias: Array
    slope: Array
    gate: Sequence[float]  # a weight for each n-gram and feature: is this anything but small talk?
    least: float  # what is worth less than this at the gate is small talk
    kinship: Mapping[str, float]  # weights of a message and a ticket
    tagger: Tagger  # which words say where
    facts: Mapping[str, Any]  # what it was trained on

    def look(self, said: Sequence[str]) -> Look:
        """Those n-grams of a text that the model knows, weighted."""
        return Look(*weigh(said, self.ngrams, self.idf))

    def worth(self, look: Look, features: Mapping[str, float]) -> float:
        """The cheap look: below ``least`` it is small talk."""
        gate, named = self.gate, self.features
        total: float = sum(map(mul, look.values, map(gate.__getitem__, look.columns)))
        return total + sum(gate[named[name]] * value for name, value in features.items() if name in named)

    def heads(self, look: Look, features: Mapping[str, float]) -> "Heads":
        """What each head says."""
        used = [(self.features[name], value) for name, value in features.items() if value and name in self.features]
        columns = [*look.columns, *(column for column, _ in used)]
        values = np.array([*look.values, *(value for _, value in used)], dtype=np.float32)
        scores = values @ self.weights[columns] * self.slope + self.bias
        return Heads(scores if look.shift is None else scores + look.shift)


class Heads:
    """The scores of one message."""

    def __init__(self, scores: NDArray[Any]) -> None:
        self._scores: list[float] = scores.tolist()

    def chances(self, head: str) -> dict[str, float]:
        """The probability of each class of a head."""
        scores = self._scores[SPANS[head]]
        most = max(scores)
        raised = [math.exp(score - most) for score in scores]
        total = sum(raised)
        return {name: value / total for name, value in zip(HEADS[head], raised, strict=True)}


def _spans() -> dict[str, slice]:
    ends = np.cumsum([len(classes) for classes in HEADS.values()]).tolist()
    return {name: slice(end - len(HEADS[name]), end) for name, end in zip(HEADS, ends, strict=True)}


SPANS = _spans()


def save(model: Model, path: Path) -> int:
    """Write a model; gives back its size in bytes."""
    ngrams = "\n".join(model.ngrams).encode()
    arrays: dict[str, NDArray[Any]] = {
        "ngrams": np.frombuffer(ngrams, dtype=np.uint8),
        "idf": np.asarray(model.idf, dtype=np.float16),
        "weights": model.weights.astype(np.float16),
        "bias": model.bias,
        "slope": model.slope,
        "gate": np.asarray(model.gate, dtype=np.float16),
        "tagger": model.tagger.table,
    }
    plain = {
        "tagger": model.tagger.names, "steps": dict(model.tagger.steps), "features": list(model.features),
        "kinship": dict(model.kinship), "least": model.least, "facts": dict(model.facts),
    }  # fmt: skip
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, array in arrays.items():
            content = io.BytesIO()
            np.save(content, array, allow_pickle=False)
            archive.writestr(zipfile.ZipInfo(f"{name}.npy", EPOCH), content.getvalue(), zipfile.ZIP_DEFLATED)
        text = json.dumps(plain, ensure_ascii=False, sort_keys=True)
        archive.writestr(zipfile.ZipInfo("model.json", EPOCH), text, zipfile.ZIP_DEFLATED)
    return path.stat().st_size


def load(path: Path) -> Model:
    """Read a model; raises ModelError where the file is none."""
    try:
        model = _unpacked(path)
    except OSError as error:
        raise ModelError(f"{path}: {error.strerror or error}") from error
    except DAMAGE as error:
        raise ModelError(f"{path}: no triage model ({type(error).__name__}: {error})") from error
    if not _fits(model):
        raise ModelError(f"{path}: no triage model (its parts do not fit together)")
    return model


def _unpacked(path: Path) -> Model:
    with zipfile.ZipFile(path) as archive:
        plain = json.loads(archive.read("model.json"))
        read = {name: np.load(io.BytesIO(archive.read(f"{name}.npy")), allow_pickle=False) for name in ARRAYS}
    text = read["ngrams"].tobytes().decode()
    words = text.split("\n") if text else []
    return Model(
        ngrams={gram: index for index, gram in enumerate(words)},
        idf=array("d", read["idf"].astype(np.float64).tobytes()),
        features={name: len(words) + index for index, name in enumerate(plain["features"])},
        weights=read["weights"].astype(np.float32),
        bias=read["bias"].astype(np.float32),
        slope=read["slope"].astype(np.float32),
        gate=array("d", read["gate"].astype(np.float64).tobytes()),
        least=float(plain["least"]),
        kinship={name: float(weight) for name, weight in plain["kinship"].items()},
        tagger=Tagger.of(plain["tagger"], read["tagger"].astype(np.float32), plain["steps"]),
        facts=dict(plain["facts"]),
    )


def _fits(model: Model) -> bool:
    """Whether every column has its weights and every class its numbers."""
    grams, columns, classes = len(model.ngrams), len(model.ngrams) + len(model.features), sum(map(len, HEADS.values()))
    shapes = (model.weights.shape, model.bias.shape, model.slope.shape) == ((columns, classes), (classes,), (classes,))
    numbers = all(np.isfinite(one).all() for one in (model.weights, model.bias, model.slope))
    return shapes and numbers and (len(model.idf), len(model.gate)) == (grams, columns) and _tags(model.tagger)


def _tags(tagger: Tagger) -> bool:
    return tagger.table.shape == (1 + sum(map(len, tagger.rows)), len(TAGS)) and bool(np.isfinite(tagger.table).all())


ARRAYS = ("ngrams", "idf", "weights", "bias", "slope", "gate", "tagger")
DAMAGE = (
    ValueError, LookupError, TypeError, AttributeError, EOFError, OverflowError, RuntimeError, SyntaxError, MemoryError,
    zipfile.BadZipFile, zlib.error, struct.error,
)  # fmt: skip  # what the parsers of a damaged file raise
