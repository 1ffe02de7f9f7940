"""The measures, worked out by hand."""

from itertools import count

from bot.triage.learned.evaluation import evaluate


def test_measures() -> None:
    ticks = count()
    scores = evaluate(
        lambda text: text[0], ["a1", "a2", "b1", "c1"], ["a", "b", "b", "a"], clock=lambda: next(ticks) / 100
    )
    found = scores.as_json()
    assert found["rows"] == 4
    assert found["accuracy"] == 0.5
    assert found["per_label"] == {
        "a": {"precision": 0.5, "recall": 0.5, "f1": 0.5, "support": 2},
        "b": {"precision": 1.0, "recall": 0.5, "f1": 0.6667, "support": 2},
        "c": {"precision": 0.0, "recall": 0.0, "f1": 0.0, "support": 0},
    }
    assert (found["macro_f1"], found["weighted_f1"]) == (0.3889, 0.5833)
    assert (found["per_second"], found["p99_ms"]) == (100.0, 10.0)
