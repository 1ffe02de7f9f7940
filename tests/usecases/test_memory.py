"""The linking window and what was heard a moment ago: held in mind, never stored."""

from datetime import timedelta

import pytest

from bot.ports import Heard, Reading
from bot.usecases.memory import Case, Memory, Part
from tests.fakes import MORNING, make_message

WINDOW = timedelta(seconds=180)
SECOND = timedelta(seconds=1)
CHAT, ZHANG = "web:xueyuan", "web:zhang"


@pytest.fixture
def memory() -> Memory:
    return Memory(WINDOW, timedelta(minutes=15), 6)


def part(
    text: str = "化粪池堵了", after: timedelta = timedelta(), sender: str = "zhang", chat: str = "xueyuan"
) -> Part:
    return Part(make_message(text, sender, chat, at=MORNING + after, id=f"{text}-{after}"), Reading("new", 0.5))


def waiting(memory: Memory, after: timedelta = timedelta()) -> Case:
    case = memory.add(part(after=after))
    memory.wait(case)
    return case


@pytest.mark.parametrize(
    ("after", "is_one"), [(WINDOW - SECOND, True), (WINDOW, True), (WINDOW + SECOND / 1000, False)]
)
def test_the_window_is_inclusive(memory: Memory, after: timedelta, is_one: bool) -> None:
    first = memory.add(part())

    second = memory.add(part("5号楼", after))

    assert (first is second) is is_one
    assert (memory.case(CHAT, ZHANG, MORNING + after) is second) is True


def test_the_window_runs_from_the_previous_part(memory: Memory) -> None:
    cases = {id(memory.add(part(str(step), step * WINDOW))) for step in range(5)}

    assert len(cases) == 1


def test_others_and_other_chats_have_their_own_cases(memory: Memory) -> None:
    memory.add(part())
    memory.add(part(sender="li"))
    memory.add(part(chat="lvyuan"))

    found = memory.case(CHAT, ZHANG, MORNING)
    assert found is not None
    assert len(found.parts) == 1


def test_the_words_of_a_case_are_joined_and_photos_have_none(memory: Memory) -> None:
    for text in ("化粪池堵了", "", "5号楼后面"):
        case = memory.add(part(text))

    assert case.text == "化粪池堵了\n5号楼后面"


def test_a_case_that_waits_is_given_back_once_when_its_window_has_passed(memory: Memory) -> None:
    case = waiting(memory)

    assert list(memory.expire(MORNING + WINDOW)) == []
    assert list(memory.expire(MORNING + WINDOW + SECOND)) == [case]
    assert list(memory.expire(MORNING + WINDOW + SECOND)) == []
    assert memory.case(CHAT, ZHANG, MORNING) is None


def test_a_case_that_does_not_wait_is_only_forgotten(memory: Memory) -> None:
    memory.add(part())

    assert list(memory.expire(MORNING + 2 * WINDOW)) == []
    assert memory.case(CHAT, ZHANG, MORNING) is None


def test_the_next_look_is_just_behind_the_window_of_the_first_that_waits(memory: Memory) -> None:
    assert memory.next_due() is None
    memory.add(part(sender="li"))
    assert memory.next_due() is None
    waiting(memory, SECOND)

    due = memory.next_due()
    assert due is not None
    assert WINDOW < due - MORNING - SECOND <= WINDOW + SECOND
    assert len(list(memory.expire(due))) == 1


def test_a_later_part_moves_a_case_behind_younger_ones(memory: Memory) -> None:
    first = waiting(memory)
    second = memory.add(part(sender="li", after=SECOND))
    memory.wait(second)
    memory.add(part("more", 2 * SECOND))

    assert list(memory.expire(MORNING + WINDOW + SECOND * 1.5)) == [second]
    assert list(memory.expire(MORNING + WINDOW + SECOND * 3)) == [first]


def test_a_recalled_part_is_gone(memory: Memory) -> None:
    case = memory.add(part())
    memory.add(part("5号楼", SECOND))

    memory.forget(CHAT, f"化粪池堵了-{timedelta()}")

    assert case.text == "5号楼"


def test_a_dropped_case_is_gone(memory: Memory) -> None:
    case = waiting(memory)
    memory.drop(case)
    memory.drop(case)

    assert memory.next_due() is None


def test_what_was_heard_is_remembered_a_while_and_not_without_end(memory: Memory) -> None:
    for step in range(10):
        memory.heard(CHAT, Heard(ZHANG, MORNING + timedelta(minutes=step), str(step)))

    now = MORNING + timedelta(minutes=20)
    assert [heard.act for heard in memory.recent(CHAT, now)] == ["5", "6", "7", "8", "9"]
    assert not memory.recent("web:lvyuan", now)
    assert not memory.recent(CHAT, now + timedelta(hours=1))


def test_a_decided_case_waits_no_more(memory: Memory) -> None:
    memory.decided(waiting(memory))

    assert memory.next_due() is None
    assert list(memory.expire(MORNING + 2 * WINDOW)) == []


def test_a_message_that_was_delivered_late_runs_out_at_once(memory: Memory) -> None:
    """Its platform had kept it back: it stands behind younger ones, and must not make the bot look again and again."""
    now = MORNING + timedelta(minutes=10)
    memory.add(part(sender="li", after=timedelta(minutes=9, seconds=59)))
    case = waiting(memory)

    assert list(memory.expire(now)) == [case]
    assert memory.next_due() is None


def test_a_clock_that_is_a_year_ahead_holds_up_nobody_else(memory: Memory) -> None:
    memory.add(part(sender="li", after=timedelta(days=365)))
    assert list(memory.expire(MORNING)) == []
    case = waiting(memory, SECOND)

    assert list(memory.expire(MORNING + timedelta(minutes=4))) == [case]
    assert memory.next_due() is None
