"""Whether two messages are about the same matter: words, category, things, time and cues count; places may veto."""

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from heapq import heapify, heappop, heappush
from operator import add, mul
from typing import NamedTuple

from bot.ports import Matter, OpenTicket
from bot.triage.evidence import examine
from bot.triage.lexicons import Lexicons
from bot.triage.naming import Naming, occurs
from bot.triage.normalise import Said, hear
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
    matter: Matter, tickets: Sequence[OpenTicket], hint: Hint, lexicons: Lexicons, least: float = -math.inf
) -> Iterator[tuple[float, OpenTicket]]:
    """The tickets that a matter may belong to, best first; those of another building are left out, and what is below ``least``.

    A ticket is examined when what is quickly seen of it promises more than all others have: mostly that is one or none.
    """
    possible = [ticket for ticket in tickets if _possible(matter, ticket, hint)]
    if not possible:
        return
    matching = _Matching(matter, hint, lexicons)
    queue = [(-matching.promise(ticket), order, False, ticket) for order, ticket in enumerate(possible)]
    heapify(queue)
    while queue and -queue[0][0] >= least:
        promise, order, is_examined, ticket = heappop(queue)
        if is_examined:
            yield -promise, ticket
        else:
            heappush(queue, (-matching.nearness(ticket), order, True, ticket))


def _possible(matter: Matter, ticket: OpenTicket, hint: Hint) -> bool:
    if not hint.stated or (hint.public and hint.cue):
        return True
    return not conflict(matter.building, ticket.building)


class _Matching:
    """One matter in search of its ticket."""

    def __init__(self, matter: Matter, hint: Hint, lexicons: Lexicons) -> None:
        self._matter, self._hint, self._lexicons = matter, hint, lexicons
        self._ready = _ready(lexicons)
        self._grams = _grams(hear(matter.text, lexicons.hearing).plain)
        self._spellings = [self._ready.naming.spellings(name) for name in hint.names]

    def promise(self, ticket: OpenTicket) -> float:
        """How near a ticket may be at the most, without examining it."""
        told = self._ready.told(ticket, self._lexicons)
        is_named = occurs(self._spellings, told.said.plain)
        return round(self._beside(ticket, told) + self._lexicons.weights["same_thing"] * is_named, 3)

    def nearness(self, ticket: OpenTicket) -> float:
        """How near a ticket is."""
        told = self._ready.told(ticket, self._lexicons)
        total = self._beside(ticket, told)
        if self._hint.names and (names := told.names(self._lexicons)):
            weights = self._lexicons.weights
            total += weights["same_thing" if _shared(self._hint.names, names) else "other_thing"]
        return round(total, 3)

    def _beside(self, ticket: OpenTicket, told: "Told") -> float:
        """All that speaks for it beside the things that are named."""
        hint, weights = self._hint, self._lexicons.weights
        total = weights["cosine"] * _alike(self._grams, told.grams)
        total += _category(self._matter.category, ticket.category, weights)
        minutes = hint.recent.get(ticket.id, (hint.at - ticket.registered_at).total_seconds() / 60)
        total += weights["recency"] * math.exp(-max(minutes, 0.0) / 20) + weights["cue"] * hint.cue
        return total + weights["same_account"] * (hint.account == ticket.reporter)


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
    counts, others = one.counts, other.counts
    shared = sum([counts[gram] * others[gram] for gram in counts.keys() & others.keys()])
    return shared / math.sqrt(one.square * other.square) if shared else 0.0


def _grams(text: str) -> Grams:
    letters = "".join(filter(str.isalnum, text))
    counts = Counter(map(add, letters, letters[1:]))
    return Grams(counts, sum(map(mul, counts.values(), counts.values())))


class Told:
    """What a ticket's words come to. What they name is only found out where it may decide."""

    def __init__(self, text: str, lexicons: Lexicons) -> None:
        self.text = text
        self.said: Said = hear(text, lexicons.hearing)
        self.grams = _grams(self.said.plain)
        self._names: frozenset[str] | None = None

    def names(self, lexicons: Lexicons) -> frozenset[str]:
        """What the ticket is about, to compare."""
        if self._names is None:
            self._names = examine(self.said, lexicons).names
        return self._names


class Ready:
    """What is held ready for comparing: an open ticket is compared with every new trouble around it."""

    def __init__(self, lexicons: Lexicons) -> None:
        self.naming = Naming(lexicons)
        self._told: dict[str, Told] = {}  # by ticket, oldest first

    def told(self, ticket: OpenTicket, lexicons: Lexicons) -> Told:
        """The words of a ticket."""
        known = self._told.get(ticket.id)
        if known is None or known.text != ticket.text:
            known = self._told[ticket.id] = Told(ticket.text, lexicons)
            if len(self._told) > REMEMBERED:
                del self._told[next(iter(self._told))]
        return known


def _ready(lexicons: Lexicons) -> Ready:
    found: Ready | None = lexicons.told.get("")
    if found is None:
        found = lexicons.told[""] = Ready(lexicons)
    return found
