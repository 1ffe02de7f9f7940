"""The reader that learns: shipped weights for everybody, and for each community its own delta on top of them."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

import numpy as np

from bot.ports import Example, Reading, ReadingContext, Scores, Version
from bot.triage.engine.delta import Adapted, Delta, Past, errors, fit, pack_grams, pack_offset, past_of
from bot.triage.engine.features import message_features
from bot.triage.engine.ngrams import ngrams
from bot.triage.engine.reader import TrainedReader

FOLDS = 5
RIDGES = (0.002, 0.01, 0.05, 0.1, 0.2)  # from free to tied: the first that does not lose is taken
ALONE = ReadingContext("", datetime(2026, 7, 6, 1, 0, tzinfo=UTC), lambda _category: ())


@dataclass(frozen=True, slots=True)
class Golden:
    """A line that every version has to read as well as the shipped weights do."""

    text: str
    asks: bool
    category: str


def golden_of(table: str) -> tuple[Golden, ...]:
    """The lines of a golden set (``text act category``, with a header)."""
    cells = (line.split("\t") for line in table.splitlines()[1:])
    return tuple(Golden(text, act == "new", category) for text, act, category in cells)


@dataclass
class Communities:
    """Reads with the delta of the community that a message comes from (``ports.Reader``), and makes it (``ports.Learner``)."""

    shipped: TrainedReader
    golden: Sequence[Golden]
    own: dict[str, TrainedReader] = field(default_factory=dict)

    def read(self, text: str, context: ReadingContext) -> Reading:
        """Read one message, or the parts of one case joined by line breaks."""
        return self.own.get(context.community, self.shipped).read(text, context)

    def adopt(self, root: str, content: bytes, key: bytes) -> None:
        """Read with these weights from now on; empty content means the shipped ones alone."""
        if content:
            self.own[root] = self._with(Delta.unpacked(content), key)
        else:
            self.own.pop(root, None)

    def lesson(self, text: str, key: bytes) -> tuple[bytes, bytes]:
        """A text as ``Example.grams`` and ``Example.offset``: what the shipped weights say of it, said alone."""
        rules, model = self.shipped.rules, self.shipped.model
        turn = rules.turn(text, ALONE)
        said = ngrams(turn.said.plain)
        return pack_grams(said, model, key), pack_offset(model.heads(model.look(said), message_features(turn, ())))

    def refit(self, examples: Sequence[Example], key: bytes, live: Version | None) -> tuple[bytes, Scores]:
        """New weights of all examples, as free as they may be without losing; the most tied ones where all lose."""
        past = past_of(examples)
        fresh = np.array([live is not None and one.at > live.newest for one in examples][: len(past.grams)], dtype=bool)
        before = errors(past, past.offsets)
        was = errors(past, past.scores(Delta.unpacked(live.content))) if live is not None else before
        shipped = self._golden_errors(self.shipped)
        for ridge in RIDGES:
            delta, after = fit(past, ridge), errors(past, _unseen(past, ridge))
            golden = (shipped, self._golden_errors(self._with(delta, key)))
            pair = (int(before.sum()), int(after.sum()))
            scores = Scores(
                len(self.golden), golden, len(past.grams), pair, int(was[fresh].sum()), int(after[fresh].sum())
            )
            if not scores.loses:
                break
        return delta.packed(), scores

    def _with(self, delta: Delta, key: bytes) -> TrainedReader:
        return replace(self.shipped, model=Adapted.of(self.shipped.model, delta, key))

    def _golden_errors(self, reader: TrainedReader) -> int:
        return sum(map(_misreads(reader), self.golden))


def _misreads(reader: TrainedReader) -> Callable[[Golden], bool]:
    def misread(line: Golden) -> bool:
        reading = reader.read(line.text, ALONE)
        if reading.actionable != line.asks:
            return True
        return line.asks and line.category != next((matter.category for matter in reading.matters), "")

    return misread


def _unseen(past: Past, ridge: float) -> np.ndarray:
    """The score of each example by weights that have not seen it."""
    scores = past.offsets.copy()
    for fold in range(FOLDS):
        found = past.scores(fit(past.but(fold, FOLDS), ridge))
        scores[fold::FOLDS] = found[fold::FOLDS]
    return scores
