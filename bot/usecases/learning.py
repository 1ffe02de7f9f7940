"""What people correct teaches triage: an example at the tap, and once a night new weights, if they lose nowhere.

Learnt at the tap, because 不是 erases the words: what stays are labels and hashed n-grams. Of reports in confidence nothing
is learnt.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from bot.domain.org import Organization, Unit
from bot.domain.ticket import Ticket
from bot.ports import Example, Learner, Scores, UnitOfWork, Version
from bot.usecases.context import Context

LEAST = 20  # examples: fewer say too little to judge by
NIGHT = range(1, 6)  # hours in the community's zone
PAUSE = timedelta(hours=20)  # between two attempts


def learn(ctx: Context, ticket: Ticket, text: str, **labels: str) -> None:
    """Somebody has said what a message is: labels by head (act, nature, category, urgency)."""
    learner = ctx.services.learner
    if learner is None or ticket.confidential or not text.strip():
        return
    grams, offset = learner.lesson(text, ctx.uow.learning.key())
    example = Example(ticket.id, ticket.root, ticket.reporter, ctx.now, labels, grams, offset)
    ctx.uow.learning.keep(example)


@dataclass(frozen=True, slots=True)
class Homework:
    """A community that has something new to learn from."""

    root: str
    examples: Sequence[Example]
    live: Version | None
    number: int  # of the version that comes
    key: bytes


def homework(uow: UnitOfWork, org: Organization, now: datetime) -> list[Homework]:
    """The communities in which it is night and people have corrected something since the last time."""
    return [
        _homework(uow, root)
        for root in uow.learning.roots()
        if _is_night(org, root, now) and _has_news(uow.learning.examples(root), uow.learning.versions(root), now)
    ]


def _is_night(org: Organization, root: str, now: datetime) -> bool:
    unit = org.units.get(root) or Unit(root, root, "grid")
    return now.astimezone(unit.zone).hour in NIGHT


def _has_news(examples: Sequence[Example], versions: Sequence[Version], now: datetime) -> bool:
    if len(examples) < LEAST:
        return False
    last = next(iter(versions), None)
    if last is None:
        return True
    return now - last.at >= PAUSE and (last.examples, last.newest) != (len(examples), examples[-1].at)


def _homework(uow: UnitOfWork, root: str) -> Homework:
    versions = uow.learning.versions(root)
    live = next((one for one in versions if one.state == "live"), None)
    number = max((one.number for one in versions), default=0) + 1
    return Homework(root, uow.learning.examples(root), live, number, uow.learning.key())


def hand_in(uow: UnitOfWork, task: Homework, content: bytes, scores: Scores, now: datetime) -> Version:
    """Promote new weights, unless they lose."""
    state, kept = ("refused", b"") if scores.loses else ("live", content)
    newest = task.examples[-1].at
    version = Version(task.root, task.number, now, state, len(task.examples), newest, scores, kept)
    uow.learning.add(version)
    return version


def take_up(uow: UnitOfWork, learner: Learner) -> None:
    """Read with what is live now."""
    key = uow.learning.key()
    for root in uow.learning.roots():
        live = next((one for one in uow.learning.versions(root) if one.state == "live"), None)
        learner.adopt(root, live.content if live else b"", key)
