"""N-grams: what is counted, how it is weighted, what is put beside it."""

import numpy as np
import pytest

from bot.triage.learned.folding import fold_of
from bot.triage.learned.ngrams import (
    Rows,
    count_grams,
    first_rows,
    grams,
    inverse_frequency,
    relevance,
    stacked,
    weighted,
)
from bot.triage.learned.pieces import pieces


def dense(rows: Rows) -> list[list[float]]:
    """The rows written out."""
    table = np.zeros((len(rows.indptr) - 1, rows.width))
    for number in range(len(table)):
        span = slice(rows.indptr[number], rows.indptr[number + 1])
        table[number, rows.indices[span]] = rows.data[span]
    return [[round(float(value), 4) for value in line] for line in table]


@pytest.mark.parametrize(
    ("text", "found"),
    [("", []), ("灯", ["灯"]), ("灯坏", ["灯", "坏", "灯坏"]), ("aab", ["a", "a", "b", "aa", "ab", "aab"])],
)
def test_grams(text: str, found: list[str]) -> None:
    assert grams(text) == found


def test_folding() -> None:
    assert fold_of()("３號樓 ＡＢ\u3000路燈\t壞了\n") == "3号楼ab路灯坏了"


def test_counts_keep_what_two_texts_share() -> None:
    names, rows = count_grams(["aab", "ab", "", "c"], 4)
    assert names == ["a", "ab", "b"]
    assert dense(rows) == [[2, 1, 1], [1, 1, 1], [0, 0, 0], [0, 0, 0]]
    assert dense(first_rows(rows, 1)) == [[2, 1, 1]]


def test_later_texts_do_not_decide_what_is_kept() -> None:
    names, rows = count_grams(["a", "ab", "bb"], 2)
    assert names == ["a"]
    assert dense(rows) == [[1], [1], [0]]


def test_no_text_at_all() -> None:
    names, rows = count_grams([], 0)
    assert names == []
    assert dense(weighted(rows, inverse_frequency(rows))) == []


def test_rows_have_length_one_or_none() -> None:
    _, rows = count_grams(["aab", "ab", ""], 3)
    unit = weighted(rows, inverse_frequency(rows))
    assert [round(sum(value**2 for value in line), 3) for line in dense(unit)] == [1, 1, 0]


def test_what_tells_the_label_weighs_more() -> None:
    names, rows = count_grams(["ax", "ax", "bx", "bx"], 4)
    factor = dict(zip(names, relevance(rows, np.array([0, 0, 1, 1]), 2).tolist(), strict=True))
    assert factor["a"] == factor["b"] > factor["x"] == 0.5


def test_dense_columns_go_to_the_right() -> None:
    _, rows = count_grams(["ab", "", "a", "b"], 4)
    assert dense(stacked(rows, [[0.5, 7], [0.5, 8], [0, 9], [1, 0]])) == [
        [1, 1, 0.5, 7], [0, 0, 0.5, 8], [1, 0, 0, 9], [0, 1, 1, 0],
    ]  # fmt: skip


def test_pieces_are_whole_clauses_and_lose_nothing() -> None:
    letter = "路灯坏了一个多月没有人来修，" * 12 + "请尽快处理。谢谢"
    found = pieces(letter)
    assert letter.startswith("".join(found))
    assert all(len(piece) >= 30 for piece in found[:-1])
    assert pieces("短短一句") == []
    assert pieces("，" * 500) == []
