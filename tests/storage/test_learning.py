"""Examples and versions: merged labels, retention, erasure, the newest few, and one step back."""

from dataclasses import replace
from datetime import datetime

import pytest

from bot.ports import Example, Scores, Version
from storage.learning import PROMOTED, REFUSED
from storage.retention import RetentionPolicy, apply_retention
from storage.unit_of_work import SqliteUnitOfWork
from tests.storage.making import DAY, NOW, opened

SCORES = Scores(200, (9, 9), 30, (12, 4), 3, 2)


def an_example(ticket: str = "t1", at: datetime = NOW, account: str = "web:zhang", **labels: str) -> Example:
    """A correction of a ticket."""
    return Example(ticket, "town", account, at, labels or {"act": "new"}, b"grams", b"offset")


def a_version(number: int, state: str = "live", root: str = "town") -> Version:
    """What was learnt one night."""
    return Version(root, number, NOW, state, 30, NOW, SCORES, b"" if state == "refused" else b"weights")


@pytest.fixture
def stored(uow: SqliteUnitOfWork) -> SqliteUnitOfWork:
    """Two tickets."""
    opened(uow, "t1")
    opened(uow, "t2", reporter="web:li")
    return uow


def test_examples_come_back_as_they_were_kept_oldest_first(stored: SqliteUnitOfWork) -> None:
    stored.learning.keep(an_example("t2", NOW + DAY))
    stored.learning.keep(an_example("t1"))

    assert stored.learning.examples("town") == [an_example("t1"), an_example("t2", NOW + DAY)]
    assert stored.learning.examples("elsewhere") == []
    assert stored.learning.roots() == ["town"]


def test_a_second_correction_adds_its_labels(stored: SqliteUnitOfWork) -> None:
    stored.learning.keep(an_example())
    stored.learning.keep(an_example(category="noise"))
    stored.learning.keep(an_example(category="safety"))

    [example] = stored.learning.examples("town")
    assert example.labels == {"act": "new", "category": "safety"}


def test_examples_are_forgotten_at_the_day_and_not_before(stored: SqliteUnitOfWork) -> None:
    stored.learning.keep(an_example("t1"))
    stored.learning.keep(an_example("t2", NOW + DAY))
    policy = RetentionPolicy()

    assert apply_retention(stored, NOW + policy.personal, policy).examples == 0
    assert apply_retention(stored, NOW + policy.personal + DAY / 2, policy).examples == 1
    assert [one.ticket_id for one in stored.learning.examples("town")] == ["t2"]


@pytest.mark.parametrize("how", ["ticket", "said", "account"])
def test_examples_go_with_the_words(stored: SqliteUnitOfWork, how: str) -> None:
    stored.learning.keep(an_example("t1"))
    stored.learning.keep(an_example("t2", account="web:li"))
    if how == "ticket":
        stored.words.erase("t1")
    elif how == "said":
        stored.words.erase_said("t1", "web:zhang")
    else:
        stored.words.erase_account("web:zhang")

    assert [one.ticket_id for one in stored.learning.examples("town")] == ["t2"]


def test_one_version_is_live(uow: SqliteUnitOfWork) -> None:
    uow.learning.add(a_version(1))
    uow.learning.add(a_version(2, "refused"))
    uow.learning.add(a_version(3))
    uow.learning.add(a_version(1, root="other"))

    assert uow.learning.versions("town") == [a_version(3), a_version(2, "refused"), a_version(1, "past")]
    assert uow.learning.roots() == ["other", "town"]


def test_the_newest_few_are_kept(uow: SqliteUnitOfWork) -> None:
    for number in range(1, 20, 2):
        uow.learning.add(a_version(number))
        uow.learning.add(a_version(number + 1, "refused"))

    found = uow.learning.versions("town")
    assert [one.number for one in found if one.content] == [19, 17, 15, 13, 11][:PROMOTED]
    assert [one.number for one in found if not one.content] == [20, 18][:REFUSED]


def test_steps_back_end_at_the_shipped_weights(uow: SqliteUnitOfWork) -> None:
    for number in (1, 2, 3):
        uow.learning.add(a_version(number))

    assert uow.learning.undo("town") == replace(a_version(3), state="undone")
    assert [one.state for one in uow.learning.versions("town")] == ["undone", "live", "past"]
    uow.learning.undo("town")
    uow.learning.undo("town")
    assert [one.state for one in uow.learning.versions("town")] == ["undone"] * 3
    assert uow.learning.undo("town") is None


def test_a_version_that_loses_is_one_that_is_worse_anywhere() -> None:
    assert not SCORES.loses
    assert replace(SCORES, golden_errors=(9, 10)).loses
    assert replace(SCORES, past_errors=(12, 13)).loses
    assert replace(SCORES, fresh=4).loses
