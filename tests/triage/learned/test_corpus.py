"""Figures on public civic text, where it lies beside the checkout; the texts themselves stay out of it."""

import io
from pathlib import Path

import pytest

from adapters.tsv import read_tsv
from bot.triage.learned.evaluation import evaluate
from bot.triage.learned.folding import fold_of
from bot.triage.learned.training import train

CIVIC = Path(__file__).parents[4] / "shared" / "data" / "nlu" / "train.category.tsv.gz"


@pytest.mark.skipif(not CIVIC.is_file(), reason="../shared/data/nlu is absent: nothing to measure on")
def test_titles() -> None:
    """Learnt from a part of the titles, by group of messages; the whole file gives .89 in five folds (docs/triage-text.md)."""
    rows = [row.cells for row in read_tsv(CIVIC, io.BytesIO()) if row.cells["kind"] == "title"]
    held = [cells for cells in rows if int(cells["gid"]) % 5 == 0]
    known = [cells for cells in rows if int(cells["gid"]) % 5]
    head = train([cells["text"] for cells in known], [cells["label1"] for cells in known], fold_of())
    scores = evaluate(head.label, [cells["text"] for cells in held], [cells["label1"] for cells in held])
    assert scores.weighted_f1 > 0.86
