"""What kills the bot: at a named point, at a statement, at a call of any function, or at a moment the platform chooses."""

import os
import random
import signal
import sys
import threading
from dataclasses import dataclass
from types import FrameType

# Points inside the bot's process, in the order of a message's way through it.
INSIDE = (
    "opened",  # the database is open, nothing was recovered
    "recovering",  # inside the transaction that looks for messages caught between claim and settle
    "received",  # the platform has delivered, nothing is written
    "begin", "job", "pre_commit", "post_commit",  # the desk's own points
    "before_ack",  # committed, the platform does not know
    "after_ack",
    "firing",  # a timer's row is gone, its effect is not there yet
    "before_send",  # claimed and committed, not sent
    "after_send",  # the platform has answered, that is not written
    "settling",  # inside the transaction that notes what became of it
    "statement",  # before any statement of SQLite
    "call",  # at any call or return of a Python function, in any thread
)  # fmt: skip
OUTSIDE = (
    "at_accept",  # the platform has taken a message and kills before it answers
    "moment",  # some milliseconds after any frame of the bot
)
POINTS = INSIDE + OUTSIDE
# How far on a point may be hit. A start alone commits four times: the commits of what is delivered lie behind them.
COMMITS = 12
REACH = {
    "call": 9_000, "statement": 60, "recovering": 1, "opened": 1,
    "begin": COMMITS, "job": COMMITS, "pre_commit": COMMITS, "post_commit": COMMITS,
}  # fmt: skip
USUAL_REACH = 4
FRAMES, LONGEST_MOMENT = 25, 0.006  # a moment: so many frames after the start, then so many seconds


@dataclass(frozen=True, slots=True)
class Plan:
    """At which point, and at the how manieth time it is passed."""

    point: str = ""
    times: int = 0
    seconds: float = 0.0  # for "moment": how long after that frame


def plan_for(point: str, rng: random.Random) -> Plan:
    """A way to die at a point."""
    if point == "moment":
        return Plan(point, rng.randint(1, FRAMES), rng.uniform(0, LONGEST_MOMENT))
    return Plan(point, rng.randint(1, REACH.get(point, USUAL_REACH)))


class Fuse:
    """Counts how often its point is passed; the last time is the end."""

    def __init__(self, plan: Plan) -> None:
        self._point = plan.point
        self._left = plan.times
        self.counts_statements = plan.point == "statement"

    def __call__(self, point: str) -> None:
        """A point is passed."""
        if point == self._point:
            self._left -= 1
            if self._left == 0:
                os.kill(os.getpid(), signal.SIGKILL)

    def watch_calls(self) -> None:
        """Count the calls of every thread from now on, if that is the plan."""
        if self._point == "call":
            threading.setprofile(self._on_call)
            sys.setprofile(self._on_call)

    def _on_call(self, _frame: FrameType, _event: str, _arg: object) -> None:
        self("call")
