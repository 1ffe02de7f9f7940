"""Cells → rows, and answers → objects as contracted."""

from typing import Any

import pytest

from adapters.triage.stream import Answer, Row
from adapters.triage.table import Names, TableError, answered, asked, place_in
from bot.domain.ticket import Ticket
from bot.ports import Matter, Reading
from tests.fakes import MORNING


def rows(*table: dict[str, str]) -> list[Row]:
    return [one.row for one in asked(enumerate(table, 2))]


def test_a_table_of_texts_alone_is_one_conversation_a_minute_apart() -> None:
    assert rows({"text": "a"}, {"text": "b"}) == [Row("1", "all", 0.0, "", "a"), Row("2", "all", 1.0, "", "b")]


def test_a_row_without_a_time_comes_when_the_one_before_it_came() -> None:
    table = [{"text": "", "minute": minute, "group": "g"} for minute in ("", "5", "", "3.5", "9")]
    assert [row.minute for row in rows(*table)] == [0.0, 5.0, 5.0, 5.0, 9.0]


def test_each_group_has_its_own_time() -> None:
    table = [{"text": "", "group": group} for group in "aabba"]
    assert [row.minute for row in rows(*table)] == [0.0, 1.0, 0.0, 1.0, 2.0]


@pytest.mark.parametrize("minute", ["x", "nan", "inf", "-1e99", "1e400", "９栋"])
def test_a_time_that_is_none(minute: str) -> None:
    with pytest.raises(TableError, match=r"^3: minute: .* is no number of minutes$"):
        rows({"text": "", "minute": "0"}, {"text": "", "minute": minute})


def test_a_quote_leads_to_the_newest_row_of_that_name_in_its_group() -> None:
    table = [
        {"id": name, "group": group, "text": "", "reply_to": quoted}
        for name, group, quoted in [
            ("x", "a", ""),
            ("x", "b", ""),
            ("x", "a", "x"),
            ("y", "a", "x"),
            ("z", "b", "none"),
        ]
    ]
    assert [row.reply_to for row in rows(*table)] == ["", "", "1", "3", ""]


def test_names_count_in_each_group() -> None:
    names = Names()
    assert [names.of(*one) for one in [("A", "t9"), ("B", "t1"), ("A", "t2"), ("A", "t9")]] == [
        "A#1",
        "B#1",
        "A#2",
        "A#1",
    ]


MATTER = Matter("电梯坏了", "help", "facilities", "urgent", "3栋")


def said(act: str, score: float = 0.9, *matters: Matter, ticket: Ticket | None = None) -> dict[str, Any]:
    reading = Reading(act, score, matters, reason=("坏", "坏"))
    answer = Answer(Row("7", "A", 0, "u", "3栋电梯坏了"), reading, ticket.id if ticket else None, ticket)
    return answered("A07", answer, Names(), "default", {})


FILED = Ticket("t1", "p1", "a", "b", "c", "d", MORNING, nature="complaint", category="noise", urgency="complex")


@pytest.mark.parametrize("act", ["metoo", "followup", "urge"])
def test_what_adds_to_a_ticket_has_its_labels(act: str) -> None:
    found = said(act, 0.9, MATTER, ticket=FILED)
    assert [found[name] for name in ("nature", "category", "urgency", "place")] == [
        "complaint",
        "noise",
        "complex",
        "3栋",
    ]


@pytest.mark.parametrize("act", ["answer", "resolved"])
def test_what_is_said_of_a_ticket_has_its_name_alone(act: str) -> None:
    found = said(act, 0.0, ticket=FILED)
    assert (found["ticket"], found["actionable"], found["nature"], found["place"]) == ("A#1", False, None, None)


def test_a_new_matter() -> None:
    assert said("new", 0.9, MATTER) == {
        "id": "A07", "actionable": True, "score": 0.9, "act": "new", "nature": "help", "category": "facilities",
        "urgency": "urgent", "place": "3栋", "ticket": "A#1", "matters": 1, "reason": ["坏"], "engine": "default",
    }  # fmt: skip


def test_what_hardly_asks_is_chat() -> None:
    found = said("new", 0.44, MATTER)
    assert (found["act"], found["actionable"], found["ticket"], found["place"]) == ("chat", False, None, None)
    assert (found["nature"], found["category"], found["urgency"], found["matters"]) == (None, None, None, 0)


@pytest.mark.parametrize("act", ["thanks", "notice", "chat"])
def test_no_ticket(act: str) -> None:
    assert said(act, 0.0)["ticket"] is None


def test_a_report_has_a_name_of_its_own() -> None:
    assert said("new", 0.9, Matter("贪污", "report", "affairs", "routine"))["ticket"] == "A#1"


@pytest.mark.parametrize(
    ("place", "guessed", "shown"), [("3栋", False, "3栋"), ("3栋", True, None), ("5栋", False, None), ("", False, None)]
)
def test_only_words_of_this_text_are_a_place(place: str, guessed: bool, shown: str | None) -> None:
    matter = Matter("", "help", "other", "routine", place, guessed_place=guessed)
    assert place_in("\u200b3\u200b栋漏水", [matter], {}) == shown
