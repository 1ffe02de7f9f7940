"""How often may be spoken."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.pace import Pace


def test_without_rates_nothing_waits() -> None:
    pace = Pace()

    assert [pace.delay("web:a", 0.0) for _ in range(100)] == [0.0] * 100


def test_a_chat_waits_for_its_own_rate() -> None:
    pace = Pace(chat_per_minute=4)

    assert [pace.delay("t:a", 0.0) for _ in range(3)] == [0.0, 15.0, 30.0]
    assert pace.delay("t:b", 0.0) == 0.0
    assert pace.delay("t:a", 100.0) == 0.0


def test_all_chats_share_the_account() -> None:
    pace = Pace(per_second=2)

    assert [pace.delay(f"t:{n}", 0.0) for n in range(5)] == [0.0, 0.0, 0.5, 1.0, 1.5]


@given(
    st.floats(0.2, 50), st.floats(1, 300), st.lists(st.tuples(st.sampled_from("abc"), st.floats(0, 30)), max_size=60)
)
def test_no_window_holds_more_than_the_rate(
    per_second: float, chat_per_minute: float, wishes: list[tuple[str, float]]
) -> None:
    pace, now = Pace(per_second, chat_per_minute), 0.0
    went: list[float] = []
    for chat, later in wishes:
        now += later
        went.append(now + pace.delay(chat, now))
    burst = max(1, int(per_second))
    for index in range(len(went) - burst):
        window = sorted(went)[index : index + burst + 1]
        assert window[-1] - window[0] >= 1 / per_second * 0.999 or len(window) <= burst


def test_many_chats_are_forgotten_at_last(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.domain.pace.KEPT", 2)
    pace = Pace(chat_per_minute=1)
    for name in "abc":
        pace.delay(name, 0.0)

    assert pace.delay("a", 0.0) == 0.0
