"""How good a text head is: accuracy and F1 on labelled text, and how fast it answers one message at a time."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from time import perf_counter

WARM_UP = 500  # messages read before the clock runs


@dataclass(frozen=True, slots=True)
class LabelScore:
    """One label: parts of 1, and how many rows have it."""

    precision: float
    recall: float
    f1: float
    support: int


@dataclass(frozen=True, slots=True)
class Scores:
    """All measures; ``macro_f1`` and ``weighted_f1`` are over the labels that occur in the gold or among the answers."""

    rows: int
    accuracy: float
    macro_f1: float
    weighted_f1: float
    per_label: dict[str, LabelScore]
    per_second: float
    p99_ms: float

    def as_json(self) -> dict[str, object]:
        """The measures by name, rounded: the contract's object."""
        return {name: _rounded(value) for name, value in asdict(self).items()}


def evaluate(
    label: Callable[[str], str],
    texts: Sequence[str],
    gold: Sequence[str],
    watch: Callable[[Iterable[str]], Iterable[str]] = iter,
    clock: Callable[[], float] = perf_counter,
) -> Scores:
    """Label each text (at least one) and compare with the gold. ``watch`` sees the texts go by; ``clock`` counts seconds."""
    for text in texts[:WARM_UP]:
        label(text)
    answers, seconds = [], []
    for text in watch(texts):
        begin = clock()
        answers.append(label(text))
        seconds.append(clock() - begin)
    return _scores(gold, answers, seconds)


def _scores(gold: Sequence[str], answers: Sequence[str], seconds: list[float]) -> Scores:
    right = Counter(one for one, other in zip(gold, answers, strict=True) if one == other)
    truth, said = Counter(gold), Counter(answers)
    labels = {name: _label_score(right[name], said[name], truth[name]) for name in sorted(truth | said)}
    return Scores(
        rows=len(gold),
        accuracy=right.total() / len(gold),
        macro_f1=sum(score.f1 for score in labels.values()) / len(labels),
        weighted_f1=sum(score.f1 * score.support for score in labels.values()) / len(gold),
        per_label=labels,
        per_second=len(seconds) / max(sum(seconds), 1e-9),
        p99_ms=sorted(seconds)[(len(seconds) * 99 - 1) // 100] * 1000,
    )


def _label_score(right: int, said: int, truth: int) -> LabelScore:
    return LabelScore(right / max(said, 1), right / max(truth, 1), 2 * right / (said + truth), truth)


def _rounded(value: object) -> object:
    if isinstance(value, dict):
        return {name: _rounded(inner) for name, inner in value.items()}
    return round(value, 4) if isinstance(value, float) else value
