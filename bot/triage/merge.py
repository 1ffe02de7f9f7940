"""Whether two messages are about the same matter: words, category, things, time and cues count; places may veto."""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from bot.ports import Matter, OpenTicket
from bot.triage.evidence import examine
from bot.triage.lexicons import Lexicons
from bot.triage.normalise import hear
from bot.triage.place import conflict

REMEMBERED = 2000  # tickets whose words are held ready for comparing, a few megabytes

# Categories in which people tell one and the same trouble: 漏水, 积水, 污水, 臭.
KINDRED = frozenset({"drainage", "utilities", "sanitation", "property"})


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known beside the words: when and by whom, what the message names, and whether it says 也 or 还没."""

    at: datetime
    account: str
    names: frozenset[str] = frozenset()
    cue: bool = False
    public: bool = False
    recent: Mapping[str, float] = field(default_factory=dict)  # ticket → minutes since it was last spoken of
    stated: bool = True  # the place was said, not guessed


def merge_candidates(
    matter: Matter, tickets: Sequence[OpenTicket], hint: Hint, lexicons: Lexicons
) -> list[tuple[float, OpenTicket]]:
    """The tickets that a matter may belong to, best first; those of another building are left out."""
    possible = [ticket for ticket in tickets if _possible(matter, ticket, hint)]
    if not possible:
        return []
    here = _grams(hear(matter.text, lexicons.hearing).plain)
    found = [(_nearness(matter, here, ticket, hint, lexicons), ticket) for ticket in possible]
    return sorted(found, key=lambda pair: -pair[0])


def _possible(matter: Matter, ticket: OpenTicket, hint: Hint) -> bool:
    if not hint.stated or (hint.public and hint.cue):
        return True
    return not conflict(matter.building, ticket.building)


def _nearness(matter: Matter, here: "Grams", ticket: OpenTicket, hint: Hint, lexicons: Lexicons) -> float:
    weights = lexicons.weights
    there, names = _told(ticket, lexicons)
    total = weights["cosine"] * _alike(here, there)
    total += _category(matter.category, ticket.category, weights)
    if hint.names and names:
        total += weights["same_thing" if _shared(hint.names, names) else "other_thing"]
    minutes = hint.recent.get(ticket.id, (hint.at - ticket.registered_at).total_seconds() / 60)
    total += weights["recency"] * math.exp(-max(minutes, 0.0) / 20) + weights["cue"] * hint.cue
    return round(total + weights["same_account"] * (hint.account == ticket.reporter), 3)


def _category(one: str, other: str, weights: Mapping[str, float]) -> float:
    if one == "other" or other == "other":
        return 0.0
    if one == other:
        return weights["same_category"]
    return weights["kindred_category"] if {one, other} <= KINDRED else weights["other_category"]


def _shared(names: frozenset[str], others: frozenset[str]) -> bool:
    """Whether the same thing is named: 喇叭 is in 大喇叭."""
    return any(one in other or other in one for one in names for other in others)


class Grams(NamedTuple):
    """The pairs of characters of a text, and the sum of their squares."""

    counts: Counter[str]
    square: int


def cosine(one: str, other: str) -> float:
    """How alike two texts are by their pairs of characters (0–1)."""
    return _alike(_grams(one), _grams(other))


def _alike(one: Grams, other: Grams) -> float:
    counts = other.counts.get
    shared = sum(count * counts(gram, 0) for gram, count in one.counts.items())
    return shared / math.sqrt(one.square * other.square) if shared else 0.0


def _grams(text: str) -> Grams:
    letters = "".join(char for char in text if char.isalnum())
    counts = Counter(letters[i : i + 2] for i in range(len(letters) - 1))
    return Grams(counts, sum(count * count for count in counts.values()))


def _told(ticket: OpenTicket, lexicons: Lexicons) -> tuple[Grams, frozenset[str]]:
    """What a ticket's words come to. Kept for a while: an open ticket is compared with every new trouble around it."""
    known: tuple[int, tuple[Grams, frozenset[str]]] | None = lexicons.told.get(ticket.id)
    if known is not None and known[0] == hash(ticket.text):
        return known[1]
    there = hear(ticket.text, lexicons.hearing)
    told = (_grams(there.plain), examine(there, lexicons).names)
    if len(lexicons.told) >= REMEMBERED:
        lexicons.told.clear()
    lexicons.told[ticket.id] = (hash(ticket.text), told)
    return told
