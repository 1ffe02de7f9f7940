"""Examples → model: all heads in one go, calibrated on scores of rows that were not trained on; the gate; kin; places."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from bot.triage.engine import calibration, logistic, tagging
from bot.triage.engine.examples import Example
from bot.triage.engine.model import HEADS, SPANS, Model
from bot.triage.engine.ngrams import vocabulary_of, weigh
from bot.triage.learned.ngrams import Floats, Ints, Rows
from bot.triage.learned.solver import margins, solve_sides

SCALE = 0.5  # of named features beside n-grams
PASSES = range(8)
FOLDS = 3
GRAMS = 26_000  # n-grams that are kept: the heaviest
SMALL_TALK = frozenset({"chat", "notice"})
TOLD = frozenset({"new", "metoo", "followup", "urge", "resolved"})
PASSING = 0.975  # of what concerns a ticket has to pass the gate
CHEAP = ("talk", "talk long", "talk back", "mine ticket", "mine open", "staff")  # features that the gate looks at


@dataclass(frozen=True)
class Table:
    """Examples as sparse rows: n-grams in the first columns, then named features; what is right of each, and its C."""

    vocabulary: dict[str, int]
    idf: list[float]
    features: dict[str, int]
    rows: Rows
    signs: Floats
    cost: Floats
    folds: Ints


def train(examples: Sequence[Example]) -> Model:
    """A model of all examples. The same examples give the same model."""
    vocabulary, idf = vocabulary_of([one.grams for one in examples], least=2)
    table = tabulate(examples, vocabulary, idf)
    matters = _matters(examples, table)
    act, labels = SPANS["act"], slice(SPANS["act"].stop, None)
    weights, bias = np.zeros((table.rows.width, table.signs.shape[1]), dtype=np.float32), np.zeros(0, dtype=np.float32)
    acts, act_bias = solve_sides(table.rows, table.signs[:, act], table.cost, passes=PASSES)
    told, told_bias = solve_sides(matters.rows, matters.signs[:, labels], matters.cost, passes=PASSES)
    weights[:, act], weights[:, labels] = acts, told
    bias = np.concatenate([act_bias, told_bias])
    slope, offset = _calibrated(table, matters)
    gate, least = _gate(examples, table)
    kept = _heaviest(weights, len(vocabulary))
    columns = np.concatenate([kept, np.arange(len(vocabulary), table.rows.width)])
    scale = np.where(columns >= len(vocabulary), SCALE, 1.0).astype(np.float32)
    grams = list(vocabulary)
    return Model(
        ngrams={grams[column]: place for place, column in enumerate(kept.tolist())},
        idf=[idf[column] for column in kept.tolist()],
        features={name: len(kept) + place for place, name in enumerate(table.features)},
        weights=weights[columns] * scale[:, None],
        bias=bias * slope + offset,
        slope=slope,
        gate=(gate[columns] * scale).tolist(),
        least=least,
        kinship=logistic.kinship(examples),
        tagger=tagging.train([one.place for one in examples if one.place is not None]),
        facts={"examples": len(examples)},
    )


def tabulate(examples: Sequence[Example], vocabulary: dict[str, int], idf: list[float]) -> Table:
    """The rows and their targets."""
    names = sorted({name for one in examples for name in one.features})
    features = {name: len(vocabulary) + index for index, name in enumerate(names)}
    pairs = []
    for one in examples:
        columns, values = weigh(one.grams, vocabulary, idf)
        used = [(features[name], SCALE * value) for name, value in one.features.items() if value]
        pairs.append(([*columns, *(c for c, _ in used)], [*values, *(v for _, v in used)]))
    return Table(
        vocabulary, idf, features, _rows(pairs, len(vocabulary) + len(features)),
        np.array([_signs(one) for one in examples], dtype=np.float32),
        np.array([one.lesson.weight for one in examples], dtype=np.float32), _folds(examples),
    )  # fmt: skip


def _folds(examples: Sequence[Example]) -> Ints:
    groups = {group: index for index, group in enumerate(dict.fromkeys(one.lesson.group for one in examples))}
    return np.array([groups[one.lesson.group] % FOLDS for one in examples])


def _matters(examples: Sequence[Example], table: Table) -> Table:
    """What the other heads learn from: the words of messages that tell a matter."""
    told = [one for one in examples if one.lesson.categories and one.as_labelled]
    pairs = [weigh(one.grams, table.vocabulary, table.idf) for one in told]
    return Table(
        table.vocabulary, table.idf, {}, _rows(pairs, table.rows.width), np.array(list(map(_signs, told)), dtype=np.float32),
        np.array([one.lesson.weight for one in told], dtype=np.float32), _folds(told).astype(np.int64),
    )  # fmt: skip


def _rows(pairs: Sequence[tuple[list[int], list[float]]], width: int) -> Rows:
    ends = np.cumsum([0, *(len(columns) for columns, _ in pairs)])
    columns = np.array([column for pair in pairs for column in pair[0]], dtype=np.int64)
    return Rows(ends, columns, np.array([value for pair in pairs for value in pair[1]], dtype=np.float32), width)


def _signs(example: Example) -> list[float]:
    """One side a class: 1, −1, or 0 where the label is not known."""
    lesson = example.lesson
    said = {"act": (lesson.act,), "nature": lesson.natures, "category": lesson.categories, "urgency": lesson.urgencies}
    signs: list[float] = []
    for head, classes in HEADS.items():
        label = next(iter(said[head]), None)
        signs += [0.0 if label is None else (1.0 if label == one else -1.0) for one in classes]
    return signs


def _picked(rows: Rows, which: Ints) -> Rows:
    """Some of the rows."""
    spans = [np.arange(rows.indptr[index], rows.indptr[index + 1]) for index in which]
    flat = np.concatenate(spans) if spans else np.array([], dtype=np.int64)
    return Rows(np.cumsum([0, *map(len, spans)]), rows.indices[flat], rows.data[flat], rows.width)


def _unseen(rows: Rows, signs: Floats, table: Table) -> Floats:
    """Scores of each row by weights that have not seen its conversation."""
    found = np.zeros_like(signs)
    for fold in range(FOLDS):
        seen, unseen = np.flatnonzero(table.folds != fold), np.flatnonzero(table.folds == fold)
        if len(seen) and len(unseen):
            weights, bias = solve_sides(_picked(rows, seen), signs[seen], table.cost[seen], passes=PASSES)
            found[unseen] = margins(_picked(rows, unseen), weights, bias)
    return found


def _calibrated(table: Table, matters: Table) -> tuple[Floats, Floats]:
    """Slopes and offsets of all classes, on scores of rows that were not trained on."""
    slope, offset = np.ones(table.signs.shape[1], dtype=np.float32), np.zeros(table.signs.shape[1], dtype=np.float32)
    for head, span in SPANS.items():
        part = table if head == "act" else matters
        signs = part.signs[:, span]
        known = np.flatnonzero(np.abs(signs).sum(axis=1) > 0)
        scores = _unseen(part.rows, signs, part)
        slope[span], offset[span] = calibration.fit(scores[known], signs[known].argmax(axis=1))
    return slope, offset


def _gate(examples: Sequence[Example], table: Table) -> tuple[Floats, float]:
    """A cheap look that tells small talk: weights of n-grams and of what was talked about, and what small talk is below."""
    first = len(table.vocabulary)
    cheap = {table.features[name] for name in CHEAP if name in table.features}
    rows = _columns_where(table.rows, lambda column: column < first or column in cheap)
    signs = np.array([[-1.0 if one.lesson.act in SMALL_TALK else 1.0] for one in examples], dtype=np.float32)
    weights, bias = solve_sides(rows, signs, table.cost, passes=PASSES)
    told = np.array([one.lesson.act in TOLD for one in examples])
    worth = _unseen(rows, signs, table)[told, 0]
    return weights[:, 0], float(np.quantile(worth, 1 - PASSING) - bias[0])


def _columns_where(rows: Rows, wanted: Callable[[int], bool]) -> Rows:
    kept = np.fromiter(map(wanted, rows.indices.tolist()), dtype=bool, count=len(rows.indices))
    ends = np.concatenate([[0], np.cumsum(kept)])[rows.indptr]
    return Rows(ends, rows.indices[kept], rows.data[kept], rows.width)


def _heaviest(weights: Floats, grams: int) -> Ints:
    heavy = np.argsort(-np.abs(weights[:grams]).max(axis=1), kind="stable")[:GRAMS]
    return np.sort(heavy)
