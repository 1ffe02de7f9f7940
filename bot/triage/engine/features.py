"""A message in its conversation → named features (0–2), beside its n-grams: its shape, and who spoke when of what."""

import math
from collections.abc import Iterator, Sequence
from itertools import islice

from bot.ports import Heard, ReadingContext
from bot.triage.engine.kinship import Pair
from bot.triage.turn import Turn

NEAR_MINUTES, LONG_MINUTES, DAYS_MINUTES = 20.0, 240.0, 2880.0  # how fast what was heard fades: a burst, hours, days
BEFORE = 3  # messages before this one that are looked at one by one
WINDOW = 3.0  # minutes in which a speaker's parts are one case

ECHOES = frozenset({"metoo", "support", "agree"})  # cues

Features = dict[str, float]


def message_features(turn: Turn, around: Sequence[Pair]) -> Features:
    """All features of a message; ``around`` are the open tickets beside it. What the rules find in it is none (docs/triage.md)."""
    return {**_said(turn), **_echo(turn), **_heard(turn.context), **_open(around)}


def talk_features(context: ReadingContext) -> Features:
    """The few features that the gate looks at: what was talked about just before."""
    found: Features = {"staff": float(context.staff)}
    if any(heard.ticket_id for heard in context.recent):
        found.update(_ticket_talk(context))
        found.update((name, value) for name, value in _mine(context) if name in {"mine ticket", "mine open"})
    return found


def _said(turn: Turn) -> Features:
    plain = turn.said.plain
    length = len(plain.strip())
    return {
        "staff": float(turn.context.staff),
        "length": min(length / 40, 2.0),
        "tiny": float(length <= 4),
        "short": float(length <= 12),
        "asks": float("?" in plain),
        "cries": float("!" in plain),
        "headline": float(plain.startswith("【")),
        "mentions": float("@" in turn.said.shown),
        "household": float(turn.home is not None),
    }


def _echo(turn: Turn) -> Features:
    """我也要, +1: an echo of what was said just before, of a ticket or of talk."""
    if turn.evidence.marks.keys().isdisjoint(ECHOES):
        return {}
    return {"echo of ticket" if turn.at_hand else "echo of talk": 1.0}


def _heard(context: ReadingContext) -> Features:
    """What was said just before, by whom, and how long ago."""
    found: Features = {}
    for back, heard in enumerate(islice(reversed(context.recent), BEFORE), start=1):
        found.update(_before(context, back, heard))
    found.update(_ticket_talk(context))
    found.update(_mine(context))
    return found


def _before(context: ReadingContext, back: int, heard: Heard) -> Iterator[tuple[str, float]]:
    minutes = _minutes(context, heard)
    near = math.exp(-minutes / NEAR_MINUTES)
    if heard.act != "chat":  # that others chat says nothing; learnt from, it made requests amid small talk unlikely
        yield f"before {back} {heard.act}", near
    if heard.account == context.account:
        yield f"before {back} own {heard.act}", math.exp(-minutes / 5)
    if heard.ticket_id:
        yield f"before {back} ticket", near


def _ticket_talk(context: ReadingContext) -> Iterator[tuple[str, float]]:
    """How long ago a ticket was talked about, in minutes and in messages."""
    for back, heard in enumerate(reversed(context.recent)):
        if heard.ticket_id:
            minutes = _minutes(context, heard)
            yield "talk", math.exp(-minutes / NEAR_MINUTES)
            yield "talk long", math.exp(-minutes / LONG_MINUTES)
            yield "talk back", 1 / (1 + back)
            return


def _mine(context: ReadingContext) -> Iterator[tuple[str, float]]:
    """What the speaker said last."""
    for heard in reversed(context.recent):
        if heard.account == context.account:
            minutes, linked = _minutes(context, heard), float(heard.ticket_id is not None)
            near = math.exp(-minutes / NEAR_MINUTES)
            yield f"mine {heard.act}", near
            yield "mine ticket", linked * near
            yield "mine case", float(minutes <= WINDOW)
            yield "mine open", float(minutes <= WINDOW) * linked
            return


def _minutes(context: ReadingContext, heard: Heard) -> float:
    return (context.at - heard.at).total_seconds() / 60


def _open(around: Sequence[Pair]) -> Features:
    """What is open, and how much this is like it."""
    return {
        "open": float(bool(around)),
        "open many": min(len(around), 5) / 5,
        "voice": max((pair.features["voice"] for pair in around), default=0.0),
        "alike": max((pair.features["alike"] for pair in around), default=0.0),
        "same thing": max((pair.features["same thing"] for pair in around), default=0.0),
    }
