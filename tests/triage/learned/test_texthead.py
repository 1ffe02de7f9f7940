"""The head: learns, answers anything, and comes back from its file as it went."""

from pathlib import Path

import numpy as np
import pytest

from bot.triage.learned import training
from bot.triage.learned.folding import fold_of
from bot.triage.learned.texthead import HeadError, TextHead, load_head
from bot.triage.learned.training import TrainingError, train
from tests.triage.learned.made_up import labelled

FOLD = fold_of()


@pytest.fixture(scope="module")
def head() -> TextHead:
    return train(*labelled(400), FOLD)


def test_learns(head: TextHead) -> None:
    texts, labels = labelled(200, seed=1)
    assert [head.label(text) for text in texts] == labels


def test_learns_from_letters_what_short_messages_say() -> None:
    texts, labels = labelled(200, seed=2, length=60)
    short, gold = labelled(100, seed=3, length=1)
    letters = train(texts, labels, FOLD)
    assert sum(letters.label(text) == label for text, label in zip(short, gold, strict=True)) > 90


def test_the_same_data_give_the_same_bytes(tmp_path: Path) -> None:
    for name in ("a", "b"):
        train(*labelled(100), FOLD, seed=3).save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_comes_back_as_it_went(head: TextHead, tmp_path: Path) -> None:
    head.save(tmp_path / "head.npz")
    again = load_head(tmp_path / "head.npz", FOLD)
    assert (again.labels, again.vocabulary) == (head.labels, head.vocabulary)
    assert np.allclose(again.scores("请问路灯什么时候修"), head.scores("请问路灯什么时候修"), atol=0.01)
    again.save(tmp_path / "again.npz")
    assert (tmp_path / "again.npz").read_bytes() == (tmp_path / "head.npz").read_bytes()


@pytest.mark.parametrize("text", ["", " ", "\0\0", "☃", "灯" * 100_000, "水\ud800"], ids=range(6))
def test_answers_anything(head: TextHead, text: str) -> None:
    assert np.isfinite(head.scores(text)).all()
    assert head.label(text) in head.labels


def test_keeps_the_heaviest_only(head: TextHead, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(training, "ROOM", 18 * 40)
    small = train(*labelled(400), FOLD)
    assert len(small.vocabulary) == 40 < len(head.vocabulary)
    texts, labels = labelled(100, seed=1)
    assert sum(small.label(text) == label for text, label in zip(texts, labels, strict=True)) > 95


@pytest.mark.parametrize("labels", [[], ["灯"], ["灯", "灯"]])
def test_nothing_to_learn_from(labels: list[str]) -> None:
    with pytest.raises(TrainingError):
        train(["路灯"] * len(labels), labels, FOLD)


def test_texts_that_share_nothing() -> None:
    assert train(["a", "b"], ["x", "y"], FOLD).label("a") in {"x", "y"}


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04", b"\x93NUMPY", b"nonsense" * 9])
def test_no_head(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    path.write_bytes(content)
    with pytest.raises(HeadError, match=r"head\.npz: no text head"):
        load_head(path, FOLD)


def test_parts_that_do_not_fit(head: TextHead, tmp_path: Path) -> None:
    path = tmp_path / "head.npz"
    np.savez(
        path, labels=np.zeros(1, np.uint8), grams=np.zeros(1, np.uint8), idf=[1.0], weights=[[1.0]], bias=[1.0, 2.0]
    )
    with pytest.raises(HeadError, match="do not fit"):
        load_head(path, FOLD)
