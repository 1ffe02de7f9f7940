"""Nothing lost, nothing doubled, whoever pulls the plug: 1,000 kills a run, ``KILLS=100000 pytest tests/crash`` for more.

Each case is a process of its own (``python -m tests.crash.harness``), because a test runner with threads should not fork.
"""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from bot.messages import Presence, Recall
from tests.crash.bugs import BUGS, KEYLESS, SEEN_BY_DAY
from tests.crash.fuse import POINTS
from tests.crash.story import story
from tests.fakes import TownBot, town_bot

ROOT = Path(__file__).parents[2]
KILLS = int(os.environ.get("KILLS", "1000"))
CASES = [(seed, keyed) for seed, keyed in enumerate([True] * 6 + [False] * 2, start=1)]
ENOUGH = 100  # kills of one case in which every point must have been hit
TEETH = 1000  # kills within which a planted bug must be caught: as many as a run has; the first fault ends it


def run_harness(*arguments: str) -> dict[str, Any]:
    """One case, to its end."""
    command = [sys.executable, "-m", "tests.crash.harness", *arguments]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.stdout, run.stderr[-3000:]
    report: dict[str, Any] = json.loads(run.stdout)
    return report


@pytest.mark.timeout(max(120, KILLS))
@pytest.mark.parametrize(("seed", "keyed"), CASES)
def test_nothing_is_lost_and_nothing_doubled(seed: int, keyed: bool) -> None:
    kills = KILLS // len(CASES)

    report = run_harness("--kills", str(kills), "--seed", str(seed), *([] if keyed else ["--keyless"]))

    assert report["faults"] == []
    assert report["kills"] >= kills
    assert report["merged"] > 0  # messages that the budget made of several
    assert (report["uncertain"] > 0) is not keyed  # in doubt, and shown, only where nothing may be sent twice
    if kills >= ENOUGH:
        assert set(report["points"]) == set(POINTS)


@pytest.mark.parametrize("bug", sorted(BUGS))
def test_a_planted_bug_is_caught(bug: str) -> None:
    keyless = ["--keyless"] if bug in KEYLESS else []

    report = run_harness("--kills", str(TEETH), "--plant", bug, *keyless)

    assert report["faults"]
    assert bool(report["calm"]) is (bug in SEEN_BY_DAY)  # by day the others look fine


# ---------------------------------------------------------------- the story itself


def play(bot: TownBot) -> None:
    """The story without any death."""
    for phase in story():
        bot.clock.at = phase.at
        bot.wait(seconds=0)
        for event in phase.events:
            bot.do(event)


def test_the_story_has_everything_that_may_be_lost(tmp_path: Path) -> None:
    with town_bot(tmp_path / "bot.db") as bot:
        play(bot)
        tickets = {ticket.number: ticket for ticket in bot.tickets()}
        kinds = [event.kind for number in tickets if number for event in bot.events(number)]
        events = [event for phase in story() for event in phase.events]

    ends = {number: (ticket.state, ticket.close_reason) for number, ticket in tickets.items()}
    assert ends == {
        1: ("closed", "resolved"), 2: ("closed", "no_contact"), 3: ("in_progress", None), 4: ("in_progress", None),
        5: ("dispatched", None), 6: ("closed", "resolved"), 7: ("closed", "resolved"), 8: ("withdrawn", "withdrawn"),
    }  # fmt: skip
    assert (tickets[1].rework_count, tickets[1].rating, len(tickets[1].followers)) == (1, 5, 3)
    assert tickets[7].confidential
    assert [ticket.supervision for ticket in tickets.values()] == [0, 0, 3, 3, 3, 0, 0, 0]
    assert {"transferred", "return_ruled", "whistled", "extended", "reminded", "escalated", "reworked"} <= set(kinds)
    assert any(isinstance(event, Recall) for event in events)
    assert any(isinstance(event, Presence) for event in events)
