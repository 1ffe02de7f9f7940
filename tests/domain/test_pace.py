"""How often may be spoken."""

from math import ceil

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pace import Pace


def went(pace: Pace, chat: str, now: float) -> float:
    """When a message goes that is to go now."""
    at = now + pace.wait(chat, now)
    pace.take(chat, at)
    return at


def test_without_rates_nothing_waits() -> None:
    pace = Pace()

    assert [went(pace, "web:a", 0.0) for _ in range(100)] == [0.0] * 100


def test_a_chat_waits_for_its_own_rate() -> None:
    pace = Pace(chat_per_minute=4)

    assert [went(pace, "t:a", 0.0) for _ in range(3)] == [0.0, 15.0, 30.0]
    assert went(pace, "t:b", 0.0) == 0.0
    assert went(pace, "t:a", 100.0) == 100.0


def test_all_chats_share_the_account() -> None:
    pace = Pace(per_second=2)

    assert [went(pace, f"t:{n}", 0.0) for n in range(5)] == [0.0, 0.5, 1.0, 1.5, 2.0]


def test_to_ask_takes_no_place() -> None:
    pace = Pace(chat_per_minute=4)

    assert [pace.wait("t:a", 0.0) for _ in range(3)] == [0.0, 0.0, 0.0]


@given(
    st.floats(0.2, 50), st.floats(1, 300), st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 30)), max_size=60)
)
def test_no_window_holds_more_than_the_rate(
    per_second: float, chat_per_minute: float, wishes: list[tuple[str, float]]
) -> None:
    pace, now, instants = Pace(per_second, chat_per_minute), 0.0, []
    for chat, later in wishes:
        now += later
        instants.append((went(pace, chat, now), chat))

    for at, chat in instants:
        second = [one for one, _ in instants if at <= one < at + 0.999]
        minute = [one for one, other in instants if other == chat and at <= one < at + 59.9]
        assert len(second) <= ceil(per_second)
        assert len(minute) <= ceil(chat_per_minute)


def test_many_chats_are_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.domain.pace.KEPT", 2)
    pace = Pace(chat_per_minute=1)
    for name in "abc":
        pace.take(name, 0.0)

    assert pace.wait("a", 0.0) == 0.0


def test_each_photo_of_a_message_counts() -> None:
    pace = Pace(per_second=2)
    pace.take("t:a", 0.0, 3)

    assert went(pace, "t:b", 0.0) == 1.5
